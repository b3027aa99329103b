"""What people answer to a message to many reaches the bot and, if they wish, a team: as a request like any other."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversation.turn import World
from bot.storage.db import Database
from bot.storage.models import Broadcast, BroadcastReceipt, Conversation, Handoff
from tests.conversations.talk import Talk

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
YES = "Yes, show me what is sent"


@pytest.fixture
def talk(sqlite_database: Database, world: World) -> Talk:
    """A team that is there, and a resident who wants to be told what is urgent and has been."""
    talk = Talk(sqlite_database, world, "en", TUESDAY)
    joins = ("/start {invitation Phare}", "Amina", "[Done]", "[All of them]", "[All of them]", "[Start duty]")
    for what in joins:
        talk.say("w", what)
    talk.say("", "/start")
    talk.say("", "/news")
    talk.say("", "[◻️ Urgent: great heat, great cold, danger]")
    notify(talk)
    return talk


def notify(talk: Talk) -> None:
    """Let a notice have arrived."""
    with talk.database.write() as session:
        row = Broadcast(territory="testville", notice="heat", topic="urgent", made_at=talk.now)
        session.add(row)
        session.flush()
        person = session.scalars(select(Conversation.id).where(Conversation.chat == "r")).one()
        session.add(
            BroadcastReceipt(conversation_id=person, broadcast_id=row.id, kind="urgent", queued_at=talk.now)
        )


def heard(talk: Talk, what: str, who: str = "") -> str:
    return "\n".join(reply.text for chat, reply in talk.say(who, what) if chat == (who or "r"))


def offers(talk: Talk, what: str) -> bool:
    return "Do you answer my message" in heard(talk, what)


def requests(talk: Talk) -> int:
    with talk.database.read() as session:
        return session.query(Handoff).count()


def test_an_answer_is_offered_to_the_team_and_goes_there_after_a_yes_to_the_card(talk: Talk) -> None:
    said = heard(talk, "my neighbour has no fan and sweats")
    assert "Phare" in said
    card = heard(talk, f"[{YES}]")
    assert "my neighbour has no fan and sweats" in card
    assert requests(talk) == 0
    heard(talk, "[Yes, send this]")
    assert requests(talk) == 1


def test_it_is_offered_once_for_a_message(talk: Talk) -> None:
    assert offers(talk, "my neighbour has no fan and sweats")
    assert not offers(talk, "and she is old")
    notify(talk)
    assert offers(talk, "and she is old")


def test_a_no_leaves_nothing_behind(talk: Talk) -> None:
    heard(talk, "my neighbour has no fan and sweats")
    heard(talk, "[No, leave it]")
    heard(talk, f"[{YES}]")
    with talk.database.read() as session:
        (person,) = session.scalars(select(Conversation).where(Conversation.chat == "r"))
        assert "fan" not in str(person.state)
    assert requests(talk) == 0


@pytest.mark.parametrize("words", ["thank you", "menu", "/help", "I want to talk to a person", "stop"])
def test_what_has_its_way_already_is_not_offered(talk: Talk, words: str) -> None:
    assert not offers(talk, words)


def test_a_late_answer_is_a_message_like_any_other(talk: Talk) -> None:
    talk.now += timedelta(days=3)
    assert not offers(talk, "my neighbour has no fan and sweats")


def test_nobody_is_offered_who_could_not_be_promised_an_answer(talk: Talk) -> None:
    with talk.database.write() as session:
        session.connection().exec_driver_sql("UPDATE team SET live = false")
    assert not offers(talk, "my neighbour has no fan and sweats")
