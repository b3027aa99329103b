"""Did it work, and reminders: only for whoever said yes, naming no subject, ended by one word."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversation.dialogues import followup, reminders
from bot.conversation.effects import (
    AskWhetherItWorked,
    Count,
    Follow,
    ItHelped,
    PlanFollowUp,
    SetReminder,
    StopTelling,
    TellReminder,
)
from bot.conversation.turn import Outcome, PersonView, State, Turn, World
from bot.messages import Inbound, Kind
from bot.outreach.later import MOST_REMINDERS
from bot.storage.models import HelpedContact, Timer
from tests.outreach.conftest import MONDAY, Street


def a_turn(world: World, text: str = "", kind: Kind = Kind.CHOICE, **more: object) -> Turn:
    state = more.pop("state", State())
    person = PersonView(language="en", **more)  # type: ignore[arg-type]
    inbound = Inbound("test", "1", "r", kind, text)
    return Turn(inbound, state, person, world, MONDAY.astimezone(world.territory.zone))  # type: ignore[arg-type]


def shown_doors(turn: Turn) -> Outcome:
    return Outcome((turn.reply("three cards"),), turn.state, (Count("places", "food-aid"),))


def buttons(outcome: Outcome | None) -> list[str]:
    assert outcome
    return [button.data for reply in outcome.replies for row in reply.buttons for button in row]


def test_after_doors_were_shown_the_person_is_asked_once_whether_we_may_ask(world: World) -> None:
    turn = a_turn(world)
    offered = followup.offer(turn, shown_doors(turn))
    assert buttons(offered) == ["ask-me:food-aid", "ask-me-not"]
    again = a_turn(world, state=offered.state)
    assert buttons(followup.offer(again, shown_doors(again))) == []


@pytest.mark.parametrize(("topics", "planned"), [(("follow-up",), True), (("no-follow-up",), False)])
def test_a_yes_and_a_no_are_kept(world: World, topics: tuple[str, ...], planned: bool) -> None:
    turn = a_turn(world, topics=topics)
    outcome = followup.offer(turn, shown_doors(turn))
    assert buttons(outcome) == []
    assert (PlanFollowUp("food-aid") in outcome.effects) is planned


def test_an_answer_without_doors_asks_nothing(world: World) -> None:
    turn = a_turn(world)
    told = Outcome((turn.reply("an answer"),), State(), (Count("answer", "food-aid"),))
    assert followup.offer(turn, told) == told


def test_three_days_later_it_is_asked_without_naming_the_subject(street: Street) -> None:
    person = street.person("en")
    street.does(person, Follow("follow-up", True))
    street.does(person, PlanFollowUp("partner-violence"))
    ((_, _, text, due_at),) = street.timers
    assert (text, due_at) == ("did:partner-violence", MONDAY + timedelta(days=3))
    (said,) = street.does(person, AskWhetherItWorked("partner-violence"))
    assert "violence" not in said.lower()
    assert [data.split(":")[1] for data in street.buttons().values() if ":" in data] == list(
        followup.OUTCOMES
    )


def test_it_is_never_asked_at_night(street: Street) -> None:
    street.now = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    street.does(street.person(), PlanFollowUp("food-aid"))
    assert street.timers[0][3] == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


def test_stop_and_no_end_the_question(street: Street) -> None:
    person = street.person()
    street.does(person, Follow("follow-up", True))
    street.does(person, Follow("no-follow-up", True))
    assert street.does(person, AskWhetherItWorked("food-aid")) == []
    street.does(person, Follow("follow-up", True))
    street.does(person, StopTelling())
    assert street.does(person, AskWhetherItWorked("food-aid")) == []


@pytest.mark.parametrize("outcome", list(followup.OUTCOMES))
def test_each_outcome_is_counted_and_leads_to_a_next_door(world: World, outcome: str) -> None:
    answered = followup.hear_outcome(a_turn(world), f"{outcome}:food-aid")
    assert answered
    assert Count("did-it-work", outcome) in answered.effects
    assert buttons(answered)


def test_a_refusal_is_counted_by_theme_and_its_reason_is_asked(world: World) -> None:
    answered = followup.hear_outcome(a_turn(world), "refused:rent-arrears")
    assert answered
    assert Count("turned-away", "housing") in answered.effects
    assert "why:papers:rent-arrears" in buttons(answered)
    reason = followup.hear_reason(a_turn(world), "papers:rent-arrears")
    assert reason
    assert reason.effects == (Count("why-not", "papers"),)
    assert "talk:rent-arrears" in buttons(reason)


def test_a_closed_door_leads_to_a_correction_of_the_directory(world: World) -> None:
    answered = followup.hear_outcome(a_turn(world, place="brumeville-haute"), "closed:food-aid")
    assert answered
    assert any(data.startswith("wrong:") for data in buttons(answered))
    assert answered.state.shown


def test_not_yet_is_asked_once_more_after_three_weeks(world: World, street: Street) -> None:
    answered = followup.hear_outcome(a_turn(world), "not-yet:food-aid")
    assert answered
    assert PlanFollowUp("food-aid", again=True) in answered.effects
    street.does(street.person(), PlanFollowUp("food-aid", again=True))
    assert street.timers[0][3] == MONDAY + timedelta(days=18)


def test_it_helped_is_trust_and_says_nothing_about_what(street: Street) -> None:
    street.does(street.person(), ItHelped())
    (row,) = street.read(lambda session: session.scalars(select(HelpedContact)).all())
    assert {column.name for column in HelpedContact.__table__.columns} == {"id", "conversation_id", "said_at"}
    assert row.conversation_id


@pytest.mark.parametrize("data", ["helped:nothing-known", "sometimes:food-aid", "", ":", "helped"])
def test_a_foreign_button_does_nothing(world: World, data: str) -> None:
    assert followup.hear_outcome(a_turn(world), data) is None
    assert followup.hear_reason(a_turn(world), data) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("24/12/2026", date(2026, 12, 24)),
        ("24.12", date(2026, 12, 24)),
        ("1-3", date(2027, 3, 1)),
        ("2026-12-01", date(2026, 12, 1)),
        ("31/2/2027", None),
        ("tomorrow", None),
        ("99/99/9999", None),
    ],
)
def test_days_are_read_as_people_write_them(written: str, day: date | None) -> None:
    assert reminders.read_date(written, MONDAY.date()) == day


def test_a_reminder_is_set_in_three_steps(world: World, street: Street) -> None:
    asked = reminders.ask_date(a_turn(world), "rent-arrears")
    heard = reminders.hear_date(a_turn(world, "24/12/2026", Kind.TEXT, state=asked.state))
    assert buttons(heard) == [f"remind-before:2026-12-24:{lead}" for lead in (0, 1, 7, 30)]
    assert heard
    chosen = reminders.choose_lead(a_turn(world, state=heard.state), "2026-12-24:7")
    assert chosen
    assert chosen.effects == (SetReminder("rent-arrears", date(2026, 12, 24), 7),)

    street.does(street.person("en"), chosen.effects[0])
    ((_, _, text, due_at),) = street.timers
    assert due_at.isoformat() == "2026-12-17T09:00:00+01:00"
    assert text == "remind:rent-arrears:2026-12-24"


def test_only_leads_that_are_still_to_come_are_offered(world: World) -> None:
    heard = reminders.choose_date(a_turn(world), "2026-11-27")
    assert buttons(heard) == ["remind-before:2026-11-27:0", "remind-before:2026-11-27:1"]


@pytest.mark.parametrize("written", ["2026-11-20", "2026-11-23", "2030-01-01", "0/0"])
def test_a_day_outside_of_the_coming_year_is_asked_again(world: World, written: str) -> None:
    heard = reminders.choose_date(a_turn(world), written)
    assert heard.replies[0].text.startswith("I need a day in the coming year.")
    assert heard.state.asked == reminders.DATE_ASKED


def test_other_words_are_not_taken_for_a_date(world: World) -> None:
    assert reminders.hear_date(a_turn(world, "I have no food", Kind.TEXT)) is None


def test_a_reminder_names_the_day_and_no_subject(street: Street) -> None:
    (said,) = street.does(street.person("en"), TellReminder("rent-arrears", "2026-12-24"))
    assert "December 24, 2026" in said
    assert "rent" not in said.lower()
    assert "need:rent-arrears" in street.buttons().values()


def test_stop_ends_reminders_and_leaves_other_timers(street: Street) -> None:
    person = street.person()
    with street.database.write() as session:
        for text in ("remind:food-aid:2026-12-24", "did:food-aid", "expire:x"):
            session.add(Timer(conversation_id=person, key=text, text=text, due_at=MONDAY))
    street.does(person, StopTelling())
    left = street.read(lambda session: session.scalars(select(Timer.text)).all())
    assert left == ["expire:x"]


def test_nobody_sets_reminders_without_end(street: Street) -> None:
    person = street.person("en")
    with street.database.write() as session:
        for n in range(MOST_REMINDERS):
            session.add(Timer(conversation_id=person, key=f"r{n}", text=f"remind:x:{n}", due_at=MONDAY))
    (said,) = street.does(person, SetReminder("food-aid", date(2026, 12, 24), 0))
    assert "many reminders" in said
    assert street.timers == []
