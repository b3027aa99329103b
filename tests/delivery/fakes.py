"""A channel in memory, a handler that echoes, and short ways to say what a person did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.base import Capabilities, SendError, SendOutcome
from bot.delivery import handling, inbox, outbox
from bot.delivery.outbox import Claimed, queue, write_queued
from bot.delivery.outcomes import finish
from bot.messages import Inbound, Kind, Reply
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, OutboxMessage

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@dataclass
class MemoryChannel:
    """Keeps what it is given; `troubles` are raised first, one a send."""

    name: str = "memory"
    capabilities: Capabilities = field(default_factory=Capabilities)
    sent: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def verify(self, headers: Mapping[str, str]) -> bool:
        return True

    def parse(self, payload: Any) -> Inbound | None:
        return None

    async def stop(self) -> None:
        pass

    async def send(self, chat: str, reply: Reply) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append((chat, reply.text))

    def texts(self, chat: str = "anna") -> list[str]:
        return [text for to, text in self.sent if to == chat]


def a_message(
    text: str = "hello", chat: str = "anna", external_id: str = "", kind: Kind = Kind.TEXT
) -> Inbound:
    return Inbound("memory", external_id or f"{chat}-{text}", chat, kind, text)


def echo(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
    """Remember what was said and say it back; some words do something else."""
    conversation.state = {"heard": [*conversation.state.get("heard", []), inbound.text]}
    queue(session, conversation.id, Reply(f"you said {inbound.text}"), now)
    if inbound.text.startswith("poison"):
        raise ValueError(inbound.text)
    if inbound.text == "erase":
        write_queued(session)
        session.delete(conversation)


def apologise(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
    queue(session, conversation.id, Reply("sorry"), now)


def undeliverable(session: Session, conversation_id: int, now: datetime) -> None:
    queue(session, conversation_id, Reply("it did not arrive"), now)


def handle_all(database: Database, now: datetime = NOW) -> None:
    while handling.handle_next(database, echo, apologise, now):
        pass


def meet(database: Database, chat: str = "anna") -> int:
    """Begin a conversation without saying anything."""
    with database.write() as session:
        return inbox.meet(session, a_message(chat=chat), NOW)


def put(database: Database, text: str, chat: str = "anna", **options: Any) -> int:
    """Queue a message to a chat."""
    conversation_id = meet(database, chat)
    with database.write() as session:
        queue(session, conversation_id, Reply(text), NOW, **options)
    return conversation_id


def claim(database: Database, now: datetime = NOW, limit: int = 100) -> list[Claimed]:
    return outbox.claim(database, {"memory": MemoryChannel()}, now, limit)


def claim_texts(database: Database, now: datetime = NOW) -> list[str]:
    return [claimed.reply.text for claimed in claim(database, now)]


def settle(
    database: Database,
    claimed: Claimed,
    outcome: SendOutcome | None = None,
    now: datetime = NOW,
    **options: Any,
) -> None:
    """Finish a claimed message: sent, or with an outcome."""
    error = None if outcome is None else SendError(outcome, "reason", **options)
    finish(database, claimed, now, error, undeliverable)


def conversation(database: Database, chat: str = "anna") -> Conversation | None:
    with database.read() as session:
        return session.scalar(select(Conversation).where(Conversation.chat == chat))


def inbox_rows(database: Database) -> list[InboxMessage]:
    with database.read() as session:
        return list(session.scalars(select(InboxMessage).order_by(InboxMessage.id)))


def outbox_rows(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def outbox_states(database: Database) -> list[tuple[str, str]]:
    return [(row.status, row.failure) for row in outbox_rows(database)]
