"""What residents found wrong, and what the bot could not answer: counts, and everyday words without a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.storage.models import Correction, Tally, Unanswered

LOOKED_BACK = timedelta(days=30)
MOST_LISTED = 100


@dataclass(frozen=True)
class Wrong:
    """A service that residents found wrong."""

    service_id: str
    times: int
    last_at: datetime


@dataclass(frozen=True)
class Counted:
    """How often something was counted lately."""

    name: str
    key: str
    times: int


def corrections(session: Session) -> list[Wrong]:
    """Give the services that residents found wrong, the most often named first."""
    times = func.count()
    query = select(Correction.service_id, times, func.max(Correction.reported_at))
    query = query.group_by(Correction.service_id).order_by(times.desc(), Correction.service_id)
    return [Wrong(*row) for row in session.execute(query.limit(MOST_LISTED))]


def settle(session: Session, service_id: str) -> int:
    """Forget what was said about a service, once somebody has looked; give how many times it was."""
    gone = delete(Correction).where(Correction.service_id == service_id).returning(Correction.id)
    return len(session.scalars(gone).all())


def unanswered(session: Session) -> list[tuple[str, str, int]]:
    """Give the everyday words of what was not understood, with their language, the most frequent first."""
    times = func.count()
    query = select(Unanswered.language, Unanswered.words, times).group_by(
        Unanswered.language, Unanswered.words
    )
    query = query.order_by(times.desc(), Unanswered.language, Unanswered.words).limit(MOST_LISTED)
    return [(language, words, count) for language, words, count in session.execute(query)]


def counted(session: Session, now: datetime) -> list[Counted]:
    """Give what was counted in the last month, the most frequent first."""
    times = func.sum(Tally.count)
    query = select(Tally.name, Tally.key, times).where(Tally.day >= now - LOOKED_BACK)
    query = query.group_by(Tally.name, Tally.key).order_by(times.desc(), Tally.name, Tally.key)
    return [Counted(name, key, int(count)) for name, key, count in session.execute(query.limit(MOST_LISTED))]
