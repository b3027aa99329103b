"""How much waits, asked of the database: the same answer in every process."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from bot.delivery.waiting import REPLY, WAITING
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, OutboxMessage

_PENDING = Conversation.pending.is_not(None)
# From the conversations that wait to their messages: what was handled before is not looked at.
_OPEN = (
    select(func.count(), func.count(Conversation.id.distinct()))
    .select_from(Conversation)
    .join(InboxMessage, InboxMessage.conversation_id == Conversation.id)
    .where(_PENDING, InboxMessage.status == "open")
)
_OLDEST_OPEN = select(InboxMessage.received_at).where(
    InboxMessage.id == select(func.min(Conversation.pending)).where(_PENDING).scalar_subquery()
)
_UNSENT = select(OutboxMessage.priority, func.count()).where(WAITING).group_by(OutboxMessage.priority)
# What was tried counts though it is put off: a channel that cannot be reached puts off all.
_DUE = or_(OutboxMessage.not_before <= bindparam("now"), OutboxMessage.tries > 0)
_OLDEST_REPLY_DUE = select(func.min(OutboxMessage.created_at)).where(
    WAITING, OutboxMessage.priority == REPLY, _DUE
)


@dataclass(frozen=True)
class Backlog:
    """What waits at one moment; ages in seconds, 0 when nothing waits."""

    conversations: int = 0
    messages: int = 0
    replies: int = 0
    broadcasts: int = 0
    oldest_message: float = 0.0
    oldest_reply: float = 0.0


def look(database: Database, now: datetime) -> Backlog:
    """Count what waits to be handled and to be sent."""
    with database.read() as session:
        messages, conversations = session.execute(_OPEN).one()
        oldest_message = session.scalar(_OLDEST_OPEN)
        unsent: dict[int, int] = dict(session.execute(_UNSENT).all())
        oldest_reply = session.scalar(_OLDEST_REPLY_DUE, {"now": now})
    replies = unsent.pop(REPLY, 0)
    return Backlog(
        conversations=conversations,
        messages=messages,
        replies=replies,
        broadcasts=sum(unsent.values()),
        oldest_message=_age(oldest_message, now),
        oldest_reply=_age(oldest_reply, now),
    )


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
