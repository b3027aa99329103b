from pathlib import Path

import pytest

from directory.content import ContentError
from directory.needs import Urgency, load_needs

GOOD = """
[[theme]]
id = "home"
label = { en = "Home", fr = "Logement" }
icon = "🏠"

[[need]]
id = "rent"
theme = "home"
label = { en = "My rent", fr = "Mon loyer" }
urgency = "soon"
meaning = "cannot pay"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "needs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_need_is_found_by_its_id_and_by_its_theme(tmp_path: Path) -> None:
    needs = load_needs(written(tmp_path, GOOD))
    assert needs.need("rent").label["fr"] == "Mon loyer"
    assert needs.need("rent").urgency is Urgency.SOON
    assert [need.id for need in needs.of_theme("home")] == ["rent"]
    assert needs.theme("home").icon == "🏠"
    assert "rent" in needs
    assert "moon" not in needs


def test_the_packaged_vocabulary_has_88_needs_in_13_themes() -> None:
    needs = load_needs()
    assert (len(needs.needs), len(needs.themes)) == (88, 13)
    assert all({"en", "fr", "nl"} <= need.label.keys() for need in needs)
    assert all(needs.of_theme(theme.id) for theme in needs.themes)


@pytest.mark.parametrize(
    ("good", "bad", "line", "words"),
    [
        ('theme = "home"', 'theme = "moon"', 9, '"moon" is not the id of a [[theme]]'),
        ('urgency = "soon"', 'urgency = "now"', 11, "use one of: today soon normal"),
        ('id = "rent"', 'id = "My Rent"', 8, "is not an id"),
        ('en = "My rent"', f'en = "{"x" * 39}"', 10, "too long for a button in en: 39, at most 38"),
        ('{ en = "My rent", ', "{ ", 10, "has no English text"),
        ("meaning =", "meening =", 12, "is not a known key"),
        ('icon = "🏠"', "", 2, "icon is missing"),
        ('theme = "home"', 'theme = "home', 9, "is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, good: str, bad: str, line: int, words: str) -> None:
    path = written(tmp_path, GOOD.replace(good, bad))
    with pytest.raises(ContentError) as caught:
        load_needs(path)
    assert f"needs.toml:{line}: " in str(caught.value)
    assert words in str(caught.value)


def test_a_need_that_is_there_twice_is_told(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[need]]") :]
    with pytest.raises(ContentError, match=r"needs\.toml:14: id \"rent\" is there twice"):
        load_needs(written(tmp_path, GOOD + again))


def test_a_missing_vocabulary_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="the file is missing"):
        load_needs(tmp_path / "needs.toml")
