"""Every word that the code and the answers hold stands in every catalogue, whole, and nothing else does."""

import ast
from collections import Counter
from functools import cache

import pytest
from babel.messages.extract import extract_from_dir

from bot.catalogues import Id, read_entries
from bot.extraction import answers, needs, territory
from bot.i18n import Words
from directory.needs import load_needs
from tests.paths import PROJECT

LOCALES = PROJECT / "locales"
WORDS = Words()
TRANSLATED = [code for code in WORDS.languages if code != "en"]
OF_THE_DESK = [("desk/**.py", "ignore"), ("templates/desk/**.html", "ignore")]  # in desk.po
METHODS = [*OF_THE_DESK, ("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"say": None, "say_n": (1, 2), "mark": None}
SIX_NUMBERS = (0, 1, 2, 3, 11, 100)


@cache
def words_of_the_code() -> frozenset[str | tuple[str, ...]]:
    found = set()
    for room in ("bot", "webhooks"):
        rows = extract_from_dir(PROJECT / room, keywords=KEYWORDS, method_map=METHODS)
        found |= {message for _, _, message, _, _ in rows}
    return frozenset(found)


@cache
def texts_of_the_answers(code: str) -> frozenset[str]:
    found = set()
    for path in sorted((PROJECT / "directory" / "territories" / code / "answers").glob("*.md")):
        with path.open("rb") as file:
            found |= {text for _, _, text, _ in answers(file, None, None, None)}
    return frozenset(found)


def ids(code: str, domain: str) -> frozenset[Id]:
    """Give what a catalogue asks for."""
    path = LOCALES / code / "LC_MESSAGES" / f"{domain}.po"
    return frozenset(entry.id for entry in read_entries(path) if entry.id and not entry.obsolete)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_word_of_the_code_is_translated(code: str) -> None:
    assert ids(code, "passerelle") == words_of_the_code(), "run `make texts` and translate"


@pytest.mark.parametrize("code", [path.parts[-3] for path in sorted(LOCALES.glob("*/*/brussels.po"))])
def test_a_catalogue_of_answers_holds_every_text_of_them(code: str) -> None:
    assert ids(code, "brussels") == texts_of_the_answers("brussels"), "run `make texts` and translate"


def test_every_label_has_a_word_in_each_language() -> None:
    with (PROJECT / "directory" / "needs.toml").open("rb") as file:
        labels = {text for _, _, text, _ in needs(file, None, None, None)}
    for path in sorted((PROJECT / "directory" / "territories").glob("*/territory.toml")):
        with path.open("rb") as file:
            labels |= {text for _, _, text, _ in territory(file, None, None, None)}
    in_the_file = set(next(iter(load_needs())).label)
    for code in set(WORDS.languages) - in_the_file:
        assert ids(code, "labels") == labels


@pytest.mark.parametrize("code", WORDS.languages)
def test_a_number_has_its_own_form_in_each_language(code: str) -> None:
    voice = WORDS.voice(code)
    said = [voice.say_n("You have {n} open request.", "You have {n} open requests.", n) for n in SIX_NUMBERS]
    assert all("{" not in line for line in said)
    assert Counter(said).most_common(1)[0][1] <= 2


@pytest.mark.parametrize("code", WORDS.languages)
def test_labels_fit_their_buttons(code: str) -> None:
    voice = WORDS.voice(code)
    vocabulary = load_needs()
    assert [need.id for need in vocabulary if len(voice.label(need.label)) > 38] == []
    assert [theme.id for theme in vocabulary.themes if len(voice.label(theme.label)) > 22] == []


def test_values_are_escaped_and_keep_their_direction() -> None:
    said = WORDS.voice("ar").say("Hello {name}", name="<b>\u2068Ali")
    assert said == "Hello \u2068&lt;b&gt;Ali\u2069"
    assert WORDS.voice("fr").say("Hello {name}", name="<b>") == "Hello &lt;b&gt;"


def test_a_phone_that_speaks_dari_gets_no_language_that_is_not_offered() -> None:
    assert WORDS.match("fr-BE") == "fr"
    assert WORDS.match("ary_MA") == "ar"
    assert WORDS.match("xx") == ""
    assert WORDS.match("") == ""


def test_no_words_hide_where_babel_does_not_find_them() -> None:
    """On Python 3.11 Babel does not look into f-strings."""
    hidden = []
    for path in [*(PROJECT / "bot").rglob("*.py"), *(PROJECT / "webhooks").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
                hidden += [
                    f"{path.name}:{call.lineno}"
                    for call in calls
                    if getattr(call.func, "attr", getattr(call.func, "id", "")) in KEYWORDS
                    and isinstance(call.args[0], ast.Constant)
                ]
    assert hidden == []
