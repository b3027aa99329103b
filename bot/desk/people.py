"""The team as the desk shows it: who is there, who may what, which team could go live, who has left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.desk.access import Entrance, log_out_everywhere
from bot.desk.roles import Role
from bot.handoff.lifecycle import HELD, OPEN
from bot.handoff.teams import Readiness, readiness
from bot.storage.models import Conversation, Handoff, Team, Worker


class LastCoordinator(Exception):
    """Somebody must be left who can invite and change roles."""


@dataclass(frozen=True)
class Colleague:
    """A worker as colleagues see them."""

    id: int
    first_name: str
    role: str
    team: str
    languages: tuple[str, ...]
    communes: tuple[str, ...]
    on_duty: bool
    hours: str
    absent_until: datetime | None
    held: int
    most_open: int


@dataclass(frozen=True)
class TeamState:
    """A team, what it holds and what is missing before it can go live."""

    id: int
    name: str
    live: bool
    trial: bool
    hours: str
    workers: int
    on_duty: int
    open_requests: int
    most_open: int
    languages: tuple[str, ...]
    communes: tuple[str, ...]
    themes: tuple[str, ...]
    ready: Readiness


def colleagues(session: Session, by: Entrance) -> list[Colleague]:
    """Give everybody who works in the territory, those on duty first."""
    held = (
        select(func.count())
        .select_from(Handoff)
        .where(Handoff.worker_id == Worker.id, Handoff.status.in_(HELD))
        .correlate(Worker)
        .scalar_subquery()
    )
    query = (
        select(Worker, Team.name, held)
        .join(Conversation, Conversation.id == Worker.conversation_id)
        .join(Team, Team.id == Worker.team_id, isouter=True)
        .where(Conversation.territory == by.territory)
        .order_by(Worker.on_duty.desc(), Worker.first_name, Worker.id)
    )
    return [_colleague(worker, team or "", count) for worker, team, count in session.execute(query)]


def teams(session: Session, by: Entrance) -> list[TeamState]:
    """Give the teams of the territory with what each still lacks."""
    query = select(Team).where(Team.territory == by.territory).order_by(Team.name)
    return [_team_state(session, team) for team in session.scalars(query).all()]


def colleague(session: Session, by: Entrance, worker_id: int) -> Worker | None:
    """Give a worker of the same territory; nobody reaches into another one."""
    worker = session.get(Worker, worker_id)
    if worker is None:
        return None
    chat = session.get_one(Conversation, worker.conversation_id)
    return worker if chat.territory == by.territory else None


def change_role(session: Session, worker: Worker, role: Role) -> str:
    """Give somebody another role and give the old one; they log in again with it.

    Raises:
        LastCoordinator: nobody else could change it back.
    """
    old = worker.role
    if old == role:
        return old
    check_not_the_last(session, worker)
    worker.role = role
    log_out_everywhere(session, worker.id)
    return old


def leave_team(session: Session, worker: Worker) -> None:
    """Take somebody out of the team: their sessions and links end with the row.

    Their requests must have been passed on before: `bot.handoff.team.release_all`.
    """
    session.execute(delete(Worker).where(Worker.id == worker.id))


def reading_minutes(minutes: list[float]) -> float | None:
    """Give the middle one of some durations."""
    ordered = sorted(minutes)
    return ordered[len(ordered) // 2] if ordered else None


def in_minutes(duration: timedelta) -> float:
    """Give a duration in minutes."""
    return duration.total_seconds() / 60


def check_not_the_last(session: Session, worker: Worker) -> None:
    """Refuse to lose the last one who can invite and change roles.

    Raises:
        LastCoordinator: the worker is the only coordinator.
    """
    if worker.role != Role.COORDINATOR:
        return
    others = select(Worker.id).where(Worker.role == Role.COORDINATOR, Worker.id != worker.id)
    if session.scalar(others.limit(1).with_for_update()) is None:
        raise LastCoordinator


def _colleague(worker: Worker, team: str, held: int) -> Colleague:
    return Colleague(
        worker.id,
        worker.first_name,
        worker.role,
        team,
        tuple(worker.languages),
        tuple(worker.communes),
        worker.on_duty,
        worker.hours,
        worker.absent_until,
        held,
        worker.most_open,
    )


def _team_state(session: Session, team: Team) -> TeamState:
    workers = session.scalars(select(Worker).where(Worker.team_id == team.id)).all()
    still_open = (
        select(func.count()).select_from(Handoff).where(Handoff.team_id == team.id, Handoff.status.in_(OPEN))
    )
    return TeamState(
        team.id,
        team.name,
        team.live,
        team.trial,
        team.hours,
        len(workers),
        sum(worker.on_duty for worker in workers),
        session.scalar(still_open) or 0,
        team.most_open,
        tuple(team.languages),
        tuple(team.communes),
        tuple(team.themes),
        readiness(session, team),
    )
