"""What is written down about the desk: who did what to what, and when; never what people wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.vocabulary import mark
from bot.desk.access import Entrance
from bot.storage.models import AuditEvent, Worker

# Every action that can stand in the log, and how it is said.
ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "log-in": mark("logged in"),
        "log-out": mark("logged out"),
        "log-out-everywhere": mark("logged out everywhere"),
        "accept": mark("accepted a request"),
        "decline": mark("left a request to others"),
        "reply": mark("wrote in a request"),
        "note": mark("noted something in a request"),
        "meet": mark("proposed a meeting"),
        "unmeet": mark("cancelled a meeting"),
        "pass-on": mark("passed a request on"),
        "team": mark("wrote down a team"),
        "team-live": mark("let a team go live or not"),
        "close": mark("closed a request"),
        "duty": mark("changed their duty"),
        "invite": mark("invited somebody"),
        "role": mark("changed a role"),
        "remove": mark("removed somebody from the team"),
        "round": mark("noted something about a round"),
        "met": mark("noted a meeting"),
        "notice": mark("took a step with a message to many"),
        "photo": mark("changed their photo"),
        "directory": mark("changed a service"),
        "correction": mark("settled a correction"),
    }
)
ON_A_PAGE: Final = 50


@dataclass(frozen=True)
class Entry:
    """One line of the log; `name` is "" once the worker has left."""

    happened_at: datetime
    name: str
    role: str
    action: str
    subject: str
    field: str
    old: str
    new: str


def write_down(
    session: Session,
    by: Entrance,
    action: str,
    now: datetime,
    subject: str = "",
    *,
    field: str = "",
    old: str = "",
    new: str = "",
) -> None:
    """Write down that somebody did something."""
    if action not in ACTIONS:
        raise ValueError(f"{action}: give it a line in ACTIONS")
    session.add(
        AuditEvent(
            worker_id=by.worker_id,
            territory=by.territory,
            role=by.role,
            action=action,
            subject=subject,
            field=field,
            old=old,
            new=new,
            happened_at=now,
        )
    )


def read_log(session: Session, by: Entrance, page: int, action: str = "", subject: str = "") -> list[Entry]:
    """Give a page of the log of the reader's territory and one line more, the newest first."""
    query = (
        select(AuditEvent, Worker.first_name)
        .join(Worker, Worker.id == AuditEvent.worker_id, isouter=True)
        .where(AuditEvent.territory == by.territory)
    )
    if action:
        query = query.where(AuditEvent.action == action)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    query = query.order_by(AuditEvent.id.desc()).offset((page - 1) * ON_A_PAGE).limit(ON_A_PAGE + 1)
    return [
        Entry(row.happened_at, name or "", row.role, row.action, row.subject, row.field, row.old, row.new)
        for row, name in session.execute(query)
    ]
