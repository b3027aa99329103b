from pathlib import Path

import pytest

from directory.packs import Pack, load_pack
from directory.service_files import Rows, read_services
from directory.services import Access, Audience
from directory.territory import Cost

HEADER = (
    "id,name,needs,place,address,address_public,latitude,longitude,phones,hours,serves,source,checked_on,"
)
COLUMNS = HEADER + (
    "languages,cost,access,audience,minimum_age,maximum_age,confirmed,email,website,condition,"
    "closed_from,closed_until,notice,notice_until"
)
GOOD = {
    "id": "porte",
    "name": "La Porte",
    "needs": "food-aid",
    "phones": "02 555 00 01",
    "serves": "all",
    "source": "porte.example",
    "checked_on": "2026-11-01",
}


def read(folder: Path, pack: Pack, *rows: dict[str, str]) -> Rows:
    lines = [COLUMNS]
    for row in rows:
        lines.append(
            ",".join('"' + row.get(column, "").replace('"', '""') + '"' for column in COLUMNS.split(","))
        )
    path = folder / "services.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_services(path, pack.territory, {need.id for need in pack.needs})


def test_an_area_stands_for_its_communes(folder: Path, testville: Pack) -> None:
    read_in = load_pack("brussels")
    (service,) = read(folder, read_in, GOOD | {"serves": "sud-est | ixelles"}).services
    sud_est = {"auderghem", "etterbeek", "woluwe-saint-lambert", "woluwe-saint-pierre"}
    assert set(service.serves) == {*sud_est, "ixelles"}


def test_a_row_becomes_a_service(testville: Pack) -> None:
    service = next(service for service in testville.services if service.id == "sante-horizon")
    assert service.needs == ("care-without-papers", "medical-costs", "mental-health")
    assert service.phones == ("02 555 00 12", "02 555 00 13")
    assert service.audience == (Audience.EVERYONE, Audience.WITHOUT_PAPERS)
    assert (service.cost, service.access) == (Cost.INSURED_RATE, (Access.WALK_IN, Access.APPOINTMENT))
    assert (service.name_in("nl"), service.name_in("ar")) == (
        "Gezondheidshuis Horizon",
        "Maison de santé Horizon",
    )
    assert service.confirmed


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "La Porte", "must look like"),
        ("name", "", "is empty"),
        ("needs", "food-aid | foood", '"foood" is not a need'),
        ("needs", "", "is empty"),
        ("serves", "", "is empty"),
        ("serves", "atlantis", '"atlantis" is not all, an area or a [[place]]'),
        ("place", "atlantis", '"atlantis" is not a [[place]]'),
        ("phones", "à la porte", "is not a phone number"),
        ("phones", "02 55", "is not a phone number"),
        ("phones", "", "nobody can reach it"),
        ("hours", "9h-17h", "is not OSM opening_hours"),
        ("cost", "cheap", "is not known"),
        ("access", "knock", "is not known"),
        ("audience", "clients", "is not known"),
        ("minimum_age", "eighteen", "is not an age"),
        ("confirmed", "maybe", "must be yes or no"),
        ("email", "nobody", "must look like"),
        ("website", "javascript:alert(1)", "must look like"),
        ("languages", "français", "is not a language code"),
        ("checked_on", "hier", "is not a date"),
        ("source", "", "is empty"),
        ("latitude", "50,83", "is not a number"),
        ("latitude", "54.1", "go together"),
        ("name", "=HYPERLINK(1)", "runs as a formula"),
        ("name", "@SUM(1)", "runs as a formula"),
        ("condition", "-1+1", "runs as a formula"),
        ("notice", "=1+1", "runs as a formula"),
        ("closed_from", "Noël", "is not a date"),
        ("closed_until", "2026-12-31", "needs the first day"),
        ("notice_until", "2026-12-31", "needs a notice"),
        ("languages", "+fr", "runs as a formula"),
    ],
)
def test_a_bad_row_is_refused_with_line_column_and_reason(
    tmp_path: Path, testville: Pack, column: str, value: str, reason: str
) -> None:
    rows = read(tmp_path, testville, GOOD, GOOD | {"id": "mauvaise", column: value})
    assert [service.id for service in rows.services] == ["porte"]
    assert all(
        (problem.path.endswith("services.csv"), problem.line) == (True, 3) for problem in rows.problems
    )
    assert any(
        problem.message.startswith(f"{column}: ") and reason in problem.message for problem in rows.problems
    )


def test_a_hidden_address_must_not_be_in_the_file(tmp_path: Path, testville: Pack) -> None:
    hidden = GOOD | {"address": "rue 1", "address_public": "no", "latitude": "54", "longitude": "3"}
    rows = read(tmp_path, testville, hidden)
    assert [problem.message.split(":")[0] for problem in rows.problems] == [
        "address",
        "latitude",
        "longitude",
    ]


def test_an_international_number_and_a_western_longitude_are_no_formulas(
    tmp_path: Path, testville: Pack
) -> None:
    rows = read(
        tmp_path, testville, GOOD | {"phones": "+32 2 555 00 01", "latitude": "54", "longitude": "-3.5"}
    )
    assert rows.problems == ()
    assert rows.services[0].longitude == -3.5


def test_a_doubled_id_keeps_the_first_row(tmp_path: Path, testville: Pack) -> None:
    rows = read(tmp_path, testville, GOOD, GOOD | {"name": "Une autre"})
    assert [service.name for service in rows.services] == ["La Porte"]
    assert [str(problem).split(":")[1] for problem in rows.problems] == ["3"]


def test_a_refused_row_is_remembered_by_its_id(tmp_path: Path, testville: Pack) -> None:
    assert read(tmp_path, testville, GOOD | {"hours": "?"}).refused == ("porte",)


def test_lines_are_counted_across_cells_of_several_lines(tmp_path: Path, testville: Pack) -> None:
    rows = read(tmp_path, testville, GOOD | {"condition": "une\ndeux"}, GOOD | {"id": "b", "needs": "x"})
    assert rows.services[0].condition == "une deux"
    assert [problem.line for problem in rows.problems] == [4]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "is empty"),
        ("id,name\n", 1, 'column "needs" is missing'),
        (COLUMNS + ",colour\n", 1, 'column "colour" is unknown'),
        (COLUMNS + ",id\n", 1, 'column "id" is there twice'),
        (COLUMNS + "\na,b,c" + "," * 40 + "\n", 2, "cells for"),
        (COLUMNS + '\n"never closed\n', 2, "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_told(folder: Path, text: str, line: int, words: str) -> None:
    (folder / "services.csv").write_text(text, encoding="utf-8")
    pack = load_pack(folder)
    assert pack.services == ()
    assert any(problem.line == line and words in problem.message for problem in pack.problems)


def test_a_file_in_another_encoding_is_told(folder: Path) -> None:
    (folder / "services.csv").write_bytes("id,name\né,é\n".encode("latin-1"))
    assert any("save it as UTF-8" in problem.message for problem in load_pack(folder).problems)


def test_a_file_saved_by_a_spreadsheet_with_a_mark_in_front_is_read(folder: Path, testville: Pack) -> None:
    path = folder / "services.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_pack(folder).services == testville.services
