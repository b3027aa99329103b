"""Whatever is sent: a decision, soon, and never an exception."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.meaning import Decision, Meaning
from bot.understanding.text import clauses, clean, fold, words_of

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings.json"
LONGEST_SECONDS = 2.0  # a loaded machine of two cores; alone it takes a tenth

BAD = [
    "",
    "   ",
    "a" * 4096,
    "loyer " * 700,
    "😀😀😀",
    "\u202e\u200f\u2066",
    "\x00",
    "\ud800\udfff",
    "ሰላም እንታይ",
    "<script>alert(1)</script><p>loyer",
    "&lt;b&gt;" * 500,
    "Bonjour, mon propriétaire m'écrit. " * 400,
    "x, " * 1365,
    "From: Jan <jan@example.org>\r\nTo: huur@example.be\r\nSubject: RE: RE: huur\r\nDate: Mon, 2 Nov 2026 10:00\r\n\r\n"
    "Geachte,\r\n\r\n> On 1 Nov somebody wrote:\r\n> Wij kunnen de huur niet betalen.\r\n\r\n-- \r\nJan, 0470 00 00 00",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_input_gets_a_decision_in_bounded_time(understander, text):
    start = time.perf_counter()
    meaning = understander.understand(text)
    assert isinstance(meaning.decision, Decision)
    assert time.perf_counter() - start < LONGEST_SECONDS


def test_nothing_readable_is_unknown(understander):
    for text in ("", "\x00", "\ud800", "😀", "\u200f\u202e"):
        assert understander.understand(text) == Meaning("", Decision.UNKNOWN)


@given(st.text(alphabet=st.characters(), max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_at_all_is_understood_somehow(understander, text):
    meaning = understander.understand(text)
    assert all(0 <= guess.score <= 1 for guess in meaning.needs)


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=200, deadline=None)
def test_folding_is_stable_and_hides_nothing_dangerous(text):
    bare = clean(text)
    assert "\x00" not in bare
    bare.encode("utf-8")
    assert fold(fold(bare)) == fold(bare)


@pytest.mark.skipif(not NAUGHTY.exists(), reason="measuring data is not here")
def test_strings_that_break_programs_do_not_break_this_one(understander):
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        assert isinstance(understander.understand(text).decision, Decision)


def test_accents_marks_and_lengthened_letters_fall_away():
    assert words_of("ÉTÉ aaaaide m'aider") == ["ete", "aide", "m", "aider"]


def test_arabic_spellings_of_one_word_become_one():
    assert words_of("إيجارٌ") == words_of("ايجار")
    assert words_of("شقّة") == words_of("شقه")


def test_phone_spelling_is_written_out():
    assert words_of("g pas pu") == ["j", "ai", "pas", "pu"]


def test_a_message_is_parted_at_conjunctions_and_stops():
    assert clauses("plus de gaz et plus de loyer. aide") == ["plus de gaz", "plus de loyer", "aide"]


def test_letters_that_people_take_one_for_the_other_are_one():
    assert words_of("kirayı") == words_of("kirayi")
    assert words_of("łódź") == words_of("lodz")
    assert words_of("ሓገዝ") == words_of("ሀገዝ")


def test_a_shortcut_of_one_language_is_a_word_of_another():
    assert words_of("kan var", "tr") == ["kan", "var"]
    assert words_of("nie mam", "pl") == ["nie", "mam"]
    assert words_of("kan jarrive", "fr") == ["quand", "j", "arrive"]


def test_every_language_parts_a_message_at_its_own_joints():
    assert clauses("nie mam pracy w domu i nie place", "pl") == ["nie mam pracy w domu", "nie place"]
    assert clauses("iş yok ve kira var", "tr") == ["iş yok", "kira var"]
    assert clauses("وکیل ویزا", "fa") == ["وکیل ویزا"]
