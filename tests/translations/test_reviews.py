"""A language that nobody has reviewed says so once and offers the original; a review holds for what was read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.catalogues import CatalogueError
from bot.conversation.engine import respond
from bot.conversation.turn import Outcome, PersonView, State, Turn, World
from bot.i18n import Words
from bot.messages import Inbound, Kind
from bot.translations.reviews import Review, read_reviews, write_reviews
from bot.worlds import world_of
from directory.packs import load_pack
from tests.paths import PROJECT

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """The real languages in a folder of their own."""
    for entry in (PROJECT / "locales").iterdir():
        (tmp_path / entry.name).symlink_to(entry)
    (tmp_path / "tr").unlink()
    (tmp_path / "tr").mkdir()
    for entry in (PROJECT / "locales" / "tr").iterdir():
        (tmp_path / "tr" / entry.name).symlink_to(entry)
    return tmp_path


def press(world: World, language: str, data: str, state: State | None = None) -> Outcome:
    inbound = Inbound("test", "1", "r", Kind.CHOICE, data)
    here = NOW.astimezone(world.territory.zone)
    return respond(Turn(inbound, state or State(), PersonView(language=language), world, here))


def notice(language: str) -> str:
    return (
        Words()
        .voice(language)
        .say(
            "No native speaker has checked this translation yet. Below, you can also open the original text."
        )
    )


def labels(outcome: Outcome) -> list[str]:
    return [button.label for reply in outcome.replies for row in reply.buttons for button in row]


@pytest.mark.parametrize("language", ["tr", "ti", "ar"])
def test_a_draft_says_so_once_in_its_language_and_offers_the_french_text(
    brussels: World, language: str
) -> None:
    first = press(brussels, language, "need:rent-arrears")
    assert notice(language) in first.replies[0].text
    assert "📄 Français" in labels(first)
    second = press(brussels, language, "need:food-aid", first.state)
    assert notice(language) not in second.replies[0].text
    assert "📄 Français" in labels(second)
    other = press(brussels, "pl", "need:food-aid", second.state)
    assert notice("pl") in other.replies[0].text


def test_the_original_is_told_in_french_with_the_way_back(brussels: World) -> None:
    shown = press(brussels, "tr", "original:rent-arrears")
    assert shown.replies[0].language == "fr"
    assert "Que faire d'abord" in shown.replies[0].text
    assert labels(shown) == [Words().voice("tr").say("Back to the answer")]


def test_the_language_of_the_original_needs_no_notice(brussels: World) -> None:
    told = press(brussels, "fr", "need:rent-arrears")
    assert notice("fr") not in told.replies[0].text
    assert "📄 Français" not in labels(told)


def test_a_reviewed_answer_has_no_notice_until_its_words_change(brussels: World, locales: Path) -> None:
    pack = load_pack("brussels")
    read = brussels.knowledge.fingerprint("food-aid", "tr")
    for fingerprint, reviewed in ((read, True), ("another", False)):
        write_reviews(locales, "tr", [Review("brussels", "food-aid", DAY, "coordinator", fingerprint)])
        world = world_of(pack, Words(locales), beside=brussels)
        told = press(replace(world, everywhere={}), "tr", "need:food-aid")
        assert (notice("tr") not in told.replies[0].text) is reviewed
        assert world.knowledge.is_reviewed("food-aid", "tr") is reviewed
        assert not world.knowledge.is_reviewed("rent-arrears", "tr")


def test_reviews_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "tr").mkdir()
    reviews = [Review("brussels", need, DAY, "native reader", "0f3a9c51b27de684") for need in ("a-b", "c")]
    write_reviews(tmp_path, "tr", reviews)
    assert list(read_reviews(tmp_path, "tr").values()) == reviews
    assert read_reviews(tmp_path, "pl") == {}


@pytest.mark.parametrize(
    "broken", ['[brussels.a]\non = "soon"\nby = "x"\ntexts = "y"\n', "brussels = 1\n", "[["]
)
def test_a_broken_file_of_reviews_is_named(tmp_path: Path, broken: str) -> None:
    (tmp_path / "tr").mkdir()
    (tmp_path / "tr" / "reviewed.toml").write_text(broken, "utf-8")
    with pytest.raises(CatalogueError, match=r"reviewed\.toml"):
        read_reviews(tmp_path, "tr")
