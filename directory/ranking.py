"""How a service looks from where a person stands, and what counts in the order of a list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from directory.freshness import age_days, lasts_days
from directory.hours import OpenState, OpenStatus, status
from directory.places import distance_km
from directory.services import Audience, Service
from directory.territory import Territory

SOON = timedelta(hours=3)
FAR_KM = 10.0
# Words that shut others out, unless everyone may come too.
NARROW = frozenset(
    (
        *(Audience.WOMEN, Audience.MEN, Audience.CHILDREN, Audience.YOUNG_PEOPLE, Audience.OLDER_PEOPLE),
        *(Audience.STUDENTS, Audience.PRISONERS, Audience.ASYLUM_SEEKERS, Audience.DISABLED),
    )
)
BOTH = frozenset((Audience.WOMEN, Audience.MEN))


@dataclass(frozen=True)
class Seen:
    """A service as this person, here and now, sees it; `near_km` also guesses by commune, `distance_km` does not."""

    service: Service
    need: str
    place_id: str | None
    language: str | None
    now: datetime
    distance_km: float | None
    near_km: float | None
    open_status: OpenStatus

    @property
    def is_here(self) -> bool:
        """Tell whether it stands in the person's commune, as far as that may be said."""
        return (
            self.place_id is not None and self.service.place == self.place_id and self.service.address_public
        )

    @property
    def is_for_here(self) -> bool:
        """Tell whether it is there for this commune in particular; while none is named, for all of them."""
        return (self.place_id or "all") in self.service.serves

    @property
    def serves_here(self) -> bool:
        """Tell whether residents of this commune may come."""
        return self.place_id is None or self.service.serves_place(self.place_id)

    @property
    def age(self) -> float:
        """Tell how old the entry is, in the time that one of its kind may be believed."""
        return age_days(self.service, self.now.date()) / lasts_days(self.service)

    @property
    def speaks(self) -> bool:
        """Tell whether the person's language is spoken there."""
        return self.language is not None and self.language in self.service.languages

    @property
    def opens_soon(self) -> bool:
        """Tell whether it opens within a few hours."""
        opening = self.open_status.next_opening
        return opening is not None and opening - self.now <= SOON

    @property
    def is_open(self) -> bool:
        """Tell whether it is open now."""
        return self.open_status.state is OpenState.OPEN


class Look:
    """One search: it asks every distinct set of hours once."""

    def __init__(
        self,
        territory: Territory,
        need: str,
        place_id: str | None,
        language: str | None,
        now: datetime,
        position: tuple[float, float] | None,
    ) -> None:
        self._territory = territory
        self._about = (need, place_id, language, now)
        self._places = {place.id: place for place in territory.places}
        place = self._places.get(place_id or "")
        self._from = position or ((place.latitude, place.longitude) if place else None)
        self._open: dict[str, OpenStatus] = {}

    def at(self, service: Service) -> Seen:
        """Look at one service."""
        need, place_id, language, now = self._about
        if service.hours not in self._open:
            self._open[service.hours] = status(service.hours, now, self._territory)
        distance = self._distance(service.latitude, service.longitude) if service.address_public else None
        place = self._places.get(service.place)
        near = distance
        if near is None and place and service.address_public:
            near = 0.0 if place.id == place_id else self._distance(place.latitude, place.longitude)
        return Seen(service, need, place_id, language, now, distance, near, self._open[service.hours])

    def _distance(self, latitude: float | None, longitude: float | None) -> float | None:
        if self._from is None or latitude is None or longitude is None:
            return None
        return distance_km(*self._from, latitude, longitude)


# What counts in the order of a list, and how much. A door that does this above all goes before one in the commune that
# does it among much else (the public welfare centre), unless it is far; the rest decides among equals.
POINTS: tuple[Callable[[Seen], float], ...] = (
    lambda seen: 30.0 if seen.service.needs[0] == seen.need else 4.0,
    lambda seen: 18.0 if (seen.is_here or seen.is_for_here) and seen.serves_here else 0.0,
    lambda seen: 18.0 * (1 - min(seen.near_km if seen.near_km is not None else FAR_KM / 2, FAR_KM) / FAR_KM),
    lambda seen: 8.0 if seen.is_open else 4.0 if seen.opens_soon else 0.0,
    lambda seen: 7.0 if seen.speaks else 0.0,
    lambda seen: 6.0 if _is_for_most(seen.service) else 0.0,
    lambda seen: 5.0 if seen.service.confirmed else 0.0,
    lambda seen: 3.0 * (1 - min(seen.age, 1.0)),
    lambda seen: -6.0 if seen.age > 1 else 0.0,
)


def rank(seen: Seen) -> tuple[float, float, str]:
    """Give the place in the order of a list: the most points, then the nearest, then always the same."""
    points = sum(rule(seen) for rule in POINTS)
    return (-points, FAR_KM if seen.near_km is None else seen.near_km, seen.service.id)


def _is_for_most(service: Service) -> bool:
    audience = set(service.audience)
    return Audience.EVERYONE in audience or audience >= BOTH or not audience & NARROW
