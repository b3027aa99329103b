"""Places, rounds and what was changed, between the database and the pure values of this room."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Executable, delete, select
from sqlalchemy.orm import Session

from bot.outreach.occurrences import Change, Occurrence, Status, StopView, WorkerCard, occurrences
from bot.outreach.places import Family, OutreachPlan, PlaceSheet, Quiet, RoundPlan, Toilets, WhoComes
from bot.storage.db import Insert, Upsert
from bot.storage.models import Meeting, MeetingPlace, Round, RoundWorker, Stop, StopChange, Team, Worker
from directory.territory import Territory

A_WEEK = timedelta(days=7)


def _changing(insert: Insert) -> Executable:
    columns = ("status", "begins_at", "ends_at", "place_id", "changed_at")
    values = {name: getattr(insert.excluded, name) for name in columns}
    return insert.on_conflict_do_update(index_elements=["stop_id", "planned_at"], set_=values)


_CHANGE = Upsert(StopChange, _changing)


def read_places(session: Session, territory: Territory) -> dict[str, PlaceSheet]:
    """Give the meeting places of a territory by id."""
    query = select(MeetingPlace).where(MeetingPlace.territory == territory.code).order_by(MeetingPlace.id)
    return {row.id: _sheet(row) for row in session.scalars(query)}


def read_place(session: Session, place_id: str) -> PlaceSheet | None:
    """Give one meeting place."""
    row = session.get(MeetingPlace, place_id)
    return _sheet(row) if row else None


def territory_of(session: Session, place_id: str) -> str:
    """Tell in which territory a meeting place is, or ""."""
    row = session.get(MeetingPlace, place_id)
    return row.territory if row else ""


def read_calendar(
    session: Session,
    territory: Territory,
    start: datetime,
    end: datetime,
    *,
    place: str = "",
    team: int | None = None,
) -> list[Occurrence]:
    """List each time that a team comes, from `start` to before `end`, with what was changed."""
    stops = _stops(session, territory, team)
    changes = {
        (row.stop_id, row.planned_at): Change(
            Status(row.status), row.begins_at, row.ends_at, row.place_id or ""
        )
        for row in session.scalars(
            select(StopChange).where(StopChange.planned_at >= start, StopChange.planned_at < end)
        )
    }
    found = occurrences(stops, changes, start, end, territory)
    return [one for one in found if not place or place in (one.place, one.stop.place)]


def find_occurrence(
    session: Session, territory: Territory, stop_id: int, planned_at: datetime
) -> Occurrence | None:
    """Give one time of one stop; None when the rule does not say so."""
    found = read_calendar(session, territory, planned_at, planned_at + timedelta(minutes=1))
    return next((one for one in found if one.stop.id == stop_id and one.planned_at == planned_at), None)


def change_stop(session: Session, one: Occurrence, change: Change, now: datetime) -> None:
    """Note what became of one time of a stop; the last word counts."""
    values = {
        "stop_id": one.stop.id,
        "planned_at": one.planned_at,
        "status": str(change.status),
        "begins_at": change.begins,
        "ends_at": change.ends,
        "place_id": change.place or None,
        "changed_at": now,
    }
    session.execute(_CHANGE.on(session), values)


def noted_meetings(session: Session, start: date, end: date) -> set[tuple[str, object]]:
    """Give place and day of each meeting that was noted."""
    query = select(Meeting.place_id, Meeting.day).where(Meeting.day >= start, Meeting.day < end).distinct()
    return {(place, day) for place, day in session.execute(query)}


def set_presence(session: Session, round_id: str, worker_id: int, *, comes: bool) -> None:
    """Let people know, or know no more, that a worker comes on a round; the worker's own choice."""
    there = session.get(RoundWorker, (round_id, worker_id))
    if comes and there is None:
        session.add(RoundWorker(round_id=round_id, worker_id=worker_id))
    elif not comes and there is not None:
        session.delete(there)
    session.flush()


def keep_plan(session: Session, plan: OutreachPlan, territory: Territory) -> list[str]:
    """Bring the plan of a territory into the database; what it no longer names goes.

    Returns:
        The teams that are named and not known: their rounds are shown without a team.
    """
    code = territory.code
    gone = select(MeetingPlace.id).where(
        MeetingPlace.territory == code, MeetingPlace.id.not_in([place.id for place in plan.places])
    )
    rounds_here = select(Stop.round_id).join(MeetingPlace).where(MeetingPlace.territory == code)
    old = set(session.scalars(rounds_here)) - {one.id for one in plan.rounds}
    session.execute(delete(Round).where(Round.id.in_(old)))
    session.execute(delete(MeetingPlace).where(MeetingPlace.id.in_(session.scalars(gone).all())))
    for place in plan.places:
        session.merge(_row(place, code))
    session.flush()
    unknown = [one.team for one in plan.rounds if one.team and not _keep_round(session, one, territory)]
    session.flush()
    return unknown


def _keep_round(session: Session, plan: RoundPlan, territory: Territory) -> bool:
    team = session.scalar(select(Team.id).where(Team.name == plan.team).order_by(Team.id).limit(1))
    session.merge(Round(id=plan.id, team_id=team))
    session.flush()
    kept = {row.number: row for row in session.scalars(select(Stop).where(Stop.round_id == plan.id))}
    for number, stop in enumerate(plan.stops):
        row = kept.pop(number, None)
        if row is None:
            session.add(Stop(round_id=plan.id, number=number, place_id=stop.place, rule=stop.rule))
        else:
            row.place_id, row.rule = stop.place, stop.rule
    for row in kept.values():
        session.delete(row)
    return team is not None


def _stops(session: Session, territory: Territory, team: int | None) -> Iterable[StopView]:
    query = (
        select(Stop, Round.team_id)
        .join(Round, Round.id == Stop.round_id)
        .join(MeetingPlace, MeetingPlace.id == Stop.place_id)
        .where(MeetingPlace.territory == territory.code)
        .order_by(Stop.id)
    )
    if team is not None:
        query = query.where(Round.team_id == team)
    workers = _workers(session)
    return [
        StopView(stop.id, stop.round_id, stop.place_id, stop.rule, team_id, workers.get(stop.round_id, ()))
        for stop, team_id in session.execute(query)
    ]


def _workers(session: Session) -> dict[str, tuple[WorkerCard, ...]]:
    query = select(RoundWorker.round_id, Worker).join(Worker, Worker.id == RoundWorker.worker_id)
    found: dict[str, tuple[WorkerCard, ...]] = {}
    for round_id, worker in session.execute(query.order_by(Worker.id)):
        card = WorkerCard(worker.first_name, tuple(worker.languages))
        found[round_id] = (*found.get(round_id, ()), card)
    return found


def _sheet(row: MeetingPlace) -> PlaceSheet:
    return PlaceSheet(
        id=row.id,
        name=row.name,
        commune=row.commune,
        family=Family(row.family),
        address=row.address,
        hours=row.hours,
        who_comes=tuple(WhoComes(who) for who in row.who_comes),
        quiet=Quiet(row.quiet),
        toilets=Toilets(row.toilets),
        languages=tuple(row.languages),
        asked_there=tuple(row.asked_there),
        source=row.source,
        checked_on=row.checked_on,
        trial=row.trial,
    )


def _row(place: PlaceSheet, territory: str) -> MeetingPlace:
    return MeetingPlace(
        id=place.id,
        territory=territory,
        commune=place.commune,
        name=place.name,
        family=str(place.family),
        address=place.address,
        hours=place.hours,
        who_comes=[str(who) for who in place.who_comes],
        quiet=str(place.quiet),
        toilets=str(place.toilets),
        languages=list(place.languages),
        asked_there=list(place.asked_there),
        source=place.source,
        checked_on=place.checked_on,
        trial=place.trial,
    )
