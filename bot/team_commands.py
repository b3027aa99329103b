"""The command `passerelle teams`: list, make, look whether one is ready, open, close, remove, the roster."""

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.conversation.effects import LoseTeam
from bot.handoff.ledger import promises
from bot.handoff.lifecycle import OPEN, WAITING
from bot.handoff.teams import (
    ADVICE,
    MISSING,
    TeamError,
    TeamPlan,
    find_team,
    make_team,
    open_team,
    people_of,
    read_plans,
    readiness,
    teams_of,
)
from bot.settings import read_settings, served
from bot.storage.models import Conversation, Handoff, Team
from directory.hours import is_readable

MONTH = timedelta(days=30)


def list_teams(options: Namespace) -> int:
    """Print every team with its people, what is missing, and whether it keeps its promises."""
    app = _app(options)
    with app.database.read() as session:
        now, territory = app.now(), _stored(app)
        kept = {row.team_id: row for row in promises(session, territory, now - MONTH, now)}
        for team in teams_of(session, territory):
            state = "only for trying out" if team.trial else "live" if team.live else "not live"
            print(f"{team.name} ({state}): {team.hours or 'only while somebody is on /duty'}")
            for worker, _ in people_of(session, team):
                hours = worker.hours or "/duty"
                print(f"  {worker.role} {worker.first_name} ({', '.join(worker.languages)}): {hours}")
            _print_missing(session, team)
            row = kept[team.id]
            if row.rate is not None:
                print(f"  promises of 30 days: {row.kept} kept, {row.missed} missed ({row.rate:.0%})")
    return 0


def make(options: Namespace) -> int:
    """Write one team from the options, or several from a TOML file; an existing one of the name is changed."""
    app = _app(options)
    plans = read_plans(options.file) if options.file else [_plan(options)]
    for plan in plans:
        if problems := plan.problems(app.pack.territory, app.pack.needs):
            raise TeamError(f"{plan.name or 'a team'}: " + "; ".join(problems))
    with app.database.write() as session:
        for plan in plans:
            team = make_team(session, _stored(app), plan)
            print(f"{team.name}: written. Invite its people: passerelle invite-worker --team {team.name!r}")
            _print_missing(session, team)
    return 0


def check(options: Namespace) -> int:
    """Say what a team still needs before people may rely on it."""
    app = _app(options)
    with app.database.read() as session:
        team = find_team(session, _stored(app), options.name)
        _print_missing(session, team)
        return 0 if readiness(session, team).is_ready else 1


def open_(options: Namespace) -> int:
    """Let a team go live, if it is ready."""
    app = _app(options)
    with app.database.write() as session:
        team = find_team(session, _stored(app), options.name)
        found = open_team(session, team)
        print(f"{team.name} is live." if found.is_ready else f"{team.name} cannot go live yet.")
        _print_missing(session, team)
        return 0 if found.is_ready else 1


def close(options: Namespace) -> int:
    """Take a team offline; requests that nobody has taken look for another door."""
    return _leave(options, WAITING)


def remove(options: Namespace) -> int:
    """Take a team away for good; all its open requests look for another door."""
    return _leave(options, OPEN)


def roster(options: Namespace) -> int:
    """Write a worker's duty hours, absence, room and whether she is a woman (her own declaration)."""
    app = _app(options)
    if options.hours is not None and not is_readable(options.hours):
        raise TeamError(f"hours cannot be read: {options.hours} (for example: Mo-We 09:00-12:30)")
    with app.database.write() as session:
        people = people_of(session, find_team(session, _stored(app), options.name))
        found = [worker for worker, _ in people if worker.first_name == options.worker]
        if len(found) != 1:
            raise TeamError(f"{len(found)} workers of this team are called {options.worker}.")
        (worker,) = found
        worker.hours = worker.hours if options.hours is None else options.hours
        worker.most_open = options.most_open or worker.most_open
        worker.woman = worker.woman if options.woman is None else options.woman
        if options.absent_until:
            zone = app.pack.territory.zone
            worker.absent_until = datetime.combine(options.absent_until, time(), zone)
        print(f"{worker.first_name}: {worker.hours or 'by /duty'}")
    return 0


def _plan(options: Namespace) -> TeamPlan:
    names = ("languages", "communes", "themes")
    chosen: dict[str, Any] = {name: tuple(filter(None, getattr(options, name).split(","))) for name in names}
    limits = ("most_open", "reply_minutes", "urgent_minutes")
    chosen |= {name: getattr(options, name) for name in limits if getattr(options, name) is not None}
    return TeamPlan(options.name, options.hours, options.fallback, **chosen)


def _leave(options: Namespace, statuses: Iterable[str]) -> int:
    app = _app(options)
    act, now = app.desk.acting.act, app.now()
    with app.database.write() as session:
        team = find_team(session, _stored(app), options.name)
        team.live = False
        session.flush()
        query = select(Handoff).where(Handoff.team_id == team.id, Handoff.status.in_(statuses))
        requests = session.scalars(query).all()
        for handoff in requests:
            person = session.get(Conversation, handoff.conversation_id or 0)
            if person:
                act(session, person, LoseTeam(handoff.id), now)
        if statuses is OPEN:
            session.flush()
            session.delete(team)
        print(f"{team.name}: {len(requests)} open requests look for another door.")
    return 0


def _print_missing(session: Session, team: Team) -> None:
    found = readiness(session, team)
    for word in found.missing:
        print(f"  missing: {MISSING[word]}")
    for word in found.advice:
        print(f"  advice: {ADVICE[word]}")


def _app(options: Namespace) -> App:
    settings = read_settings()
    if options.territory:
        settings = replace(settings, territories=served(options.territory))
    app = App(settings, working=False)
    app.prepare()
    return app


def _stored(app: App) -> str:
    """Give the territory as it stands in conversations: "" for the one that is served first."""
    code, usual = app.pack.territory.code, read_settings().territories
    return code if code in usual[1:] else ""
