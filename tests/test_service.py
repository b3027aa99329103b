"""Real processes: they start without a database and heal, stop when told and lose nothing, and can be watched."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url, select

from bot.storage.db import Database
from bot.storage.models import InboxMessage, OutboxMessage
from tests.databases import PostgresqlBackend
from tests.paths import PROJECT
from tests.proxy import Line
from tests.running import Running, free_port, wait_until
from tests.telegram.account import late
from tests.telegram.standin import BotApi

SECRET = "a secret of the tests, long enough"
ANNA = 8_100_200_301


@contextmanager
def process(folder: Path, *command: str, **environ: str) -> Iterator[Running]:
    """Start a command; unlike `passerelle` of tests.running, not wait for it."""
    port = environ.setdefault("PORT", str(free_port()))
    output = folder / f"{command[0]}-{port}.log"
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    with output.open("wb") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "bot", *command],
            cwd=folder,
            env=clean | {"SECRET_KEY": SECRET} | environ,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Running(f"http://127.0.0.1:{port}", output, started)
    try:
        yield running
    finally:
        started.kill()
        started.wait(10)


def health(running: Running) -> dict[str, Any]:
    try:
        answer = httpx.get(running.url + "/health", timeout=10)
    except httpx.TransportError:
        return {}
    assert answer.status_code == (200 if answer.json()["ok"] else 503)
    return dict(answer.json())


def is_well(running: Running) -> bool:
    return bool(health(running).get("ok"))


def stop(running: Running, seconds: float = 20) -> int:
    running.process.send_signal(signal.SIGTERM)
    return running.process.wait(seconds)


@pytest.fixture
def line(postgresql_backend: PostgresqlBackend) -> Iterator[Line]:
    line = Line(make_url(postgresql_backend.migrated()), free_port())
    yield line
    line.down()


def test_a_database_that_comes_late_goes_and_comes_back(line: Line, tmp_path: Path, bot_api: BotApi) -> None:
    environ = {"DATABASE_URL": line.url, "TELEGRAM_BOT_TOKEN": bot_api.token, "TELEGRAM_API_URL": bot_api.url}
    with process(tmp_path, "run", **environ) as running:
        wait_until(lambda: health(running).get("database") == "unreachable", "it says so", running)
        assert health(running)["alive"]
        assert "the database is in trouble: connection failed" in running.said
        line.up()
        wait_until(lambda: is_well(running), "it heals", running)
        wait_until(lambda: "the database is well again" in running.said, "it says so", running)
        bot_api.send_text(ANNA, "/start", language_code="fr")
        bot_api.wait_for(ANNA, "robot", timeout=20)

        line.down()
        wait_until(lambda: health(running).get("database") == "unreachable", "it says so again", running)
        bot_api.send_text(ANNA, "je sais plus payer mon loyer")
        line.up()
        wait_until(lambda: is_well(running), "it heals again", running)
        bot_api.wait_for(ANNA, "expulsion", timeout=30)
        assert stop(running) == 0
        assert running.said.count("Traceback") == 0
        assert "postgres:" not in running.said  # the address in a log line would hold a password


def test_a_file_that_cannot_be_opened_is_waited_for_and_a_stop_finishes_what_is_being_sent(
    tmp_path: Path, bot_api: BotApi
) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.touch()
    address = f"sqlite:///{in_the_way}/passerelle.db"
    environ = {"TELEGRAM_BOT_TOKEN": bot_api.token, "TELEGRAM_API_URL": bot_api.url}
    with process(tmp_path, "run", DATABASE_URL=address, **environ) as running:
        wait_until(lambda: health(running).get("ok") is False, "it says so", running)
        wait_until(lambda: "the database is in trouble" in running.said, "it says why", running)
        in_the_way.unlink()
        wait_until(lambda: "Telegram is connected" in running.said, "Telegram is connected", running)
        assert is_well(running)
        bot_api.fail_next(late(1.0))
        bot_api.send_text(ANNA, "/start", language_code="fr")
        wait_until(lambda: bot_api.calls("sendMessage"), "it sends", running)
        assert stop(running) == 0
    assert len(bot_api.messages(ANNA)) == 1
    database = Database(address)
    with database.read() as session:
        # The second half of the greeting waits for the chat's pace, and so for the next start.
        assert session.scalars(select(OutboxMessage.status).order_by(OutboxMessage.id)).all() == [
            "sent",
            "new",
        ]
        assert session.scalars(select(InboxMessage.status)).all() == ["done"]
    database.close()


def test_web_and_worker_share_the_work_at_once_and_lose_nothing_when_they_stop(
    postgresql_backend: PostgresqlBackend, tmp_path: Path, bot_api: BotApi
) -> None:
    address, port, status = postgresql_backend.empty(), free_port(), free_port()
    url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    environ = {
        "DATABASE_URL": url,
        "TELEGRAM_BOT_TOKEN": bot_api.token,
        "TELEGRAM_API_URL": bot_api.url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with ExitStack() as stack:
        worker = stack.enter_context(
            process(tmp_path, "worker", "--status-port", str(status), **environ, PORT=str(status))
        )
        wait_until(lambda: health(worker).get("database") == "in trouble", "it has no tables yet", worker)
        with process(tmp_path, "migrate", **environ) as migrating:
            assert migrating.process.wait(30) == 0
        web = stack.enter_context(process(tmp_path, "web", **environ, PORT=str(port)))
        wait_until(lambda: is_well(worker), "the worker works", worker)
        wait_until(lambda: "Telegram is connected" in web.said, "Telegram is connected", web)
        bot_api.send_text(ANNA, "/start", language_code="fr")
        bot_api.wait_for(ANNA, "robot", timeout=20)

        seconds = []
        for number in range(3):
            asked_at = time.time()
            bot_api.send_text(ANNA + number + 1, "/start", language_code="fr")
            seconds.append(bot_api.wait_for(ANNA + number + 1, "robot", timeout=20).at - asked_at)
        assert min(seconds) < 0.2, seconds  # from the webhook over two processes to the reply

        sent = 'passerelle_sent_total{channel="telegram",kind="reply"} 4.0'  # counted once it is marked
        wait_until(lambda: sent in httpx.get(worker.url + "/metrics").text, "all are counted", worker)
        figures = httpx.get(worker.url + "/metrics").text
        assert 'passerelle_waiting{what="messages"} 0.0' in figures
        through_a_proxy = httpx.get(web.url + "/metrics", headers={"X-Forwarded-For": "192.0.2.7"})
        assert through_a_proxy.status_code == 404
        assert httpx.get(worker.url + "/").status_code == 404

        assert stop(worker) == 0
        bot_api.send_text(ANNA, "je sais plus payer mon loyer")
        bot_api.wait_until_taken(20)
        wait_until(lambda: health(web)["open_messages"] == 1, "it waits", web)
        assert stop(web) == 0
        again = stack.enter_context(process(tmp_path, "worker", **environ))
        bot_api.wait_for(ANNA, "expulsion", timeout=30)
        assert stop(again) == 0
    database = Database(address)
    with database.read() as session:
        assert set(session.scalars(select(InboxMessage.status))) == {"done"}
        assert set(session.scalars(select(OutboxMessage.status))) == {"sent"}
    database.close()


def test_a_port_that_is_taken_ends_the_start(tmp_path: Path, bot_api: BotApi) -> None:
    taken = bot_api.url.rpartition(":")[2]
    with process(tmp_path, "web", DATABASE_URL=f"sqlite:///{tmp_path}/x.db", PORT=taken) as running:
        assert running.process.wait(20) == 2
