"""What runs all day: threads that handle, one that sends, one that watches timers and forgets in time.

Bells bring work on at once, those of this process and, on PostgreSQL, those of the others; whoever does not
hear the others looks again and again instead.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.channels.base import Channel
from bot.delivery import handling, inbox, outbox, timers
from bot.delivery.clock import ClockWatch
from bot.delivery.failures import Trouble
from bot.delivery.handling import Handler, Prepare, Took
from bot.delivery.listening import Listener
from bot.delivery.outcomes import Undeliverable
from bot.delivery.sender import GATHER_SECONDS, Sender
from bot.delivery.waiting import next_moment
from bot.delivery.watchdog import HANDLING, SENDING, Watchdog
from bot.privacy.retention import forget_old
from bot.storage.bells import INBOX, OUTBOX
from bot.storage.db import Database

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.12  # while other processes may write without our hearing it
SENDING_POLL_SECONDS = 0.5  # the same; what is queued where it is sent is heard at once
HEARING_POLL_SECONDS = 2.0  # while every bell is heard: only in case one was missed
TIMER_SECONDS = 1.0
WATCH_EVERY = timedelta(seconds=15)
FORGET_EVERY = timedelta(hours=1)
PATIENCE = timedelta(minutes=1)


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
        prepare: Prepare = lambda inbound, language: None,
        keep: Mapping[str, timedelta] | None = None,
    ) -> None:
        """Take the parts; nothing runs before `start`.

        Args:
            prepare: does for a message what takes long and needs no database, before its turn.
            keep: how long this installation keeps what it may decide on, see `forget_old`.
            alone: no other process writes to this database, so that the bells of this one tell of everything.
        """
        self._database = database
        self._channels = channels
        self._handler = handler
        self._apologise = apologise
        self._prepare = prepare
        self._clock = clock
        self._keep = keep
        self._alone = alone
        self._listener = Listener(database)
        self._watchdog = Watchdog(database)
        self._sender = Sender(
            database, channels, undeliverable, clock, partial(self._pause, SENDING_POLL_SECONDS), self._sent
        )
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._clock_watch: ClockWatch | None = None
        self._done_last: dict[str, datetime] = {}
        self._careful_up_to: int | None = None
        self._threads: list[threading.Thread] = []

    @property
    def stalled(self) -> tuple[str, ...]:
        """Name the kinds of work that have stood still here for minutes though there is some."""
        return self._watchdog.stalled

    def start(self) -> None:
        """Begin to handle and to send, in threads of its own."""
        self._database.bells.on(INBOX, self._ring_inbox)
        self._database.bells.on(OUTBOX, self._ring_outbox)
        if self._alone:
            outbox.let_go(self._database, self._clock())  # of this process's earlier life, if it was killed
        else:
            self._listener.start()
        jobs = {"handling": self._handle, "sending": self._send, "timers": self._look_after_time}
        for name, job in jobs.items():
            thread = threading.Thread(target=job, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Say, from any thread, that something came in or was queued."""
        self._bell.set()
        self._sender.wake()

    def stop(self) -> None:
        """Take nothing more, finish what is in hand, and return when all is at rest."""
        self._stopping.set()
        self._sender.stop()
        self.wake()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._listener.stop()
        self._database.bells.off(INBOX, self._ring_inbox)
        self._database.bells.off(OUTBOX, self._ring_outbox)

    def drain(self, now: datetime, patience: timedelta = PATIENCE) -> None:
        """Handle and send, here and in order, until nothing is left; for tests, instead of `start`.

        What the pace puts off is sent too, as if up to `patience` had passed; timers look at `now` alone.
        """
        moment = now
        while True:
            timers.fire_due(self._database, now)
            while handling.handle_next(self._database, self._handler, self._apologise, now):
                pass
            if asyncio.run(self._sender.send_all(moment)):
                continue
            later = next_moment(self._database, self._channels, moment)
            if later is None or not moment < later <= now + patience:
                return
            moment = later

    def _handle(self) -> None:
        trouble = Trouble("handling")
        handled = False
        self._bell.set()
        while not self._stopping.is_set():
            rung = self._bell.is_set()
            self._bell.clear()
            handled = self._guarded(partial(self._handle_one, look_first=not (rung or handled)), trouble)
            if not handled:
                self._bell.wait(self._pause(POLL_SECONDS))

    def _handle_one(self, *, look_first: bool) -> bool:
        # Looking costs nobody anything; to claim on SQLite is to keep every other writer out.
        chats = handling.MOST_CHATS
        if self._database.is_sqlite:
            chats = handling.prepare_next(self._database, self._prepare)
            if not chats:
                return False
        elif look_first and not inbox.anyone_waits(self._database):
            return False
        took = handling.handle_next(
            self._database, self._handler, self._apologise, self._clock(), self._suspects(), chats
        )
        if took:
            self._sender.wake()
            self._watchdog.done(HANDLING, self._clock())
        if took is Took.ALL:
            self._stopping.wait(GATHER_SECONDS)
        return bool(took)

    def _suspects(self) -> int:
        """Give the number up to which messages may have killed a process: what lay there at the start."""
        if self._careful_up_to is None:
            self._careful_up_to = inbox.newest(self._database)
        if self._careful_up_to and not inbox.any_waits_up_to(self._database, self._careful_up_to):
            self._careful_up_to = 0
        return self._careful_up_to

    def _send(self) -> None:
        asyncio.run(self._sender.run())

    def _sent(self, now: datetime) -> None:
        self._watchdog.done(SENDING, now)

    def _look_after_time(self) -> None:
        jobs: list[tuple[str, timedelta, Callable[[datetime], None]]] = [
            ("the clock", timedelta(0), self._watch_clock),
            ("timers", timedelta(0), self._fire_timers),
            ("the watchdog", WATCH_EVERY, self._watchdog.look),
            ("forgetting", FORGET_EVERY, self._forget),
        ]
        troubles = {name: Trouble(name) for name, _, _ in jobs}
        while not self._stopping.is_set():
            for name, every, job in jobs:
                self._guarded(partial(self._do_if_time, name, every, job), troubles[name])
            self._stopping.wait(TIMER_SECONDS)

    def _do_if_time(self, name: str, every: timedelta, job: Callable[[datetime], None]) -> bool:
        now, last = self._clock(), self._done_last.get(name)
        if last is None or not timedelta(0) <= now - last < every:
            self._done_last[name] = now
            job(now)
        return True

    def _watch_clock(self, now: datetime) -> None:
        if self._clock_watch is None:
            self._clock_watch = ClockWatch(self._database, now)
        self._clock_watch.look(now)

    def _fire_timers(self, now: datetime) -> None:
        due_at = timers.next_due(self._database)
        if due_at is not None and due_at <= now:
            timers.fire_due(self._database, now)

    def _forget(self, now: datetime) -> None:
        forget_old(self._database, now, self._keep)

    def _guarded(self, step: Callable[[], bool], trouble: Trouble) -> bool:
        try:
            done = step()
        except Exception as error:
            self._stopping.wait(trouble.after(error))
            return False
        trouble.over()
        return done

    def _pause(self, unheard: float) -> float:
        return HEARING_POLL_SECONDS if self._alone or self._listener.hears else unheard

    def _ring_inbox(self, _detail: str) -> None:
        self._bell.set()

    def _ring_outbox(self, _detail: str) -> None:
        self._sender.wake()
