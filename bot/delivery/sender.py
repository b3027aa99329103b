"""Sending what waits in the outbox: many chats at the same time, each at its pace."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from bot.channels.base import Channel, SendError, SendOutcome
from bot.delivery import outbox
from bot.delivery.failures import is_the_databases, without_words
from bot.delivery.outbox import Claimed
from bot.delivery.outcomes import Undeliverable, finish
from bot.delivery.waiting import next_moment
from bot.storage.db import Database

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 32
_SHORTEST_PAUSE = 0.05  # while what is due is in other hands
_AFTER_TROUBLE = 1.0
_FINISH_TRIES = 5


class Sender:
    """Claims, sends and finishes until it is told to stop; then it finishes what it holds."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        undeliverable: Undeliverable,
        clock: Callable[[], datetime],
        poll_seconds: float,
    ) -> None:
        """Take the parts; nothing is sent before `run`."""
        self._database = database
        self._channels = channels
        self._undeliverable = undeliverable
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._stopping = False
        self._sending: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._asyncio: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Say, from any thread, that there may be something to send."""
        with self._lock:
            if self._asyncio is not None:
                self._asyncio.call_soon_threadsafe(self._bell.set)

    def stop(self) -> None:
        """Claim nothing more, from any thread."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Send until `stop`."""
        with self._lock:
            self._asyncio = asyncio.get_running_loop()
        try:
            while not self._stopping:
                self._bell.clear()
                await self._wait(await self._guarded_step())
            await asyncio.gather(*self._sending)
        finally:
            with self._lock:
                self._asyncio = None

    async def send_all(self, now: datetime) -> bool:
        """Send all that may go at one moment, one after the other; False when there was nothing."""
        claimed = outbox.claim(self._database, self._channels, now, MOST_AT_ONCE)
        for message in claimed:
            error = await self._attempt(message)
            finish(self._database, message, now, error, self._undeliverable)
        return bool(claimed)

    async def _guarded_step(self) -> float:
        try:
            return await self._step()
        except Exception as error:
            logger.error("the outbox is in trouble: %s", without_words(error))
            return _AFTER_TROUBLE

    async def _step(self) -> float:
        """Start what may be sent now; give the seconds until there may be more."""
        room = MOST_AT_ONCE - len(self._sending)
        if room <= 0:
            return self._poll_seconds
        now = self._clock()
        moment = await asyncio.to_thread(next_moment, self._database, self._channels, now)
        if moment is None:
            return self._poll_seconds
        if moment > now:
            return min(self._poll_seconds, (moment - now).total_seconds())
        claimed = await asyncio.to_thread(outbox.claim, self._database, self._channels, now, room)
        for message in claimed:
            task = asyncio.create_task(self._deliver(message))
            self._sending.add(task)
            task.add_done_callback(self._delivered)
        return 0.0 if claimed else _SHORTEST_PAUSE

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._bell.set()

    async def _deliver(self, message: Claimed) -> None:
        error = await self._attempt(message)
        for _ in range(_FINISH_TRIES):
            try:
                await asyncio.to_thread(
                    finish, self._database, message, self._clock(), error, self._undeliverable
                )
                return
            except Exception as trouble:
                logger.error("message %s cannot be marked: %s", message.id, without_words(trouble))
                if not is_the_databases(trouble):
                    return  # its lease runs out, and it is claimed again
            await asyncio.sleep(_AFTER_TROUBLE)

    async def _attempt(self, message: Claimed) -> SendError | None:
        if message.unreachable:
            return SendError(SendOutcome.BLOCKED, "blocked")
        try:
            async with asyncio.timeout(outbox.SEND_SECONDS):
                await self._channels[message.channel].send(message.chat, message.reply)
        except SendError as error:
            return error
        except TimeoutError:
            return SendError(SendOutcome.MAYBE, "timeout")
        except Exception as error:
            logger.error("message %s broke its channel: %s", message.id, without_words(error))
            return SendError(SendOutcome.MAYBE, type(error).__name__)
        return None

    async def _wait(self, seconds: float) -> None:
        if seconds > 0 and not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._bell.wait()
