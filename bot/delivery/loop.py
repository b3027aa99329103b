"""What runs all day: threads that handle, one that sends, one that watches timers and forgets in time.

In one process `wake` brings work on at once; what other processes write is found by looking again and again.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.channels.base import Channel
from bot.delivery import inbox, timers
from bot.delivery.failures import without_words
from bot.delivery.inbox import Handler
from bot.delivery.outcomes import Undeliverable
from bot.delivery.sender import Sender
from bot.delivery.waiting import next_moment
from bot.privacy.retention import forget_old
from bot.storage.db import Database

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2  # while other processes may write
ALONE_POLL_SECONDS = 2.0  # while nobody else does: only in case a bell was missed
TIMER_SECONDS = 1.0
FORGET_EVERY = timedelta(hours=1)
PATIENCE = timedelta(minutes=1)
_AFTER_TROUBLE = 1.0


class Loop:
    """Handles and sends until it is stopped; any number of processes may each have one on PostgreSQL."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        handler: Handler,
        apologise: Handler,
        undeliverable: Undeliverable,
        clock: Callable[[], datetime],
        *,
        alone: bool = False,
        handling_threads: int | None = None,
    ) -> None:
        """Take the parts; nothing runs before `start`.

        Args:
            alone: no other process writes to this database, so that `wake` tells of everything.
            handling_threads: one on SQLite, which lets one writer in at a time, else two.
        """
        self._database = database
        self._channels = channels
        self._handler = handler
        self._apologise = apologise
        self._clock = clock
        self._poll_seconds = ALONE_POLL_SECONDS if alone else POLL_SECONDS
        self._sender = Sender(database, channels, undeliverable, clock, self._poll_seconds)
        count = handling_threads or (1 if database.is_sqlite else 2)
        self._bells = [threading.Event() for _ in range(count)]
        self._stopping = threading.Event()
        self._forgot_at: datetime | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to handle and to send, in threads of its own."""
        jobs: list[tuple[str, Callable[[], None]]] = [
            (f"handling-{number}", partial(self._handle, bell)) for number, bell in enumerate(self._bells)
        ]
        jobs += [("sending", self._send), ("timers", self._look_after_time)]
        for name, job in jobs:
            thread = threading.Thread(target=job, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Say, from any thread, that something came in or was queued."""
        for bell in self._bells:
            bell.set()

    def stop(self) -> None:
        """Take nothing more, finish what is in hand, and return when all is at rest."""
        self._stopping.set()
        self._sender.stop()
        self.wake()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def drain(self, now: datetime, patience: timedelta = PATIENCE) -> None:
        """Handle and send, here and in order, until nothing is left; for tests, instead of `start`.

        What the pace puts off is sent too, as if up to `patience` had passed; timers look at `now` alone.
        """
        moment = now
        while True:
            timers.fire_due(self._database, now)
            while inbox.handle_next(self._database, self._handler, self._apologise, now):
                pass
            if asyncio.run(self._sender.send_all(moment)):
                continue
            later = next_moment(self._database, self._channels, moment)
            if later is None or not moment < later <= now + patience:
                return
            moment = later

    def _handle(self, bell: threading.Event) -> None:
        handled = False
        bell.set()
        while not self._stopping.is_set():
            rung = bell.is_set()
            bell.clear()
            handled = self._guarded(partial(self._handle_one, look_first=not (rung or handled)))
            if handled or rung:
                self._sender.wake()
            if not handled:
                bell.wait(self._poll_seconds)

    def _handle_one(self, *, look_first: bool) -> bool:
        # Looking costs nobody anything; to claim on SQLite is to keep every other writer out.
        if look_first and not inbox.anyone_waits(self._database):
            return False
        return inbox.handle_next(self._database, self._handler, self._apologise, self._clock())

    def _send(self) -> None:
        asyncio.run(self._sender.run())

    def _look_after_time(self) -> None:
        while not self._stopping.is_set():
            if self._guarded(self._fire_timers):
                self.wake()
            self._guarded(self._forget)
            self._stopping.wait(TIMER_SECONDS)

    def _fire_timers(self) -> bool:
        now = self._clock()
        due_at = timers.next_due(self._database)
        return due_at is not None and due_at <= now and timers.fire_due(self._database, now) > 0

    def _forget(self) -> bool:
        now = self._clock()
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            forget_old(self._database, now)
        return False

    def _guarded(self, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except Exception as error:
            logger.error("%s is in trouble: %s", threading.current_thread().name, without_words(error))
            self._stopping.wait(_AFTER_TROUBLE)
            return False
