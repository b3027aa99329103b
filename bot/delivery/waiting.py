"""What waits in the outbox and whose turn it is: the questions asked all day, built once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, exists, or_, select, text
from sqlalchemy.orm import Session, aliased

from bot.channels.base import Channel
from bot.delivery import pace
from bot.storage.db import Database, table_of
from bot.storage.models import Conversation, OutboxMessage

# What overtakes what.
REPLY = 0
URGENT = 1  # to many, and it cannot wait
BROADCAST = 2


@dataclass(frozen=True)
class Candidate:
    """A message whose turn it is in its chat, and whom it is for."""

    id: int
    conversation_id: int
    priority: int
    status: str
    payload: dict[str, Any] | None
    relay_from: int | None
    said: int | None
    tries: int
    unsure: int
    created_at: datetime
    channel: str
    chat: str
    blocked: bool


# Written out, not bound: SQLite uses a partial index only when it sees the words.
WAITING = text("outbox.status IN ('new', 'sending')")
_EARLIER_WAITING = text("earlier.status IN ('new', 'sending')")

_FIELDS = tuple(field.name for field in fields(Candidate))
_earlier = aliased(OutboxMessage, name="earlier")


def _whose_turn_it_is() -> tuple[ColumnElement[bool], ...]:
    """Say what makes a message one that may be claimed; needs `channels` and `now`."""
    # Only within the class: a waiting broadcast must not hold up a reply of the same chat.
    earlier_of_its_class = exists().where(
        _EARLIER_WAITING,
        _earlier.conversation_id == OutboxMessage.conversation_id,
        _earlier.priority == OutboxMessage.priority,
        _earlier.id < OutboxMessage.id,
    )
    in_nobodys_hands = or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= bindparam("now"))
    # An expression, not the column: SQLite is to start from what waits, not from all chats of a channel.
    channel_is_ours = Conversation.channel.concat("").in_(bindparam("channels", expanding=True))
    return in_nobodys_hands, ~earlier_of_its_class, channel_is_ours


def _candidates() -> Select[*tuple[Any, ...]]:
    outbox, conversation = table_of(OutboxMessage).c, table_of(Conversation).c
    columns = (outbox if name in outbox else conversation for name in _FIELDS)
    return (
        select(*(of[name] for of, name in zip(columns, _FIELDS, strict=True)))
        .select_from(OutboxMessage)
        .join(Conversation, Conversation.id == OutboxMessage.conversation_id)
        .where(WAITING, OutboxMessage.not_before <= bindparam("now"), *_whose_turn_it_is())
        .order_by(OutboxMessage.priority, OutboxMessage.not_before, OutboxMessage.id)
        .limit(bindparam("limit"))
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )


def _earliest(priority: int) -> ScalarSelect[datetime]:
    return (
        select(OutboxMessage.not_before)
        .join(Conversation, Conversation.id == OutboxMessage.conversation_id)
        .where(WAITING, OutboxMessage.priority == priority, *_whose_turn_it_is())
        .order_by(OutboxMessage.not_before)
        .limit(1)
        .scalar_subquery()
    )


_CANDIDATES = _candidates()
_EARLIEST = select(_earliest(REPLY), _earliest(URGENT), _earliest(BROADCAST))


def candidates(session: Session, channels: Sequence[str], now: datetime, limit: int) -> list[Candidate]:
    """Give messages that may be claimed, replies first, then what is urgent; nobody else gets them meanwhile."""
    rows = session.execute(_CANDIDATES, {"channels": channels, "now": now, "limit": limit})
    return [Candidate(*row) for row in rows]


def next_moment(database: Database, channels: Mapping[str, Channel], now: datetime) -> datetime | None:
    """Tell when the next waiting message may be sent; None when nothing waits that nobody is sending."""
    with database.read() as session:
        each: Sequence[datetime | None] = session.execute(
            _EARLIEST, {"now": now, "channels": list(channels)}
        ).one()
        waiting = [moment for moment in each if moment is not None]
        if not waiting:
            return None
        free_at = pace.look(session, channels)
    opens_at = [
        pace.overall(channel.capabilities).opens_at(free_at.get(name, now))
        for name, channel in channels.items()
    ]
    return max(min(waiting), min(opens_at, default=now))
