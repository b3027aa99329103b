"""What people sent: accepted once and durably; `handling` takes it from here."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from bot import metrics
from bot.messages import Inbound, Kind
from bot.storage.bells import INBOX, announce
from bot.storage.db import Database, Insert, Upsert, before_commit, table_of
from bot.storage.models import Conversation, InboxMessage

_PENDING = Conversation.pending.is_not(None)
_ANY_WAITING = select(Conversation.id).where(_PENDING).limit(1)
_conversation, _inbox = table_of(Conversation), table_of(InboxMessage)
_here = update(_conversation).where(_conversation.c.id == bindparam("here"))
_BEGIN_TO_WAIT = _here.values(pending=func.coalesce(_conversation.c.pending, bindparam("newest")))
_ANY_UP_TO = select(Conversation.id).where(_PENDING, Conversation.pending <= bindparam("up_to")).limit(1)


def _meeting(insert: Insert) -> Executable:
    new, known = insert.excluded, _conversation.c
    there = {
        "last_seen_at": new.last_seen_at,
        "blocked": new.blocked,
        "phone_language": case((new.phone_language != "", new.phone_language), else_=known.phone_language),
    }
    meeting = insert.on_conflict_do_update(index_elements=["channel", "chat"], set_=there)
    return meeting.returning(known.id)


def _accepting(insert: Insert) -> Executable:
    return insert.on_conflict_do_nothing(index_elements=["channel", "external_id"]).returning(_inbox.c.id)


_MEET = Upsert(Conversation, _meeting)
_ACCEPT = Upsert(InboxMessage, _accepting)


def receive(database: Database, inbound: Inbound, now: datetime) -> bool:
    """Accept what a person sent; once this returns, it will be handled.

    Returns:
        False for a repeat of something that was accepted before.
    """
    with database.write() as session:
        is_new = accept(session, meet(session, inbound, now), inbound, now)
    metrics.RECEIVED.labels(inbound.channel, str(not is_new).lower()).inc()
    return is_new


def meet(session: Session, inbound: Inbound, now: datetime) -> int:
    """Find or begin the conversation with whoever wrote, and note that the person is there."""
    values = {
        "channel": inbound.channel,
        "chat": inbound.chat,
        "phone_language": inbound.language,
        "blocked": inbound.kind is Kind.LEFT,
        "started_at": now,
        "last_seen_at": now,
    }
    conversation_id: int = session.execute(_MEET.on(session), values).scalar_one()
    return conversation_id


def accept(session: Session, conversation_id: int, inbound: Inbound, now: datetime) -> bool:
    """Put one message at the end of a conversation that this transaction has locked; False for a repeat."""
    values = {
        "channel": inbound.channel,
        "external_id": inbound.external_id,
        "conversation_id": conversation_id,
        "payload": inbound.to_json(),
        "received_at": now,
    }
    message_id = session.execute(_ACCEPT.on(session), values).scalar()
    if message_id is None:
        return False
    before_commit(session, _begin_to_wait, {"here": conversation_id, "newest": message_id})
    announce(session, INBOX)
    return True


def _begin_to_wait(session: Session, accepted: list[dict[str, int]]) -> None:
    session.execute(_BEGIN_TO_WAIT, accepted)


def anyone_waits(database: Database) -> bool:
    """Tell whether a conversation holds a message that nobody has handled yet."""
    with database.read() as session:
        return session.scalar(_ANY_WAITING) is not None


def newest(database: Database) -> int:
    """Give the number of the newest message there is."""
    with database.read() as session:
        return session.scalar(select(func.max(InboxMessage.id))) or 0


def any_waits_up_to(database: Database, up_to: int) -> bool:
    """Tell whether a message of that number, or an older one, is still open."""
    with database.read() as session:
        return session.scalar(_ANY_UP_TO, {"up_to": up_to}) is not None
