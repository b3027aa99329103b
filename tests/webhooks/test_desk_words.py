"""The team's pages speak French, Dutch and English whole; and the script that they use is the one that we took."""

import ast
from hashlib import sha256

import pytest
from babel.messages.extract import extract_from_dir

from bot.catalogues import Id, read_entries
from bot.i18n import SOURCE, TEAM_LANGUAGES, Words
from tests.paths import PROJECT
from tests.test_words import KEYWORDS

METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
REFUSALS = ("csv_rows.py", "service_files.py")  # of directory: why a field of a service is refused
PLACES = {
    "bot/desk": METHODS,
    "webhooks/desk": METHODS,
    "webhooks/templates/desk": METHODS,
    "directory": [(name, "python") for name in REFUSALS],
}
TRANSLATED = [code for code in TEAM_LANGUAGES if code != SOURCE]


def words_of_the_desk() -> set[Id]:
    found: set[Id] = set()
    for place, methods in PLACES.items():
        rows = extract_from_dir(PROJECT / place, keywords=KEYWORDS, method_map=methods)
        found |= {message for _, _, message, _, _ in rows}
    return found


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_word_of_the_desk_is_translated(code: str) -> None:
    path = PROJECT / "locales" / code / "LC_MESSAGES" / "desk.po"
    entries = [entry for entry in read_entries(path) if entry.id and not entry.obsolete]
    assert {entry.id for entry in entries} == words_of_the_desk(), "run `make texts` and translate"
    assert [entry.id for entry in entries if not entry.is_told] == []


@pytest.mark.parametrize("name", REFUSALS)
def test_every_reason_of_a_refusal_can_be_translated(name: str) -> None:
    tree = ast.parse((PROJECT / "directory" / name).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    reasons = [call.args[1] for call in calls if getattr(call.func, "attr", "") == "refuse"]
    assert reasons
    assert [ast.unparse(one) for one in reasons if isinstance(one, ast.Constant | ast.JoinedStr)] == []


def test_a_worker_with_another_language_reads_french() -> None:
    words = Words()
    assert [words.team_voice(tag).language.code for tag in ("nl-BE", "en", "fr", "ar", "", "xx")] == [
        "nl",
        "en",
        "fr",
        "fr",
        "fr",
        "fr",
    ]
    assert words.team_voice("nl").say("Leave it to others") == "Aan anderen laten"
    assert words.team_voice("nl").say("Accept") == "Aannemen"


@pytest.mark.parametrize(
    ("name", "checksum"),
    [
        ("htmx-2.0.8.min.js", "22283ef68cb7545914f0a88a1bdedc7256a703d1d580c1d255217d0a50d31313"),
        ("htmx-sse-2.2.4.min.js", "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136"),
    ],
)
def test_the_script_of_others_is_as_we_took_it(name: str, checksum: str) -> None:
    assert sha256((PROJECT / "webhooks" / "static" / name).read_bytes()).hexdigest() == checksum
