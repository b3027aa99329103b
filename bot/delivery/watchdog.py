"""Notices that work stands still: something has waited for minutes and this process has done none of its kind."""

import logging
from datetime import datetime, timedelta
from typing import Final

from bot import metrics
from bot.delivery.backlog import look
from bot.storage.db import Database

logger = logging.getLogger(__name__)

HANDLING: Final = "handling"
SENDING: Final = "sending"
STALLED_AFTER: Final = timedelta(minutes=5)


class Watchdog:
    """Is told of every piece of work done, looks now and then, and barks."""

    def __init__(self, database: Database) -> None:
        """Begin when it first looks."""
        self._database = database
        self._done_at: dict[str, datetime] = {}
        self._barked_at: dict[str, datetime] = {}

    @property
    def stalled(self) -> tuple[str, ...]:
        """Name the kinds of work that stand still."""
        return tuple(self._barked_at)

    def done(self, work: str, now: datetime) -> None:
        """Note that a message was handled, or sent."""
        self._done_at[work] = now

    def look(self, now: datetime) -> None:
        """Compare what waits with what was done."""
        backlog = look(self._database, now)
        self._judge(HANDLING, backlog.oldest_message, backlog.messages, now)
        self._judge(SENDING, backlog.oldest_reply, backlog.replies, now)

    def _judge(self, work: str, age: float, waiting: int, now: datetime) -> None:
        idle = now - self._done_at.setdefault(work, now)
        stalled = age > STALLED_AFTER.total_seconds() and idle > STALLED_AFTER
        metrics.STALLED.labels(work).set(stalled)
        if not stalled:
            self._barked_at.pop(work, None)
        elif work not in self._barked_at or now - self._barked_at[work] >= STALLED_AFTER:
            self._barked_at[work] = now
            minutes = int(idle.total_seconds() // 60)
            logger.error(
                "%s stands still: %d messages wait, the oldest for %d s, none done here for %d minutes",
                *(work, waiting, age, minutes),
            )
