"""Fifty at once, on both databases: one worker has a request, and nobody is promised a place that is not there."""

from sqlalchemy import func, select

from bot.handoff.lifecycle import OPEN
from bot.storage.models import Handoff, Offer
from tests.conversations.talk import Talk
from tests.handoff.town import (
    SECRET,
    a_request,
    a_team,
    a_worker,
    events,
    press,
    press_at_once,
    said_to,
    the,
    who_heard,
)

FIFTY = tuple(f"p{number}" for number in range(50))


def how_many_open(talk: Talk) -> int:
    with talk.database.read() as session:
        query = select(func.count()).select_from(Handoff).where(Handoff.status.in_(OPEN))
        return session.scalar(query) or 0


def test_of_fifty_workers_who_accept_at_once_one_has_it(talk: Talk) -> None:
    team = a_team(talk.database, "Équipe Phare")
    for name in FIFTY:
        a_worker(talk, name, name, team)
    request = a_request(talk)
    told = press_at_once(talk, FIFTY, f"accept:{request}")
    assert len([chat for chat, reply in told if SECRET in reply.text]) == 1
    assert the(talk, request).status == "accepted"
    assert events(talk, request) == ["ask", "offer", "accept"]


def test_of_fifty_people_who_ask_at_once_for_the_last_place_of_a_team_one_has_it(talk: Talk) -> None:
    team = a_team(talk.database, "Équipe Phare", most_open=3)
    for name in ("w", "v"):
        a_worker(talk, name, name, team, most_open=50)
    for name in ("a", "b"):
        a_request(talk, name)
    cards = [said_to(press(talk, name, "talk:rent-arrears"), name) for name in FIFTY]
    assert all("Équipe Phare" in card for card in cards), "each of them sees the offer: there is room for one"
    told = press_at_once(talk, FIFTY, "card:send")
    assert how_many_open(talk) == 3
    assert set(FIFTY) <= who_heard(told), "the others hear the truth at once"
    assert len(offered(talk)) == 3


def test_of_fifty_people_who_ask_at_once_nobody_gets_a_worker_who_is_full(talk: Talk) -> None:
    team = a_team(talk.database, "Équipe Phare")
    for name in ("w", "v"):
        a_worker(talk, name, name, team, most_open=2)
    press(talk, "w", f"accept:{a_request(talk, 'a')}")
    for name in FIFTY:
        press(talk, name, "talk:rent-arrears")
    press_at_once(talk, FIFTY, "card:send")
    assert how_many_open(talk) == 4


def offered(talk: Talk) -> set[str]:
    with talk.database.read() as session:
        return set(session.scalars(select(Offer.handoff_id)))
