"""What a channel asks for, all processes keep to: for one chat, for a group, for everybody."""

import asyncio
import itertools
from datetime import datetime, timedelta

import pytest

from bot.channels.base import Capabilities, SendError, SendOutcome
from bot.channels.telegram import TelegramChannel
from bot.delivery import outbox
from bot.delivery.outcomes import finish
from bot.delivery.sender import Sender
from bot.delivery.waiting import next_moment
from bot.messages import Reply
from bot.storage.db import Database
from tests.delivery.fakes import (
    NOW,
    MemoryChannel,
    after,
    claim,
    claim_texts,
    meet,
    outbox_rows,
    outbox_states,
    put,
    settle,
    undeliverable,
)

GROUP = "-1001"


def throttled(retry_after: float, *, everybody: bool = False) -> SendError:
    error = SendError(SendOutcome.LATER, "throttled", retry_after=retry_after)
    error.whole_channel = everybody
    return error


def test_a_group_gets_no_more_than_twenty_messages_in_any_minute(database: Database) -> None:
    channel = {"memory": MemoryChannel(capabilities=TelegramChannel.capabilities)}
    conversation_id = meet(database, GROUP)
    with database.write() as session:
        for number in range(45):
            outbox.queue(session, conversation_id, Reply(str(number)), NOW)
    sent: list[datetime] = []
    now: datetime | None = NOW
    while now is not None:
        for claimed in outbox.claim(database, channel, now, 10):
            sent.append(now)
            settle(database, claimed, now=now)
        now = next_moment(database, channel, now)

    minutes = [sum(start <= moment < start + timedelta(minutes=1) for moment in sent) for start in sent]
    assert len(sent) == 45
    assert max(minutes) == 20


def test_a_person_is_not_a_group_and_a_channel_without_groups_has_none(database: Database) -> None:
    for chat in ("77", GROUP):
        put(database, "one", chat)
        put(database, "two", chat)
    with_groups = {"memory": MemoryChannel(capabilities=Capabilities(group_prefix="-"))}
    for moment in (NOW, after(1)):
        for claimed in outbox.claim(database, with_groups, moment, 10):
            settle(database, claimed, now=moment)

    assert outbox_states(database) == [("sent", ""), ("sent", ""), ("sent", ""), ("new", "pace")]
    assert claim_texts(database, after(1.5)) == []  # the group's row is kept by whoever sends
    assert claim_texts(database, after(3)) == ["two"]


def test_one_throttled_chat_does_not_hold_up_the_others(database: Database) -> None:
    put(database, "hello", "anna")
    finish(database, claim(database)[0], NOW, throttled(30), undeliverable)
    put(database, "hello", "bea")

    assert [claimed.chat for claimed in claim(database, after(1))] == ["bea"]


def test_when_the_whole_channel_is_throttled_nobody_sends_until_then(database: Database) -> None:
    put(database, "hello", "anna")
    finish(database, claim(database)[0], NOW, throttled(30, everybody=True), undeliverable)
    for number in range(5):
        put(database, "hello", f"chat{number}")

    assert claim(database, after(29.9)) == []
    assert next_moment(database, {"memory": MemoryChannel()}, after(1)) == after(30)
    assert len(claim(database, after(30))) == 1  # and no burst at once
    assert len(claim(database, after(31))) == 2


def test_a_reply_of_which_a_part_arrived_waits_as_long_as_was_asked(database: Database) -> None:
    put(database, "hello")
    error = SendError(SendOutcome.MAYBE, "throttled", retry_after=40)
    finish(database, claim(database)[0], NOW, error, undeliverable)

    assert claim(database, after(39)) == []
    assert claim_texts(database, after(40)) == ["hello"]


@pytest.mark.parametrize("absurd", [-5.0, 1e18])
def test_an_absurd_request_to_wait_stops_nothing(database: Database, absurd: float) -> None:
    put(database, "hello")
    finish(database, claim(database)[0], NOW, throttled(absurd, everybody=True), undeliverable)

    assert claim_texts(database, after(24 * 3600)) == ["hello"]


def test_three_chats_refused_in_a_row_mean_everybody(database: Database) -> None:
    channel = MemoryChannel(capabilities=Capabilities(rate=1000))
    channel.troubles = [throttled(30) for _ in range(3)]
    sender = Sender(database, {"memory": channel}, undeliverable, lambda: NOW, lambda: 1.0)
    for number in range(3):
        put(database, "hello", f"chat{number}")
    asyncio.run(sender.send_all(NOW))
    put(database, "hello", "late")

    assert claim(database, after(29)) == []


def test_refusals_with_success_between_mean_their_chats_only(database: Database) -> None:
    channel = MemoryChannel(capabilities=Capabilities(rate=1000))
    sender = Sender(database, {"memory": channel}, undeliverable, lambda: NOW, lambda: 1.0)
    for number in range(6):
        channel.troubles = [throttled(30)] if number % 2 else []
        put(database, "hello", f"chat{number}")
        asyncio.run(sender.send_all(after(number)))
    put(database, "hello", "late")

    assert [claimed.chat for claimed in claim(database, after(10))] == ["late"]


def test_a_process_that_is_slow_does_not_send_twice_what_is_still_on_its_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LEASE", timedelta(0))
    channel = MemoryChannel()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(chat: str, reply: Reply) -> None:
        channel.sent.append((chat, reply.text))
        begun.set()
        await go_on.wait()

    monkeypatch.setattr(channel, "send", slow)
    ticks = itertools.count()
    sender = Sender(database, {"memory": channel}, undeliverable, lambda: after(next(ticks)), lambda: 0.01)
    put(database, "hello")

    async def run() -> None:
        running = asyncio.create_task(sender.run())
        await begun.wait()
        while (await asyncio.to_thread(outbox_rows, database))[0].tries < 3:
            await asyncio.sleep(0.01)
        go_on.set()
        while (await asyncio.to_thread(outbox_states, database))[0][0] != "sent":
            await asyncio.sleep(0.01)
        sender.stop()
        await running

    asyncio.run(asyncio.wait_for(run(), 20))
    assert channel.texts() == ["hello"]
