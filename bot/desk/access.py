"""The way in: a link that works once, and the session that it opens; only hashes are kept of both.

A session ends when nobody has used it for a while, after a day's work in any case, when the worker logs out here
or everywhere, and with the worker (the row goes with theirs).
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from bot.storage.models import Conversation, DeskLink, DeskSession, Worker

LINK_VALID: Final = timedelta(minutes=10)
IDLE_AFTER: Final = timedelta(hours=1)
ENDS_AFTER: Final = timedelta(hours=12)
TOUCH_EVERY: Final = timedelta(minutes=1)  # a page that is looked at does not write each time
MOST_CODE: Final = 64


@dataclass(frozen=True)
class Entrance:
    """Who is at the desk: the worker as of now, the session, and the proof that its own pages send back."""

    session_id: int
    worker_id: int
    conversation_id: int
    first_name: str
    role: str
    team_id: int | None
    territory: str  # as in Conversation: "" for the one that is served first
    language: str  # chosen for the pages, else in the chat, else by the phone
    csrf: str
    last_seen_at: datetime

    def is_stale(self, now: datetime) -> bool:
        """Tell whether it is time to write down that the session is used."""
        return self.last_seen_at < now - TOUCH_EVERY


def make_link(session: Session, worker_id: int, now: datetime) -> str:
    """Make a link's code for a worker; the ones before it do not work any more."""
    session.execute(delete(DeskLink).where(DeskLink.worker_id == worker_id, DeskLink.used_at.is_(None)))
    code = secrets.token_urlsafe(24)
    session.add(DeskLink(code_hash=_hash(code), worker_id=worker_id, expires_at=now + LINK_VALID))
    return code


def is_valid(session: Session, code: str, now: datetime) -> bool:
    """Tell whether a link can still be used, without using it."""
    query = select(DeskLink.id).where(*_unused(code, now))
    return session.scalar(query) is not None


def log_in(session: Session, code: str, now: datetime) -> str | None:
    """Use a link up and open a session; give its token, or None. Of two who use one link at once, one is in."""
    used = update(DeskLink).where(*_unused(code, now)).values(used_at=now).returning(DeskLink.worker_id)
    worker_id = session.scalar(used.execution_options(synchronize_session=False))
    if worker_id is None:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        DeskSession(
            token_hash=_hash(token),
            worker_id=worker_id,
            began_at=now,
            last_seen_at=now,
            expires_at=now + ENDS_AFTER,
        )
    )
    return token


def who(session: Session, token: str, now: datetime) -> Entrance | None:
    """Tell who is behind a token; None once the session has ended."""
    query = (
        select(DeskSession, Worker, Conversation)
        .join(Worker, Worker.id == DeskSession.worker_id)
        .join(Conversation, Conversation.id == Worker.conversation_id)
        .where(
            DeskSession.token_hash == _hash(token),
            DeskSession.expires_at > now,
            DeskSession.last_seen_at > now - IDLE_AFTER,
        )
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, worker, chat = found
    return Entrance(
        row.id,
        worker.id,
        chat.id,
        worker.first_name,
        worker.role,
        worker.team_id,
        chat.territory,
        row.language or chat.language or chat.phone_language,
        _proof(token),
        row.last_seen_at,
    )


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Keep a session that is used from falling asleep."""
    session.execute(
        update(DeskSession)
        .where(DeskSession.id == session_id, DeskSession.last_seen_at < now - TOUCH_EVERY)
        .values(last_seen_at=now)
    )


def choose_language(session: Session, session_id: int, language: str) -> None:
    """Show the pages in another language."""
    session.execute(update(DeskSession).where(DeskSession.id == session_id).values(language=language))


def log_out(session: Session, session_id: int) -> None:
    """End one session."""
    session.execute(delete(DeskSession).where(DeskSession.id == session_id))


def log_out_everywhere(session: Session, worker_id: int) -> None:
    """End every session of a worker, and the links that could open one."""
    session.execute(delete(DeskSession).where(DeskSession.worker_id == worker_id))
    session.execute(delete(DeskLink).where(DeskLink.worker_id == worker_id))


def is_own_form(entrance: Entrance, given: str) -> bool:
    """Tell whether a form comes from a page of this session."""
    return hmac.compare_digest(entrance.csrf.encode(), given.encode())


def _unused(code: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return DeskLink.code_hash == _hash(code), DeskLink.used_at.is_(None), DeskLink.expires_at > now


def _proof(token: str) -> str:
    return hmac.digest(token.encode(), b"forms of the desk", "sha256").hex()


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
