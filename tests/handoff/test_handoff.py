"""Requests and workers on both databases: one winner, honest ends, nothing left of what was said."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversation.turn import World
from bot.storage.db import Database
from bot.storage.models import Conversation, Handoff, InboxMessage, OutboxMessage, Worker
from tests.conversations.talk import Talk
from tests.worlds import small_town

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "Le petit Zéphyrin a peur du juge"


@pytest.fixture(scope="module")
def world() -> World:
    return small_town()


@pytest.fixture
def talk(database: Database, world: World) -> Talk:
    return Talk(database, world, "fr", MORNING)


def a_worker(talk: Talk, who: str, name: str, *, most_open: int = 5) -> None:
    talk.say(who, "/start {invitation}")
    talk.say(who, name)
    for field in ("languages", "communes", "themes"):
        press(talk, who, f"next:{field}")
    press(talk, who, "duty:on")
    with talk.database.write() as session:
        for worker in session.scalars(select(Worker).where(Worker.first_name == name)):
            worker.most_open = most_open


def press(talk: Talk, who: str, data: str) -> list[str]:
    talk.screen.data_of = lambda chat, label: label  # type: ignore[method-assign]
    return [reply.text for _, reply in talk.say(who, f"[{data}]")]


def a_request(talk: Talk, who: str = "r", words: str = SECRET) -> str:
    press(talk, who, "talk:rent-arrears")
    press(talk, who, "card:words")
    talk.say(who, words)
    press(talk, who, "card:send")
    with talk.database.read() as session:
        return session.scalars(select(Handoff.id).order_by(Handoff.asked_at.desc())).first() or ""


def the(talk: Talk, handoff_id: str) -> Handoff:
    with talk.database.read() as session:
        return session.get_one(Handoff, handoff_id)


def test_the_first_worker_to_accept_has_the_request_and_the_other_hears_so(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    a_worker(talk, "v", "Bruno")
    request = a_request(talk)
    told = talk.say("w", f"[accept:{request}]")
    assert {chat for chat, _ in told} == {"w", "v", "r"}
    late = press(talk, "v", f"accept:{request}")
    assert len(late) == 1
    assert "Amina" in late[0]
    assert the(talk, request).status == "accepted"


def test_of_many_workers_who_accept_at_once_one_has_it(database: Database, world: World) -> None:
    talk = Talk(database, world, "fr", MORNING)
    names = "abcdefgh"
    for name in names:
        a_worker(talk, name, name.upper())
    request = a_request(talk)
    from bot.delivery.handling import handle_next
    from bot.delivery.inbox import receive
    from bot.delivery.turns import Turns
    from bot.messages import Inbound, Kind
    from bot.privacy.sealing import Sealer

    turns = Turns(world, Sealer("a secret of the tests, long enough"))
    for name in names:
        receive(database, Inbound("test", f"accept-{name}", name, Kind.CHOICE, f"accept:{request}"), talk.now)

    def work() -> None:
        while handle_next(database, turns.handle, turns.apologise, talk.now):
            pass

    threads = [threading.Thread(target=work) for _ in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [chat for chat, reply in talk.settle() if SECRET in reply.text]
    assert len(won) == 1
    assert the(talk, request).status == "accepted"
    with database.read() as session:
        assert not session.scalars(select(InboxMessage).where(InboxMessage.status == "parked")).all()


def test_nobody_on_duty_is_said_before_anything_is_promised(talk: Talk) -> None:
    press(talk, "r", "talk:rent-arrears")
    press(talk, "r", "card:send")
    with talk.database.read() as session:
        assert session.scalars(select(Handoff)).all() == []


def test_a_worker_who_left_duty_in_between_gets_nothing(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    press(talk, "r", "talk:rent-arrears")
    press(talk, "w", "duty:off")
    told = talk.say("r", "[card:send]")
    assert {chat for chat, _ in told} == {"r"}
    with talk.database.read() as session:
        assert session.scalars(select(Handoff)).all() == []


def test_a_full_worker_is_not_asked_again(talk: Talk) -> None:
    a_worker(talk, "w", "Amina", most_open=1)
    press(talk, "w", f"accept:{a_request(talk, 'r')}")
    press(talk, "s", "talk:rent-arrears")
    told = talk.say("s", "[card:send]")
    assert {chat for chat, _ in told} == {"s"}


def test_a_request_that_everybody_declines_ends_at_once_and_the_person_hears_so(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    told = talk.say("w", f"[decline:{request}]")
    assert "r" in {chat for chat, _ in told}
    assert the(talk, request).status == "expired"


def test_a_request_that_nobody_answers_ends_after_two_hours(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    talk.now += timedelta(minutes=61)
    assert [chat for chat, _ in talk.settle()] == ["w"]  # the team is reminded at half time
    talk.now += timedelta(minutes=65)
    assert [chat for chat, _ in talk.settle()] == ["r"]
    assert the(talk, request).status == "expired"
    late = press(talk, "w", f"accept:{request}")
    assert len(late) == 1
    assert the(talk, request).status == "expired"


def test_what_was_said_to_a_worker_is_sealed_and_dies_with_the_request(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    sealed = the(talk, request).sealed_words
    assert sealed
    assert "Zéphyrin" not in sealed
    press(talk, "r", "withdraw")
    assert the(talk, request).sealed_words == ""
    with talk.database.read() as session:
        assert [row.payload for row in session.scalars(select(OutboxMessage)) if row.payload] == []
        assert [row.payload for row in session.scalars(select(InboxMessage)) if row.payload] == []


def test_a_stranger_cannot_accept_close_or_write_in_a_request(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    for data in (f"accept:{request}", f"close:{request}", f"closed:{request}:oriented", f"thread:{request}"):
        told = talk.say("x", f"[{data}]")
        assert {chat for chat, _ in told} <= {"x"}
        assert all(SECRET not in reply.text for _, reply in told)
    assert the(talk, request).status == "accepted"


def test_another_worker_cannot_write_to_a_person_of_a_colleague(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    a_worker(talk, "v", "Bruno")
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    press(talk, "v", f"thread:{request}")
    told = talk.say("v", "Bonjour, donnez-moi votre adresse")
    assert {chat for chat, _ in told} == {"v"}


def test_erasing_withdraws_the_request_and_leaves_nothing(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    told = talk.say("r", "[erase-all]")
    assert {chat for chat, _ in told} == {"r", "w"}
    with talk.database.read() as session:
        person = session.scalars(select(Conversation).where(Conversation.chat == "r")).one()
        assert (person.language, person.phone_language, person.place, person.state) == ("", "", "", {})
        handoff = session.get_one(Handoff, request)
        assert (handoff.status, handoff.conversation_id, handoff.sealed_words) == ("withdrawn", None, "")


def test_an_invitation_makes_one_worker(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    with talk.database.read() as session:
        assert len(session.scalars(select(Worker)).all()) == 1
    told = talk.say("v", "/start w-never-given")
    assert len(told) == 1
    press(talk, "v", "next:themes")
    with talk.database.read() as session:
        assert len(session.scalars(select(Worker)).all()) == 1


def test_a_worker_whose_person_cannot_be_reached_is_told(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    talk.screen.blocked.add("r")
    told = talk.say("w", "Je suis devant la porte")
    assert {chat for chat, _ in told} == {"w"}
    assert len(told) == 2


def test_a_person_who_leaves_withdraws_and_the_worker_hears_so(talk: Talk) -> None:
    a_worker(talk, "w", "Amina")
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    told = talk.say("r", "@blocks")
    assert {chat for chat, _ in told} == {"w"}
    assert the(talk, request).status == "withdrawn"
