"""What becomes of waiting messages when the clock is set back: moments of the old clock would hold them up.

Timers are left alone: a reminder for ten o'clock is due when the clock says ten.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from bot.delivery.outbox import LEASE
from bot.delivery.waiting import WAITING
from bot.storage.db import Database, table_of
from bot.storage.models import InboxMessage, OutboxMessage, Pace

logger = logging.getLogger(__name__)

NOTICED_FROM = timedelta(seconds=1)  # smaller steps are waited out

_outbox, _pace = table_of(OutboxMessage), table_of(Pace)
_waiting = update(_outbox).where(WAITING)
# What was queued to leave at once, and what was put off; a broadcast for tomorrow stays one for tomorrow.
_MAY_LEAVE = _waiting.where(
    _outbox.c.not_before > bindparam("now"),
    (_outbox.c.not_before <= _outbox.c.created_at) | (_outbox.c.failure != "") | (_outbox.c.priority == 0),
).values(not_before=bindparam("now"))
_SHORTER = _waiting.where(_outbox.c.lease_until > bindparam("longest")).values(
    lease_until=bindparam("longest")
)
_FREE = update(_pace).where(_pace.c.free_at > bindparam("now")).values(free_at=bindparam("now"))
_NEWEST = select(
    select(func.max(InboxMessage.received_at)).scalar_subquery(),
    select(func.max(OutboxMessage.created_at)).scalar_subquery(),
)


class ClockWatch:
    """Notices when the clock has been set back, here or while nobody was there."""

    def __init__(
        self, database: Database, now: datetime, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Compare with the newest message there is."""
        self._database = database
        self._monotonic = monotonic
        with database.read() as session:
            moments = [moment for moment in session.execute(_NEWEST).one() if moment is not None]
        if moments and max(moments) - now > NOTICED_FROM:
            self._was_set_back(now, max(moments) - now)
        self._last = now, monotonic()

    def look(self, now: datetime) -> None:
        """Compare the clock with the time that has really passed."""
        (then, began), seconds = self._last, self._monotonic()
        self._last = now, seconds
        missing = timedelta(seconds=seconds - began) - (now - then)
        if missing > NOTICED_FROM:
            self._was_set_back(now, missing)

    def _was_set_back(self, now: datetime, by: timedelta) -> None:
        logger.warning("the clock was set back by about %d s; what waits goes on", by.total_seconds())
        free_the_waiting(self._database, now)


def free_the_waiting(database: Database, now: datetime) -> None:
    """Let everything that waits for a moment of the old clock go now; done twice, it does the same."""
    with database.write() as session:
        session.execute(_MAY_LEAVE, {"now": now})
        session.execute(_SHORTER, {"longest": now + LEASE})
        session.execute(_FREE, {"now": now})
