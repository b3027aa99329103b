"""Long polling: nothing is confirmed before it is durable, nothing stops it but its end."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from bot.channels.telegram import TelegramChannel
from bot.messages import Inbound, Kind
from tests.telegram.account import dropped, server_error, throttled
from tests.telegram.standin import BotApi

CHAT = 7


class Inbox:
    """Keeps what it is given; refuses the planned number of times before."""

    def __init__(self, refusals: int = 0) -> None:
        self.kept: list[Inbound] = []
        self.refusals = refusals

    async def receive(self, inbound: Inbound) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("the database is away")
        self.kept.append(inbound)

    @property
    def texts(self) -> list[str]:
        return [inbound.text for inbound in self.kept]


def poll_while(bot_api: BotApi, inbox: Inbox, story: Callable[[], object]) -> None:
    """Poll while the story happens, then end the poll."""

    async def whole() -> None:
        channel = TelegramChannel(bot_api.token, bot_api.url)
        await channel.start()
        poll = asyncio.create_task(channel.poll(inbox.receive))
        try:
            await asyncio.to_thread(story)
        finally:
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            await channel.stop()
        assert poll.cancelled()

    asyncio.run(whole())


def test_updates_arrive_in_order_those_that_waited_and_those_that_come(bot_api: BotApi) -> None:
    inbox = Inbox()
    bot_api.send_text(CHAT, "before")

    def story() -> None:
        bot_api.wait_until_taken()
        bot_api.send_text(CHAT, "/start w1")
        bot_api.send_location(CHAT, 50.83, 4.39)
        bot_api.wait_until_taken()

    poll_while(bot_api, inbox, story)
    assert [(i.kind, i.text) for i in inbox.kept] == [
        (Kind.TEXT, "before"),
        (Kind.START, "w1"),
        (Kind.LOCATION, ""),
    ]


def test_what_could_not_be_kept_comes_again_before_what_follows(bot_api: BotApi) -> None:
    inbox = Inbox(refusals=2)
    bot_api.send_text(CHAT, "one")
    bot_api.send_text(CHAT, "two")

    poll_while(bot_api, inbox, bot_api.wait_until_taken)
    assert inbox.texts == ["one", "two"]
    assert inbox.refusals == 0


def test_the_poll_outlives_errors_and_dropped_connections(
    bot_api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    bot_api.fail_next(server_error(), dropped(), method="getUpdates")
    bot_api.send_text(CHAT, "patience")

    with caplog.at_level(logging.INFO, "bot"):
        poll_while(bot_api, inbox, bot_api.wait_until_taken)

    assert inbox.texts == ["patience"]
    assert [r.getMessage() for r in caplog.records if r.name.startswith("bot")] == [
        "no updates from Telegram (server-error), 1 times in a row",
        "no updates from Telegram (connection-lost), 2 times in a row",
    ]


def test_an_unreadable_update_does_not_hold_up_its_neighbours(bot_api: BotApi) -> None:
    inbox = Inbox()
    bot_api.send_text(CHAT, "one")
    bot_api.send_raw({"message": "no object"})
    bot_api.send_raw({"telepathy": 5})
    bot_api.send_text(CHAT, "two")

    poll_while(bot_api, inbox, bot_api.wait_until_taken)
    assert inbox.texts == ["one", "two"]


def test_a_pressed_button_stops_spinning(bot_api: BotApi) -> None:
    inbox = Inbox()

    def story() -> None:
        bot_api.press_data(CHAT, "y")
        bot_api.wait_until_answered()

    poll_while(bot_api, inbox, story)
    assert inbox.texts == ["y"]


def test_a_button_that_cannot_be_acknowledged_counts_all_the_same(bot_api: BotApi) -> None:
    inbox = Inbox()
    bot_api.fail_next(throttled(1), method="answerCallbackQuery")
    bot_api.press_data(CHAT, "y")

    poll_while(bot_api, inbox, bot_api.wait_until_taken)
    assert inbox.texts == ["y"]
