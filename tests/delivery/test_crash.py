"""Workers die by SIGKILL at any moment: every message has its effect once, in order, and every reply arrives."""

import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from bot.delivery.inbox import receive
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, OutboxMessage, Timer
from tests.delivery.crash_worker import CHAT_TIMERS, fast_clock
from tests.delivery.fakes import a_message

CHATS = [f"chat{number}" for number in range(8)]
EACH = 25
KILLS = 4
WORKERS = 2


class Workers:
    """Processes that are killed and replaced."""

    def __init__(self, database: Database, ledger: Path) -> None:
        address = database.engine.url.render_as_string(hide_password=False)
        self._command = [sys.executable, "-m", "tests.delivery.crash_worker", address, str(ledger)]
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self._running.append(subprocess.Popen(self._command))

    def kill_one(self) -> None:
        victim = self._running.pop(random.randrange(len(self._running)))
        victim.kill()
        victim.wait()

    def end(self) -> None:
        while self._running:
            self.kill_one()


@contextmanager
def several(database: Database, ledger: Path) -> Iterator[Workers]:
    workers = Workers(database, ledger)
    try:
        for _ in range(WORKERS):
            workers.start()
        yield workers
    finally:
        workers.end()


def test_nothing_is_lost_or_doubled_when_workers_are_killed(database: Database, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    ledger.touch()
    bringing = threading.Thread(target=bring_all, args=[database])

    with several(database, ledger) as workers:
        bringing.start()
        for kill in range(1, KILLS + 1):
            wait_until(lambda goal=kill: len(ledger.read_text().splitlines()) >= goal * 25)  # type: ignore[misc]
            workers.kill_one()
            workers.start()
        bringing.join()
        wait_until(lambda: all_done(database))

    said = [str(number) for number in range(EACH)]
    assert {chat: without_timers(texts) for chat, texts in heard(database).items()} == dict.fromkeys(
        CHATS, said
    )
    for chat, texts in heard(database).items():
        assert sorted(set(texts) - set(said)) == [f"timer{after}" for after in CHAT_TIMERS]
        replies = [f"{number}:{text}" for number, text in enumerate(texts, start=1)]
        assert without_neighbouring_repeats(arrived(ledger)[chat]) == replies


def bring_all(database: Database) -> None:
    for number in range(EACH):
        for chat in CHATS:
            receive(database, a_message(str(number), chat), fast_clock())
            if random.random() < 0.1:
                receive(database, a_message(str(number), chat), fast_clock())


def all_done(database: Database) -> bool:
    with database.read() as session:
        return not any(
            session.scalar(query.limit(1))
            for query in (
                select(InboxMessage.id).where(InboxMessage.status == "open"),
                select(OutboxMessage.id).where(OutboxMessage.status != "sent"),
                select(Timer.id),
            )
        )


def heard(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        return {found.chat: found.state["heard"] for found in session.scalars(select(Conversation))}


def arrived(ledger: Path) -> dict[str, list[str]]:
    replies = defaultdict(list)
    for line in ledger.read_text().splitlines():
        chat, text = line.split(" ", 1)
        replies[chat].append(text)
    return replies


def without_timers(texts: list[str]) -> list[str]:
    return [text for text in texts if not text.startswith("timer")]


def without_neighbouring_repeats(texts: list[str]) -> list[str]:
    return [text for position, text in enumerate(texts) if position == 0 or texts[position - 1] != text]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    ends_at = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < ends_at
        pause.wait(0.05)
