"""Bells: who writes something rings when it is committed, and whoever waits for it looks at once.

In one process a bell is a call. PostgreSQL carries it to the other processes with the commit (NOTIFY), where
`bot.delivery.listening` rings it again; on SQLite the other processes look often.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Final, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

INBOX: Final = "inbox"  # a message came in
OUTBOX: Final = "outbox"  # a message was queued
WEB: Final = "web"  # a message lies ready for the web chat named in the detail
DIRECTORY: Final = "directory"  # the desk has changed a service
TOPICS: Final = (INBOX, OUTBOX, WEB, DIRECTORY)
LINE: Final = "passerelle"  # the name that PostgreSQL carries bells under

Ring: TypeAlias = Callable[[str], None]

_ANNOUNCED = "announced"
_NOTIFY = text("SELECT pg_notify(:line, payload) FROM unnest(CAST(:payloads AS text[])) AS payload")


def announce(session: Session, topic: str, detail: str = "") -> None:
    """Ring when the transaction of `session` commits, not before."""
    session.info.setdefault(_ANNOUNCED, {})[topic, detail] = None


class Bells:
    """The bells of one process."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self.token = secrets.token_hex(8)  # tells what this process rang itself
        self._rings: dict[str, tuple[Ring, ...]] = dict.fromkeys(TOPICS, ())
        self._lock = threading.Lock()

    def on(self, topic: str, ring: Ring) -> None:
        """Call `ring(detail)`, from any thread, whenever this bell rings."""
        with self._lock:
            self._rings[topic] = (*self._rings[topic], ring)

    def off(self, topic: str, ring: Ring) -> None:
        """Call it no more."""
        with self._lock:
            self._rings[topic] = tuple(known for known in self._rings[topic] if known != ring)

    def ring(self, topic: str, detail: str = "") -> None:
        """Ring in this process."""
        for ring in self._rings.get(topic, ()):
            ring(detail)

    def carry(self, session: Session) -> None:
        """Have PostgreSQL carry what was announced to the other processes when it commits."""
        payloads = [
            f"{self.token} {topic} {detail}"
            for topic, detail in session.info.get(_ANNOUNCED, {})
            # What is queued here is sent here, if anybody here sends.
            if topic != OUTBOX or not self._rings[OUTBOX]
        ]
        if payloads:
            session.execute(_NOTIFY, {"line": LINE, "payloads": payloads})

    def ring_announced(self, session: Session) -> None:
        """Ring in this process what a transaction announced; it has committed."""
        for topic, detail in session.info.get(_ANNOUNCED, {}):
            self.ring(topic, detail)
