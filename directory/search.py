"""From a need and a place to the doors that fit best, each with the reasons why; pure, no database.

Nothing about the person is required: the place, the language and the moment help to rank, and hide nothing but
services for the residents of other communes, which are shown (and said to be so) when nothing else exists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from directory.freshness import is_old
from directory.hours import OpenStatus
from directory.ranking import Look, Seen, rank
from directory.services import Access, Audience, Service
from directory.territory import Cost, Territory

WOMEN_ONLY = frozenset((Audience.WOMEN, Audience.CHILDREN, Audience.VICTIMS, Audience.HOMELESS))
MEN_ONLY = frozenset((Audience.MEN, Audience.HOMELESS))
YOUNG_ONLY = frozenset((Audience.YOUNG_PEOPLE, Audience.CHILDREN, Audience.STUDENTS))


class Reason(StrEnum):
    """Why a service is shown, in the order in which it is worth saying."""

    IN_YOUR_COMMUNE = "in-your-commune"
    SERVES_YOUR_COMMUNE = "serves-your-commune"
    BY_PHONE = "by-phone"
    COMES_TO_YOU = "comes-to-you"
    SPEAKS_LANGUAGE = "speaks-language"
    OPEN_NOW = "open-now"
    OPENS_SOON = "opens-soon"
    WITHOUT_APPOINTMENT = "without-appointment"
    FREE = "free"
    WITHOUT_PAPERS = "without-papers"
    FOR_WOMEN_ONLY = "for-women-only"
    FOR_MEN_ONLY = "for-men-only"
    FOR_YOUNG_PEOPLE = "for-young-people"
    FOR_FAMILIES = "for-families"
    PHONE_FIRST = "phone-first"
    NEEDS_REFERRAL = "needs-referral"
    NOT_CONFIRMED = "not-confirmed"
    CHECKED_LONG_AGO = "checked-long-ago"
    OTHER_COMMUNE = "other-commune"  # it serves other communes only; shown because nothing else exists


@dataclass(frozen=True)
class Match:
    """A service that fits, why, how far from the person or the middle of the commune, and whether it is open."""

    service: Service
    reasons: tuple[Reason, ...]
    distance_km: float | None
    open_status: OpenStatus


@dataclass(frozen=True)
class Found:
    """One page of matches; `widened` says that only services for other communes exist."""

    services: tuple[Match, ...]
    total: int
    widened: bool = False


@dataclass(frozen=True)
class Directory:
    """All services of a territory in memory, indexed by need; made by `directory_of` or `read_directory`."""

    territory: Territory
    services: tuple[Service, ...]

    def service(self, service_id: str) -> Service | None:
        """Give the service with this id, or None when it has vanished."""
        return self._by_id.get(service_id)

    def for_need(self, need: str) -> tuple[Service, ...]:
        """Give every service that answers a need."""
        return self._by_need.get(need, ())

    @cached_property
    def _by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def _by_need(self) -> dict[str, tuple[Service, ...]]:
        found: dict[str, list[Service]] = {}
        for service in self.services:
            for need in service.needs:
                found.setdefault(need, []).append(service)
        return {need: tuple(services) for need, services in found.items()}


REASONS: tuple[tuple[Reason, Callable[[Seen], bool]], ...] = (
    (Reason.IN_YOUR_COMMUNE, lambda seen: seen.is_here),
    (Reason.SERVES_YOUR_COMMUNE, lambda seen: bool(seen.place_id) and seen.serves_here and not seen.is_here),
    (Reason.BY_PHONE, lambda seen: Access.PHONE in seen.service.access),
    (Reason.COMES_TO_YOU, lambda seen: Access.OUTREACH in seen.service.access),
    (Reason.SPEAKS_LANGUAGE, lambda seen: seen.speaks),
    (Reason.OPEN_NOW, lambda seen: seen.is_open),
    (Reason.OPENS_SOON, lambda seen: seen.opens_soon and not seen.is_open),
    (Reason.WITHOUT_APPOINTMENT, lambda seen: Access.WALK_IN in seen.service.access),
    (Reason.FREE, lambda seen: seen.service.cost is Cost.FREE),
    (Reason.WITHOUT_PAPERS, lambda seen: Audience.WITHOUT_PAPERS in seen.service.audience),
    (Reason.FOR_WOMEN_ONLY, lambda seen: _is_only_for(seen.service, Audience.WOMEN, WOMEN_ONLY)),
    (Reason.FOR_MEN_ONLY, lambda seen: _is_only_for(seen.service, Audience.MEN, MEN_ONLY)),
    (Reason.FOR_YOUNG_PEOPLE, lambda seen: _is_only_for(seen.service, Audience.YOUNG_PEOPLE, YOUNG_ONLY)),
    (Reason.FOR_FAMILIES, lambda seen: Audience.FAMILIES in seen.service.audience),
    (Reason.PHONE_FIRST, lambda seen: Access.CALL_FIRST in seen.service.access),
    (Reason.NEEDS_REFERRAL, lambda seen: Access.REFERRAL in seen.service.access),
    (Reason.NOT_CONFIRMED, lambda seen: not seen.service.confirmed),
    (Reason.CHECKED_LONG_AGO, lambda seen: is_old(seen.service, seen.now.date())),
    (Reason.OTHER_COMMUNE, lambda seen: not seen.serves_here),
)


def find_services(
    directory: Directory,
    need: str,
    place_id: str | None,
    now: datetime,
    language: str | None = None,
    limit: int = 3,
    offset: int = 0,
    position: tuple[float, float] | None = None,
) -> Found:
    """Find the doors for a need near a commune, or near a position if the person shares it, the best first."""
    look = Look(directory.territory, need, place_id, language, now, position)
    seen = [look.at(service) for service in directory.for_need(need)]
    here = [one for one in seen if one.serves_here]
    ranked = sorted(here or seen, key=rank)
    page = ranked[offset : offset + limit]
    return Found(tuple(_match(one) for one in page), len(ranked), widened=bool(ranked) and not here)


def look_at_service(directory: Directory, service: Service, now: datetime) -> Match:
    """Look at one service as somebody who asks for nothing in particular."""
    return _match(Look(directory.territory, service.needs[0], None, None, now, None).at(service))


def _match(seen: Seen) -> Match:
    reasons = tuple(reason for reason, holds in REASONS if holds(seen))
    return Match(seen.service, reasons, seen.distance_km, seen.open_status)


def _is_only_for(service: Service, who: Audience, company: frozenset[Audience]) -> bool:
    return who in service.audience and company.issuperset(service.audience)
