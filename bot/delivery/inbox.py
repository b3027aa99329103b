"""What people sent: accepted once and durably, then handled chat by chat and in order.

Workers claim a conversation, not a message, so that one busy chat never slows the others.
Everything that a message changes commits together with the mark that it is handled.

A message that kills the process takes the count of its tries with it. A process that was killed starts again,
so whatever lay there already when a process began is handled one by one, its try counted beforehand.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, ScalarSelect, Update, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from bot import metrics
from bot.delivery.failures import is_the_databases, without_words
from bot.messages import Inbound, Kind
from bot.storage.bells import INBOX, announce
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
    .limit(bindparam("limit"))
)
_CORE = {"synchronize_session": False}
_OLDEST_PENDING = select(func.min(Conversation.pending)).where(_PENDING).scalar_subquery()
_ANY_UP_TO = select(Conversation.id).where(_PENDING, Conversation.pending <= bindparam("up_to")).limit(1)


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
    announce(session, INBOX)
    return True


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


def handle_next(
    database: Database, handler: Handler, apologise: Handler, now: datetime, careful_up_to: int = 0
) -> bool:
    """Take the conversation that has waited longest and handle what it holds, oldest first.

    Args:
        handler: answers one message; all that it writes through the session commits with the message.
        apologise: speaks to the person when a message made the handler fail for the last time.
        careful_up_to: the number of the newest message that may have killed a process.

    Returns:
        False when nobody waits, or others are already at it.
    """
    claim = _Claim(database, handler, apologise, now)
    if careful_up_to and database.is_sqlite:
        # With one writer at a time nobody comes between; PostgreSQL counts while it holds the conversation.
        claim.count_beforehand(and_(InboxMessage.id == _OLDEST_PENDING, InboxMessage.id <= careful_up_to))
    try:
        with database.write() as session:
            conversation = session.scalar(_LONGEST_WAITING)
            if conversation is None:
                return False
            careful = (conversation.pending or 0) <= careful_up_to
            if careful and not database.is_sqlite:
                claim.count_beforehand(InboxMessage.id == conversation.pending)
            claim.handle_some(session, conversation, careful=careful)
    except Exception:
        claim.take_back_count()  # this process lives: the message did not kill it
        raise
    claim.tell()
    return True


class _Claim:
    """One turn of one conversation."""

    def __init__(self, database: Database, handler: Handler, apologise: Handler, now: datetime) -> None:
        self._database = database
        self._handler = handler
        self._apologise = apologise
        self._now = now
        self._began = time.monotonic()
        self._ended: list[tuple[str, timedelta]] = []
        self._counted: Sequence[int] = ()

    def count_beforehand(self, which: ColumnElement[bool]) -> None:
        """Count a try in a transaction of its own, which lasts whatever becomes of this process."""
        counting = update(InboxMessage).where(which).values(attempts=InboxMessage.attempts + 1)
        with self._database.write() as beside:
            counted = counting.returning(InboxMessage.id).execution_options(**_CORE)
            self._counted = beside.scalars(counted).all()

    def take_back_count(self) -> None:
        """Let a try that ended by the database's fault count no more, if the database takes it."""
        if not self._counted:
            return
        less = update(InboxMessage).where(InboxMessage.id.in_(self._counted))
        try:
            with self._database.write() as beside:
                beside.execute(less.values(attempts=InboxMessage.attempts - 1).execution_options(**_CORE))
        except Exception as error:
            logger.warning("a try stays counted: %s", without_words(error))

    def handle_some(self, session: Session, conversation: Conversation, *, careful: bool) -> None:
        """Handle the oldest messages of the conversation; only one when it may kill."""
        conversation_id = conversation.id
        values = {"conversation_id": conversation_id, "limit": 1 if careful else MOST_AT_ONCE}
        for message in session.scalars(_OPEN_MESSAGES, values).all():
            if not self._handle(session, conversation, message):
                break
        _set_pending(session, conversation_id, _oldest_open_query(conversation_id))

    def tell(self) -> None:
        """Count what has committed, for those who watch."""
        took = time.monotonic() - self._began
        for status, waited in self._ended:
            metrics.HANDLED.labels(status).inc()
            metrics.HANDLED_AFTER.observe(max(0.0, waited.total_seconds()) + took)

    def _handle(self, session: Session, conversation: Conversation, message: InboxMessage) -> bool:
        """Handle one message; False when this conversation cannot go on in this transaction."""
        message_id, conversation_id = message.id, conversation.id
        waited = self._now - message.received_at
        tries = message.attempts if message_id in self._counted else message.attempts + 1
        kills = tries > MOST_TRIES
        if not kills and _attempt(session, self._handler, conversation, message, self._now):
            return self._close(session, message_id, "done", tries, waited)
        metrics.HANDLING_FAILED.inc()
        if tries < MOST_TRIES:
            session.execute(_message_update(message_id).values(attempts=tries))
            return False
        why = ": the process died at each of them" if kills else ""
        logger.error(
            "message %s of conversation %s parked after %s tries%s",
            *(message_id, conversation_id, MOST_TRIES, why),
        )
        _attempt(session, self._apologise, conversation, message, self._now)
        return self._close(session, message_id, "parked", MOST_TRIES, waited)

    def _close(self, session: Session, message_id: int, status: str, tries: int, waited: timedelta) -> bool:
        """Mark a message and erase its words; False when the turn has erased the whole conversation."""
        self._ended.append((status, waited))
        closing = _message_update(message_id).values(status=status, attempts=tries, payload=None)
        return session.execute(closing.returning(InboxMessage.id)).scalar() is not None


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


def _message_update(message_id: int) -> Update:
    return update(InboxMessage).where(InboxMessage.id == message_id).execution_options(**_CORE)


def _oldest_open_query(conversation_id: int) -> ScalarSelect[int | None]:
    oldest = select(func.min(InboxMessage.id)).where(_OPEN, InboxMessage.conversation_id == conversation_id)
    return oldest.scalar_subquery()


def _set_pending(session: Session, conversation_id: int, pending: ColumnElement[int | None]) -> None:
    here = update(Conversation).where(Conversation.id == conversation_id)
    session.execute(here.values(pending=pending).execution_options(**_CORE))
