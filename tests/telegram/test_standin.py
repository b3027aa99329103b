"""The stand-in refuses what Telegram refuses, keeps what Telegram keeps, and forgets what it forgets."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from tests.telegram.account import dropped, late, throttled
from tests.telegram.standin import BotApi

CHAT = 7


def call(bot_api: BotApi, method: str, **fields: Any) -> dict[str, Any]:
    encoded = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}
    answer = httpx.post(f"{bot_api.url}/bot{bot_api.token}/{method}", data=encoded, trust_env=False)
    assert answer.json()["ok"] == answer.is_success
    return dict(answer.json())


def refusal(bot_api: BotApi, method: str, **fields: Any) -> str:
    answer = call(bot_api, method, **fields)
    assert not answer["ok"], f"{method} was taken: {answer}"
    return str(answer["description"])


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Yes"} | button]]}


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "a", "reply_markup": inline(callback_data="\ud83d")}, "encoded in UTF-8"),
        ({"text": "a", "txet": "b"}, "unknown field txet"),
        ({}, "field text: Field required"),
        ({"text": "<b>a</b>", "parse_mode": "HTML"}, "reads entities, not parse_mode"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0}]}, "field entities.0.length"),
        ({"text": "a", "entities": [{"type": "bald", "offset": 0, "length": 1}]}, "unsupported entity type"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "outside the text"),
        (
            {"text": "😀", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
            "in the middle of a UTF-16",
        ),
        (
            {"text": "a" * 101, "entities": [{"type": "bold", "offset": n, "length": 1} for n in range(101)]},
            "many",
        ),
        (
            {"text": "a", "entities": [{"type": "text_link", "offset": 0, "length": 1}]},
            "entity URL is invalid",
        ),
        ({"text": "a", "reply_markup": inline()}, "unallowed in the inline keyboard"),
        (
            {"text": "a", "reply_markup": inline(callback_data="a", url="https://a.be")},
            "unallowed in the inline",
        ),
        ({"text": "a", "reply_markup": inline(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": inline(callback_data="")}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": inline(url="tel:112")}, "button URL is invalid"),
        ({"text": "a", "reply_markup": inline(url="http://localhost:8000/")}, "button URL is invalid"),
        ({"text": "a", "reply_markup": inline(calback_data="a")}, "unknown field"),
        ({"text": "a", "reply_markup": inline(callback_data="a", text=" ")}, "must be non-empty"),
        ({"text": "a", "reply_markup": {"inline_keybord": [[]]}}, "unknown field"),
        ({"text": "a", "reply_markup": {}}, "object expected as reply markup"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [[]]}}, "keyboard row is empty"),
        (
            {"text": "a", "reply_markup": {"keyboard": [[{"text": "a", "request_lokation": True}]]}},
            "unknown field",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "tg://u"}]] * 101}},
            "too long",
        ),
    ],
)
def test_a_message_that_telegram_refuses_is_refused(
    bot_api: BotApi, fields: dict[str, Any], description: str
) -> None:
    bot_api.meet(CHAT)

    assert description in refusal(bot_api, "sendMessage", chat_id=CHAT, **fields)
    assert bot_api.messages(CHAT) == []


@pytest.mark.parametrize(
    ("method", "fields", "description"),
    [
        ("setMyCommands", {"commands": [{"command": "Help", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "help", "description": ""}]}, "DESCRIPTION_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "a"}] * 101},
            "BOT_COMMANDS_TOO_MUCH",
        ),
        ("setMyCommands", {"commands": [], "language_code": "fr-BE"}, "invalid language code"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
        ("setWebhook", {"url": "http://example.org/in"}, "An HTTPS URL must be provided"),
        ("setWebhook", {"url": "https://example.org/in", "secret_token": "a b"}, "unallowed characters"),
        ("setWebhook", {"url": "https://a.be", "allowed_updates": ["mesage"]}, "can't parse allowed updates"),
        ("getUpdates", {"limit": 0}, "out of range"),
        ("answerCallbackQuery", {"callback_query_id": "never"}, "query ID is invalid"),
        ("sendChatAction", {"chat_id": 99, "action": "typing"}, "chat not found"),
        ("sendMessage", {"chat_id": 99, "text": "we never met"}, "chat not found"),
        ("sendMesage", {}, "Not Found"),
    ],
)
def test_a_call_that_telegram_refuses_is_refused(
    bot_api: BotApi, method: str, fields: dict[str, Any], description: str
) -> None:
    assert description in refusal(bot_api, method, **fields)


def test_a_token_that_was_never_given_is_refused(bot_api: BotApi) -> None:
    assert httpx.post(f"{bot_api.url}/bot0:nobody/getMe", trust_env=False).status_code == 401


def test_updates_come_again_until_a_later_offset_confirms_them(bot_api: BotApi) -> None:
    first, second = bot_api.send_text(CHAT, "one"), bot_api.send_text(CHAT, "two")

    assert [u["update_id"] for u in call(bot_api, "getUpdates")["result"]] == [first, second]
    assert [u["update_id"] for u in call(bot_api, "getUpdates", offset=second)["result"]] == [second]
    assert [u["update_id"] for u in call(bot_api, "getUpdates", limit=1)["result"]] == [second]


def test_only_wanted_kinds_of_updates_wait(bot_api: BotApi) -> None:
    call(bot_api, "getUpdates", allowed_updates=["callback_query"])

    bot_api.send_text(CHAT, "nobody asked for this")
    pressed = bot_api.press_data(CHAT, "a")

    assert [u["update_id"] for u in call(bot_api, "getUpdates")["result"]] == [pressed]


def test_a_second_poller_ends_the_first(bot_api: BotApi) -> None:
    answers: list[str] = []
    first = threading.Thread(target=lambda: answers.append(refusal(bot_api, "getUpdates", timeout=20)))
    first.start()
    bot_api.wait_for_poll()

    call(bot_api, "getUpdates")

    first.join(5)
    assert answers == ["Conflict: terminated by other getUpdates request"]


def test_a_button_spins_until_its_press_is_answered(bot_api: BotApi) -> None:
    bot_api.meet(CHAT)
    call(bot_api, "sendMessage", chat_id=CHAT, text="Well?", reply_markup=inline(callback_data="y"))
    bot_api.press(CHAT, "Yes")
    query = call(bot_api, "getUpdates")["result"][0]["callback_query"]

    assert query["message"]["reply_markup"] == inline(callback_data="y")
    assert call(bot_api, "answerCallbackQuery", callback_query_id=query["id"])["ok"]
    assert "query is too old" in refusal(bot_api, "answerCallbackQuery", callback_query_id=query["id"])


def test_a_keyboard_can_be_taken_away_once(bot_api: BotApi) -> None:
    bot_api.meet(CHAT)
    sent = call(bot_api, "sendMessage", chat_id=CHAT, text="Well?", reply_markup=inline(callback_data="y"))
    edit = {"chat_id": CHAT, "message_id": sent["result"]["message_id"]}

    assert call(bot_api, "editMessageReplyMarkup", **edit)["ok"]
    assert bot_api.messages(CHAT)[0].buttons == []
    assert "message is not modified" in refusal(bot_api, "editMessageReplyMarkup", **edit)


def test_planned_failures_come_in_their_order(bot_api: BotApi) -> None:
    bot_api.meet(CHAT)
    bot_api.fail_next(throttled(3), dropped(happens=True), late(0.01))

    answer = {"chat_id": CHAT, "text": "a"}
    assert call(bot_api, "sendMessage", **answer)["parameters"] == {"retry_after": 3}
    with pytest.raises(httpx.RemoteProtocolError):
        call(bot_api, "sendMessage", **answer)
    assert call(bot_api, "sendMessage", **answer)["ok"]
    assert len(bot_api.messages(CHAT)) == 2


def test_an_update_that_telegram_could_not_send_is_no_update(bot_api: BotApi) -> None:
    with pytest.raises(ValueError, match="chat_instance"):
        bot_api.send_update(
            "callback_query", {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "A"}}
        )
    with pytest.raises(AssertionError, match="telepathy"):
        bot_api.send_message(CHAT, telepathy="hello")


class Webhook:
    """A bot's end of a webhook; answers with the planned statuses, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.statuses: list[int] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.got.append((body["message"]["text"], self.headers["X-Telegram-Bot-Api-Secret-Token"]))
                self.send_response(hook.statuses.pop(0) if hook.statuses else 200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    thread = threading.Thread(target=hook.server.serve_forever, args=(0.01,))
    thread.start()
    yield hook
    hook.server.shutdown()
    thread.join()
    hook.server.server_close()


def test_a_webhook_gets_what_waited_and_what_comes_in_order_with_the_secret(
    bot_api: BotApi, webhook: Webhook
) -> None:
    bot_api.send_text(CHAT, "before")
    call(bot_api, "setWebhook", url=webhook.url, secret_token="s3cret")
    bot_api.send_text(CHAT, "after")

    bot_api.wait_until_taken()
    assert webhook.got == [("before", "s3cret"), ("after", "s3cret")]


def test_a_refused_update_comes_again_before_the_next_of_its_chat(bot_api: BotApi, webhook: Webhook) -> None:
    webhook.statuses = [500, 403]
    bot_api.send_text(CHAT, "one")
    bot_api.send_text(CHAT, "two")
    call(bot_api, "setWebhook", url=webhook.url)

    bot_api.wait_until_taken()
    assert [text for text, _ in webhook.got] == ["one", "one", "one", "two"]
    assert [status for _, status in bot_api.account.deliveries] == [500, 403, 200, 200]


def test_chosen_updates_are_delivered_twice(bot_api: BotApi, webhook: Webhook) -> None:
    bot_api.account.repeats = lambda update_id: True
    call(bot_api, "setWebhook", url=webhook.url)
    bot_api.send_text(CHAT, "one")

    bot_api.wait_until_taken()
    assert [text for text, _ in webhook.got] == ["one", "one"]


def test_polling_and_webhook_exclude_each_other(bot_api: BotApi, webhook: Webhook) -> None:
    call(bot_api, "setWebhook", url=webhook.url)
    assert "webhook is active" in refusal(bot_api, "getUpdates")

    call(bot_api, "deleteWebhook")
    number = bot_api.send_text(CHAT, "one")
    assert [u["update_id"] for u in call(bot_api, "getUpdates")["result"]] == [number]


def test_one_bot_knows_nothing_of_another(bot_api: BotApi) -> None:
    other = BotApi(bot_api._server)
    other.send_text(CHAT, "for the other")

    assert call(bot_api, "getUpdates")["result"] == []
    assert call(other, "getUpdates")["result"]
    other.close()


def test_a_long_poll_wakes_up_for_an_update(bot_api: BotApi) -> None:
    answers: list[dict[str, Any]] = []
    poll = threading.Thread(target=lambda: answers.append(call(bot_api, "getUpdates", timeout=20)))
    poll.start()
    bot_api.wait_for_poll()

    bot_api.send_text(CHAT, "wake up")

    poll.join(5)
    assert answers[0]["result"][0]["message"]["text"] == "wake up"
