"""The door of a process: messages that come together wait for the disk together.

On PostgreSQL a chat may be in other hands, for a moment or for as long as a process hangs: whoever comes with
one that is waits for it alone.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text

from bot import metrics
from bot.delivery.failures import without_words
from bot.delivery.inbox import accept, meet, receive
from bot.messages import Inbound
from bot.storage.db import Database

logger = logging.getLogger(__name__)

MOST_ALONE: Final = 20
_NOT_LONG = text("SET LOCAL lock_timeout = '50ms'")


class Door:
    """Takes messages in, in one event loop."""

    def __init__(self, database: Database) -> None:
        """Open before `database`."""
        self._database = database
        self._coming: list[_Coming] = []
        self._lock = threading.Lock()
        self._taking: asyncio.Task[None] | None = None
        self._alone = ThreadPoolExecutor(MOST_ALONE, "door")

    async def receive(self, inbound: Inbound, now: datetime) -> bool:
        """Accept what a person sent; once this returns, it will be handled. False for a repeat."""
        mine = _Coming(inbound, now, asyncio.get_running_loop().create_future())
        with self._lock:
            self._coming.append(mine)
        if self._taking is None:
            self._taking = asyncio.create_task(self._take_all())
        is_new = await mine.is_new
        if is_new is None:  # something among them was refused: each stands for itself
            loop = asyncio.get_running_loop()
            is_new = await loop.run_in_executor(self._alone, receive, self._database, inbound, now)
        return is_new

    async def _take_all(self) -> None:
        try:
            while self._coming:
                for one, is_new in await asyncio.to_thread(self._take_together):
                    if not one.is_new.done():  # else whoever brought it has gone
                        one.is_new.set_result(is_new)
        finally:
            self._taking = None

    def _take_together(self) -> list[tuple["_Coming", bool | None]]:
        """Take what has come, in one transaction; what could not be taken so is None."""
        coming: Sequence[_Coming] = ()
        try:
            with self._database.write() as session:
                coming = self._all_that_came()  # only now: more have come while another writer was at it
                if not self._database.is_sqlite:
                    session.execute(_NOT_LONG)
                taken = [
                    accept(session, meet(session, one.inbound, one.now), one.inbound, one.now)
                    for one in coming
                ]
        except Exception as error:
            logger.warning("messages that came together are taken one by one: %s", without_words(error))
            return [(one, None) for one in coming or self._all_that_came()]
        for one, is_new in zip(coming, taken, strict=True):
            metrics.RECEIVED.labels(one.inbound.channel, str(not is_new).lower()).inc()
        return list(zip(coming, taken, strict=True))

    def _all_that_came(self) -> list["_Coming"]:
        """Take those at the door, chats in one order for every process, so that none waits for another's."""
        with self._lock:
            coming, self._coming = self._coming, []
        return sorted(coming, key=lambda one: (one.inbound.channel, one.inbound.chat))


@dataclass(eq=False)
class _Coming:
    """A message at the door; `is_new` once it is durable, None when it could not be taken with the others."""

    inbound: Inbound
    now: datetime
    is_new: asyncio.Future[bool | None]
