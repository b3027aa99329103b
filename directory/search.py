"""From a need and a place to the doors that fit best, each with the reasons why; pure, no database.

Nothing about the person is required: the place, the language, the moment and what they say of themselves help to
rank. They hide nothing but doors for the residents of other communes and doors for other people, which are shown
(and said to be so) when nothing else exists.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache

from directory.freshness import is_old
from directory.hours import OpenStatus
from directory.ranking import (
    ANYBODY,
    MEN_ONLY,
    WOMEN_ONLY,
    Look,
    Seen,
    Who,
    is_only_for,
    rank,
    standing,
)
from directory.services import Access, Audience, Service
from directory.territory import Cost, Territory

EVERYWHERE = "all"
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
    OTHER_PEOPLE = "other-people"  # not for somebody as old, or of the sex, that was said; the same


@dataclass(frozen=True)
class Match:
    """A service that fits, why, how far from the person or the middle of the commune, and whether it is open."""

    service: Service
    reasons: tuple[Reason, ...]
    distance_km: float | None
    open_status: OpenStatus


@dataclass(frozen=True)
class Found:
    """One page of matches; `widened` says that only services for other communes, or for other people, exist."""

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

    def for_need_in(self, need: str, place_id: str | None) -> tuple[Service, ...]:
        """Give the services that answer a need for the residents of a commune; without one, all of them."""
        if place_id is None:
            return self.for_need(need)
        by_commune = self._by_need_and_commune.get(need, {})
        return by_commune.get(EVERYWHERE, ()) + by_commune.get(place_id, ())

    def standing(self, need: str, today: date) -> dict[str, float]:
        """Give the points that the services of a need have on a day, whoever asks; reckoned once a day."""
        return self._standing(need, today)

    @cached_property
    def _standing(self) -> Callable[[str, date], dict[str, float]]:
        @lru_cache(maxsize=256)
        def reckon(need: str, today: date) -> dict[str, float]:
            return {service.id: standing(service, need, today) for service in self.for_need(need)}

        return reckon

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

    @cached_property
    def _by_need_and_commune(self) -> dict[str, dict[str, tuple[Service, ...]]]:
        found: dict[str, dict[str, list[Service]]] = {}
        for need, services in self._by_need.items():
            by_commune = found.setdefault(need, {})
            for service in services:
                for served in (EVERYWHERE,) if EVERYWHERE in service.serves else set(service.serves):
                    by_commune.setdefault(served, []).append(service)
        return {
            need: {served: tuple(services) for served, services in by_commune.items()}
            for need, by_commune in found.items()
        }


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
    (Reason.FOR_WOMEN_ONLY, lambda seen: is_only_for(seen.service, Audience.WOMEN, WOMEN_ONLY)),
    (Reason.FOR_MEN_ONLY, lambda seen: is_only_for(seen.service, Audience.MEN, MEN_ONLY)),
    (Reason.FOR_YOUNG_PEOPLE, lambda seen: is_only_for(seen.service, Audience.YOUNG_PEOPLE, YOUNG_ONLY)),
    (Reason.FOR_FAMILIES, lambda seen: Audience.FAMILIES in seen.service.audience),
    (Reason.PHONE_FIRST, lambda seen: Access.CALL_FIRST in seen.service.access),
    (Reason.NEEDS_REFERRAL, lambda seen: Access.REFERRAL in seen.service.access),
    (Reason.NOT_CONFIRMED, lambda seen: not seen.service.confirmed),
    (Reason.CHECKED_LONG_AGO, lambda seen: is_old(seen.service, seen.now.date())),
    (Reason.OTHER_COMMUNE, lambda seen: not seen.serves_here),
    (Reason.OTHER_PEOPLE, lambda seen: not seen.who.may_come(seen.service)),
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
    who: Who = ANYBODY,
) -> Found:
    """Find the doors for a need near a commune, or near a position if the person shares it, the best first."""
    here = _for(who, directory.for_need_in(need, place_id))
    shown = here or _for(who, directory.for_need(need)) or directory.for_need(need)
    look = Look(directory.territory, place_id, language, now, position, who)
    points = directory.standing(need, now.date())
    seen = (look.at(service) for service in shown)
    best = heapq.nsmallest(offset + limit, seen, key=lambda one: rank(one, points[one.service.id]))
    page = tuple(_match(one) for one in best[offset:])
    return Found(page, len(shown), widened=bool(shown) and not here)


def look_at_service(directory: Directory, service: Service, now: datetime) -> Match:
    """Look at one service as somebody who asks for nothing in particular."""
    return _match(Look(directory.territory, None, None, now).at(service))


def _for(who: Who, services: Iterable[Service]) -> tuple[Service, ...]:
    return tuple(services) if who == ANYBODY else tuple(filter(who.may_come, services))


def _match(seen: Seen) -> Match:
    reasons = tuple(reason for reason, holds in REASONS if holds(seen))
    return Match(seen.service, reasons, seen.distance_km, seen.open_status)
