"""Messages lying ready for the browsers of the web chat, until they are fetched or a day has passed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.storage.bells import WEB, announce
from bot.storage.db import Database
from bot.storage.models import WebMessage

MOST_AT_ONCE = 100


class Mailbox:
    """Keeps and gives web messages; rings when one was kept."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep them in the database."""
        self._database = database
        self._clock = clock

    def on_post(self, ring: Callable[[str], None]) -> None:
        """Call `ring(chat)`, from any thread, when a message was kept."""
        self._database.bells.on(WEB, ring)

    def post(self, chat: str, payload: dict[str, Any]) -> None:
        """Keep one message."""
        with self._database.write() as session:
            session.add(WebMessage(chat=chat, payload=payload, created_at=self._clock()))
            announce(session, WEB, chat)

    def after(self, chat: str, after: int) -> Sequence[tuple[int, dict[str, Any]]]:
        """Give a chat's messages with an id above `after`, oldest first."""
        query = select(WebMessage.id, WebMessage.payload).where(
            WebMessage.chat == chat, WebMessage.id > after
        )
        with self._database.read() as session:
            rows = session.execute(query.order_by(WebMessage.id).limit(MOST_AT_ONCE)).all()
            return [(id_, payload) for id_, payload in rows]

    def forget(self, chat: str) -> None:
        """Let go of everything that lies ready for a chat."""
        with self._database.write() as session:
            session.execute(delete(WebMessage).where(WebMessage.chat == chat))
            announce(session, WEB, chat)
