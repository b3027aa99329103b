"""The loop: woken at once, finds what others wrote, ends well; and its patient twin for tests, `drain`."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.channels.base import Capabilities, SendError, SendOutcome
from bot.delivery import outbox
from bot.delivery.handling import handle_next
from bot.delivery.inbox import receive
from bot.delivery.loop import Loop
from bot.delivery.timers import set_timer
from bot.messages import Reply
from bot.storage.db import Database
from tests.delivery.fakes import (
    NOW,
    MemoryChannel,
    a_message,
    after,
    apologise,
    echo,
    inbox_rows,
    meet,
    outbox_states,
    put,
    undeliverable,
)


class SignallingChannel(MemoryChannel):
    """Lets a test wait for the n-th message."""

    def __init__(self) -> None:
        super().__init__(capabilities=Capabilities(rate=1000, rate_per_chat=1000))
        self._change = threading.Condition()

    async def send(self, chat: str, reply: Reply) -> None:
        await super().send(chat, reply)
        with self._change:
            self._change.notify_all()

    def wait_for(self, count: int, seconds: float = 20) -> None:
        with self._change:
            assert self._change.wait_for(lambda: len(self.sent) >= count, seconds), self.sent


@pytest.fixture
def channel() -> SignallingChannel:
    return SignallingChannel()


@pytest.fixture
def a_loop(database: Database, channel: MemoryChannel) -> Callable[..., Loop]:
    def make(**options: bool) -> Loop:
        return Loop(
            database,
            {"memory": channel},
            echo,
            apologise,
            undeliverable,
            lambda: datetime.now(UTC),
            **options,
        )

    return make


@pytest.fixture
def loop(a_loop: Callable[..., Loop]) -> Iterator[Loop]:
    running = a_loop()
    running.start()
    yield running
    running.stop()


def test_what_comes_in_is_answered(loop: Loop, database: Database, channel: SignallingChannel) -> None:
    for number in range(10):
        receive(database, a_message(str(number)), datetime.now(UTC))
        loop.wake()

    channel.wait_for(10)

    assert channel.texts() == [f"you said {number}" for number in range(10)]


def test_a_bell_saves_the_wait(
    a_loop: Callable[..., Loop], database: Database, channel: SignallingChannel
) -> None:
    loop = a_loop(alone=True)
    loop.start()
    receive(database, a_message("first"), datetime.now(UTC))
    loop.wake()
    channel.wait_for(1)

    started = time.monotonic()
    receive(database, a_message("second"), datetime.now(UTC))
    loop.wake()
    channel.wait_for(2)
    waited = time.monotonic() - started
    loop.stop()

    assert waited < 1  # without the bell it looks every two seconds


def test_the_only_process_takes_up_at_once_what_it_held_when_it_was_killed(
    a_loop: Callable[..., Loop], database: Database, channel: SignallingChannel
) -> None:
    receive(database, a_message("hello"), datetime.now(UTC))
    handle_next(database, echo, apologise, datetime.now(UTC))
    outbox.claim(database, {"memory": channel}, datetime.now(UTC), 10)  # and here it dies

    loop = a_loop(alone=True)
    loop.start()
    channel.wait_for(1)
    loop.stop()

    assert channel.texts() == ["you said hello"]


def test_what_another_process_accepted_is_found(
    loop: Loop, database: Database, channel: SignallingChannel
) -> None:
    receive(database, a_message("hello"), datetime.now(UTC))

    channel.wait_for(1)


def test_a_timer_set_by_a_turn_comes(loop: Loop, database: Database, channel: SignallingChannel) -> None:
    conversation_id = meet(database)
    with database.write() as session:
        set_timer(session, conversation_id, "key", "follow-up", datetime.now(UTC))

    channel.wait_for(1)

    assert channel.texts() == ["you said follow-up"]


def test_stopping_finishes_what_is_being_sent(
    a_loop: Callable[..., Loop], database: Database, channel: SignallingChannel
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    async def slow(chat: str, reply: Reply) -> None:
        begun.set()
        await asyncio.to_thread(go_on.wait, 10)
        channel.sent.append((chat, reply.text))

    channel.send = slow  # type: ignore[method-assign]
    loop = a_loop()
    loop.start()
    receive(database, a_message("hello"), datetime.now(UTC))
    loop.wake()
    assert begun.wait(20)

    stopping = threading.Thread(target=loop.stop)
    stopping.start()
    go_on.set()
    stopping.join(20)

    assert not stopping.is_alive()
    assert channel.texts() == ["you said hello"]
    assert outbox_states(database) == [("sent", "")]


def test_what_was_not_handled_before_a_stop_is_handled_after_the_next_start(
    a_loop: Callable[..., Loop], database: Database, channel: SignallingChannel
) -> None:
    loop = a_loop()
    loop.start()
    loop.stop()
    receive(database, a_message("hello"), datetime.now(UTC))

    again = a_loop()
    again.start()
    channel.wait_for(1)
    again.stop()


def test_two_loops_share_the_work_without_doubling_it(
    a_loop: Callable[..., Loop], database: Database, channel: SignallingChannel
) -> None:
    loops = [a_loop(), a_loop()]
    for loop in loops:
        loop.start()
    for number in range(60):
        receive(database, a_message(str(number), f"chat{number % 6}"), datetime.now(UTC))
        loops[number % 2].wake()

    channel.wait_for(60)
    for loop in loops:
        loop.stop()

    assert len(channel.sent) == 60
    for chat in range(6):
        assert channel.texts(f"chat{chat}") == [f"you said {number}" for number in range(chat, 60, 6)]


def test_a_loop_outlives_trouble_with_its_tables(
    loop: Loop, database: Database, channel: SignallingChannel, caplog: pytest.LogCaptureFixture
) -> None:
    with database.write() as session:
        session.execute(text("ALTER TABLE outbox RENAME TO hidden"))
    receive(database, a_message("hello"), datetime.now(UTC))
    loop.wake()
    wait_until(lambda: "in trouble" in caplog.text)
    with database.write() as session:
        session.execute(text("ALTER TABLE hidden RENAME TO outbox"))
    receive(database, a_message("back"), datetime.now(UTC))

    wait_until(lambda: any(to == "you said back" for _, to in channel.sent))


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    ends_at = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < ends_at
        pause.wait(0.01)


@pytest.fixture
def quiet(database: Database) -> tuple[Loop, MemoryChannel]:
    channel = MemoryChannel()
    return Loop(database, {"memory": channel}, echo, apologise, undeliverable, lambda: NOW), channel


def test_draining_answers_everything(database: Database, quiet: tuple[Loop, MemoryChannel]) -> None:
    loop, channel = quiet
    for number in range(5):
        receive(database, a_message(str(number)), NOW)

    loop.drain(NOW)

    assert channel.texts() == [f"you said {number}" for number in range(5)]
    assert {row.status for row in inbox_rows(database)} == {"done"}


def test_draining_leaves_what_is_for_later(database: Database, quiet: tuple[Loop, MemoryChannel]) -> None:
    loop, channel = quiet
    conversation_id = put(database, "tomorrow", not_before=after(24 * 3600))
    with database.write() as session:
        set_timer(session, conversation_id, "key", "follow-up", after(30))

    loop.drain(NOW)
    assert channel.texts() == []

    loop.drain(after(24 * 3600))
    assert sorted(channel.texts()) == ["tomorrow", "you said follow-up"]


@pytest.mark.parametrize(
    ("trouble", "arrives"),
    [
        (SendError(SendOutcome.LATER, "throttled", retry_after=5), ["hello"]),
        (SendError(SendOutcome.LATER, "unreachable"), ["hello"]),
        (SendError(SendOutcome.MAYBE, "timeout"), ["hello"]),
        (TimeoutError(), ["hello"]),
        (KeyError("a bug in the channel"), ["hello"]),
        (SendError(SendOutcome.REJECTED, "bad-markup"), []),
        (SendError(SendOutcome.BLOCKED, "blocked"), []),
    ],
    ids=str,
)
def test_each_trouble_of_a_channel_has_its_end(
    database: Database, quiet: tuple[Loop, MemoryChannel], trouble: Exception, arrives: list[str]
) -> None:
    loop, channel = quiet
    channel.troubles.append(trouble)
    put(database, "hello", relay_from=meet(database, "bea"))

    loop.drain(NOW)

    assert channel.texts("anna") == arrives
    assert channel.texts("bea") == ([] if arrives else ["it did not arrive"])
