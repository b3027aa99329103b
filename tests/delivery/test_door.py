"""The door: messages that come together are taken together, and nobody waits for somebody else's chat."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import metrics
from bot.delivery.door import Door
from bot.delivery.inbox import receive
from bot.messages import Inbound
from bot.storage.db import Database
from bot.storage.models import Conversation
from tests.delivery.fakes import NOW, a_message, handle_all, inbox_rows, outbox_rows


async def together(door: Door, messages: Sequence[Inbound]) -> list[bool | BaseException]:
    waiting = (door.receive(message, NOW) for message in messages)
    return await asyncio.gather(*waiting, return_exceptions=True)


def replies(database: Database) -> list[str]:
    return [row.payload["text"] for row in outbox_rows(database) if row.payload]


def test_messages_that_come_together_are_each_taken_once(database: Database) -> None:
    messages = [a_message(str(number), f"chat {number}") for number in range(40)] * 2
    counted = metrics.RECEIVED.labels("memory", "false")
    before = counted._value.get()

    taken = asyncio.run(together(Door(database), messages))

    assert sorted(map(bool, taken)) == [False] * 40 + [True] * 40
    assert len(inbox_rows(database)) == 40
    assert counted._value.get() - before == 40


def test_what_one_chat_sends_together_stays_in_order(database: Database) -> None:
    messages = [a_message(str(number), f"chat {number % 2}") for number in range(20)]

    asyncio.run(together(Door(database), messages))
    handle_all(database)

    said = replies(database)
    for chat in (0, 1):
        assert [text for text in said if int(text.split()[-1]) % 2 == chat] == [
            f"you said {number}" for number in range(20) if number % 2 == chat
        ]


def test_a_message_that_the_database_refused_is_not_taken_later_behind_its_senders_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(database)

    def refuse() -> None:
        raise OperationalError("", {}, Exception("down"))

    with monkeypatch.context() as down:
        down.setattr(database, "write", refuse)
        refused = asyncio.run(together(door, [a_message("refused"), a_message("too", "bea")]))
    assert [type(error) for error in refused] == [OperationalError, OperationalError]

    assert asyncio.run(together(door, [a_message("taken")])) == [True]
    handle_all(database)
    assert replies(database) == ["you said taken"]


def test_one_that_is_refused_takes_nobody_with_it(database: Database) -> None:
    strange = replace(a_message(chat="bea"), external_id=None)  # type: ignore[arg-type]
    messages = [a_message("before"), strange, a_message("after", "cleo")]

    first, refused, last = asyncio.run(together(Door(database), messages))

    assert (first, last) == (True, True)
    assert isinstance(refused, Exception)


def test_a_chat_in_other_hands_keeps_nobody_else_at_the_door(postgresql_database: Database) -> None:
    database = postgresql_database
    receive(database, a_message("before"), NOW)

    async def story() -> None:
        door = Door(database)
        with database.write() as elsewhere:
            elsewhere.scalars(select(Conversation).with_for_update()).all()
            held = asyncio.create_task(door.receive(a_message("held"), NOW))
            for number in range(5):
                assert await asyncio.wait_for(door.receive(a_message(chat=f"chat {number}"), NOW), 5)
            assert not held.done()
        assert await asyncio.wait_for(held, 5)

    asyncio.run(story())
    assert len(inbox_rows(database)) == 7


def test_whoever_leaves_before_it_is_durable_keeps_nobody_waiting(database: Database) -> None:
    async def story() -> None:
        door = Door(database)
        gone = asyncio.create_task(door.receive(a_message("gone"), NOW))
        await asyncio.sleep(0)
        gone.cancel()
        assert await asyncio.wait_for(door.receive(a_message("stays", "bea"), NOW), 5)

    asyncio.run(story())
    assert len(inbox_rows(database)) == 2
