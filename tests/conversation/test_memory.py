"""Related rights are offered, never pressed: the same one not twice within 30 days to one person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.engine import respond
from bot.conversation.turn import Outcome, PersonView, State, Turn, World
from bot.messages import Inbound, Kind
from tests import worlds

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEEDS = ("rent-arrears", "food-aid", "debts", "minimum-income", "medical-costs")


@pytest.fixture(scope="module")
def brussels() -> World:
    return worlds.brussels()


def press(world: World, data: str, state: State, now: datetime) -> Outcome:
    inbound = Inbound("test", "1", "r", Kind.CHOICE, data)
    return respond(Turn(inbound, state, PersonView(language="fr"), world, now))


def write(world: World, text: str, state: State, language: str = "fr") -> Outcome:
    inbound = Inbound("test", "1", "r", Kind.TEXT, text)
    return respond(Turn(inbound, state, PersonView(language=language), world, NOON))


def test_food_parcels_bring_the_increased_reimbursement(brussels: World) -> None:
    outcome = press(brussels, "need:food-aid", State(), NOON)
    assert outcome.state.offered["increased-reimbursement"] == "2026-11-23"


@given(st.lists(st.tuples(st.sampled_from(NEEDS), st.integers(0, 20)), max_size=12))
def test_no_right_is_offered_twice_within_30_days(brussels: World, asked: list[tuple[str, int]]) -> None:
    state, now, last = State(), NOON, dict[str, datetime]()
    for need, days in asked:
        now += timedelta(days=days)
        before = state.offered
        state = State.from_json(press(brussels, f"need:{need}", state, now).state.to_json())
        for right in (right for right, day in state.offered.items() if before.get(right) != day):
            assert right not in last or now - last[right] >= timedelta(days=30)
            last[right] = now


def test_offers_are_remembered_across_the_menu_and_forgotten_on_erasing(brussels: World) -> None:
    state = press(brussels, "need:food-aid", State(), NOON).state
    assert press(brussels, "menu", state, NOON).state.offered == state.offered
    assert press(brussels, "erase-all", state, NOON).state.offered == {}


def test_what_was_offered_long_ago_is_kept_no_longer(brussels: World) -> None:
    state = State(offered={"debts": "2026-10-01"})
    assert press(brussels, "menu", state, NOON).state.offered == {}


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("je sais plus payer mon loyer, j'ai reçu un avis d'expulsion", "fr"),
        ("ik kan mijn huur niet betalen, de deurwaarder komt", "nl"),
        ("I got a decision from CPAS yesterday", "en"),
    ],
)
def test_by_when_is_the_first_thing_said_when_a_date_runs(brussels: World, words: str, language: str) -> None:
    outcome = write(brussels, words, State(draft_told=language), language)
    need = outcome.state.need
    told = brussels.knowledge.answer(need, language)
    assert told is not None
    assert told.text("by-when") in outcome.replies[0].text.split("\n\n")[1]


def test_a_calm_question_begins_with_what_it_is(brussels: World) -> None:
    outcome = write(brussels, "je sais plus payer mon loyer", State())
    told = brussels.knowledge.answer("rent-arrears", "fr")
    assert told is not None
    assert outcome.replies[0].text.split("\n\n")[1] == told.text("what")


def test_a_deadline_is_kept_while_the_person_chooses_by_buttons(brussels: World) -> None:
    state = replace(State(), deadline=True)
    assert "deadline" in press(brussels, "menu", state, NOON).state.to_json()
    assert write(brussels, "bonjour", state).state.deadline is False
