"""Whether promises were kept, and how soon people got their first words; by team, for coordinators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.models import Handoff, Team


@dataclass(frozen=True)
class Kept:
    """A team's promises of a time: those that have been answered or have run out count, the others are open."""

    team_id: int
    team: str
    kept: int = 0
    missed: int = 0
    still_open: int = 0
    median_minutes: float | None = None
    p95_minutes: float | None = None

    @property
    def rate(self) -> float | None:
        """The share of promises that were kept; None before the first one is due."""
        due = self.kept + self.missed
        return self.kept / due if due else None


def promises(session: Session, territory: str, since: datetime, now: datetime) -> list[Kept]:
    """Give every team's promises made since a day; what a person took back before the deadline counts nowhere."""
    teams = session.scalars(select(Team).where(Team.territory == territory).order_by(Team.name)).all()
    query = select(Handoff).where(Handoff.asked_at >= since, Handoff.promised_until.is_not(None))
    rows = session.scalars(query.where(Handoff.team_id.in_([team.id for team in teams]))).all()
    return [_of(team, [row for row in rows if row.team_id == team.id], now) for team in teams]


def percentile(values: Sequence[float], share: float) -> float | None:
    """Give the value below which that share of all lies (nearest rank); None without any."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else None


def _of(team: Team, rows: Sequence[Handoff], now: datetime) -> Kept:
    verdicts = [_verdict(row, now) for row in rows]
    minutes = [(row.first_reply_at - row.asked_at).total_seconds() / 60 for row in rows if row.first_reply_at]
    return Kept(
        team.id,
        team.name,
        verdicts.count("kept"),
        verdicts.count("missed"),
        verdicts.count("open"),
        percentile(minutes, 0.5),
        percentile(minutes, 0.95),
    )


def _verdict(row: Handoff, now: datetime) -> str:
    if row.promised_until is None:
        return ""
    if row.missed_at or (row.first_reply_at and row.first_reply_at > row.promised_until):
        return "missed"
    if row.first_reply_at:
        return "kept"
    if row.closed_at:
        return "" if row.status == "withdrawn" else "missed"
    return "missed" if row.promised_until < now else "open"
