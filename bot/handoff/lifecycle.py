"""The life of a request as one table; a step happens once, whoever asks for it at the same time."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.storage.models import Handoff, HandoffEvent

TRANSITIONS: Mapping[str, tuple[frozenset[str], str]] = MappingProxyType(
    {
        "accept": (frozenset({"asked"}), "accepted"),
        "expire": (frozenset({"asked"}), "expired"),
        "withdraw": (frozenset({"asked", "accepted"}), "withdrawn"),
        "close": (frozenset({"accepted"}), "closed"),
    }
)
OPEN = frozenset({"asked", "accepted"})
ENDED = frozenset({"expired", "withdrawn", "closed"})


def advance(session: Session, handoff_id: str, step: str, now: datetime, **values: Any) -> bool:
    """Take a step of a request's life; False when it is no longer there to take.

    The words said to the worker die as soon as the request ends.
    """
    before, after = TRANSITIONS[step]
    if after in ENDED:
        values |= {"closed_at": now, "sealed_words": ""}
    done = session.scalar(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.status.in_(before))
        .values(status=after, **values)
        .returning(Handoff.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        return False
    note(session, handoff_id, step, now)
    return True


def note(session: Session, handoff_id: str, name: str, now: datetime) -> None:
    """Write down that something happened to a request."""
    session.add(HandoffEvent(handoff_id=handoff_id, name=name, happened_at=now))
