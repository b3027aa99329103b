"""The teams and workers of a territory as the promise sees them: scope, hours, room."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.handoff.lifecycle import HELD, OPEN, WAITING
from bot.handoff.promise import Colleague, Crew, Wanted
from bot.storage.models import Handoff, Team, Worker


def crews_of(session: Session, territory: str, beside: int | None = None) -> tuple[Crew, ...]:
    """Give the live teams of a territory ("" for the one served first), without the worker who asks for help."""
    teams = session.scalars(select(Team).where(Team.territory == territory, Team.live.is_(True))).all()
    if not teams:
        return ()
    ids = [team.id for team in teams]
    held, counts = _held(session), _counts(session, ids)
    workers = session.scalars(select(Worker).where(Worker.team_id.in_(ids)).order_by(Worker.id)).all()
    return tuple(
        _crew(
            team,
            [
                colleague(one, one.most_open - held.get(one.id, 0))
                for one in workers
                if one.team_id == team.id and one.conversation_id != beside
            ],
            counts,
        )
        for team in teams
    )


def lock_teams(session: Session, territory: str) -> None:
    """Let one promise after the other be made: whoever comes second counts the first one's request."""
    session.execute(select(Team.id).where(Team.territory == territory).order_by(Team.id).with_for_update())


def wanted_of(handoff: Handoff, theme: str) -> Wanted:
    """Give what a request asks of a team."""
    return Wanted(handoff.language, handoff.place, theme, handoff.urgent, tuple(handoff.wishes))


def colleague(worker: Worker, free: int) -> Colleague:
    """See a worker as a value."""
    return Colleague(
        id=worker.id,
        conversation=worker.conversation_id,
        first_name=worker.first_name,
        languages=tuple(worker.languages),
        communes=tuple(worker.communes),
        themes=tuple(worker.themes),
        woman=worker.woman,
        hours=worker.hours,
        absent_until=worker.absent_until,
        on_duty=worker.on_duty,
        free=free,
        role=worker.role,
    )


def last_worker(session: Session, conversation_id: int, before: datetime) -> int | None:
    """Give the worker whom a person knows from an earlier request that is still kept."""
    return session.scalar(
        select(Handoff.worker_id)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.worker_id.is_not(None),
            Handoff.first_reply_at.is_not(None),
            Handoff.asked_at < before,
        )
        .order_by(Handoff.asked_at.desc())
        .limit(1)
    )


def _crew(team: Team, colleagues: Iterable[Colleague], counts: dict[tuple[int, str], int]) -> Crew:
    waiting = sum(counts.get((team.id, status), 0) for status in WAITING)
    return Crew(
        id=team.id,
        name=team.name,
        languages=tuple(team.languages),
        communes=tuple(team.communes),
        themes=tuple(team.themes),
        hours=team.hours,
        free=team.most_open - sum(counts.get((team.id, status), 0) for status in OPEN),
        waiting=waiting,
        reply_minutes=team.reply_minutes,
        urgent_minutes=team.urgent_minutes,
        fallback=team.fallback,
        trial=team.trial,
        colleagues=tuple(colleagues),
    )


def _held(session: Session) -> dict[int, int]:
    query = select(Handoff.worker_id, func.count()).where(
        Handoff.status.in_(HELD), Handoff.worker_id.is_not(None)
    )
    return {id_: count for id_, count in session.execute(query.group_by(Handoff.worker_id)) if id_}


def _counts(session: Session, teams: list[int]) -> dict[tuple[int, str], int]:
    query = (
        select(Handoff.team_id, Handoff.status, func.count())
        .where(Handoff.team_id.in_(teams), Handoff.status.in_(OPEN))
        .group_by(Handoff.team_id, Handoff.status)
    )
    return {(team, status): count for team, status, count in session.execute(query) if team}
