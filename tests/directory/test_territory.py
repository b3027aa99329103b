from decimal import Decimal
from pathlib import Path

import pytest

from directory.content import ContentError
from directory.packs import Pack
from directory.territory import Danger, Unit
from directory.territory_files import load_territory, read_territory
from tests.directory.build import line_of, replace_in


def test_a_danger_has_its_lines_with_the_one_to_call_first_in_front(testville: Pack) -> None:
    lines = testville.territory.lines_for(Danger.SUICIDE)
    assert [line.id for line in lines] == ["urgences", "ecoute-suicide"]


def test_an_amount_keeps_every_digit_and_its_first_day(testville: Pack) -> None:
    amount = testville.territory.amount("help-alone")
    assert (amount.value, amount.unit) == (Decimal("1234.56"), Unit.EUR_MONTH)
    assert amount.applies_from.isoformat() == "2026-01-01"


def test_a_commune_and_a_line_are_found_by_id(testville: Pack) -> None:
    assert testville.territory.place("saint-exemple").name["nl"] == "Avond"
    assert testville.territory.line("abri").phone == "0800 00 003"


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ('country = "BE"', 'country = "ZZ"', "country"),
        ('time_zone = "Europe/Brussels"', 'time_zone = "Mars/Olympus"', "time_zone"),
        ('helpline = "ligne-generale"', 'helpline = "personne"', "helpline"),
        ("latitude = 54.0300", "latitude = 154.03", "latitude"),
        ('hours = "Mo-Fr 09:00-19:00"', 'hours = "lundi 9h"', "hours"),
        ('cost = "free"', 'cost = "cheap"', "cost"),
        ('dangers = ["no-shelter-tonight"]', 'dangers = ["cold"]', "dangers"),
        ("checked_on = 2026-11-01", 'checked_on = "hier"', "checked_on"),
        ('id = "brumeville-basse"', 'id = "brumeville-haute"', "id"),
        ("holidays = [{ date = 2026-11-26", 'holidays = [{ date = "26/11"', "holidays"),
        ('area = "nord"', 'aera = "nord"', "aera"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(folder: Path, good: str, bad: str, words: str) -> None:
    path = folder / "territory.toml"
    line = line_of(path, good)
    replace_in(path, good, bad)
    with pytest.raises(ContentError) as caught:
        load_territory(folder)
    assert f"territory.toml:{line}: {words} " in str(caught.value)


def test_a_danger_that_no_line_answers_is_told(folder: Path) -> None:
    replace_in(folder / "territory.toml", 'dangers = ["no-shelter-tonight"]', "dangers = []")
    with pytest.raises(ContentError, match="no \\[\\[line\\]\\] answers the danger no-shelter-tonight"):
        load_territory(folder)


def test_all_mistakes_of_both_files_are_told_at_once(folder: Path) -> None:
    replace_in(folder / "territory.toml", 'currency = "EUR"', "")
    replace_in(folder / "amounts.toml", 'unit = "percent"', 'unit = "bananas"')
    replace_in(folder / "amounts.toml", "value = 5", 'value = "five"')
    _, problems = read_territory(folder)
    assert [problem.message.split()[0] for problem in problems] == ["currency", "value", "unit"]
