"""Whatever comes to the doors of the whole running app: no failure, no lost neighbour, memory bounded."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.app import App
from bot.channels.telegram import TelegramChannel
from bot.delivery.floods import MOST_WAITING
from bot.settings import Settings
from bot.storage.models import Conversation, InboxMessage
from tests.databases import Backend
from tests.delivery.test_loop import wait_until
from tests.paths import SHARED_DATA
from tests.strangeness import ABSURD, Strangeness
from tests.telegram.server import Server as BotApiServer
from tests.telegram.standin import BotApi
from webhooks.app import create_app
from webhooks.server import Server

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_GROWTH_KIB = 100_000


@dataclass
class House:
    """The app, running in this process behind its real server, and its address at Telegram."""

    app: App
    url: str
    bot_api: BotApi
    client: httpx.Client
    number: int = 1_000_000
    neighbour: int = 9_000_000_000

    def post(self, update: Any) -> int:
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        return self.client.post("/in/telegram", content=body).status_code

    def message(self, chat: int, **content: Any) -> dict[str, Any]:
        self.bot_api.meet(chat)
        self.number += 1
        person = {"id": chat, "is_bot": False, "first_name": "Sam", "language_code": "fr"}
        content = {"from": person} | content
        base = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}}
        return {"update_id": self.number, "message": base | content}

    def choice(self, chat: int, data: str) -> dict[str, Any]:
        message = self.message(chat)["message"]
        query = {"id": "1", "from": message["from"], "chat_instance": "1", "message": message, "data": data}
        return {"update_id": self.number, "callback_query": query}

    def settle(self) -> None:
        """Wait until nothing waits."""
        wait_until(lambda: not waiting(self.app), 60)

    def answers_a_neighbour(self) -> None:
        self.neighbour += 1
        assert self.post(self.message(self.neighbour, text="/start")) == 200
        self.bot_api.wait_for(self.neighbour, "robot", timeout=20)

    def statuses(self) -> set[str]:
        with self.app.database.read() as session:
            return set(session.scalars(select(InboxMessage.status)))


def waiting(app: App) -> int:
    report = app.health()
    assert report["ok"], report
    return int(report["open_messages"] + report["waiting_replies"])


class Failures(logging.Handler):
    """Every line of our own log that tells of a failure."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("bot.", "webhooks.")):
            self.lines.append(f"{record.threadName}: {record.getMessage()}")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, bot_api_server: BotApiServer) -> Iterator[House]:
    """One for all tests of a kind of database; it is asked in the end whether anything failed."""
    backend: Backend = request.getfixturevalue(f"{request.param}_backend")
    bot_api, failures = BotApi(bot_api_server), Failures()
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(
        database_url=backend.migrated(),
        territories=("brussels",),
        secret_key="a secret of the tests, long enough",
        host="127.0.0.1",
        port=0,
        public_url=url,
        telegram_bot_token=bot_api.token,
        telegram_api_url=bot_api.url,
    )
    app = App(settings)
    app.before_work = app.prepare
    server = Server(create_app(app), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    logging.getLogger().addHandler(failures)
    with pytest.MonkeyPatch.context() as patch:
        fast = replace(TelegramChannel.capabilities, rate=5000, rate_per_chat=5000)
        patch.setattr(TelegramChannel, "capabilities", fast)
        thread.start()
        wait_until(lambda: bot_api.calls("setWebhook"), 60)
        secret = bot_api.calls("setWebhook")[-1]["secret_token"]
        with httpx.Client(base_url=url, headers={SECRET_HEADER: secret}, timeout=30) as client:
            yield House(app, url, bot_api, client)
        server.should_exit = True
        thread.join(30)
    logging.getLogger().removeHandler(failures)
    listening.close()
    bot_api.close()
    assert failures.lines == []


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return read("telegram_bot_api_spec.json")


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    return read("naughty_strings.json")


def read(name: str) -> Any:
    file = Path(SHARED_DATA / name)
    if not file.is_file():
        pytest.skip(f"{name} is not there")
    return json.loads(file.read_text("utf-8"))


def test_updates_of_all_kinds_whole_or_broken_harm_nobody(house: House, spec: dict[str, Any]) -> None:
    strange = Strangeness(spec, seed=7)
    assert len(strange.kinds) >= 25
    answers: dict[int, int] = {}
    for update in strange.updates(chat=50_000_000, number=0):
        status = house.post(update)
        answers[status] = answers.get(status, 0) + 1

    assert set(answers) == {200, 400}, answers
    assert answers[200] > 100
    house.answers_a_neighbour()
    house.settle()
    assert house.statuses() == {"done"}


def test_strings_that_break_programs_break_nothing_here(house: House, naughty: list[str]) -> None:
    house.bot_api.account.refusals.clear()  # the tests before this write for people whom nobody knows
    some = naughty[house.app.database.is_sqlite :: 2]  # each once, half of them on either
    for place, string in enumerate(some):
        chat = 60_000_000 + place
        person = {"id": chat, "is_bot": False, "first_name": string, "language_code": string}
        assert house.post(house.message(chat, text=string, **{"from": person})) == 200
        if place % 6 == 0:
            assert house.post(house.message(chat, text=f"/start {string}")) == 200
            assert house.post(house.choice(chat, string)) == 200

    house.answers_a_neighbour()
    house.settle()
    assert house.statuses() == {"done"}
    assert [refusal for refusal in house.bot_api.account.refusals if refusal[0] == "sendMessage"] == []
    assert all(house.bot_api.messages(60_000_000 + place) for place in range(len(some)))


def test_forged_malformed_and_huge_bodies_leave_nothing_behind(house: House) -> None:
    forged = httpx.post(house.url + "/in/telegram", json=house.message(1, text="hello"))
    assert forged.status_code == 403
    bodies = [b"", b"{", b"\xff", b"[" * 200_000, b'{"update_id": ' + b"9" * 4000 + b"}", b"NaN", b"7"]
    assert {house.post(body) for body in bodies} == {400}
    assert house.post(b'"' + b"x" * (1 << 20) + b'"') == 413
    assert house.post(house.message(2, text="loyer " * 100_000)) == 200
    assert {house.post({"update_id": 1, "message": absurd}) for absurd in ABSURD} <= {200, 400}
    house.answers_a_neighbour()
    house.settle()
    assert house.statuses() == {"done"}


def test_a_flood_from_one_chat_is_told_once_and_costs_the_others_nothing(house: House) -> None:
    before = resident_kib()
    flooder, neighbours = 70_000_000, range(70_000_001, 70_000_011)
    for number in range(200):
        assert house.post(house.message(flooder, text="?" * 400)) == 200
        if number % 20 == 0:
            assert house.post(house.message(neighbours[number // 20], text="/start")) == 200
    house.settle()

    for neighbour in neighbours:
        house.bot_api.wait_for(neighbour, "robot")
    told = [message for message in house.bot_api.messages(flooder) if "Trop de messages" in message.text]
    assert len(told) <= 1
    assert house.statuses() == {"done"}
    assert resident_kib() - before < MOST_GROWTH_KIB


def test_more_than_may_wait_is_not_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = replace(TelegramChannel.capabilities, rate_per_chat=0.1)
    monkeypatch.setattr(TelegramChannel, "capabilities", slow)
    chat = 80_000_000
    for _ in range(3 * MOST_WAITING):
        assert house.post(house.message(chat, text="bonjour")) == 200
    wait_until(lambda: house.app.health()["open_messages"] == 0)

    with house.app.database.read() as session:
        here = InboxMessage.conversation_id.in_(select(Conversation.id).where(Conversation.chat == str(chat)))
        taken = len(session.scalars(select(InboxMessage.id).where(here)).all())
    assert MOST_WAITING // 2 < taken < 2 * MOST_WAITING
    house.answers_a_neighbour()


def resident_kib() -> int:
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])
