"""The meetings of a request as its worker sees them: what was proposed, what the person chose, what was called off."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.access import Entrance
from bot.privacy.sealing import Sealer
from bot.storage.models import Appointment, Handoff, Worker

STANDING = ("proposed", "chosen")


@dataclass(frozen=True)
class Meeting:
    """One proposal; `is_mine` says that the reader made it, and may call it off."""

    id: str
    status: str  # proposed, chosen, none-fits, cancelled
    slots: tuple[datetime, ...]
    chosen_for: datetime | None
    where: str
    is_mine: bool

    @property
    def stands(self) -> bool:
        """Whether it can still take place."""
        return self.status in STANDING


def meetings(session: Session, by: Entrance, request: str, sealer: Sealer) -> list[Meeting]:
    """Give the meetings of a request that the reader holds, the newest first.

    What another team proposed goes along only if the person agreed, as everything that was said.
    """
    handoff = session.get(Handoff, request)
    if handoff is None or handoff.worker_id != by.worker_id:
        return []
    query = (
        select(Appointment)
        .join(Worker, Worker.id == Appointment.worker_id, isouter=True)
        .where(Appointment.handoff_id == request)
        .order_by(Appointment.proposed_at.desc(), Appointment.id)
    )
    if not handoff.history_goes:
        query = query.where((Worker.id == by.worker_id) | (Worker.team_id == handoff.team_id))
    return [_meeting(row, by, sealer) for row in session.scalars(query)]


def is_mine_to_cancel(session: Session, by: Entrance, request: str, meeting: str) -> bool:
    """Tell whether the reader proposed a meeting that still stands."""
    row = session.get(Appointment, meeting)
    return (
        row is not None
        and (row.handoff_id, row.worker_id) == (request, by.worker_id)
        and row.status in STANDING
    )


def _meeting(row: Appointment, by: Entrance, sealer: Sealer) -> Meeting:
    return Meeting(
        row.id,
        row.status,
        tuple(datetime.fromisoformat(slot) for slot in row.slots),
        row.chosen_for,
        sealer.open(row.sealed_where),
        row.worker_id == by.worker_id,
    )
