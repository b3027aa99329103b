"""The web channel: what the page may send and what it gets."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.base import Unreadable
from bot.channels.web import WebChannel
from bot.messages import SHARE_LOCATION, Button, Kind, Reply

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CHAT = "f" * 32


def a_payload(**changed: Any) -> dict[str, Any]:
    return {"kind": "text", "text": "bonjour", "id": "message-1", "chat": CHAT, "language": "fr-BE"} | changed


def posted(reply: Reply) -> dict[str, Any]:
    kept: list[dict[str, Any]] = []
    channel = WebChannel(lambda chat, payload: kept.append(payload), lambda: NOW)
    asyncio.run(channel.send(CHAT, reply))
    return kept[0]


@pytest.fixture
def channel() -> WebChannel:
    return WebChannel(lambda chat, payload: None, lambda: NOW)


def test_only_our_own_page_is_believed(channel: WebChannel) -> None:
    ours = {"host": "ours.example:8000", "origin": "http://ours.example:8000"}
    assert channel.verify(ours)
    assert channel.verify({"sec-fetch-site": "same-origin"})
    for forged in ({"origin": "http://ours.example"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}):
        assert not channel.verify(ours | forged)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "timer"},
        {"kind": ["text"]},
        {"text": 7},
        {"text": "x" * 4097},
        {"id": "short"},
        {"id": "x" * 65},
        {"chat": "F" * 32},
        {"kind": "choice", "text": ""},
        {"kind": "choice", "text": "é" * 33},
        {"kind": "location"},
        {"kind": "location", "position": [50.8]},
        {"kind": "location", "position": [float("nan"), 4.3]},
        {"kind": "location", "position": [True, 4.3]},
        {"kind": "location", "position": [91, 4.3]},
        {"kind": "location", "position": [50.8, "4.3"]},
    ],
)
def test_what_the_page_cannot_have_sent_is_unreadable(channel: WebChannel, changed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        channel.parse(a_payload(**changed))


def test_a_position_is_kept_rounded(channel: WebChannel) -> None:
    message = channel.parse(a_payload(kind="location", position=[50.837216, 4.395117]))
    assert message
    assert (message.kind, message.text, message.position) == (Kind.LOCATION, "", (50.837, 4.395))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("fr-BE", "fr-BE"), ("zh-Hant-TW-x-private", "zh"), ("<script>", ""), (7, ""), (None, "")],
)
def test_a_language_tag_is_kept_when_it_is_one(channel: WebChannel, given: Any, kept: str) -> None:
    message = channel.parse(a_payload(language=given))
    assert message
    assert message.language == kept


def test_a_repeat_has_the_same_id_and_another_persons_message_has_not(channel: WebChannel) -> None:
    ids = [channel.parse(a_payload(chat=chat)) for chat in (CHAT, CHAT, "0" * 32)]
    first, again, other = (message.external_id for message in ids if message)
    assert first == again != other


def test_the_page_gets_the_direction_of_the_language_and_the_time() -> None:
    assert [posted(Reply("x", language=code))["direction"] for code in ("fr", "ar", "fa", "ps", "?")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
        "ltr",
    ]
    assert posted(Reply("x"))["time"] == "2026-11-23T10:00:00+00:00"


def test_the_page_gets_only_addresses_that_it_may_open() -> None:
    text = '<a href="javascript:alert(1)">x</a><a href="tel:112">112</a>'
    rows = ((Button("bad", url="data:text/html,x"), Button("good", url="https://example.org/")),)
    payload = posted(Reply(text, rows))
    assert [span["href"] for span in payload["spans"]] == ["", "tel:112"]
    assert [button["label"] for row in payload["buttons"] for button in row] == ["good"]


def test_the_page_draws_the_button_that_shares_a_position() -> None:
    share = ((Button("Partager", SHARE_LOCATION),),)
    assert posted(Reply("Où ?", share, ask_location=True))["buttons"][0][0]["data"] == SHARE_LOCATION
