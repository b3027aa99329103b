"""What a person sees of a reply, and what the outbox is told when they do not."""

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.channels.base import SendError, SendOutcome
from bot.channels.telegram import TelegramChannel
from bot.messages import SHARE_LOCATION, Button, Reply, column
from tests.telegram.account import Failure, dropped, late, migrated, server_error, throttled
from tests.telegram.standin import BotApi

CHAT = 7
SHARE = Button("📍 Partager ma position", SHARE_LOCATION)


def use(
    bot_api: BotApi, story: Callable[[TelegramChannel], Awaitable[None]], timeout: float = 5, **more: Any
) -> None:
    """Start a channel at the stand-in, let the story happen, stop it."""

    async def whole() -> None:
        channel = TelegramChannel(bot_api.token, bot_api.url, "s3cret", timeout=timeout, **more)
        await channel.start()
        try:
            await story(channel)
        finally:
            await channel.stop()

    asyncio.run(whole())


def send(bot_api: BotApi, *replies: Reply, chat: str = str(CHAT), timeout: float = 5) -> None:
    async def story(channel: TelegramChannel) -> None:
        for reply in replies:
            await channel.send(chat, reply)

    use(bot_api, story, timeout)


def failure(bot_api: BotApi, reply: Reply, *, chat: str = str(CHAT), timeout: float = 5) -> SendError:
    with pytest.raises(SendError) as caught:
        send(bot_api, reply, chat=chat, timeout=timeout)
    return caught.value


@pytest.fixture(autouse=True)
def acquainted(bot_api: BotApi) -> None:
    bot_api.meet(CHAT)


def test_a_reply_shows_words_looks_and_buttons(bot_api: BotApi) -> None:
    buttons = (Button("Oui", "y"), Button("Non", "n")), (Button("Carte", url="https://a.be/x"),)
    send(bot_api, Reply('😀 <b>D&#39;abord</b> &lt;ici&gt; <a href="https://a.be">plan</a>', buttons))

    (message,) = bot_api.messages(CHAT)
    assert message.text == "😀 D'abord <ici> plan"
    assert (message.styled("bold"), message.styled("text_link")) == (["D'abord"], ["plan"])
    assert [len(row) for row in message.keyboard.inline_keyboard] == [2, 1]
    assert message.buttons == [("Oui", "y"), ("Non", "n"), ("Carte", "https://a.be/x")]


def test_no_preview_fetches_a_link_before_the_person_does(bot_api: BotApi) -> None:
    send(bot_api, Reply("https://a.be/once"))

    (fields,) = bot_api.calls("sendMessage")
    assert fields["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in fields


def test_a_long_reply_comes_in_parts_with_the_buttons_under_the_last(bot_api: BotApi) -> None:
    send(bot_api, Reply("<b>a</b>" + "x" * 3000 + "\n\n" + "y" * 3000, column([Button("Oui", "y")])))

    assert [(m.text[-1], m.labels, m.clears_keyboard) for m in bot_api.messages(CHAT)] == [
        ("x", [], True),
        ("y", ["Oui"], False),
    ]


def test_a_position_is_asked_for_with_one_key(bot_api: BotApi) -> None:
    send(bot_api, Reply("Où êtes-vous ?", column([SHARE]), ask_location=True), Reply("Merci."))

    asked, thanked = bot_api.messages(CHAT)
    assert (asked.location_label, asked.buttons) == (SHARE.label, [])
    assert asked.keyboard.one_time_keyboard
    assert thanked.clears_keyboard


def test_beside_other_buttons_the_position_key_has_a_message_of_its_own(bot_api: BotApi) -> None:
    send(bot_api, Reply("Où êtes-vous ?", column([Button("Etterbeek", "e"), SHARE]), ask_location=True))

    choices, key = bot_api.messages(CHAT)
    assert choices.labels == ["Etterbeek"]
    assert (key.text, key.location_label) == (SHARE.label, SHARE.label)


def test_a_phone_number_is_no_button_for_it_can_be_tapped_in_the_text(bot_api: BotApi) -> None:
    send(bot_api, Reply("Appelez le 107", column([Button("Appeler", url="tel:107")])))

    assert bot_api.messages(CHAT)[0].buttons == []


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(" "), "empty"),
        (Reply("a", column([Button("Oui", "é" * 33)])), "button-data"),
        (Reply("a", column([Button("Oui")])), "button-data"),
        (Reply("a", column([Button(" ", "y")])), "button-label"),
        (Reply("a", column([Button("Oui", url="javascript:alert(1)")])), "button-url"),
        (Reply("a", column([Button("Oui", url="http://localhost/")])), "button-url"),
        (Reply("a", column([Button("Oui", "y")] * 101)), "bad-request"),
    ],
)
def test_a_message_that_telegram_never_takes_is_rejected(bot_api: BotApi, reply: Reply, reason: str) -> None:
    error = failure(bot_api, reply)

    assert (error.outcome, error.reason) == (SendOutcome.REJECTED, reason)
    assert bot_api.messages(CHAT) == []


@pytest.mark.parametrize(
    ("trouble", "outcome", "reason"),
    [
        (throttled(7), SendOutcome.LATER, "throttled"),
        (Failure(429, "Too Many Requests"), SendOutcome.LATER, "throttled"),
        (server_error(500), SendOutcome.MAYBE, "server-error"),
        (server_error(502), SendOutcome.MAYBE, "server-error"),
        (dropped(), SendOutcome.MAYBE, "connection-lost"),
        (migrated(-42), SendOutcome.MOVED, "moved"),
        (Failure(403, "Forbidden: user is deactivated"), SendOutcome.BLOCKED, "blocked"),
        (Failure(400, "Bad Request: PEER_ID_INVALID"), SendOutcome.BLOCKED, "gone"),
        (Failure(400, "Bad Request: message is too long"), SendOutcome.REJECTED, "too-long"),
        (Failure(401, "Unauthorized"), SendOutcome.LATER, "token-refused"),
        (Failure(409, "Conflict: whatever"), SendOutcome.LATER, "conflict"),
    ],
)
def test_every_refusal_carries_its_decision(
    bot_api: BotApi, trouble: Failure, outcome: SendOutcome, reason: str
) -> None:
    bot_api.fail_next(trouble)

    error = failure(bot_api, Reply("a"))

    assert (error.outcome, error.reason) == (outcome, reason)
    assert (error.retry_after or 0, error.moved_to) in [(0, ""), (7, ""), (0, "-42")]


def test_throttled_and_moved_say_when_and_where(bot_api: BotApi) -> None:
    bot_api.fail_next(throttled(7), migrated(-42))

    assert failure(bot_api, Reply("a")).retry_after == 7
    assert failure(bot_api, Reply("a")).moved_to == "-42"


def test_who_blocked_us_or_was_never_met_is_written_to_no_more(bot_api: BotApi) -> None:
    bot_api.block(CHAT)

    assert failure(bot_api, Reply("a")).outcome is SendOutcome.BLOCKED
    assert failure(bot_api, Reply("a"), chat="99").outcome is SendOutcome.BLOCKED
    assert failure(bot_api, Reply("a"), chat="sam").outcome is SendOutcome.REJECTED


def test_a_late_answer_leaves_open_whether_it_was_sent(bot_api: BotApi) -> None:
    bot_api.fail_next(late(0.5))

    error = failure(bot_api, Reply("a"), timeout=0.2)

    assert (error.outcome, error.reason) == (SendOutcome.MAYBE, "timed-out")
    assert len(bot_api.messages(CHAT)) == 1


def test_a_refused_connection_surely_sent_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        channel = TelegramChannel("1:test", f"http://127.0.0.1:{closed.getsockname()[1]}")

        async def story() -> None:
            try:
                await channel.send("7", Reply("a"))
            finally:
                await channel.stop()

        with pytest.raises(SendError) as caught:
            asyncio.run(story())

    assert (caught.value.outcome, caught.value.reason) == (SendOutcome.LATER, "unreachable")


def test_once_a_first_part_stands_the_whole_may_have_been_sent(bot_api: BotApi) -> None:
    bot_api.fail_next(Failure(happens=True), throttled(7))

    error = failure(bot_api, Reply("x" * 5000))

    assert (error.outcome, error.retry_after) == (SendOutcome.MAYBE, 7)
    assert len(bot_api.messages(CHAT)) == 1


def test_half_a_character_does_not_hold_up_a_reply(bot_api: BotApi) -> None:
    send(bot_api, Reply("loyer \ud83d", column([Button("Oui \ud83d", "y")])))

    assert bot_api.messages(CHAT)[0].text == "loyer \ufffd"


def test_a_refused_token_stops_the_start_without_showing_it(bot_api: BotApi) -> None:
    channel = TelegramChannel("1:never-given", bot_api.url)

    async def story() -> None:
        try:
            await channel.start()
        finally:
            await channel.stop()

    with pytest.raises(SendError, match="token-refused") as caught:
        asyncio.run(story())

    assert "never-given" not in "".join(traceback.format_exception(caught.value))


def test_commands_stand_in_each_language(bot_api: BotApi) -> None:
    use(bot_api, lambda c: c.set_commands({"": [("help", "What I do")], "fr": [("help", "Ce que je fais")]}))

    assert bot_api.account.settings["commands", ""] == [("help", "What I do")]
    assert bot_api.account.settings["commands", "fr"] == [("help", "Ce que je fais")]


def test_a_link_opens_this_bot_with_a_payload(bot_api: BotApi) -> None:
    async def story(channel: TelegramChannel) -> None:
        assert await channel.link("w_4-2") == "https://t.me/standin_bot?start=w_4-2"
        with pytest.raises(ValueError, match="1 to 64 letters"):
            await channel.link("a b")

    use(bot_api, story)


def test_a_webhook_carries_our_secret_and_only_what_we_read(bot_api: BotApi) -> None:
    async def story(channel: TelegramChannel) -> None:
        await channel.set_webhook("https://example.org/in/telegram")
        assert bot_api.account.webhook
        assert bot_api.account.webhook.secret == "s3cret"
        await channel.delete_webhook()

    use(bot_api, story)
    assert bot_api.account.webhook is None
    assert bot_api.account.wanted == {"message", "edited_message", "callback_query", "my_chat_member"}


def test_without_a_secret_there_is_no_webhook(bot_api: BotApi) -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        asyncio.run(TelegramChannel(bot_api.token, bot_api.url).set_webhook("https://example.org/in"))


def test_the_logs_hold_neither_token_nor_words(bot_api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        bot_api.fail_next(server_error())
        failure(bot_api, Reply("mon secret"))

    assert bot_api.token not in caplog.text
    assert "mon secret" not in caplog.text
