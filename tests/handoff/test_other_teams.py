"""A second organisation sees a request only after a new yes; nothing is lost when a team or worker goes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation.effects import LoseTeam
from bot.handoff import team as teamwork
from bot.storage.models import Conversation, Handoff, Offer, Team, ThreadMessage, Worker
from bot.territories import Territories
from tests.conversations.talk import Talk
from tests.handoff.town import (
    SEALER,
    SECRET,
    a_request,
    a_team,
    a_worker,
    events,
    later,
    press,
    said_to,
    the,
    who_heard,
)


@pytest.fixture(autouse=True)
def teams(talk: Talk) -> None:
    """Amina in a team that answers soon, Bruno in another one."""
    for letter, name, who in (("A", "Amina", "w"), ("B", "Bruno", "v")):
        team = a_team(talk.database, f"Équipe {letter}", reply_minutes=120 if letter == "A" else 240)
        a_worker(talk, who, name, team)


def test_only_the_team_that_the_person_read_of_gets_the_request(talk: Talk) -> None:
    request = a_request(talk)
    with talk.database.read() as session:
        assert session.scalars(select(Offer.worker_id).where(Offer.handoff_id == request)).all() == [1]


def test_when_all_decline_the_person_is_asked_before_another_team_sees_it(talk: Talk) -> None:
    request = a_request(talk)
    told = press(talk, "w", f"decline:{request}")
    assert who_heard(told) == {"w", "r"}
    assert "Équipe B" in said_to(told, "r")
    assert who_heard(press(talk, "v", f"accept:{request}")) == {"v"}
    told = press(talk, "r", f"agree:{request}")
    assert SECRET in said_to(told, "v")
    stored = the(talk, request)
    assert (stored.status, stored.team_id, stored.consented_team) == ("offered", 2, 2)
    assert events(talk, request) == ["ask", "offer", "decline", "propose", "agree", "transfer", "offer"]


def test_a_no_ends_the_request_with_other_doors(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"decline:{request}")
    told = press(talk, "r", f"refuse:{request}")
    assert who_heard(told) == {"r"}
    assert the(talk, request).status == "expired"
    assert the(talk, request).sealed_words == ""


def test_out_of_scope_is_one_press_for_the_worker_and_one_for_the_person(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"pass-to:{request}:2")
    press(talk, "r", f"agree:{request}")
    assert the(talk, request).team_id == 2


@pytest.mark.parametrize(("answer", "sees"), [("agree:{}:history", True), ("agree:{}", False)])
def test_what_was_written_goes_along_only_if_the_person_says_so(talk: Talk, answer: str, sees: bool) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    talk.say("w", "Bonjour, avez-vous le contrat ?")
    talk.say("r", "Il est chez ma sœur")
    press(talk, "w", f"pass-to:{request}:2")
    assert the(talk, request).worker_id == 1
    told = press(talk, "r", answer.format(request))
    assert {"w", "v"} <= who_heard(told)
    told = press(talk, "v", f"accept:{request}")
    assert ("chez ma sœur" in said_to(told, "v")) is sees


def test_the_old_worker_cannot_write_or_read_any_more(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    press(talk, "w", f"pass-to:{request}:2")
    press(talk, "r", f"agree:{request}")
    assert "r" not in who_heard(talk.say("w", "Encore une question"))
    for data in ("accept", "thread", "note", "appoint", "phrases", "close", "pass"):
        assert who_heard(press(talk, "w", f"{data}:{request}")) <= {"w"}
    assert the(talk, request).worker_id is None


def test_a_question_that_nobody_answers_ends_a_day_later_and_says_so(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"decline:{request}")
    assert "r" in who_heard(later(talk, hours=3))
    assert the(talk, request).status == "offered"
    assert the(talk, request).missed_at
    later(talk, hours=24)
    assert the(talk, request).status == "expired"


def test_a_worker_removed_mid_thread_loses_nothing(talk: Talk) -> None:
    a_worker(talk, "u", "Ugo", 1)
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    talk.say("w", "Bonjour")
    turns = Territories(talk.world, SEALER)
    with talk.database.write() as session:
        worker = session.get_one(Worker, 1)
        chat = session.get_one(Conversation, worker.conversation_id)
        teamwork.release_all(turns.surroundings(session, chat, talk.now), worker)
        session.delete(worker)
    told = talk.settle()
    assert {"r", "u"} <= who_heard(told)
    assert "w" not in who_heard(told)
    assert (the(talk, request).status, the(talk, request).worker_id) == ("offered", None)
    press(talk, "u", f"accept:{request}")
    assert the(talk, request).status == "accepted"


def test_a_worker_who_erases_themselves_leaves_their_people_to_somebody(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    told = press(talk, "w", "erase-all")
    assert "Équipe B" in said_to(told, "r")
    press(talk, "r", f"agree:{request}")
    assert the(talk, request).team_id == 2


def test_a_team_taken_away_leaves_no_request_behind(talk: Talk) -> None:
    waiting, held = a_request(talk, "r"), a_request(talk, "s")
    press(talk, "w", f"accept:{held}")
    turns = Territories(talk.world, SEALER)
    with talk.database.write() as session:
        session.get_one(Team, 1).live = False
        session.flush()
        for request in (waiting, held):
            handoff = session.get_one(Handoff, request)
            person = session.get_one(Conversation, handoff.conversation_id)
            turns.act(session, person, LoseTeam(request), talk.now)
        session.flush()
        session.delete(session.get_one(Team, 1))
    told = talk.settle()
    assert {"r", "s"} <= who_heard(told)
    for who, request in (("r", waiting), ("s", held)):
        press(talk, who, f"agree:{request}")
        assert (the(talk, request).team_id, the(talk, request).status) == (2, "offered")


def test_a_team_that_vanished_without_a_word_breaks_no_promise_in_silence(talk: Talk) -> None:
    request = a_request(talk)
    with talk.database.write() as session:
        session.delete(session.get_one(Team, 1))
    told = later(talk, hours=3)
    assert "r" in who_heard(told)
    assert the(talk, request).status in ("expired", "offered")


def test_the_same_worker_is_asked_first_the_next_time(talk: Talk) -> None:
    a_worker(talk, "u", "Ugo", 1)
    first = a_request(talk)
    press(talk, "u", f"accept:{first}")
    talk.say("u", "Bonjour")
    press(talk, "u", f"closed:{first}:oriented")
    talk.now += timedelta(hours=1)
    second = a_request(talk)
    with talk.database.read() as session:
        assert session.scalars(select(Offer.worker_id).where(Offer.handoff_id == second)).all() == [3]
    later(talk, minutes=40)
    with talk.database.read() as session:
        assert set(session.scalars(select(Offer.worker_id).where(Offer.handoff_id == second))) == {1, 3}


def test_not_solved_opens_the_request_again(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    talk.say("w", "Bonjour")
    press(talk, "w", f"closed:{request}:answered")
    told = press(talk, "r", f"reopen:{request}")
    assert SECRET in said_to(told, "w")
    assert the(talk, request).status == "offered"
    assert who_heard(press(talk, "s", f"reopen:{request}")) == {"s"}


def test_withdrawing_forgets_what_was_said(talk: Talk) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    talk.say("w", "Bonjour")
    with talk.database.read() as session:
        rows = session.scalars(select(ThreadMessage)).all()
        assert ["Bonjour" in row.sealed_words for row in rows] == [False]
        assert SEALER.open(rows[0].sealed_words) == "Bonjour"
    press(talk, "r", "withdraw")
    with talk.database.read() as session:
        assert session.scalars(select(ThreadMessage)).all() == []
