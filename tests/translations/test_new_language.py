"""A language is begun with everything to fill in; the bot offers it once enough of it is there."""

import gettext
import shutil
from pathlib import Path

import pytest
from babel import Locale

from bot.catalogues import plural_forms, read_entries
from bot.i18n import Words
from bot.translations.checking import check_language
from bot.translations.form import SIX_NUMBERS
from bot.translations.skeleton import SkeletonError, begin_language, plural_rule
from bot.translations.texts import Text
from bot.understanding.phrases import read_phrases
from directory.needs import load_needs
from tests.paths import PROJECT

LOCALES = PROJECT / "locales"
OFFERED = sorted(Words().languages)
# By the rules of CLDR, with the numbers 0, 1, 2, 3, 11, 100.
SLAVIC, ONE_OR_NONE, ONE = [2, 0, 1, 1, 2, 2], [0, 0, 1, 1, 1, 1], [1, 0, 1, 1, 1, 1]
FORMS = {
    "ar": [0, 1, 2, 3, 4, 5],
    "ro": [1, 0, 1, 1, 1, 2],
    **dict.fromkeys(("pl", "ru", "uk"), SLAVIC),
    **dict.fromkeys(("fr", "fa", "ti"), ONE_OR_NONE),
    **dict.fromkeys(("nl", "es", "tr", "bg", "pt", "sq", "ps"), ONE),
}


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """What a language is begun from, and English, which is always there."""
    folder = tmp_path / "locales"
    folder.mkdir()
    shutil.copy(LOCALES / "checks.toml", folder)
    for code in ("en", "es"):
        shutil.copytree(LOCALES / code, folder / code)
    return folder


def fill(path: Path, share: float) -> None:
    """Translate the first part of a catalogue, each text by itself in brackets."""
    entries = [entry for entry in read_entries(path) if entry.id]
    text = path.read_text("utf-8")
    for entry in entries[: round(share * len(entries))]:
        text = text.replace('msgstr ""\n', 'msgstr "x"\n', 1) if len(entry.sources) == 1 else text
    path.write_text(text.replace('msgstr "x"\n', 'msgstr ""\n', 1), "utf-8")  # the header stays


def test_a_new_language_asks_for_everything_and_is_not_offered_yet(locales: Path) -> None:
    home = begin_language(locales, "so", load_needs(), "es")
    words = Words(locales)
    assert "so" in words.known
    assert "so" not in words.languages
    for path in (LOCALES / "es" / "LC_MESSAGES").glob("*.po"):
        begun = {entry.id for entry in read_entries(home / "LC_MESSAGES" / path.name)}
        assert begun == {entry.id for entry in read_entries(path) if not entry.obsolete}
    phrases = (home / "phrases.toml").read_text("utf-8")
    assert all(f"# {need.id} = " in phrases for need in load_needs())
    assert (home / "dangers.toml").is_file()
    assert words.known["so"].name == "Soomaali"
    assert words.known["so"].review == "draft"


def test_a_language_that_was_only_begun_breaks_nothing(locales: Path) -> None:
    begin_language(locales, "so", load_needs(), "es")
    findings = list(check_language(locales, "so", {"brussels": ("fr", "nl")}, offered=False))
    assert [finding for finding in findings if finding.is_error] == []
    assert {finding.message for finding in findings} == {"not translated"}
    read_phrases(load_needs(), locales)


def test_a_language_is_offered_once_enough_is_there(locales: Path) -> None:
    texts = begin_language(locales, "so", load_needs(), "es") / "LC_MESSAGES"
    for share, offered in ((0.5, False), (1.0, True)):
        for domain in ("passerelle", "labels"):
            fill(texts / f"{domain}.po", share)
        assert ("so" in Words(locales).languages) is offered


def test_a_language_from_right_to_left_says_so(locales: Path) -> None:
    begin_language(locales, "ur", load_needs(), "es")
    assert Words(locales).known["ur"].right_to_left


@pytest.mark.parametrize(
    ("code", "why"), [("es", "already"), ("xx", "CLDR"), ("Somali", "code"), ("../up", "code"), ("", "code")]
)
def test_a_wrong_code_is_refused(locales: Path, code: str, why: str) -> None:
    with pytest.raises(SkeletonError, match=why):
        begin_language(locales, code, load_needs(), "es")
    assert {path.name for path in locales.iterdir()} == {"checks.toml", "en", "es"}


@pytest.mark.parametrize("code", [*OFFERED, "so", "cs", "sl", "cy", "ja", "ln"])
def test_a_new_header_counts_as_the_language_does(code: str) -> None:
    count, rule = plural_rule(code)
    choose, plural = gettext.c2py(rule), Locale.parse(code).plural_form
    chosen = {plural(n): choose(n) for n in range(201)}
    assert all(choose(n) == chosen[plural(n)] for n in range(201))
    assert sorted(chosen.values()) == list(range(count))


@pytest.mark.parametrize("code", sorted(FORMS))
def test_each_language_counts_by_its_own_rule(code: str) -> None:
    for path in (LOCALES / code / "LC_MESSAGES").glob("*.po"):
        header = next(read_entries(path))
        choose = gettext.c2py(plural_forms(header)[1])
        assert [choose(n) for n in SIX_NUMBERS] == FORMS[code], path.name


def test_every_offered_language_has_its_numbers_tested() -> None:
    assert set(OFFERED) - {"en"} == set(FORMS)


def test_a_text_names_its_file() -> None:
    entry = next(read_entries(LOCALES / "es" / "LC_MESSAGES" / "labels.po"))
    assert Text("es", "labels", ("en",), entry).path == "locales/es/LC_MESSAGES/labels.po"
