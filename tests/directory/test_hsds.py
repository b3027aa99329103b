"""What leaves as HSDS comes back the same, as JSON and as tables; where a protected door is never leaves."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.hsds_checks import problems_of
from directory.hsds_documents import Imported, read_hsds
from directory.hsds_export import Exporter, write_json
from directory.hsds_package import write_package
from directory.hsds_tables import TABLES
from directory.hsds_terms import Terms
from directory.packs import Pack, load_pack
from directory.services import Access, Audience, Service
from directory.territory import Cost
from tests.directory.build import TESTVILLE, a_service

PACK = load_pack(TESTVILLE)
PLACES = [place.id for place in PACK.territory.places]
NEEDS = [need.id for need in PACK.needs]
HOURS = [
    "",
    "24/7",
    "Mo-Fr 09:00-12:00,13:00-16:00; PH off",
    "Th[1] 18:30-22:30",
    "Mo-Su 18:00-08:00",
    "Mo dawn+",
]

Send = Callable[[Path, Pack, Sequence[Service]], Path]


def as_json(folder: Path, pack: Pack, services: Sequence[Service]) -> Path:
    exporter = Exporter(Terms(pack.territory, pack.needs))
    write_json(folder / "services.json", map(exporter.service, services))
    return folder / "services.json"


def as_tables(folder: Path, pack: Pack, services: Sequence[Service]) -> Path:
    exporter = Exporter(Terms(pack.territory, pack.needs))
    write_package(folder / "tables", map(exporter.service, services), exporter.terms)
    return folder / "tables"


BOTH = pytest.mark.parametrize("send", [as_json, as_tables], ids=["json", "tables"])


def there_and_back(send: Send, pack: Pack, services: Sequence[Service]) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        return read_hsds(send(Path(folder), pack, services), pack.territory, pack.needs)


def public(service: Service) -> Service:
    """What everybody may know of a service: nothing of where a protected one is."""
    if service.address_public:
        return service
    return replace(service, address="", postal_code="", place="", latitude=None, longitude=None)


def of(values: Sequence[str], most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["=1+1", "'=1", "''@x", " +32", "-", 'a,"b"\r\nc', "x|y"])
)
POSITIONS = st.one_of(st.just((None, None)), st.tuples(st.floats(-90, 90), st.floats(-180, 180)))


@st.composite
def some_services(draw: st.DrawFn) -> Service:
    latitude, longitude = draw(POSITIONS)
    name = draw(TEXTS.filter(bool))
    return Service(
        id=draw(st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)),
        name=name,
        needs=draw(of(NEEDS)),
        source=draw(st.one_of(TEXTS.filter(bool), st.just("desk@example.org"))),
        checked_on=draw(st.dates()),
        names=draw(st.dictionaries(st.sampled_from(["nl", "de", "zh-Hant"]), TEXTS.filter(bool))),
        organization=draw(TEXTS.filter(lambda text: text != name)),
        audience=draw(of(list(Audience))),
        minimum_age=draw(st.none() | st.integers(0, 120)),
        maximum_age=draw(st.none() | st.integers(0, 120)),
        condition=draw(TEXTS),
        address=draw(TEXTS),
        postal_code=draw(TEXTS),
        place=draw(st.sampled_from(["", *PLACES])),
        address_public=draw(st.booleans()),
        latitude=latitude,
        longitude=longitude,
        phones=draw(of(["112", "02 555 00 01", "+32 2 555 00 02", "0800/1234"])),
        email=draw(st.sampled_from(["", "a@example.org"])),
        website=draw(st.sampled_from(["", "https://example.org/é?a=1"])),
        hours=draw(st.one_of(st.sampled_from(HOURS), TEXTS)),
        languages=draw(of(["fr", "nl", "ar", "sgn", "zh-Hant"])),
        cost=draw(st.sampled_from(Cost)),
        access=draw(of(list(Access))),
        serves=draw(of(["all", *PLACES])),
        confirmed=draw(st.booleans()),
        closed_from=draw(st.none() | st.dates()),
        closed_until=draw(st.none() | st.dates()),
        notice=draw(TEXTS),
        notice_until=draw(st.none() | st.dates()),
    )


MANY = st.lists(some_services(), max_size=3, unique_by=lambda service: service.id)


@BOTH
@settings(max_examples=30, deadline=None)
@given(services=MANY)
def test_any_service_comes_back_as_it_was(send: Send, services: list[Service]) -> None:
    found = there_and_back(send, PACK, services)
    assert found.services == tuple(map(public, services))
    assert not services or (found.refused, found.left_out) == ((), {})


@given(service=some_services())
def test_what_we_write_passes_our_own_checks(service: Service) -> None:
    record = Exporter(Terms(PACK.territory, PACK.needs)).service(service)
    assert list(problems_of(record, TABLES["service"], "service")) == []


@BOTH
def test_all_of_brussels_comes_back_as_it_was(send: Send) -> None:
    pack = load_pack("brussels")
    found = there_and_back(send, pack, pack.services)
    assert found == Imported(tuple(map(public, pack.services)), (), {})


@BOTH
def test_where_a_protected_service_is_leaves_in_no_form(send: Send, tmp_path: Path) -> None:
    refuge = a_service(
        address_public=False,
        address="rue Cachée 1",
        postal_code="9902",
        place="brumeville-basse",
        latitude=54.03125,
        longitude=3.015625,
    )
    path = send(tmp_path, PACK, [refuge])
    files = (
        path.glob("[!t]*.csv") if path.is_dir() else [path]
    )  # the terms of the taxonomies are not of this service
    text = "\n".join(file.read_text("utf-8") for file in files)
    for secret in ("Cachée", "9902", "brumeville-basse", "Brumeville-Basse", "54.03125", "3.015625"):
        assert secret not in text


def test_an_id_stays_the_same_from_one_export_to_the_next() -> None:
    exporter = Exporter(Terms(PACK.territory, PACK.needs))
    ids = {exporter.service(a_service(name=name))["id"] for name in ("Porte", "Autre porte")}
    assert ids == {"5337d6a1-f172-5f8c-a9c9-e25d30c2d4b5"}


def test_what_is_not_confirmed_says_so_in_its_alert() -> None:
    exporter = Exporter(Terms(PACK.territory, PACK.needs))
    assert exporter.service(a_service(confirmed=False))["alert"] == "To be confirmed: call first."
    assert "alert" not in exporter.service(a_service(confirmed=True))


def test_a_closure_and_a_notice_are_in_the_alert() -> None:
    exporter = Exporter(Terms(PACK.territory, PACK.needs))
    days = {"closed_from": date(2026, 12, 21), "closed_until": date(2027, 1, 3)}
    alert = exporter.service(a_service(**days, notice="Entrée par la cour."))["alert"]
    assert alert == "Closed from 2026-12-21 to 2027-01-03. Entrée par la cour."


def test_who_checked_and_when_travels_along() -> None:
    checked = a_service(source="desk@example.org", checked_on=date(2026, 11, 3))
    record = Exporter(Terms(PACK.territory, PACK.needs)).service(checked)
    assert (record["assured_date"], record["assurer_email"]) == ("2026-11-03", "desk@example.org")
    assert record["last_modified"] == "2026-11-03T00:00:00.000Z"


def test_schedules_that_others_changed_win_over_the_hours_we_had_kept(tmp_path: Path) -> None:
    path = as_json(tmp_path, PACK, [a_service(hours="Mo-Fr 09:00-12:00; PH off")])
    path.write_text(path.read_text("utf-8").replace('"12:00:00"', '"11:00:00"'), "utf-8")
    found = read_hsds(path, PACK.territory, PACK.needs)
    assert found.services[0].hours == "Mo-Fr 09:00-11:00"
    assert "service.attributes: the opening hours kept there are not those of the schedules" in found.left_out


def test_an_export_takes_services_one_at_a_time(tmp_path: Path) -> None:
    exporter = Exporter(Terms(PACK.territory, PACK.needs))
    waiting: list[int] = []

    def one_by_one() -> Iterator[dict[str, object]]:
        for number in range(200):
            waiting.append(number)
            yield exporter.service(a_service(f"porte-{number}"))

    assert write_json(tmp_path / "all.json", one_by_one()) == len(waiting) == 200
    assert len(json.loads((tmp_path / "all.json").read_text("utf-8"))) == 200
