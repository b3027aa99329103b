"""What becomes of a chat that sends faster than anybody reads: nothing more is accepted while much of it waits.

The chat is told so once, its other messages and everybody else's go on. What was accepted is never given up.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import metrics
from bot.delivery import pace
from bot.delivery.outbox import queue
from bot.delivery.waiting import REPLY, WAITING
from bot.i18n import Words
from bot.limit import Limit
from bot.messages import Inbound, Kind, Reply
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, OutboxMessage

logger = logging.getLogger(__name__)

PER_SECOND: Final = 1.0
AT_ONCE: Final = 20  # nobody types so much at once: only then is the database asked how much waits
MOST_WAITING: Final = (
    50  # messages and answers of one chat, enough for what somebody wrote while we were down
)
TELL_AGAIN_AFTER: Final = timedelta(minutes=5)
QUIET_SECONDS: Final = 2.0  # how long an answer of the database is believed


class Gate:
    """Decides whether a message is accepted."""

    def __init__(
        self, database: Database, words: Words, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with everybody free."""
        self._database = database
        self._words = words
        self._seconds = seconds
        self._pace = Limit(PER_SECOND, AT_ONCE)
        self._refusals = Limit(
            1 / QUIET_SECONDS, 1
        )  # who was refused a moment ago is so without being looked up

    def is_open_for(self, inbound: Inbound) -> bool:
        """Tell, at once, that a chat sends no more than people type."""
        return inbound.kind is Kind.LEFT or not self._pace.seconds_to_wait(_key(inbound), self._seconds())

    def is_shut_for(self, inbound: Inbound, now: datetime) -> bool:
        """Tell of a chat that sends more whether so much of it waits that this message is not accepted."""
        key, moment = _key(inbound), self._seconds()
        if not self._refusals.is_held(key, moment):
            if not self._is_full(inbound, now):
                return False
            self._refusals.seconds_to_wait(key, moment)
        metrics.HELD_BACK.labels(inbound.channel).inc()
        return True

    def _is_full(self, inbound: Inbound, now: datetime) -> bool:
        """Ask the database how much of a chat waits; tell the chat when it is too much."""
        with self._database.read() as session:
            found = session.execute(
                select(Conversation.id, Conversation.language, Conversation.phone_language).where(
                    Conversation.channel == inbound.channel, Conversation.chat == inbound.chat
                )
            ).one_or_none()
            if found is None or _waiting(session, found.id) < MOST_WAITING:
                return False
        logger.warning("conversation %s sends too much, more of it is not accepted for now", found.id)
        language = found.language or self._words.match(found.phone_language)
        self._tell(found.id, inbound.channel, language, now)
        return True

    def _tell(self, conversation_id: int, channel: str, language: str, now: datetime) -> None:
        """Say it once, over all processes together."""
        voice = self._words.voice(language)
        key = f"{pace.chat_key(channel, conversation_id)}:told"
        with self._database.write() as session:
            if pace.lock(session, [key], now)[key] > now:
                return
            pace.hold(session, {key: now + TELL_AGAIN_AFTER})
            text = voice.say("Too many messages at once. Please wait a moment.")
            queue(session, conversation_id, Reply(text, (), voice.language.code), now)


def _key(inbound: Inbound) -> str:
    return f"{inbound.channel}:{inbound.chat}"


def _waiting(session: Session, conversation_id: int) -> int:
    unhandled = select(func.count()).where(
        InboxMessage.conversation_id == conversation_id, InboxMessage.status == "open"
    )
    unsent = select(func.count()).where(
        OutboxMessage.conversation_id == conversation_id, OutboxMessage.priority == REPLY, WAITING
    )
    return (session.scalar(unhandled) or 0) + (session.scalar(unsent) or 0)
