"""Teams, workers and people of the small town, for stories about requests."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.delivery.handling import handle_next
from bot.delivery.inbox import receive
from bot.handoff.requests import open_request
from bot.messages import Inbound, Kind, Reply
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import Conversation, Handoff, HandoffEvent, InboxMessage, Team, Worker
from bot.territories import Territories
from tests.conversations.talk import Talk

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in the town
HOURS = "Mo-Fr 09:00-17:00"
SECRET = "Le petit Zéphyrin a peur du juge"
SEALER = Sealer("a secret of the tests, long enough")


def a_team(database: Database, name: str, **values: object) -> int:
    usual = {"hours": HOURS, "fallback": "ecoute-violence", "live": True}
    with database.write() as session:
        team = Team(name=name, **(usual | values))
        session.add(team)
        session.flush()
        return team.id


def a_worker(talk: Talk, who: str, name: str, team: int, **values: object) -> int:
    """Somebody who works in a team by its hours."""
    usual: dict[str, object] = {"languages": ["fr"], "hours": HOURS}
    with talk.database.write() as session:
        chat = Conversation(
            channel="test",
            chat=who,
            language="fr",
            state={},
            started_at=talk.now - timedelta(days=9),
            last_seen_at=talk.now,
        )
        session.add(chat)
        session.flush()
        worker = Worker(
            conversation_id=chat.id, team_id=team, first_name=name, joined_at=talk.now, **(usual | values)
        )
        session.add(worker)
        session.flush()
        return worker.id


def press(talk: Talk, who: str, data: str) -> list[tuple[str, Reply]]:
    talk.screen.data_of = lambda chat, label: label  # type: ignore[method-assign]
    return talk.say(who, f"[{data}]")


def press_at_once(talk: Talk, who: Iterable[str], data: str, threads: int = 8) -> list[tuple[str, Reply]]:
    """Let many press the same button at once, each thread with its own connection; nothing of it may fail."""
    for name in who:
        receive(talk.database, Inbound("test", f"{data}-{name}", name, Kind.CHOICE, data), talk.now)
    turns = Territories(talk.world, SEALER)

    def work() -> None:
        while handle_next(talk.database, turns.handle, turns.apologise, talk.now):
            pass

    working = [threading.Thread(target=work) for _ in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    with talk.database.read() as session:
        assert not session.scalars(select(InboxMessage).where(InboxMessage.status == "parked")).all()
    return talk.settle()


def a_request(
    talk: Talk, who: str = "r", words: str = SECRET, need: str = "rent-arrears", *wishes: str
) -> str:
    press(talk, who, f"talk:{need}")
    if words:
        press(talk, who, "card:words")
        talk.say(who, words)
    for wish in wishes:
        press(talk, who, f"card:wish-{wish}")
    if wishes:
        press(talk, who, "card:back")
    press(talk, who, "card:send")
    with talk.database.read() as session:
        here = session.scalar(select(Conversation.id).where(Conversation.chat == who))
        found = open_request(session, here or 0)
        return found.id if found else ""


def the(talk: Talk, request: str) -> Handoff:
    with talk.database.read() as session:
        return session.get_one(Handoff, request)


def events(talk: Talk, request: str) -> list[str]:
    with talk.database.read() as session:
        query = select(HandoffEvent.name).where(HandoffEvent.handoff_id == request)
        return list(session.scalars(query.order_by(HandoffEvent.id)))


def later(talk: Talk, step: int = 5, **time: float) -> list[tuple[str, Reply]]:
    """Let time pass in steps of some minutes."""
    told, end = [], talk.now + timedelta(**time)
    while talk.now < end:
        talk.now = min(end, talk.now + timedelta(minutes=step))
        told += talk.settle()
    return told


def who_heard(told: list[tuple[str, Reply]]) -> set[str]:
    return {chat for chat, _ in told}


def said_to(told: list[tuple[str, Reply]], who: str) -> str:
    return "\n".join(reply.text for chat, reply in told if chat == who)
