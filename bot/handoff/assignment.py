"""Who can take a request: on duty and with room (`scope` tells for which requests)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.storage.models import Handoff, Worker


def workers_with_room(session: Session) -> list[Worker]:
    """Give the workers on duty who can take one more request."""
    held = (
        select(func.count())
        .select_from(Handoff)
        .where(Handoff.worker_id == Worker.id, Handoff.status == "accepted")
        .correlate(Worker)
        .scalar_subquery()
    )
    query = select(Worker).where(Worker.on_duty.is_(True), held < Worker.most_open).order_by(Worker.id)
    return list(session.scalars(query))
