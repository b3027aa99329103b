"""What others publish as HSDS is read with a report of what stayed behind, or refused with place and reason."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.hsds_documents import Imported, read_hsds
from directory.hsds_tables import TABLES
from tests.directory.test_hsds import PACK
from tests.paths import SHARED_DATA

HSDS = SHARED_DATA / "hsds" / "examples"
ORUK = SHARED_DATA / "oruk" / "OpenReferralApi" / "Mocks"
needs_examples = pytest.mark.skipif(not HSDS.exists(), reason="the examples of the standard are not here")

ID = "ac148810-d857-441c-9679-408f346de14b"


def read(path: Path) -> Imported:
    return read_hsds(path, PACK.territory, PACK.needs)


def given_document(folder: Path, document: object) -> Imported:
    (folder / "foreign.json").write_text(json.dumps(document), "utf-8")
    return read(folder / "foreign.json")


def foreign(**changes: Any) -> dict[str, Any]:
    plain = {"id": ID, "name": "Soup Kitchen", "status": "active", "assured_date": "2026-10-01"}
    return plain | changes


def test_a_foreign_service_gets_an_id_and_is_not_confirmed(tmp_path: Path) -> None:
    (service,) = given_document(tmp_path, foreign()).services
    assert (service.id, service.confirmed) == ("soup-kitchen-ac148810", False)
    assert (service.needs, service.serves, service.source) == ((), (), "HSDS: foreign.json")


@pytest.mark.parametrize(
    "around",
    [
        lambda service: service,
        lambda service: [service],
        lambda service: {"contents": [service], "total_items": 1},
        lambda service: {"services": [service]},
        lambda service: {"id": ID, "name": "City", "description": "The city", "services": [service]},
        lambda service: {"id": ID, "service": service},
    ],
    ids=["one", "list", "page", "services", "organization", "service at location"],
)
def test_services_are_found_in_every_document_of_the_standard(around: Any, tmp_path: Path) -> None:
    found = given_document(tmp_path, around(foreign()))
    assert ([service.name for service in found.services], found.refused) == (["Soup Kitchen"], ())


def test_what_stays_behind_is_counted(tmp_path: Path) -> None:
    services = [foreign(id=f"{number}{ID[1:]}", wait_time="long", alert="closed in May") for number in (1, 2)]
    found = given_document(tmp_path, services)
    assert found.left_out == {
        "service.wait_time: has no place in services.csv": 2,
    }
    assert {service.notice for service in found.services} == {"closed in May"}


def test_rows_of_a_schedule_become_opening_hours(tmp_path: Path) -> None:
    row = {"id": ID, "freq": "WEEKLY", "byday": "MO,TU,WE", "opens_at": "09:00", "closes_at": "12:00:00"}
    (service,) = given_document(tmp_path, foreign(schedules=[row, row | {"byday": "SA"}])).services
    assert service.hours == "Mo-We,Sa 09:00-12:00"


def test_hours_that_are_understood_in_part_stay_unknown(tmp_path: Path) -> None:
    row = {"id": ID, "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00"}
    found = given_document(tmp_path, foreign(schedules=[row, row | {"valid_to": "2026-12-20"}]))
    assert found.services[0].hours == ""
    assert "service.schedules: holds only for some dates (valid_to)" in found.left_out


def test_a_commune_is_known_by_its_name_and_another_town_is_not_guessed(tmp_path: Path) -> None:
    def at(city: str) -> dict[str, Any]:
        address = {
            "id": ID,
            "address_1": "1 High St",
            "city": city,
            "state_province": "X",
            "postal_code": "9",
        }
        address |= {"country": "BE", "address_type": "physical"}
        place = {"id": ID, "location_type": "physical", "addresses": [address]}
        return foreign(
            service_at_locations=[{"id": ID, "location": place}], service_areas=[{"id": ID, "name": city}]
        )

    known = given_document(tmp_path, at("HOOG-MISTDORP")).services[0]
    other = given_document(tmp_path, at("Atlantis"))
    assert (known.place, known.serves, known.address) == (
        "brumeville-haute",
        ("brumeville-haute",),
        "1 High St",
    )
    assert (other.services[0].place, other.services[0].serves) == ("", ())
    assert "service.service_areas.name: is no commune of the territory" in other.left_out


def test_a_position_off_the_globe_is_left_out(tmp_path: Path) -> None:
    place = {"id": ID, "location_type": "physical", "latitude": 100, "longitude": 101}
    found = given_document(tmp_path, foreign(service_at_locations=[{"id": ID, "location": place}]))
    assert (found.services[0].latitude, found.services[0].longitude) == (None, None)


def test_a_service_that_is_no_more_does_not_come_in(tmp_path: Path) -> None:
    found = given_document(tmp_path, [foreign(status="defunct")])
    assert (found.services, found.left_out) == ((), {"service: is defunct": 1})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": None}, "[0].name: is missing, every service needs it"),
        ({"name": ""}, "[0].name: is missing, every service needs it"),
        (
            {"status": "open"},
            "[0].status: must be one of active, inactive, defunct, temporarily closed, not 'open'",
        ),
        ({"id": "7"}, "[0].id: must be a UUID, not '7'"),
        ({"email": 12345}, "[0].email: must be a text, not 12345"),
        ({"email": "nobody"}, "[0].email: must be an e-mail address, not 'nobody'"),
        (
            {"url": "example/x"},
            "[0].url: must be a whole address such as https://example.org, not 'example/x'",
        ),
        ({"minimum_age": "12"}, "[0].minimum_age: must be a number, not '12'"),
        ({"minimum_age": True}, "[0].minimum_age: must be a number, not True"),
        ({"phones": {}}, "[0].phones: must be a list"),
        ({"phones": [{"id": ID}]}, "[0].phones[0].number: is missing, every phone needs it"),
        ({"organization": []}, "[0].organization: must be an object of the kind organization"),
        ({"name": "\ud800"}, "[0].name: holds half a character: '\\ud800'"),
        ({"last_modified": "yesterday"}, "[0].last_modified: must be a date with a time, not 'yesterday'"),
    ],
)
def test_a_wrong_service_is_refused_and_the_others_stay(change: Any, reason: str, tmp_path: Path) -> None:
    good = foreign(id=ID.replace("a", "b"), name="Good Kitchen")
    found = given_document(tmp_path, [foreign(**change), good])
    assert (found.refused, [service.name for service in found.services]) == ((reason,), ["Good Kitchen"])


def test_the_same_service_twice_is_refused_once(tmp_path: Path) -> None:
    found = given_document(tmp_path, [foreign(), foreign()])
    assert (len(found.services), found.refused) == (1, ("[1].id: the same service is there twice",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[NaN]", "is not JSON"),
        (b"\xff", "is not UTF-8 text"),
        (b"[]", "holds no service"),
        (b"[1]", "[0]: must be an object"),
        (b"7", "document: must be an object"),
        (b'{"version": "3.0"}', "is no record of HSDS, it has only: version"),
        (b'{"id": 1, "name": "x", "taxonomy": "y", "term_uri": "z"}', "document.description: is missing"),
    ],
)
def test_a_file_that_is_no_hsds_is_refused(text: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "foreign.json").write_bytes(text)
    found = read(tmp_path / "foreign.json")
    assert found.services == ()
    assert any(reason in line for line in found.refused), found.refused


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "there is no such file or folder" in read(tmp_path / "nothing.json").refused[0]


def test_tables_are_refused_line_by_line(tmp_path: Path) -> None:
    lines = ["id,name,status,shoe_size", f"{ID},Good,active,44", f"{ID[:-1]}c,,active,", "1,2,3,4,5"]
    (tmp_path / "services.csv").write_text("\n".join(lines) + "\n", "utf-8")
    found = read(tmp_path)
    assert [service.name for service in found.services] == ["Good"]
    assert found.refused[0].endswith("services.csv:4: has 5 cells for 4 columns")
    assert found.refused[1] == "services.csv:3.name: is missing, every service needs it"
    assert "services.csv: column shoe_size: is unknown to HSDS" in found.left_out


@needs_examples
@pytest.mark.parametrize(
    "path",
    [
        HSDS / "csv",
        *(HSDS / f"{name}.json" for name in ("service_full", "service_list", "service_at_location_full")),
        *(HSDS / f"{name}.json" for name in ("service_at_location_list", "organization_full")),
        *(
            ORUK / "V3.0-UK-Default" / f"{name}.json"
            for name in ("service_full", "service_list", "organization")
        ),
        *(ORUK / "V3.0-UK-Default" / f"service_at_location_{name}.json" for name in ("full", "list")),
    ],
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_the_examples_of_the_standard_are_read(path: Path) -> None:
    found = read(path)
    assert ([service.name for service in found.services], found.refused) == (["Community Counselling"], ())
    assert found.services[0].checked_on.isoformat() == "2005-01-01"
    assert found.left_out["service.description: has no place in services.csv"] == 1


@needs_examples
@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        (
            "service_full",
            ["document.url: must be a whole address", "document.email: must be an e-mail address"],
        ),
        ("service_list", ["contents[0].name: is missing", "contents[2].email: must be a text, not False"]),
        ("taxonomy_term", ["document.description: is missing", "document.term_uri: must be a whole address"]),
        ("api_details", ["document: is no record of HSDS"]),
        ("taxonomy_list", ["contents[0]: is of the kind taxonomy and holds no services"]),
        ("organization_list", ["contents[0]: is of the kind organization and holds no services"]),
    ],
)
def test_the_failing_examples_are_refused_with_place_and_reason(name: str, reasons: list[str]) -> None:
    found = read(ORUK / "V3.0-UK-Fail" / f"{name}.json")
    assert found.services == ()
    for reason in reasons:
        assert any(line.startswith(reason) for line in found.refused), found.refused


WORDS = sorted({key for table in TABLES.values() for key in (*table.columns, *table.ones, *table.many)})
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([ID, "active"])
)
RECORDS = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(document=RECORDS, changes=st.dictionaries(st.sampled_from(WORDS), RECORDS, max_size=3))
def test_any_document_is_read_or_refused(document: object, changes: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for one in (document, foreign() | changes, [foreign(), foreign() | changes]):
            found = given_document(Path(folder), one)
            assert found.services or found.refused or found.left_out


CELLS = st.sampled_from(["", ID, "active", "a", "1", "1e999", "'=1", "x" * 200_000, '"', "\n", "é\0"])


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from(list(TABLES)), st.lists(CELLS, max_size=9)), max_size=6))
def test_any_tables_are_read_or_refused(rows: list[tuple[str, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, cells in rows:
            table = TABLES[name]
            with (Path(folder) / table.file).open("a", encoding="utf-8") as file:
                file.write(f"{','.join(table.columns)}\n{','.join(cells)}\n")
        found = read(Path(folder))
        assert found.services or found.refused or found.left_out
