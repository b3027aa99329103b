"""The life of a request as one table; a step happens once, whoever asks for it at the same time."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.storage.models import Appointment, Handoff, HandoffEvent, KeptFile, Note, ThreadMessage

WAITING = frozenset({"asked", "offered"})  # nobody has it yet; asked: nobody was on duty to see it
HELD = frozenset({"accepted", "in-contact"})
OPEN = WAITING | HELD
ENDED = frozenset({"expired", "withdrawn", "closed"})

# Declining, reminding and the question whether another team may see it change no status: events alone.
TRANSITIONS: Mapping[str, tuple[frozenset[str], str]] = MappingProxyType(
    {
        "offer": (WAITING, "offered"),
        "accept": (frozenset({"offered"}), "accepted"),
        "reply": (frozenset({"accepted"}), "in-contact"),
        "release": (HELD, "asked"),
        "transfer": (OPEN, "asked"),
        "expire": (WAITING, "expired"),
        "withdraw": (OPEN, "withdrawn"),
        "close": (HELD, "closed"),
        "reopen": (frozenset({"closed"}), "asked"),
    }
)
EVENTS = frozenset(
    {"ask", "decline", "remind", "reroute", "propose", "agree", "refuse", "miss", "note", "meet"}
)
FORGETS = frozenset({"expired", "withdrawn"})  # what was said dies at once; after closing, with the row


def advance(session: Session, handoff_id: str, step: str, now: datetime, **values: Any) -> bool:
    """Take a step of a request's life; False when it is no longer there to take."""
    before, after = TRANSITIONS[step]
    if after in ENDED:
        values |= {"closed_at": now, "next_team": None}
    if after in FORGETS:
        values |= {"sealed_words": ""}
    done = session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.status.in_(before))
        .values(status=after, **values)
        .returning(Handoff.team_id, Handoff.worker_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if done is None:
        return False
    if after in FORGETS:
        for model in (ThreadMessage, KeptFile, Note, Appointment):
            session.execute(delete(model).where(model.handoff_id == handoff_id))
    note(session, handoff_id, step, now, team=done[0], worker=done[1], reason=values.get("reason", ""))
    return True


def note(
    session: Session,
    handoff_id: str,
    name: str,
    now: datetime,
    *,
    team: int | None = None,
    worker: int | None = None,
    reason: str = "",
) -> None:
    """Write down that something happened to a request."""
    session.add(
        HandoffEvent(
            handoff_id=handoff_id,
            name=name,
            team_id=team,
            worker_id=worker,
            reason=reason,
            happened_at=now,
        )
    )
