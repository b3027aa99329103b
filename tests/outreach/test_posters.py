"""Posters and pocket cards: right letters in every language, one page, a code for each way to reach the bot."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot import cli
from bot.i18n import Words
from bot.knowledge import Library
from bot.outreach.posters import (
    FONTS,
    CannotDraw,
    Form,
    Paper,
    Sheet,
    draw,
    place_addresses,
    place_payload,
    read_sheet,
)
from tests.outreach.conftest import MONDAY, Street
from tests.paths import TESTVILLE

WORDS = Words()
TELEGRAM, WEB = "https://t.me/a_bot?start=m-park", "https://passerelle.example/?start=m-park"
# fonts-noto-core 20201225, unchanged
CHECKSUM = "949aab88367c40c33d2552222f4ff934a3890dc90f5a4c0c473aa63f98712865"


def a_sheet(
    languages: Sequence[str], place: str = "Parc du Phare", addresses: Sequence[str] = (TELEGRAM, WEB)
) -> Sheet:
    voices = [WORDS.voice(code) for code in languages]
    return Sheet(place, [["14:00–16:00", "10:00–12:00"] for _ in voices], addresses, voices)


@pytest.mark.parametrize("code", sorted(WORDS.languages))
def test_the_fonts_have_every_letter_of_every_language(code: str) -> None:
    for paper in Paper:
        assert draw(a_sheet([code]), paper, Form.PDF).startswith(b"%PDF-")


@pytest.mark.parametrize("count", [1, 4, 5, 8])
@pytest.mark.parametrize("paper", list(Paper))
def test_whatever_the_number_of_languages_it_is_one_page(paper: Paper, count: int) -> None:
    longest = "Maison médicale et espace des familles du quartier de la gare de Brumeville-Haute"
    languages = ["sq", "uk", "ar", "ti", "es", "ps", "pl", "ru"][:count]
    assert draw(a_sheet(languages, longest), paper, Form.SVG).startswith(b"<svg")


@pytest.mark.parametrize("form", list(Form))
def test_a_letter_that_the_fonts_do_not_have_is_refused(form: Form) -> None:
    with pytest.raises(CannotDraw):
        draw(a_sheet(["fr"], "公園"), Paper.POSTER, form)


def letters(place: str) -> int:
    return draw(a_sheet(["ar"], place), Paper.CARD, Form.SVG).count(b"<use")


def test_arabic_letters_are_joined() -> None:
    """Lam and alif become one sign; two letters that do not, stay two."""
    assert letters("بت") == letters("لا") + 1


@pytest.mark.parametrize(
    ("page", "telegram", "expected"),
    [
        (
            "https://p.example",
            "https://t.me/b?start=m-x",
            ["https://t.me/b?start=m-x", "https://p.example/?start=m-x"],
        ),
        ("https://p.example", "", ["https://p.example/?start=m-x"]),
        ("http://127.0.0.1:8000", "https://t.me/b?start=m-x", ["https://t.me/b?start=m-x"]),
        ("http://127.0.0.1:8000", "", ["http://127.0.0.1:8000/?start=m-x"]),
    ],
)
def test_there_is_a_code_for_each_way_that_others_can_go(
    page: str, telegram: str, expected: list[str]
) -> None:
    found = place_addresses(page, "m-x", telegram)
    assert list(found) == expected
    assert draw(a_sheet(["fr"], addresses=found), Paper.CARD, Form.SVG).count(b"data:image") == len(expected)


def test_what_is_made_up_says_so(street: Street) -> None:
    world = street.world
    libraries = {"testville": Library(world.territory, world.needs, world.directory, world.knowledge)}

    def read(place: str) -> Sheet | None:
        return street.read(lambda session: read_sheet(session, libraries, WORDS, place, (WEB,), MONDAY))

    sheet = read("parc-du-phare")
    assert sheet is not None
    assert sheet.trial
    assert [voice.language.code for voice in sheet.voices] == ["fr", "nl", "ar", "ti"]
    assert "mercredi" in sheet.when[0][0]
    assert "14:00–16:00" in sheet.when[0][0]
    assert read("nowhere") is None
    payload = street.read(lambda session: place_payload(session, libraries, "parc-du-phare"))
    assert payload == "m-parc-du-phare"


def test_days_are_in_the_language_of_the_line(street: Street) -> None:
    """Babel gives the words of the language that it read last, where a language has none that stand alone."""
    world = street.world
    libraries = {"testville": Library(world.territory, world.needs, world.directory, world.knowledge)}
    with street.database.write() as session:
        session.connection().exec_driver_sql(
            """UPDATE meeting_place SET languages = '["ps", "es"]' WHERE id = 'parc-du-phare'"""
        )
    sheet = street.read(
        lambda session: read_sheet(session, libraries, WORDS, "parc-du-phare", (WEB,), MONDAY)
    )
    assert sheet is not None
    assert sheet.when[1][0].startswith("miércoles")


def test_the_command_writes_a_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///places.db")
    monkeypatch.setenv("TERRITORY", str(TESTVILLE))
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    assert cli.main(["rounds", str(TESTVILLE / "outreach.toml")]) == 0
    assert cli.main(["poster", "parc-du-phare"]) == 0
    assert cli.main(["poster", "parc-du-phare", "--card", "--format", "svg", "--out", "card"]) == 0
    assert (tmp_path / "parc-du-phare-poster.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "card").read_bytes().startswith(b"<svg")
    assert "m-parc-du-phare" in capsys.readouterr().out
    assert cli.main(["poster", "nowhere"]) == 2


def test_the_fonts_are_the_ones_that_were_published() -> None:
    together = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))))
    assert together.hexdigest() == CHECKSUM
