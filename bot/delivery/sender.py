"""Sending what waits in the outbox: many chats at the same time, each at its pace."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from bot import metrics
from bot.channels.base import Channel, SendError, SendOutcome
from bot.delivery import outbox
from bot.delivery.failures import Trouble, is_the_databases, without_words
from bot.delivery.outbox import Claimed
from bot.delivery.outcomes import Undeliverable, finish
from bot.delivery.waiting import REPLY, next_moment
from bot.storage.db import Database

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 24  # with twelve, the pause to gather was the limit; more gave nothing
GATHER_SECONDS = 0.016  # after some work, so that the next transaction finds more than one message
_SHORTEST_PAUSE = 0.05  # while what is due is in other hands
_AFTER_TROUBLE = 1.0
_FINISH_TRIES = 5
# So many chats refused one after the other, none served between: it is the whole channel that must slow down.
_CHATS_THAT_MEAN_ALL = 3


class Sender:
    """Claims, sends and finishes until it is told to stop; then it finishes what it holds."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        undeliverable: Undeliverable,
        clock: Callable[[], datetime],
        poll_seconds: Callable[[], float],
        sent: Callable[[datetime], None] = lambda now: None,
    ) -> None:
        """Take the parts; nothing is sent before `run`, and `sent` is called for every message that was."""
        self._database = database
        self._channels = channels
        self._undeliverable = undeliverable
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._sent = sent
        self._throttled: dict[str, set[int]] = {}
        self._trouble = Trouble("the outbox")
        self._stopping = False
        self._sending: set[asyncio.Task[None]] = set()
        self._in_hand: set[int] = set()
        self._arrived: list[Claimed] = []  # sent, and not yet marked so
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
            await self._mark_the_last()
        finally:
            with self._lock:
                self._asyncio = None
            for channel in self._channels.values():
                await channel.stop()

    async def send_all(self, now: datetime) -> bool:
        """Send all that may go at one moment, one after the other; False when there was nothing."""
        claimed = outbox.claim(self._database, self._channels, now, MOST_AT_ONCE)
        for message in claimed:
            error = await self._send(message)
            finish(self._database, message, now, error, self._undeliverable)
            self._tell(message, error, now)
        return bool(claimed)

    async def _guarded_step(self) -> float:
        try:
            seconds = await self._step()
        except Exception as error:
            return self._trouble.after(error)
        self._trouble.over()
        return seconds

    async def _step(self) -> float:
        """Mark what arrived and start what may be sent now; give the seconds until there may be more."""
        room = MOST_AT_ONCE - len(self._sending)
        now = self._clock()
        if not self._arrived:
            if room <= 0:
                return self._poll_seconds()
            # On SQLite to claim is to keep every other writer out, so it is not done in vain.
            if self._database.is_sqlite and (seconds := await self._seconds_to_wait(now)):
                return seconds
        claimed = await self._mark_and_claim(now, max(0, room))
        if not claimed and not self._arrived:
            return await self._seconds_to_wait(now) or _SHORTEST_PAUSE
        for message in claimed:
            if message.id in self._in_hand:
                continue  # its lease ran out while it is still on its way from here; now it has a new one
            self._in_hand.add(message.id)
            task = asyncio.create_task(self._deliver(message))
            self._sending.add(task)
            task.add_done_callback(self._delivered)
        await asyncio.sleep(GATHER_SECONDS)
        return 0.0

    async def _seconds_to_wait(self, now: datetime) -> float:
        """Tell when to look again; 0 when something may be sent now."""
        moment = await asyncio.to_thread(next_moment, self._database, self._channels, now)
        if moment is None:
            return self._poll_seconds()
        return max(0.0, min(self._poll_seconds(), (moment - now).total_seconds()))

    async def _mark_and_claim(self, now: datetime, limit: int) -> list[Claimed]:
        """Do both in one transaction; what could not be marked is kept for the next time."""
        arrived, self._arrived = self._arrived, []
        try:
            claimed = await asyncio.to_thread(
                outbox.claim, self._database, self._channels, now, limit, arrived
            )
        except Exception:
            self._arrived = arrived + self._arrived
            raise
        for message in arrived:
            self._in_hand.discard(message.id)
            self._tell(message, None, now)
        return claimed

    async def _mark_the_last(self) -> None:
        for _ in range(_FINISH_TRIES):
            if not self._arrived:
                return
            try:
                await self._mark_and_claim(self._clock(), 0)
            except Exception as trouble:
                logger.error("what was sent cannot be marked: %s", without_words(trouble))
                await asyncio.sleep(_AFTER_TROUBLE)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._bell.set()

    async def _deliver(self, message: Claimed) -> None:
        error = await self._send(message)
        if error is None:
            self._arrived.append(message)
            return
        try:
            await self._finish(message, error)
        finally:
            self._in_hand.discard(message.id)

    async def _finish(self, message: Claimed, error: SendError) -> None:
        for _ in range(_FINISH_TRIES):
            now = self._clock()
            try:
                await asyncio.to_thread(finish, self._database, message, now, error, self._undeliverable)
                self._tell(message, error, now)
                return
            except Exception as trouble:
                logger.error("message %s cannot be marked: %s", message.id, without_words(trouble))
                if not is_the_databases(trouble):
                    return  # its lease runs out, and it is claimed again
            await asyncio.sleep(_AFTER_TROUBLE)

    async def _send(self, message: Claimed) -> SendError | None:
        error = await self._attempt(message)
        throttled = self._throttled.setdefault(message.channel, set())
        if error is None or error.retry_after is None:
            throttled.clear()
        else:
            throttled.add(message.conversation_id)
            error.whole_channel = error.whole_channel or len(throttled) >= _CHATS_THAT_MEAN_ALL
        return error

    def _tell(self, message: Claimed, error: SendError | None, now: datetime) -> None:
        """Count what became of a message."""
        if error:
            metrics.SENDING_FAILED.labels(message.channel, error.outcome, error.reason[:64]).inc()
            return
        kind = "reply" if message.priority == REPLY else "broadcast"
        metrics.SENT.labels(message.channel, kind).inc()
        metrics.SENT_AFTER.labels(kind).observe(max(0.0, (now - message.queued_at).total_seconds()))
        self._sent(now)

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
