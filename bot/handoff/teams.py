"""Teams: make them, look whether one is ready to be relied on, take one away without losing a request."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.context import Context
from bot.handoff.lifecycle import HELD, OPEN, WAITING
from bot.handoff.offering import give_up, propose
from bot.mistakes import Mistake
from bot.storage.models import Conversation, Handoff, Team, Worker
from directory.hours import is_readable
from directory.needs import Needs
from directory.territory import Territory

TRIAL = "Passerelle"  # what the team for trying out is called
LEAST_WORKERS = 2
TRIAL_MINUTES = 120
NAME_LIMIT = 80


class TeamError(Mistake, ValueError):
    """The team cannot be made or opened as it is written."""


@dataclass(frozen=True)
class TeamPlan:
    """A team as somebody writes it down."""

    name: str
    hours: str = ""
    fallback: str = ""
    languages: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    most_open: int = 40
    reply_minutes: int = 240
    urgent_minutes: int = 60

    def problems(self, territory: Territory, needs: Needs) -> list[str]:
        """Say what is wrong in it."""
        lines = {line.id for line in territory.lines}
        known = {place.id for place in territory.places}
        themes = {theme.id for theme in needs.themes}
        wrong = [
            f"commune {place} is not in {territory.code}" for place in self.communes if place not in known
        ]
        wrong += [f"theme {theme} is not in the vocabulary" for theme in self.themes if theme not in themes]
        if not self.name or len(self.name) > NAME_LIMIT:
            wrong.append(f"name must have 1 to {NAME_LIMIT} characters")
        if not is_readable(self.hours):
            wrong.append(f"hours cannot be read: {self.hours} (for example: Mo-Fr 09:00-17:00; PH off)")
        if self.fallback and self.fallback not in lines:
            wrong.append(
                f"fallback {self.fallback} is no line of {territory.code}: {', '.join(sorted(lines))}"
            )
        if not 0 < self.urgent_minutes <= self.reply_minutes:
            wrong.append("urgent_minutes must be above 0 and not above reply_minutes")
        if self.most_open < 1:
            wrong.append("most_open must be 1 or more")
        return wrong


@dataclass(frozen=True)
class Readiness:
    """Whether a team can be relied on, and what is missing."""

    missing: tuple[str, ...] = field(default=())
    advice: tuple[str, ...] = field(default=())

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


# What is missing, by a word; `bot.conversation.vocabulary` is not needed: coordinators read these on the desk.
MISSING: Mapping[str, str] = {
    "hours": "Its hours are not written.",
    "workers": "It has fewer than two workers.",
    "fallback": "It has no number to call when a promise fails.",
}
ADVICE: Mapping[str, str] = {
    "roster": "No worker has duty hours: people are promised something only while somebody is on /duty.",
    "coordinator": "It has no coordinator, who hears when a promise is about to fail.",
}


def readiness(session: Session, team: Team) -> Readiness:
    """Look whether a team has what people must be able to rely on; `missing` and `advice` hold words of the tables."""
    workers = session.scalars(select(Worker).where(Worker.team_id == team.id)).all()
    missing = [] if team.hours and is_readable(team.hours) else ["hours"]
    missing += ["workers"] if len(workers) < LEAST_WORKERS else []
    missing += [] if team.fallback else ["fallback"]
    advice = [] if any(worker.hours for worker in workers) else ["roster"]
    advice += [] if any(worker.role == "coordinator" for worker in workers) else ["coordinator"]
    return Readiness(tuple(missing), tuple(advice))


def open_team(session: Session, team: Team) -> Readiness:
    """Let a team go live if it is ready; the answer says what is missing."""
    found = readiness(session, team)
    if found.is_ready:
        team.live, team.trial = True, False
    return found


def close_team(context: Context, team: Team) -> None:
    """Take a team offline; what nobody has taken yet goes to another team, or ends with other doors."""
    team.live = False
    context.session.flush()
    query = select(Handoff).where(Handoff.team_id == team.id, Handoff.status.in_(WAITING))
    for handoff in context.session.scalars(query).all():
        lose_team(context, handoff)


def remove_team(context: Context, team: Team) -> int:
    """Take a team away for good; give how many requests looked for another door."""
    team.live = False
    context.session.flush()
    query = select(Handoff).where(Handoff.team_id == team.id, Handoff.status.in_(OPEN))
    found = context.session.scalars(query).all()
    for handoff in found:
        lose_team(context, handoff)
    context.session.flush()
    context.session.delete(team)
    return len(found)


def lose(context: Context, handoff_id: str) -> None:
    """Look for another door for a request whose team is gone."""
    handoff = context.session.get(Handoff, handoff_id)
    if handoff is not None and handoff.status in OPEN:
        lose_team(context, handoff)


def lose_team(context: Context, handoff: Handoff) -> None:
    """Look for another door for a request whose team is gone."""
    from bot.handoff.desk import hand_on_or_end  # the desk stands on the team

    if handoff.status in HELD:
        hand_on_or_end(context, handoff, "team-gone")
    elif not propose(context, handoff, "team-gone"):
        give_up(context, handoff)


def make_team(session: Session, territory: str, plan: TeamPlan) -> Team:
    """Write a new team, not live yet; one of the same name is changed."""
    team = session.scalar(select(Team).where(Team.territory == territory, Team.name == plan.name))
    values: dict[str, Any] = dict(plan.__dict__)
    for name in ("languages", "communes", "themes"):
        values[name] = list(values[name])
    if team is None:
        team = Team(territory=territory, **values)
        session.add(team)
    else:
        for name, value in values.items():
            setattr(team, name, value)
    session.flush()
    return team


def trial_team(session: Session, territory: str) -> Team:
    """Give the team for trying out, made at its first use: live without hours, by /duty alone, and it says so."""
    team = session.scalar(select(Team).where(Team.territory == territory, Team.trial.is_(True)).limit(1))
    if team is None:
        team = Team(
            territory=territory,
            name=TRIAL,
            reply_minutes=TRIAL_MINUTES,
            urgent_minutes=TRIAL_MINUTES // 2,
            trial=True,
            live=True,
        )
        session.add(team)
        session.flush()
    return team


def read_plans(path: Path) -> list[TeamPlan]:
    """Read teams from a TOML file of [[team]] tables.

    Raises:
        TeamError: the file has another form.
    """
    try:
        rows: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("team", [])
        return [TeamPlan(**{key: _frozen(value) for key, value in row.items()}) for row in rows]
    except (OSError, tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise TeamError(f"{path}: {error}") from error


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def find_team(session: Session, territory: str, name: str) -> Team:
    """Give the team of a name.

    Raises:
        TeamError: there is none.
    """
    found = [team for team in teams_of(session, territory) if team.name == name]
    if not found:
        raise TeamError(f"There is no team {name!r}; `passerelle teams list` shows them.")
    return found[0]


def teams_of(session: Session, territory: str) -> list[Team]:
    """Give all teams of a territory, by name."""
    return list(session.scalars(select(Team).where(Team.territory == territory).order_by(Team.name)))


def people_of(session: Session, team: Team) -> list[tuple[Worker, Conversation]]:
    """Give the workers of a team with their chats."""
    query = select(Worker, Conversation).join(Conversation, Conversation.id == Worker.conversation_id)
    return [(w, c) for w, c in session.execute(query.where(Worker.team_id == team.id).order_by(Worker.id))]
