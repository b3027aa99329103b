"""How promises were kept: by week and by team, from the requests themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.access import Entrance
from bot.desk.people import in_minutes, reading_minutes
from bot.storage.models import Handoff, Team

WEEKS = 5  # a request's row lives 30 days after its end


@dataclass(frozen=True)
class Kept:
    """How many promises ended in a week or for a team, how many were kept, how long the first words took."""

    name: str
    begins: datetime | None
    promised: int
    kept: int
    median_minutes: float | None

    @property
    def share(self) -> float | None:
        """Give the share that was kept; None where nothing was promised."""
        return self.kept / self.promised if self.promised else None


def by_week(session: Session, by: Entrance, now: datetime) -> list[Kept]:
    """Give the last weeks, the oldest first; now must be in the territory's own time."""
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    rows = _settled(session, by, begins[0], now)
    return [
        _kept("", begin, (row for row in rows if begin <= row.until < begin + timedelta(weeks=1)))
        for begin in begins
    ]


def by_team(session: Session, by: Entrance, now: datetime) -> list[Kept]:
    """Give each team of the territory, for the same weeks."""
    since = now - timedelta(weeks=WEEKS)
    rows = _settled(session, by, since, now)
    teams = session.execute(
        select(Team.id, Team.name).where(Team.territory == by.territory).order_by(Team.name)
    ).all()
    return [_kept(name, None, (row for row in rows if row.team_id == id_)) for id_, name in teams]


@dataclass(frozen=True)
class _Settled:
    team_id: int | None
    until: datetime
    kept: bool
    minutes: float | None


def _settled(session: Session, by: Entrance, since: datetime, now: datetime) -> list[_Settled]:
    """Give the promises that can be judged: answered, missed, or past their moment."""
    query = (
        select(Handoff)
        .join(Team, Team.id == Handoff.team_id)
        .where(Team.territory == by.territory, Handoff.promised_until >= since, Handoff.status != "withdrawn")
    )
    rows = []
    for handoff in session.scalars(query):
        until, replied = handoff.promised_until, handoff.first_reply_at
        if until is None or (replied is None and until > now):
            continue
        kept = handoff.missed_at is None and replied is not None and replied <= until
        minutes = in_minutes(replied - handoff.asked_at) if replied else None
        rows.append(_Settled(handoff.team_id, until, kept, minutes))
    return rows


def _kept(name: str, begins: datetime | None, rows: Iterable[_Settled]) -> Kept:
    found = list(rows)
    median = reading_minutes([row.minutes for row in found if row.minutes is not None])
    return Kept(name, begins, len(found), sum(row.kept for row in found), median)
