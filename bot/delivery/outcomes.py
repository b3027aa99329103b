"""What became of a message that was on its way: one function for each outcome, each in one transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.channels.base import SendError, SendOutcome
from bot.delivery import pace
from bot.delivery.outbox import Claimed, mark_sent
from bot.delivery.waiting import REPLY, WAITING
from bot.storage.db import Database
from bot.storage.models import Conversation, OutboxMessage, ThreadMessage

logger = logging.getLogger(__name__)

# Tells the person of a conversation that their words could not reach whom they were for.
Undeliverable: TypeAlias = Callable[[Session, int, datetime], None]
# Whose words did not arrive (a conversation), and which message of a talk that was.
_Failed: TypeAlias = set[tuple[int | None, int | None]]

LONGEST_DELAY = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)  # an answer of yesterday helps nobody
MOST_MAYBES = 5  # each of them may have arrived; what surely did not is never counted against a reply
LONGEST_REQUEST = 24 * 3600.0  # seconds; to wait longer than a message lives means the same

_CORE = {"synchronize_session": False}


def finish(
    database: Database, claimed: Claimed, now: datetime, error: SendError | None, undeliverable: Undeliverable
) -> None:
    """Write down what became of a claimed message; without an error it was sent."""
    with database.write() as session:
        if error is None:
            mark_sent(session, [claimed], now)
            return
        failed = OUTCOMES[error.outcome](session, claimed, now, error)
        for conversation_id in {teller for teller, _ in failed if teller is not None}:
            undeliverable(session, conversation_id, now)
        if said := [message for _, message in failed if message is not None]:
            session.execute(update(ThreadMessage).where(ThreadMessage.id.in_(said)).values(failed=True))


def _later(session: Session, claimed: Claimed, now: datetime, error: SendError) -> _Failed:
    if now - claimed.queued_at > GIVE_UP_AFTER:
        return _fail(session, claimed, "too-late")
    return _again(session, claimed, _next_try(session, claimed, now, error), error.reason)


def _maybe(session: Session, claimed: Claimed, now: datetime, error: SendError) -> _Failed:
    if claimed.priority != REPLY or claimed.unsure + 1 >= MOST_MAYBES:
        return _fail(session, claimed, "unconfirmed")
    return _again(session, claimed, _next_try(session, claimed, now, error), error.reason, unsure=1)


def _blocked(session: Session, claimed: Claimed, now: datetime, error: SendError) -> _Failed:
    conversation = session.get(Conversation, claimed.conversation_id, with_for_update={"key_share": True})
    if conversation is not None and _is_back(conversation, claimed):
        return _fail(session, claimed, "blocked")  # only this one: what was queued since will arrive
    if conversation is not None:
        conversation.blocked = True
    waiting = update(OutboxMessage).where(WAITING, OutboxMessage.conversation_id == claimed.conversation_id)
    failed = waiting.values(_failed_values("blocked")).returning(OutboxMessage.relay_from, OutboxMessage.said)
    dropped = session.execute(failed.execution_options(**_CORE)).all()
    logger.info("conversation %s has blocked us, %s messages dropped", claimed.conversation_id, len(dropped))
    return {(teller, said) for teller, said in dropped}


def _is_back(conversation: Conversation, claimed: Claimed) -> bool:
    """Tell whether the person has written since the message went on its way."""
    return not conversation.blocked and conversation.last_seen_at > claimed.claimed_at


def _moved(session: Session, claimed: Claimed, now: datetime, error: SendError) -> _Failed:
    if not error.moved_to or claimed.unsure + 1 >= MOST_MAYBES:
        return _fail(session, claimed, "moved-away")
    there = session.scalar(
        select(Conversation.id).where(
            Conversation.channel == claimed.channel, Conversation.chat == error.moved_to
        )
    )
    if there is None:
        here = update(Conversation).where(Conversation.id == claimed.conversation_id)
        session.execute(here.values(chat=error.moved_to).execution_options(**_CORE))
    else:
        waiting = update(OutboxMessage).where(
            WAITING, OutboxMessage.conversation_id == claimed.conversation_id
        )
        session.execute(waiting.values(conversation_id=there).execution_options(**_CORE))
    return _again(session, claimed, now, error.reason, unsure=1)


def _rejected(session: Session, claimed: Claimed, now: datetime, error: SendError) -> _Failed:
    return _fail(session, claimed, error.reason)


OUTCOMES: dict[SendOutcome, Callable[[Session, Claimed, datetime, SendError], _Failed]] = {
    SendOutcome.LATER: _later,
    SendOutcome.MAYBE: _maybe,
    SendOutcome.BLOCKED: _blocked,
    SendOutcome.MOVED: _moved,
    SendOutcome.REJECTED: _rejected,
}


def _delay(tries: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(tries - 1, 20)), LONGEST_DELAY)


def _next_try(session: Session, claimed: Claimed, now: datetime, error: SendError) -> datetime:
    """Tell when to try again; what the channel asked for, all processes keep to."""
    if error.retry_after is None:
        return now + _delay(claimed.tries)
    moment = now + timedelta(seconds=min(max(0.0, error.retry_after), LONGEST_REQUEST))
    pace.hold(session, {pace.chat_key(claimed.channel, claimed.conversation_id): moment})
    if error.whole_channel:
        logger.warning("%s asks all to wait for %d s", claimed.channel, error.retry_after)
        pace.shut(session, claimed.channel, claimed.capabilities, moment)
    return moment


def _again(session: Session, claimed: Claimed, not_before: datetime, reason: str, unsure: int = 0) -> _Failed:
    values = {"status": "new", "not_before": not_before, "lease_until": None, "failure": reason[:64]}
    _close(session, claimed, values | {"unsure": claimed.unsure + unsure})
    return set()


def _fail(session: Session, claimed: Claimed, reason: str) -> _Failed:
    if not _close(session, claimed, _failed_values(reason)):
        return set()
    logger.error("message %s to conversation %s failed: %s", claimed.id, claimed.conversation_id, reason[:64])
    return {(claimed.relay_from, claimed.said)}


def _failed_values(reason: str) -> dict[str, Any]:
    return {"status": "failed", "failure": reason[:64], "payload": None, "lease_until": None}


def _close(session: Session, claimed: Claimed, values: dict[str, Any]) -> bool:
    """Change the row unless it was erased, or another sender has it since our lease ran out."""
    ours = update(OutboxMessage).where(
        OutboxMessage.id == claimed.id, OutboxMessage.tries == claimed.tries, WAITING
    )
    changed = ours.values(values).returning(OutboxMessage.id).execution_options(**_CORE)
    return session.scalar(changed) is not None
