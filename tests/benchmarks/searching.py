"""How long a search takes among many services: made-up ones, in the mix of Brussels, on a made-up territory."""

import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from directory.packs import Pack
from directory.ranking import Who
from directory.search import Directory, find_services
from directory.services import Audience, Service
from directory.territory import Place, Territory
from tests.benchmarks.figures import Figure, at_most, percentile

TODAY = date(2026, 11, 23)
COMMUNES = 40
FEW, MANY = 1_000, 100_000
TARGETS = {FEW: 15.0, MANY: 100.0}  # milliseconds
PEOPLE = (Who(), Who(), Who(frozenset((Audience.WOMEN,)), 34), Who(frozenset((Audience.FAMILIES,)), 17))
HOURS = (
    "",
    "24/7",
    *(
        f"{days} {opens:02}:{minute:02}-{closes:02}:00"
        for days in ("Mo-Fr", "Mo-Sa", "Mo,We,Fr", "Tu-Th 09:00-12:00,13:00-16:00; Sa")
        for opens in (8, 9, 10)
        for minute in (0, 15, 30, 45)
        for closes in (12, 16, 17, 18)
    ),
)


def figures(pack: Pack, queries: int) -> Iterator[Figure]:
    """Search among a thousand and among a hundred thousand; the baseline of the many are the few."""
    before = None
    for count, target in TARGETS.items():
        taken = percentile(searching_seconds(a_directory(pack, count), pack, queries), 95) * 1000
        yield at_most(f"search-p95-with-{count}-services", taken, "ms", target, before)
        before = taken


def searching_seconds(directory: Directory, pack: Pack, queries: int) -> list[float]:
    """Ask as people do: a need, mostly a commune, now, a language, and sometimes something about themselves."""
    chance, taken = random.Random(2), []
    weights = [len(directory.for_need(need.id)) for need in pack.needs]
    needs = chance.choices([need.id for need in pack.needs], weights, k=queries)
    for need in set(needs):  # what is reckoned once a day
        directory.standing(need, TODAY)
        directory.for_need_in(need, "commune-0")
    for need in needs:
        place = f"commune-{chance.randrange(COMMUNES)}" if chance.random() < 0.9 else None
        moment = datetime(2026, 11, 23, 6, tzinfo=directory.territory.zone)
        moment += timedelta(minutes=chance.randrange(14 * 60))
        language, who = chance.choice(("fr", "ar", "nl", "en")), chance.choice(PEOPLE)
        begun = time.perf_counter()
        find_services(directory, need, place, moment, language, who=who)
        taken.append(time.perf_counter() - begun)
    return taken


def a_directory(pack: Pack, count: int) -> Directory:
    """Make services with the needs, publics and reach of those in a real pack, everything else by chance."""
    chance = random.Random(1)
    places = tuple(
        Place(f"commune-{n}", {"fr": f"Commune {n}"}, (f"{1000 + n}",), 50 + n % 8 / 40, 4 + n // 8 / 40)
        for n in range(COMMUNES)
    )
    territory = Territory(
        "made-up", {"fr": "Nulle part"}, "BE", ("fr",), "Europe/Brussels", "EUR", "", places, ()
    )
    return Directory(territory, tuple(_service(n, chance, pack, places) for n in range(count)))


def _service(number: int, chance: random.Random, pack: Pack, places: tuple[Place, ...]) -> Service:
    like = pack.services[int(chance.random() * len(pack.services))]
    place = places[int(chance.random() * COMMUNES)]
    return Service(
        f"service-{number}",
        f"Service {number}",
        like.needs,
        "nobody",
        TODAY - timedelta(int(chance.random() * 900)),
        audience=like.audience,
        minimum_age=like.minimum_age,
        maximum_age=like.maximum_age,
        place=place.id,
        latitude=place.latitude + chance.random() / 50,
        longitude=place.longitude + chance.random() / 50,
        hours=HOURS[int(chance.random() * len(HOURS))],
        languages=like.languages,
        cost=like.cost,
        access=like.access,
        serves=("all",) if "all" in like.serves else (place.id,),
        confirmed=like.confirmed,
    )
