"""What every channel keeps to, whatever it speaks with: a new channel adds its `Line` here."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.base import Channel, SendError, SendOutcome, Unreadable
from bot.channels.console import ConsoleChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.messages import SHARE_LOCATION, Button, Kind, Reply, column
from tests.telegram.standin import BotApi

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CHAT = "0123456789abcdef" * 2
JUNK = (None, True, 7, [], [[]], {}, {"kind": "text"}, {"update_id": "x"}, {"message": 7})
NAUGHTY = (
    "\0",
    "\ud800",
    "\u202e\u2067",
    "<b>&amp;</b>",
    "' OR 1=1 --",
    "🏳️‍🌈" * 50,
    "ﷺ" * 500,
    "1",
    "/",
    "/start",
)


@dataclass
class Shown:
    """One message as a person sees it."""

    text: str
    labels: list[str]


@dataclass
class Line:
    """One channel under test, seen from a person's side."""

    channel: Channel
    chat: str
    write: Callable[[str], Any]  # words -> the channel's payload
    press: Callable[[str], Any]  # the label of a shown button -> the channel's payload
    shown: Callable[[], list[Shown]]

    def send(self, *replies: Reply, chat: str = "") -> list[Shown]:
        asyncio.run(self._send(replies, chat or self.chat))
        return self.shown()

    async def _send(self, replies: tuple[Reply, ...], chat: str) -> None:
        telegram = self.channel if isinstance(self.channel, TelegramChannel) else None
        try:
            for reply in replies:
                await self.channel.send(chat, reply)
        finally:
            if telegram:
                await telegram.stop()


def web(_: pytest.FixtureRequest) -> Line:
    posted: list[dict[str, Any]] = []
    channel = WebChannel(lambda chat, payload: posted.append(payload), lambda: NOW)

    def payload(kind: str, text: str) -> dict[str, Any]:
        return {"kind": kind, "text": text, "id": "message-1", "chat": CHAT}

    def buttons(message: dict[str, Any]) -> list[dict[str, str]]:
        return [button for row in message["buttons"] for button in row]

    def data(label: str) -> str:
        return next(b["data"] for message in posted for b in buttons(message) if b["label"] == label)

    return Line(
        channel,
        CHAT,
        lambda text: payload("text", text),
        lambda label: payload("choice", data(label)),
        lambda: [
            Shown("".join(s["text"] for s in m["spans"]), [b["label"] for b in buttons(m)]) for m in posted
        ],
    )


def console(_: pytest.FixtureRequest) -> Line:
    written: list[str] = []

    def number(label: str) -> str:
        return next(iter(re.findall(rf"\[(\d+)\] {label}", "\n".join(written))))

    def shown(text: str) -> Shown:
        lines = text.splitlines()
        labels = [line[2:] for line in lines if line.startswith("  ")]
        names = [re.sub(r"^\[\d+\] |: https?:.*$", "", label) for label in labels]
        return Shown("\n".join(lines[: len(lines) - len(labels)]), names)

    return Line(
        ConsoleChannel(written.append), "console", str, number, lambda: [shown(text) for text in written]
    )


def telegram(request: pytest.FixtureRequest) -> Line:
    api: BotApi = request.getfixturevalue("bot_api")
    api.meet(7)
    person = {"id": 7, "is_bot": False, "first_name": "Sam"}
    chat = {"id": 7, "type": "private"}

    def write(text: str) -> dict[str, Any]:
        return {
            "update_id": 1,
            "message": {"message_id": 1, "date": 0, "chat": chat, "from": person, "text": text},
        }

    def press(label: str) -> dict[str, Any]:
        data = next(data for m in api.messages(7) for name, data in m.buttons if name == label)
        message = {"message_id": 1, "date": 0, "chat": chat}
        return {
            "update_id": 2,
            "callback_query": {"id": "1", "from": person, "data": data, "message": message},
        }

    def shown() -> list[Shown]:
        return [Shown(message.text, message.labels) for message in api.messages(7)]

    return Line(TelegramChannel(api.token, api.url, "secret"), "7", write, press, shown)


@pytest.fixture(params=[web, console, telegram], ids=lambda make: str(make.__name__))
def line(request: pytest.FixtureRequest) -> Line:
    made: Line = request.param(request)
    return made


def test_it_says_its_name_and_what_it_can_show(line: Line) -> None:
    assert line.channel.name
    assert line.channel.capabilities.text_limit >= 4096
    assert line.channel.capabilities.rate >= line.channel.capabilities.rate_per_chat > 0


def test_words_come_in_with_the_address_to_answer_to(line: Line) -> None:
    message = line.channel.parse(line.write("je sais plus payer mon loyer"))
    assert message
    assert (message.channel, message.chat) == (line.channel.name, line.chat)
    assert (message.kind, message.text) == (Kind.TEXT, "je sais plus payer mon loyer")
    assert 0 < len(message.external_id) <= 128


def test_the_start_command_comes_in_with_its_links_payload(line: Line) -> None:
    for text, payload in (("/start", ""), ("/start w-code", "w-code")):
        message = line.channel.parse(line.write(text))
        assert message
        assert (message.kind, message.text) == (Kind.START, payload)


def test_other_commands_are_words(line: Line) -> None:
    for text in ("/starting", "/erase", "/me"):
        message = line.channel.parse(line.write(text))
        assert message
        assert (message.kind, message.text) == (Kind.TEXT, text)


def test_a_pressed_button_comes_in_as_its_data(line: Line) -> None:
    line.send(Reply("Encore ?", column([Button("Oui", "more"), Button("Non", "need:rent-arrears")])))
    message = line.channel.parse(line.press("Non"))
    assert message
    assert (message.kind, message.text, message.chat) == (Kind.CHOICE, "need:rent-arrears", line.chat)


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_words_come_in_and_can_be_kept(line: Line, text: str) -> None:
    message = line.channel.parse(line.write(text))
    assert message
    assert "\0" not in message.text
    assert message.text.encode().decode() == message.text


@pytest.mark.parametrize("payload", JUNK)
def test_junk_is_unreadable_and_nothing_worse(line: Line, payload: Any) -> None:
    with pytest.raises(Unreadable):
        line.channel.parse(payload)


def test_nobody_is_believed_without_proof(line: Line) -> None:
    assert not line.channel.verify({})
    assert not line.channel.verify(
        {"host": "ours.example", "origin": "https://theirs.example", "authorization": "x"}
    )


def test_a_reply_is_shown_without_its_tags(line: Line) -> None:
    shown = line.send(Reply("<b>Le CPAS</b> &amp; vous\n<i>1 &lt; 2</i>", language="fr"))
    assert [message.text.strip() for message in shown] == ["Le CPAS & vous\n1 < 2"]


def test_replies_are_shown_in_order_with_their_buttons(line: Line) -> None:
    buttons = ((Button("Un", "one"), Button("Deux", "two")), (Button("Plan", url="https://example.org/"),))
    shown = line.send(Reply("premier"), Reply("second", buttons))
    assert [message.text.strip() for message in shown] == ["premier", "second"]
    assert shown[-1].labels == ["Un", "Deux", "Plan"]


def test_a_long_answer_arrives_whole(line: Line) -> None:
    lines = [f"ligne {number}" for number in range(1500)]
    shown = line.send(Reply("\n".join(lines)))
    assert "\n".join(message.text.strip() for message in shown).split("\n") == lines


def test_the_button_that_shares_a_position_is_left_out_where_it_is_not_offered(line: Line) -> None:
    rows = column([Button("Partager", SHARE_LOCATION), Button("Partout", "everywhere")])
    assert line.send(Reply("Où ?", rows, ask_location=False))[-1].labels == ["Partout"]


def test_an_empty_reply_is_refused_for_good(line: Line) -> None:
    for text in ("", " \n", "<b></b>"):
        with pytest.raises(SendError) as caught:
            line.send(Reply(text))
        assert caught.value.outcome is SendOutcome.REJECTED


def test_an_address_of_another_channel_is_refused_for_good(line: Line) -> None:
    with pytest.raises(SendError) as caught:
        line.send(Reply("bonjour"), chat="somebody@elsewhere")
    assert caught.value.outcome is SendOutcome.REJECTED
