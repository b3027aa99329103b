"""What people sent: accepted once and durably, then handled chat by chat and in order.

Workers claim a conversation, not a message, so that one busy chat never slows the others.
Everything that a message changes commits together with the mark that it is handled.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, ScalarSelect, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.delivery.failures import is_the_databases, without_words
from bot.messages import Inbound, Kind
from bot.storage.db import Database, insert_for
from bot.storage.models import Conversation, InboxMessage

logger = logging.getLogger(__name__)

Handler: TypeAlias = Callable[[Session, Conversation, Inbound, datetime], None]

MOST_TRIES = 3
MOST_AT_ONCE = 20  # messages of one chat in one transaction
_OPEN = InboxMessage.status == "open"
_PENDING = Conversation.pending.is_not(None)
_ANY_WAITING = select(Conversation.id).where(_PENDING).limit(1)
_LONGEST_WAITING = (
    select(Conversation)
    .where(_PENDING)
    .order_by(Conversation.pending)
    .limit(1)
    # NO KEY UPDATE: other chats' turns may still queue replies to this one, which looks at its key.
    .with_for_update(key_share=True, skip_locked=True)
)
_OPEN_MESSAGES = (
    select(InboxMessage)
    .where(_OPEN, InboxMessage.conversation_id == bindparam("conversation_id"))
    .order_by(InboxMessage.id)
    .limit(MOST_AT_ONCE)
)
_CORE = {"synchronize_session": False}


def receive(database: Database, inbound: Inbound, now: datetime) -> bool:
    """Accept what a person sent; once this returns, it will be handled.

    Returns:
        False for a repeat of something that was accepted before.
    """
    with database.write() as session:
        return accept(session, meet(session, inbound, now), inbound, now)


def meet(session: Session, inbound: Inbound, now: datetime) -> int:
    """Find or begin the conversation with whoever wrote, and note that the person is there."""
    table = Conversation.__table__
    language = {"phone_language": inbound.language} if inbound.language else {}
    there = {"last_seen_at": now, "blocked": inbound.kind is Kind.LEFT} | language
    insert = insert_for(session, table).values(
        channel=inbound.channel, chat=inbound.chat, started_at=now, **there
    )
    upsert = insert.on_conflict_do_update(index_elements=["channel", "chat"], set_=there)
    conversation_id: int = session.execute(upsert.returning(table.c.id)).scalar_one()
    return conversation_id


def accept(session: Session, conversation_id: int, inbound: Inbound, now: datetime) -> bool:
    """Put one message at the end of a conversation that this transaction has locked; False for a repeat."""
    table = InboxMessage.__table__
    insert = insert_for(session, table).values(
        channel=inbound.channel,
        external_id=inbound.external_id,
        conversation_id=conversation_id,
        payload=inbound.to_json(),
        received_at=now,
    )
    unknown = insert.on_conflict_do_nothing(index_elements=["channel", "external_id"])
    message_id = session.execute(unknown.returning(table.c.id)).scalar()
    if message_id is None:
        return False
    _set_pending(session, conversation_id, func.coalesce(Conversation.pending, message_id))
    return True


def anyone_waits(database: Database) -> bool:
    """Tell whether a conversation holds a message that nobody has handled yet."""
    with database.read() as session:
        return session.scalar(_ANY_WAITING) is not None


def handle_next(database: Database, handler: Handler, apologise: Handler, now: datetime) -> bool:
    """Take the conversation that has waited longest and handle what it holds, oldest first.

    Args:
        handler: answers one message; all that it writes through the session commits with the message.
        apologise: speaks to the person when a message made the handler fail for the last time.

    Returns:
        False when nobody waits, or others are already at it.
    """
    with database.write() as session:
        conversation = session.scalar(_LONGEST_WAITING)
        if conversation is None:
            return False
        conversation_id = conversation.id
        for message in session.scalars(_OPEN_MESSAGES, {"conversation_id": conversation_id}).all():
            if not _handle(session, conversation, message, handler, apologise, now):
                break
        _set_pending(session, conversation_id, _oldest_open_query(conversation_id))
        return True


def _handle(
    session: Session,
    conversation: Conversation,
    message: InboxMessage,
    handler: Handler,
    apologise: Handler,
    now: datetime,
) -> bool:
    """Handle one message; False when this conversation cannot go on in this transaction."""
    message_id, conversation_id, tries = message.id, conversation.id, message.attempts + 1
    if _attempt(session, handler, conversation, message, now):
        return _close(session, message_id, "done", tries)
    if tries < MOST_TRIES:
        session.execute(_message_update(message_id).values(attempts=tries))
        return False
    logger.error("message %s of conversation %s parked after %s tries", message_id, conversation_id, tries)
    _attempt(session, apologise, conversation, message, now)
    return _close(session, message_id, "parked", tries)


def _attempt(
    session: Session, action: Handler, conversation: Conversation, message: InboxMessage, now: datetime
) -> bool:
    message_id, conversation_id = message.id, conversation.id
    try:
        with session.begin_nested():
            action(session, conversation, Inbound.from_json(message.payload or {}), now)
    except Exception as error:
        if is_the_databases(error):
            raise
        logger.error(
            "message %s of conversation %s failed: %s", message_id, conversation_id, without_words(error)
        )
        return False
    return True


def _close(session: Session, message_id: int, status: str, tries: int) -> bool:
    """Mark a message and erase its words; False when the turn has erased the whole conversation."""
    closing = _message_update(message_id).values(status=status, attempts=tries, payload=None)
    return session.execute(closing.returning(InboxMessage.id)).scalar() is not None


def _message_update(message_id: int) -> Update:
    return update(InboxMessage).where(InboxMessage.id == message_id).execution_options(**_CORE)


def _oldest_open_query(conversation_id: int) -> ScalarSelect[int | None]:
    oldest = select(func.min(InboxMessage.id)).where(_OPEN, InboxMessage.conversation_id == conversation_id)
    return oldest.scalar_subquery()


def _set_pending(session: Session, conversation_id: int, pending: ColumnElement[int | None]) -> None:
    here = update(Conversation).where(Conversation.id == conversation_id)
    session.execute(here.values(pending=pending).execution_options(**_CORE))
