"""The seams: whatever can be asked, pressed, shown or wanted has its line in the one table that serves it."""

import inspect
import re
from pathlib import Path

from bot.conversation import effects
from bot.conversation.dialogues import need
from bot.conversation.engine import CHOICES, COMMANDS, QUESTIONS, RULES, fallback, in_danger
from bot.conversation.turn import Card, Effect, State
from bot.conversation.vocabulary import ACCESSES, COSTS, DANGER_NEEDS, DANGERS, HEADINGS, REASONS
from bot.delivery.turns import EFFECTS
from bot.handoff.lifecycle import ENDED, EVENTS, OPEN, TRANSITIONS
from bot.i18n import Words
from directory.answers import SECTIONS
from directory.needs import load_needs
from directory.search import Reason
from directory.services import Access
from directory.territory import Cost, Danger
from tests.paths import PROJECT

DIALOGUES = [*(PROJECT / "bot" / "conversation").rglob("*.py"), *(PROJECT / "bot" / "handoff").glob("*.py")]


def test_every_effect_is_done_by_somebody() -> None:
    wanted = {kind for _, kind in inspect.getmembers(effects, inspect.isclass) if issubclass(kind, Effect)}
    assert wanted - {Effect} == set(EFFECTS)


def test_every_word_of_the_directory_has_words_for_people() -> None:
    assert set(REASONS) == set(Reason)
    assert set(COSTS) == set(Cost)
    assert set(ACCESSES) == set(Access)
    assert set(DANGERS) == set(Danger)
    assert set(DANGER_NEEDS) == set(Danger)
    assert set(HEADINGS) == set(SECTIONS) - {"what"}


def test_every_danger_leads_to_a_need() -> None:
    assert all(known in load_needs() for known in DANGER_NEEDS.values())


def test_every_button_does_something() -> None:
    pressed: set[str] = set()
    for path in DIALOGUES:
        pressed |= set(re.findall(r'Button\([^\n]*?f?"([a-z-]+)[:"]', path.read_text("utf-8")))
    pressed |= set(re.findall(r'f"(need|place|toggle|theme|language|wrong):', _text_of_dialogues()))
    assert pressed - {"share-location"} - {label for label in pressed if label in ("f",)} <= set(CHOICES)
    assert len(pressed) > 12


def test_every_question_that_waits_is_heard() -> None:
    asked = set(re.findall(r'_?ASKED = "([a-z.]+)"', _text_of_dialogues()))
    asked |= set(re.findall(r'= "([a-z]+\.[a-z]+)"', _text_of_dialogues()))
    by_button_alone = {"worker.languages", "worker.themes"}
    assert asked - by_button_alone == set(QUESTIONS)


def test_every_command_word_of_a_language_is_a_command() -> None:
    for code, language in Words().languages.items():
        unknown = set(language.words) - set(COMMANDS) - {"yes", "no"}
        assert not unknown, code


def test_danger_comes_before_all_that_people_say_and_fallback_last() -> None:
    said = [rule for rule in RULES if rule.__name__ != "left_or_due"]
    assert said[0] is in_danger
    assert RULES[-1] is fallback


def test_each_section_is_shown_at_once_or_behind_a_button() -> None:
    assert set(need.BEHIND_BUTTONS) | {"what", "first", "by-when", "careful"} == set(SECTIONS)


def test_a_state_survives_being_written_and_read() -> None:
    state = State(
        "place", "food-aid", ("a", "b"), 3, ("debts",), Card("debts", "etterbeek", "fr", "…"), "x", {"n": 1}
    )
    assert State.from_json(state.to_json()) == state
    assert State().to_json() == {}


def test_no_step_leads_out_of_an_ended_request_but_to_open_it_again() -> None:
    for step, (before, after) in TRANSITIONS.items():
        assert before <= (OPEN if step != "reopen" else {"closed"})
        assert after in OPEN | ENDED


def test_a_step_and_an_event_have_different_names() -> None:
    assert not set(TRANSITIONS) & EVENTS
    written = set(re.findall(r'note\([^)]*?, "([a-z]+)"', _text_of_dialogues()))
    assert written == EVENTS


def _text_of_dialogues() -> str:
    return "\n".join(path.read_text("utf-8") for path in DIALOGUES if isinstance(path, Path))
