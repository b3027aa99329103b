"""What people sent is handled chat by chat and in order.

Workers claim a conversation, not a message, so that one busy chat never slows the others.
Everything that a message changes commits together with the mark that it is handled.

A message that kills the process takes the count of its tries with it. A process that was killed starts again,
so whatever lay there already when a process began is handled one by one, its try counted beforehand.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from bot import metrics
from bot.delivery.failures import is_the_databases, without_words
from bot.delivery.outbox import drop_queued, write_queued
from bot.messages import Inbound
from bot.storage.db import Database, table_of
from bot.storage.models import Conversation, InboxMessage

logger = logging.getLogger(__name__)

Handler: TypeAlias = Callable[[Session, Conversation, Inbound, datetime], None]
Prepare: TypeAlias = Callable[[Inbound, str], object]  # with the language that the person chose

_Message: TypeAlias = Row[Conversation, int | None, int, Any, datetime]

MOST_TRIES = 3
MOST_CHATS = 16  # chats in one transaction, one message each
LONG_ENOUGH = 0.06  # seconds to get ready; then what is ready is handled
YOUNG = 0.02  # seconds; a transaction that is older takes no further chat
_conversation, _inbox = table_of(Conversation), table_of(InboxMessage)
_PENDING = Conversation.pending.is_not(None)
_LONGEST_WAITING = (
    select(Conversation, _inbox.c.id, _inbox.c.attempts, _inbox.c.payload, _inbox.c.received_at)
    .outerjoin(_inbox, and_(_inbox.c.id == Conversation.pending, _inbox.c.status == "open"))
    .where(_PENDING)
    .order_by(Conversation.pending)
    .limit(bindparam("limit"))
    # NO KEY UPDATE: other chats' turns may still queue replies to this one, which looks at its key.
    .with_for_update(of=Conversation, key_share=True, skip_locked=True)
)
_TO_PREPARE = (
    select(_conversation.c.language, _inbox.c.payload)
    .join(_inbox, _inbox.c.id == _conversation.c.pending)
    .where(_conversation.c.pending.is_not(None))
    .order_by(_conversation.c.pending)
    .limit(MOST_CHATS)
)
_OLDEST_OPEN = (
    select(func.min(_inbox.c.id))
    .where(_inbox.c.status == "open", _inbox.c.conversation_id == bindparam("here"))
    .scalar_subquery()
)
_WAIT_FOR_NEXT = (
    update(_conversation).where(_conversation.c.id == bindparam("here")).values(pending=_OLDEST_OPEN)
)
_this = update(_inbox).where(_inbox.c.id == bindparam("this"))
_CLOSE = _this.values(status=bindparam("status"), attempts=bindparam("tries"), payload=None)
_TRY_AGAIN = _this.values(attempts=bindparam("tries"))
_CORE = {"synchronize_session": False}
_OLDEST_PENDING = select(func.min(Conversation.pending)).where(_PENDING).scalar_subquery()


def prepare_next(database: Database, prepare: Prepare) -> int:
    """Get ready, in no transaction, for the oldest message of chats that wait longest; give how many.

    What takes long and needs no database is best done here: on SQLite a turn keeps every other writer out.
    """
    with database.read() as session:
        waiting = session.execute(_TO_PREPARE).all()
    began = time.monotonic()
    for number, (language, payload) in enumerate(waiting, 1):
        prepare(Inbound.from_json(payload or {}), language)
        if time.monotonic() - began > LONG_ENOUGH:
            return number  # the first of them has waited for the others
    return len(waiting)


class Took(IntEnum):
    """What there was to handle; nothing counts as false."""

    NOTHING = 0
    ALL = 1
    SOME = 2  # there may be more


def handle_next(
    database: Database,
    handler: Handler,
    apologise: Handler,
    now: datetime,
    careful_up_to: int = 0,
    chats: int = 1,
) -> Took:
    """Take the conversation that has waited longest and handle the oldest message that it holds.

    At first without a way back for each message: when one fails, all are handled again, each with its own.

    Args:
        handler: answers one message; all that it writes through the session commits with the message.
        apologise: speaks to the person when a message made the handler fail for the last time.
        careful_up_to: the number of the newest message that may have killed a process.
        chats: how many conversations to take in one transaction, one message each.

    Returns:
        nothing when nobody waits, or others are already at it.
    """
    try:
        return _Claim(database, handler, apologise, now).handle_chats(careful_up_to, chats)
    except _Failed:
        claim = _Claim(database, handler, apologise, now, each_alone=True)
        return claim.handle_chats(careful_up_to, chats)


class _Failed(Exception):
    """A message could not be handled; which one, those who handle each alone will see."""


class _Claim:
    """One turn of one conversation."""

    def __init__(
        self,
        database: Database,
        handler: Handler,
        apologise: Handler,
        now: datetime,
        *,
        each_alone: bool = False,
    ) -> None:
        self._database = database
        self._handler = handler
        self._apologise = apologise
        self._now = now
        self._each_alone = each_alone
        self._began = time.monotonic()
        self._ended: list[tuple[str, timedelta]] = []
        self._closed: list[dict[str, Any]] = []
        self._next: list[dict[str, Any]] = []
        self._counted: Sequence[int] = ()

    def handle_chats(self, careful_up_to: int, chats: int) -> Took:
        """Take conversations in one transaction, and handle the oldest message of each."""
        if careful_up_to and self._database.is_sqlite:
            # With one writer at a time nobody comes between; PostgreSQL counts while it holds the conversation.
            self._count_beforehand(and_(InboxMessage.id == _OLDEST_PENDING, InboxMessage.id <= careful_up_to))
        try:
            with self._database.write() as session:
                waiting = session.execute(_LONGEST_WAITING, {"limit": chats}).all()
                took = self._handle_some(session, waiting, careful_up_to)
                self._write_down(session)
        except Exception:
            self._take_back_count()  # this process lives: the message did not kill it
            raise
        self._tell()
        if not took:
            return Took.NOTHING
        return Took.SOME if took == chats or took < len(waiting) else Took.ALL

    def _count_beforehand(self, which: ColumnElement[bool]) -> None:
        """Count a try in a transaction of its own, which lasts whatever becomes of this process."""
        counting = update(InboxMessage).where(which).values(attempts=InboxMessage.attempts + 1)
        with self._database.write() as beside:
            counted = counting.returning(InboxMessage.id).execution_options(**_CORE)
            self._counted = beside.scalars(counted).all()

    def _take_back_count(self) -> None:
        """Let a try that ended by the database's fault count no more, if the database takes it."""
        if not self._counted:
            return
        less = update(InboxMessage).where(InboxMessage.id.in_(self._counted))
        try:
            with self._database.write() as beside:
                beside.execute(less.values(attempts=InboxMessage.attempts - 1).execution_options(**_CORE))
        except Exception as error:
            logger.warning("a try stays counted: %s", without_words(error))

    def _handle_some(self, session: Session, waiting: Sequence[_Message], careful_up_to: int) -> int:
        """Handle one message after the other while there is time; give how many."""
        for number, message in enumerate(waiting):
            conversation = message.Conversation
            after = conversation.pending or 0
            careful = after <= careful_up_to
            if number and (careful or not self._is_young):
                return number  # whoever is careful handles it alone in its transaction, counted beforehand
            if careful and not self._database.is_sqlite:
                self._count_beforehand(InboxMessage.id == after)
            self._next.append({"here": conversation.id})
            if message.id is not None:
                self._handle(session, message)
            if careful:
                return number + 1
        return len(waiting)

    def _write_down(self, session: Session) -> None:
        """Mark what was handled and erase its words; then each conversation waits for its next message."""
        try:
            session.flush()
            write_queued(session)
        except Exception as error:
            if self._each_alone or is_the_databases(error):
                raise
            raise _Failed from error
        if self._closed:
            session.execute(_CLOSE, self._closed)
        if self._next:
            session.execute(_WAIT_FOR_NEXT, self._next)

    @property
    def _is_young(self) -> bool:
        """Whether it may take one more chat: those that it holds wait until it ends."""
        return time.monotonic() - self._began < YOUNG

    def _tell(self) -> None:
        """Count what has committed, for those who watch."""
        took = time.monotonic() - self._began
        for status, waited in self._ended:
            metrics.HANDLED.labels(status).inc()
            metrics.HANDLED_AFTER.observe(max(0.0, waited.total_seconds()) + took)

    def _handle(self, session: Session, message: _Message) -> None:
        """Handle one message."""
        message_id, conversation_id = message.id, message.Conversation.id
        waited = self._now - message.received_at
        counted = self._database.is_sqlite and message_id in self._counted  # before it was read
        tries = message.attempts + (0 if counted else 1)
        kills = tries > MOST_TRIES
        if not kills and self._attempt(session, self._handler, message, alone=self._each_alone):
            self._close(message_id, "done", tries, waited)
            return
        metrics.HANDLING_FAILED.inc()
        if tries < MOST_TRIES:
            session.execute(_TRY_AGAIN, {"this": message_id, "tries": tries})
            return
        why = ": the process died at each of them" if kills else ""
        logger.error(
            "message %s of conversation %s parked after %s tries%s",
            *(message_id, conversation_id, MOST_TRIES, why),
        )
        self._attempt(session, self._apologise, message, alone=True)
        self._close(message_id, "parked", MOST_TRIES, waited)

    def _attempt(self, session: Session, action: Handler, message: _Message, *, alone: bool) -> bool:
        """Let `action` answer; when it fails alone, what it wrote is undone, else everything is."""
        conversation, message_id = message.Conversation, message.id
        conversation_id = conversation.id
        try:
            with session.begin_nested() if alone else nullcontext():
                action(session, conversation, Inbound.from_json(message.payload or {}), self._now)
                if alone:
                    write_queued(session)
                    session.flush()
        except Exception as error:
            if is_the_databases(error):
                raise
            if not alone:
                raise _Failed from error
            drop_queued(session)
            logger.error(
                "message %s of conversation %s failed: %s", message_id, conversation_id, without_words(error)
            )
            return False
        return True

    def _close(self, message_id: int, status: str, tries: int, waited: timedelta) -> None:
        self._ended.append((status, waited))
        self._closed.append({"this": message_id, "status": status, "tries": tries})
