"""A promise and the clock: told, reminded, moved to somebody else in time, or said to be broken."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.handoff.ledger import Kept, promises
from bot.storage.models import Worker
from tests.conversations.talk import Talk
from tests.handoff.town import (
    MONDAY,
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

ZONE = ZoneInfo("Europe/Brussels")


@pytest.fixture
def team(talk: Talk) -> int:
    team = a_team(talk.database, "Équipe Phare")
    a_worker(talk, "w", "Amina", team)
    a_worker(talk, "v", "Bruno", team)
    return team


def kept(talk: Talk) -> list[Kept]:
    with talk.database.read() as session:
        return promises(session, "", MONDAY - timedelta(days=1), talk.now)


def test_the_card_names_the_team_and_the_moment_and_the_request_keeps_both(talk: Talk, team: int) -> None:
    card = said_to(press(talk, "r", "talk:rent-arrears"), "r")
    assert "Équipe Phare" in card
    assert "14:05" in card
    request = a_request(talk)
    stored = the(talk, request)
    assert stored.promised_until
    assert (stored.team_id, stored.consented_team) == (team, team)
    assert f"{stored.promised_until.astimezone(ZONE):%H:%M}" == "14:05"


def test_at_night_nobody_is_woken_and_the_morning_brings_the_request(talk: Talk, team: int) -> None:
    talk.now += timedelta(hours=10)
    request = a_request(talk)
    assert the(talk, request).status == "asked"
    assert who_heard(later(talk, hours=12)) == set()
    assert who_heard(later(talk, hours=1, minutes=5)) == {"w", "v"}
    assert the(talk, request).status == "offered"


def test_the_first_words_keep_the_promise(talk: Talk, team: int) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    talk.say("w", "Bonjour !")
    assert the(talk, request).status == "in-contact"
    later(talk, hours=6)
    assert [(row.kept, row.missed, row.rate) for row in kept(talk)] == [(1, 0, 1.0)]
    assert events(talk, request) == ["ask", "offer", "accept", "reply"]


def test_at_half_time_the_team_and_its_coordinator_are_reminded_once(talk: Talk, team: int) -> None:
    a_worker(talk, "c", "Chloé", team, role="coordinator", languages=["nl"])
    request = a_request(talk)
    assert who_heard(later(talk, hours=1, minutes=55)) == set()
    assert who_heard(later(talk, minutes=10)) == {"w", "v", "c"}
    assert events(talk, request).count("remind") == 1


def test_a_worker_who_accepted_and_is_silent_loses_it_before_the_deadline(talk: Talk, team: int) -> None:
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    promised = the(talk, request).promised_until
    told = later(talk, hours=3, minutes=10)
    assert {"w", "v", "r"} <= who_heard(told)
    moved = the(talk, request)
    assert (moved.status, moved.worker_id, moved.promised_until) == ("offered", None, promised)
    press(talk, "v", f"accept:{request}")
    assert the(talk, request).status == "accepted"
    assert "déjà" in said_to(press(talk, "w", f"accept:{request}"), "w")


def test_a_broken_promise_is_said_with_an_apology_and_the_team_s_own_number(talk: Talk, team: int) -> None:
    request = a_request(talk)
    told = later(talk, hours=4, minutes=10)
    assert "0800 00 002" in said_to(told, "r")
    stored = the(talk, request)
    assert stored.status == "expired"
    assert stored.missed_at
    assert [(row.kept, row.missed) for row in kept(talk)] == [(0, 1)]


def test_a_lone_worker_who_stays_silent_is_told_and_the_request_does_not_rot(talk: Talk, team: int) -> None:
    with talk.database.write() as session:
        session.get_one(Worker, 2).absent_until = talk.now + timedelta(days=9)
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    assert {"w", "r"} <= who_heard(later(talk, hours=4, minutes=15))
    assert the(talk, request).status == "accepted"
    told = later(talk, hours=25)
    assert "r" in who_heard(told)
    assert the(talk, request).status == "closed"
    assert the(talk, request).outcome == "no-worker-left"


def test_danger_has_an_hour_and_goes_first(talk: Talk, team: int) -> None:
    for worker in ("w", "v"):
        press(talk, worker, "duty:off")
    with talk.database.write() as session:
        for id_ in (1, 2):
            session.get_one(Worker, id_).absent_until = talk.now + timedelta(hours=1)
    a_request(talk, "r")
    danger = a_request(talk, "s", "", "partner-violence")
    assert the(talk, danger).urgent
    deadlines = the(talk, danger).promised_until
    assert deadlines
    assert deadlines.astimezone(ZONE).strftime("%H:%M") == "12:05"
    offers = [
        reply.buttons[0][0].data for chat, reply in press(talk, "w", "duty:on") if len(reply.buttons) > 1
    ]
    assert offers[0] == f"accept:{danger}"


def test_what_a_person_takes_back_in_time_is_no_broken_promise(talk: Talk, team: int) -> None:
    a_request(talk)
    press(talk, "r", "withdraw")
    later(talk, hours=6)
    assert [(row.kept, row.missed, row.rate) for row in kept(talk)] == [(0, 0, None)]
