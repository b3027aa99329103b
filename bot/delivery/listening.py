"""Hears the bells of other processes: one connection to PostgreSQL that does nothing but LISTEN.

It trusts its line only while it hears its own knocking: a connection may be dead, or stand behind a pooler
that carries no notifications, without any error. Who does not hear looks often instead.
"""

import logging
import threading
import time
from typing import Any, Final

from psycopg import Connection
from sqlalchemy import text

from bot.delivery.failures import Trouble
from bot.storage.bells import LINE
from bot.storage.db import Database

logger = logging.getLogger(__name__)

KNOCK_SECONDS: Final = 10.0
TRUST_SECONDS: Final = 25.0
PATIENCE_SECONDS: Final = 3.0
GATHER_SECONDS: Final = 0.01  # after a bell, so that many are heard at once
_KNOCK: Final = "knock"
_NOTIFY = text("SELECT pg_notify(:line, :payload)")


class Deaf(Exception):
    """Notifications do not come through."""


class Listener:
    """Rings in this process what others rang; on SQLite it hears nothing."""

    def __init__(self, database: Database) -> None:
        """Take the database; nothing is opened before `start`."""
        self._database = database
        self._stopping = threading.Event()
        self._heard_at: float | None = None
        self._thread: threading.Thread | None = None
        self._trouble = Trouble("listening to other processes")

    @property
    def hears(self) -> bool:
        """Whether others' bells are sure to be heard at once."""
        return self._heard_at is not None and time.monotonic() - self._heard_at < TRUST_SECONDS

    def start(self) -> None:
        """Begin to listen, in a thread."""
        if not self._database.is_sqlite:
            self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        if self._thread is None:
            return
        if self.hears:
            self._knock_quietly()
        self._thread.join(PATIENCE_SECONDS)
        self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:
                self._heard_at = None
                self._stopping.wait(self._trouble.after(error))

    def _listen(self) -> None:
        engine = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            line: Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
            connection.detach()  # the pool must not give it to others
            line.execute(f"LISTEN {LINE}".encode())
            listens_since, knocks_at = time.monotonic(), 0.0
            while not self._stopping.is_set():
                now = time.monotonic()
                if now >= knocks_at:
                    if now - max(listens_since, self._heard_at or 0) > TRUST_SECONDS:
                        raise Deaf
                    self._knock()
                    knocks_at = now + KNOCK_SECONDS
                for note in line.notifies(timeout=knocks_at - now, stop_after=1):
                    self._take(note.payload)
                self._stopping.wait(GATHER_SECONDS)

    def _take(self, payload: str) -> None:
        token, topic, detail = payload.split(" ", 2)
        if token != self._database.bells.token:
            self._database.bells.ring(topic, detail)
        elif topic == _KNOCK:
            self._heard_at = time.monotonic()
            self._trouble.over()

    def _knock(self) -> None:
        payload = f"{self._database.bells.token} {_KNOCK} "
        with self._database.engine.begin() as connection:
            connection.execute(_NOTIFY, {"line": LINE, "payload": payload})

    def _knock_quietly(self) -> None:
        try:
            self._knock()
        except Exception as error:
            logger.info("no last knock: %s", type(error).__name__)
