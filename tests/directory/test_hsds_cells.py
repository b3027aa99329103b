"""A table that somebody opens in a spreadsheet runs nothing, and loses nothing."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hsds_cells import as_meant, harmless
from directory.hsds_review import review_text
from tests.directory.build import a_service
from tests.directory.test_hsds import PACK, as_tables, there_and_back
from tests.paths import SHARED_DATA

RUNS = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
OURS = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "＝1", "'=1", "''=1"]
FOREIGN = SHARED_DATA / "csv_injection.jsonl"


def payloads() -> list[str]:
    lines = FOREIGN.read_text("utf-8").splitlines() if FOREIGN.exists() else []
    return OURS + [json.loads(line)["text"] for line in lines]


@pytest.mark.parametrize("text", payloads())
def test_no_cell_of_the_tables_runs_as_a_formula(text: str, tmp_path: Path) -> None:
    service = a_service(name=text, condition=text, address=text, organization=f"{text}!", source=text)
    for path in as_tables(tmp_path, PACK, [service]).glob("*.csv"):
        rows = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if RUNS.match(cell)]
    assert there_and_back(as_tables, PACK, [service]).services == (service,)


@pytest.mark.parametrize("text", payloads())
def test_no_cell_to_review_runs_as_a_formula(text: str) -> None:
    rows = csv.reader(review_text([a_service(name=text, condition=text)], PACK.territory).splitlines())
    assert not [cell for row in rows for cell in row if RUNS.match(cell)]


@given(st.text() | st.from_regex(r"'{0,3}\s?[=+@-].?", fullmatch=True))
def test_any_text_is_harmless_and_comes_back(text: str) -> None:
    assert not RUNS.match(harmless(text))
    assert as_meant(harmless(text)) == text


@given(st.text(alphabet="abc é'"))
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == as_meant(text) == text
