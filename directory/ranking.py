"""How a service looks from where a person stands, and what counts in the order of a list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from directory.freshness import age_days, lasts_days
from directory.hours import OpenState, OpenStatus, status, status_of
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


WOMEN_ONLY = frozenset((Audience.WOMEN, Audience.CHILDREN, Audience.VICTIMS, Audience.HOMELESS))
MEN_ONLY = frozenset((Audience.MEN, Audience.HOMELESS))


@dataclass(frozen=True)
class Who:
    """What people choose to say of themselves; nobody has to, and nothing of it is kept."""

    words: frozenset[Audience] = frozenset()
    age: int | None = None

    def may_come(self, service: Service) -> bool:
        """Tell whether nothing that was said shuts them out."""
        if self.age is not None:
            least, most = service.minimum_age, service.maximum_age
            if (least is not None and self.age < least) or (most is not None and self.age > most):
                return False
        man, woman = Audience.MEN in self.words, Audience.WOMEN in self.words
        return not (
            (man and not woman and is_only_for(service, Audience.WOMEN, WOMEN_ONLY))
            or (woman and not man and is_only_for(service, Audience.MEN, MEN_ONLY))
        )


ANYBODY = Who()


class Seen(NamedTuple):
    """A service as this person, here and now, sees it; `near_km` also guesses by commune, `distance_km` does not."""

    service: Service
    who: Who
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

    @property
    def is_closed_for_now(self) -> bool:
        """Tell whether it is closed for a time, whatever its hours say."""
        return self.service.closed_from is not None and self.service.is_closed_on(self.now.date())

    @property
    def is_meant_for_them(self) -> bool:
        """Tell whether it is there for people such as this one, by what they said of themselves."""
        return not self.who.words.isdisjoint(self.service.audience)


class Look:
    """One search: it asks every distinct set of hours once."""

    def __init__(
        self,
        territory: Territory,
        place_id: str | None,
        language: str | None,
        now: datetime,
        position: tuple[float, float] | None = None,
        who: Who = ANYBODY,
    ) -> None:
        self._territory = territory
        self._about = (who, place_id, language, now)
        self._places = {place.id: place for place in territory.places}
        place = self._places.get(place_id or "")
        self._from = position or ((place.latitude, place.longitude) if place else None)
        self._open: dict[str, OpenStatus] = {}

    def at(self, service: Service) -> Seen:
        """Look at one service."""
        _, place_id, _, now = self._about
        seen = self._open.get(service.hours)
        if service.closed_from is not None:
            seen = status_of(service, now, self._territory)
        elif seen is None:
            seen = self._open[service.hours] = status(service.hours, now, self._territory)
        distance = near = None
        if service.address_public and self._from is not None:
            near = distance = self._distance(service.latitude, service.longitude)
            if near is None and (place := self._places.get(service.place)):
                near = 0.0 if place.id == place_id else self._distance(place.latitude, place.longitude)
        elif service.address_public and place_id and service.place == place_id:
            near = 0.0
        return Seen(service, *self._about, distance, near, seen)

    def _distance(self, latitude: float | None, longitude: float | None) -> float | None:
        if self._from is None or latitude is None or longitude is None:
            return None
        return distance_km(*self._from, latitude, longitude)


# What counts in the order of a list, and how much. A door that does this above all goes before one in the commune that
# does it among much else (the public welfare centre), unless it is far; the rest decides among equals.
# First what is so for everybody on a day, which a directory remembers (`standing`), then what is so for one person.
FOR_EVERYBODY: tuple[Callable[[Service, str, float], float], ...] = (
    lambda service, need, _: 30.0 if service.needs[0] == need else 4.0,
    lambda service, _, __: 6.0 if _is_for_most(service) else 0.0,
    lambda service, _, __: 5.0 if service.confirmed else 0.0,
    lambda _, __, age: 3.0 * (1 - min(age, 1.0)),
    lambda _, __, age: -6.0 if age > 1 else 0.0,
)
FOR_ONE: tuple[Callable[[Seen], float], ...] = (
    lambda seen: 18.0 if (seen.is_here or seen.is_for_here) and seen.serves_here else 0.0,
    lambda seen: 18.0 * (1 - min(seen.near_km if seen.near_km is not None else FAR_KM / 2, FAR_KM) / FAR_KM),
    lambda seen: 8.0 if seen.is_open else 4.0 if seen.opens_soon else 0.0,
    lambda seen: -12.0 if seen.is_closed_for_now else 0.0,
    lambda seen: 7.0 if seen.speaks else 0.0,
    lambda seen: 6.0 if seen.is_meant_for_them else 0.0,
)


def standing(service: Service, need: str, today: date) -> float:
    """Give the points of a service that do not depend on who asks."""
    age = age_days(service, today) / lasts_days(service)
    return sum(rule(service, need, age) for rule in FOR_EVERYBODY)


def rank(seen: Seen, standing: float) -> tuple[float, float, str]:
    """Give the place in the order of a list: the most points, then the nearest, then always the same."""
    points = standing
    for rule in FOR_ONE:
        points += rule(seen)
    return (-points, FAR_KM if seen.near_km is None else seen.near_km, seen.service.id)


def is_only_for(service: Service, who: Audience, company: Iterable[Audience]) -> bool:
    """Tell whether a service names these people and at most their usual company."""
    return who in service.audience and set(service.audience) <= set(company)


def _is_for_most(service: Service) -> bool:
    audience = set(service.audience)
    return Audience.EVERYONE in audience or audience >= BOTH or not audience & NARROW
