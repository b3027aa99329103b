"""What is incomplete, stale, double or contradictory in a directory, and which needs have no door where."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from rapidfuzz import fuzz

from directory.freshness import age_days, is_due
from directory.needs import Needs
from directory.search import Directory
from directory.services import Access, Service
from directory.territory import Cost

SAME_NAME = 92.0  # of 100; "CPAS d'Uccle" and "CPAS de Forest" stay apart

FACTS: Mapping[str, Callable[[Service], bool]] = MappingProxyType(
    {
        "phone": lambda service: bool(service.phones),
        "address": lambda service: bool(service.address) or not service.address_public,
        "position": lambda service: service.latitude is not None or not service.address_public,
        "hours": lambda service: bool(service.hours),
        "languages": lambda service: bool(service.languages),
        "cost": lambda service: service.cost is not Cost.UNKNOWN,
        "access": lambda service: any(access is not Access.UNKNOWN for access in service.access),
        "audience": lambda service: bool(service.audience),
        "confirmed": lambda service: service.confirmed,
    }
)


@dataclass(frozen=True)
class Quality:
    """What a coordinator should look at.

    `complete` counts the services that have each fact; `due` are ids with their age in days, oldest first;
    `doubles` are pairs of ids; `contradictions` say in words what does not fit; `missing` lists for each need
    the communes that no door serves.
    """

    total: int
    complete: Mapping[str, int]
    due: tuple[tuple[str, int], ...]
    doubles: tuple[tuple[str, str], ...]
    contradictions: tuple[str, ...]
    missing: Mapping[str, tuple[str, ...]]


def look_at(directory: Directory, needs: Needs, today: date) -> Quality:
    """Look at all services of a territory."""
    services = directory.services
    due = [(service.id, age_days(service, today)) for service in services if is_due(service, today)]
    return Quality(
        total=len(services),
        complete={name: sum(map(has, services)) for name, has in FACTS.items()},
        due=tuple(sorted(due, key=lambda one: (-one[1], one[0]))),
        doubles=tuple(_doubles(services)),
        contradictions=tuple(_contradictions(services)),
        missing=_missing(directory, needs),
    )


def _doubles(services: Iterable[Service]) -> Iterable[tuple[str, str]]:
    by_place: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        by_place[service.place].append(service)
    for neighbours in by_place.values():
        for index, one in enumerate(neighbours):
            for other in neighbours[index + 1 :]:
                if _looks_double(one, other):
                    yield one.id, other.id


def _looks_double(one: Service, other: Service) -> bool:
    same_phone = bool(set(one.phones) & set(other.phones))
    return same_phone and fuzz.token_sort_ratio(one.name, other.name) >= SAME_NAME


def _contradictions(services: Iterable[Service]) -> Iterable[str]:
    by_phone: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        for phone in service.phones:
            by_phone[phone].append(service)
        if service.place and not service.serves_place(service.place):
            yield f"{service.id}: stands in {service.place} but does not serve it"
        if service.confirmed and not service.source:
            yield f"{service.id}: is confirmed without a source"
    for phone, sharing in by_phone.items():
        communes = {service.serves for service in sharing if "all" not in service.serves}
        if len(communes) > 1:
            yield f"{phone}: is the number of several communes: {', '.join(sorted(one.id for one in sharing))}"


def _missing(directory: Directory, needs: Needs) -> Mapping[str, tuple[str, ...]]:
    found = {}
    for need in needs:
        doors = directory.for_need(need.id)
        communes = tuple(
            place.id
            for place in directory.territory.places
            if not any(service.serves_place(place.id) for service in doors)
        )
        if communes:
            found[need.id] = communes
    return found
