"""The door for other services: forged, malformed, oversized and unlucky requests harm nobody."""

import logging
from typing import Any

import httpx
import pytest

from bot.i18n import Words
from bot.messages import Kind
from tests.webhooks.conftest import serving
from tests.webhooks.services import SECRET, InMemoryBot

AUTHENTIC = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def an_update(number: int = 1, text: str = "je sais plus payer mon loyer") -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "Sam", "language_code": "fr"}
    message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "from": person, "text": text}
    return {"update_id": number, "message": message}


def test_a_message_is_kept_before_the_answer_and_the_phone_is_told(
    client: httpx.Client, bot: InMemoryBot
) -> None:
    assert client.post("/in/telegram", json=an_update(), headers=AUTHENTIC).status_code == 200
    assert [(m.kind, m.text) for m in bot.received] == [(Kind.TEXT, "je sais plus payer mon loyer")]
    client.get("/health")  # the errand runs after the answer, before the connection is used again
    assert bot.acknowledged == [("telegram", an_update())]


def test_a_repeat_is_welcome_and_kept_once(client: httpx.Client, bot: InMemoryBot) -> None:
    answers = [client.post("/in/telegram", json=an_update(), headers=AUTHENTIC) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(bot.received) == 1


def test_an_authentic_update_that_nobody_waits_for_is_accepted(
    client: httpx.Client, bot: InMemoryBot
) -> None:
    poll = {"update_id": 1, "message_reaction": {}}
    assert client.post("/in/telegram", json=poll, headers=AUTHENTIC).status_code == 200
    assert bot.received == []


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}])
def test_a_forged_message_is_refused(client: httpx.Client, bot: InMemoryBot, headers: dict[str, str]) -> None:
    assert client.post("/in/telegram", json=an_update(), headers=headers).status_code == 403
    assert bot.received == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"7", b'{"message": {}}'])
def test_a_malformed_body_is_refused_and_the_process_stays_up(client: httpx.Client, body: bytes) -> None:
    assert client.post("/in/telegram", content=body, headers=AUTHENTIC).status_code == 400
    assert client.get("/health").status_code == 200


def test_a_body_over_a_mebibyte_is_refused(client: httpx.Client) -> None:
    body = b'"' + b"x" * (1 << 20) + b'"'
    assert client.post("/in/telegram", content=body, headers=AUTHENTIC).status_code == 413


def test_what_cannot_be_kept_is_asked_for_again_and_nothing_of_it_is_logged(
    client: httpx.Client, bot: InMemoryBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.broken = RuntimeError("could not insert: je sais plus payer mon loyer")
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/in/telegram", json=an_update(), headers=AUTHENTIC)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "RuntimeError" in caplog.text
    assert "loyer" not in caplog.text
    bot.broken = None
    assert client.post("/in/telegram", json=an_update(), headers=AUTHENTIC).status_code == 200


@pytest.mark.parametrize("channel", ["web", "carrier-pigeon"])
def test_there_is_no_side_door_to_the_web_chat_nor_to_unknown_channels(
    client: httpx.Client, channel: str
) -> None:
    assert client.post(f"/in/{channel}", json={"chat": "0" * 32}).status_code == 404


def test_health_is_told_in_json(client: httpx.Client, bot: InMemoryBot) -> None:
    assert (client.get("/health").status_code, client.get("/health").json()["ok"]) == (200, True)
    bot.report = {"ok": False, "waiting": 9}
    assert (client.get("/health").status_code, client.get("/health").json()) == (
        503,
        {"ok": False, "waiting": 9},
    )
    bot.broken = TimeoutError()
    assert (client.get("/health").status_code, client.get("/health").json()) == (503, {"ok": False})


def test_work_begins_and_ends_with_the_server(words: Words) -> None:
    bot = InMemoryBot(words)
    with serving(bot) as address:
        httpx.get(f"{address}/health")
        assert bot.running
    assert not bot.running
