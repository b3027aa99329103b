"""Sentences that nobody tuned on: `tests/phrases/<lang>.toml`.

Each language holds the shares that were measured; where known failures are listed, they must fail and nothing else.
"""

import json
import tomllib
from functools import cache
from pathlib import Path

import pytest

from bot.understanding.meaning import Decision

EXAMS = [Path(__file__).parent.parent / "phrases" / f"{name}.jsonl" for name in ("eleventh", "twelfth")]
FILES = sorted((Path(__file__).parent.parent / "phrases").glob("*.toml"))
LISTED = ("ar", "en", "fr", "nl")  # every sentence is checked; the other files are read by shares alone
MOST_FAILURES = 0.12  # of a file
LEAST_BY_SPELLING = 0.6
LEAST_RINGING, LEAST_HEARD, MOST_LURED = 96, 99, 4  # hundredths of every second of the exams
# Hundredths: of those that ring, and of those that ring or are asked about.
LEAST_IN_LETTERS, LEAST_BEHIND_A_NEED, LEAST_WITHOUT_STOPS = 95, (88, 99), (80, 95)
# What was measured, rounded down, in hundredths: needs right first, in the first three, dangers found, alarms on lures.
MEASURED = {
    "ar": (98, 100, 100, 0),
    "bg": (97, 99, 100, 0),
    "en": (100, 100, 100, 0),
    "es": (100, 100, 100, 0),
    "fa": (97, 98, 100, 0),
    "fr": (100, 100, 100, 0),
    "nl": (98, 100, 100, 8),
    "pl": (99, 100, 100, 0),
    "ps": (94, 99, 100, 0),
    "pt": (98, 100, 100, 0),
    "ro": (98, 100, 100, 0),
    "ru": (100, 100, 100, 0),
    "sq": (97, 100, 100, 0),
    "ti": (95, 99, 95, 8),
    "tr": (98, 99, 100, 0),
    "uk": (97, 100, 100, 0),
}  # fmt: skip


def is_right(meaning, kind, expected):
    ids = [guess.id for guess in meaning.needs]
    checks = {
        "needs": lambda: expected in ids[:3],
        "multi": lambda: set(expected) <= set(ids[:3]),
        "dangers": lambda: meaning.danger == expected,
        "lures": lambda: meaning.danger is None,
        "outside": lambda: meaning.decision in (Decision.UNKNOWN, Decision.SMALLTALK),
        "human": lambda: meaning.decision is Decision.HUMAN,
        "smalltalk": lambda: meaning.decision is Decision.SMALLTALK and meaning.word == expected,
    }
    return checks[kind]()


def sentences(path):
    table = tomllib.loads(path.read_text("utf-8"))
    known = set(table.pop("known_failures"))
    multi = table.pop("multi", {})
    yield from ((text, "multi", tuple(needs), text in known) for text, needs in multi.items())
    for kind, by_meaning in table.items():
        for meaning, texts in by_meaning.items():
            yield from ((text, kind, meaning, text in known) for text in texts)


@pytest.fixture(scope="module")
def understood(by_everything):
    """Understand the sentences of a file, once for all tests of this module."""

    @cache
    def of(path):
        return [
            (by_everything.understand(text), kind, expected, text, known)
            for text, kind, expected, known in sentences(path)
        ]

    return of


def hundredths(hits):
    return 100 * sum(hits) // len(hits)


def shares(of_file):
    needs = [(meaning, expected) for meaning, kind, expected, *_ in of_file if kind == "needs"]
    return (
        hundredths([meaning.needs[0].id == expected for meaning, expected in needs if meaning.needs]),
        hundredths([is_right(meaning, "needs", expected) for meaning, expected in needs]),
        hundredths([meaning.danger is not None for meaning, kind, *_ in of_file if kind == "dangers"]),
        hundredths([meaning.danger is not None for meaning, kind, *_ in of_file if kind == "lures"]),
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_is_understood_as_well_as_was_measured(path, understood):
    first, three, dangers, alarms = shares(understood(path))
    least_first, least_three, least_dangers, most_alarms = MEASURED[path.stem]
    assert first >= least_first
    assert three >= least_three
    assert dangers >= least_dangers
    assert alarms <= most_alarms


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in LISTED], ids=lambda path: path.stem)
def test_held_out_sentences_are_understood_or_known_to_fail(path, understood):
    wrong = {
        text: expected
        for meaning, kind, expected, text, known in understood(path)
        if is_right(meaning, kind, expected) == known
    }
    assert wrong == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_spelling_alone_still_understands_most(path, spelling_alone):
    of_file = list(sentences(path))
    right = sum(
        is_right(spelling_alone.understand(text), kind, expected) for text, kind, expected, _ in of_file
    )
    assert right >= LEAST_BY_SPELLING * len(of_file)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_known_failures_are_few_and_all_in_the_file(path):
    listed = tomllib.loads(path.read_text("utf-8"))["known_failures"]
    of_file = list(sentences(path))
    assert {text for text, _, _, known in of_file if known} == set(listed)
    assert len(listed) <= MOST_FAILURES * len(of_file)


def test_dangers_told_in_stories_ring_or_are_asked_about(by_everything):
    """Every second danger and lure of two exams in which most dangers are only hinted at."""
    lines = [json.loads(line) for path in EXAMS for line in path.read_text("utf-8").splitlines()]
    lines = [line for line in lines if line["kind"] in {"danger", "lure"}][::2]
    told = [(line["kind"], by_everything.understand(line["text"])) for line in lines]
    dangers = [meaning for kind, meaning in told if kind == "danger"]
    lures = [meaning for kind, meaning in told if kind == "lure"]
    assert hundredths([meaning.danger is not None for meaning in dangers]) >= LEAST_RINGING
    assert hundredths([bool(meaning.danger or meaning.doubt) for meaning in dangers]) >= LEAST_HEARD
    assert hundredths([meaning.danger is not None for meaning in lures]) <= MOST_LURED


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in LISTED], ids=lambda path: path.stem)
def test_a_danger_at_the_end_of_a_long_letter_rings(path, by_everything):
    of_file = list(sentences(path))
    letter = ". ".join(text.rstrip(".?! ") for text, kind, *_ in of_file[:60:6] if kind == "needs")
    dangers = [text for text, kind, *_ in of_file if kind == "dangers"]
    heard = [by_everything.understand(f"{letter}. {text}").danger is not None for text in dangers]
    assert hundredths(heard) >= LEAST_IN_LETTERS


def after(needs_before, by_everything):
    """Say each danger of all languages after what `needs_before` makes of the needs and its place among the dangers."""
    rings, heard = [], []
    for path in FILES:
        of_file = list(sentences(path))
        needs = [text.rstrip(".?! ") for text, kind, *_ in of_file if kind == "needs"]
        dangers = [text for text, kind, *_ in of_file if kind == "dangers"]
        for place, text in enumerate(dangers):
            meaning = by_everything.understand(f"{needs_before(needs, place)} {text}")
            rings.append(meaning.danger is not None)
            heard.append(bool(meaning.danger or meaning.doubt))
    return hundredths(rings), hundredths(heard)


def test_a_danger_behind_one_need_rings_or_is_asked_about(by_everything):
    rings, heard = after(lambda needs, place: f"{needs[3 * place % len(needs)]}.", by_everything)
    least_ringing, least_heard = LEAST_BEHIND_A_NEED
    assert rings >= least_ringing
    assert heard >= least_heard


def test_a_danger_in_a_letter_without_a_single_stop_rings_or_is_asked_about(by_everything):
    """Who writes in haste puts no stops: five needs and a danger, all languages together, in one breath."""
    rings, heard = after(lambda needs, _: " ".join(needs[:60:12]), by_everything)
    least_ringing, least_heard = LEAST_WITHOUT_STOPS
    assert rings >= least_ringing
    assert heard >= least_heard
