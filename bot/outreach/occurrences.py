"""Each time that a team comes to a place: what was planned, what became of it, and what that says of a month.

Pure values: `bot.outreach.schedule` reads them from the database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import log

from bot.outreach.calendar_rules import come_between
from directory.territory import Territory

OFTEN = 5  # times in eight weeks


class Status(StrEnum):
    """What became of a stop of a round."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    MOVED = "moved"
    HELD = "held"
    NOT_HELD = "not-held"


@dataclass(frozen=True)
class WorkerCard:
    """What people may know of a worker who comes: a first name and languages, as the worker chose."""

    first_name: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class StopView:
    """A stop of a round as it is kept."""

    id: int
    round: str
    place: str
    rule: str
    team: int | None = None
    workers: tuple[WorkerCard, ...] = ()


@dataclass(frozen=True)
class Change:
    """What somebody noted about one time of a stop."""

    status: Status
    begins: datetime | None = None
    ends: datetime | None = None
    place: str = ""


@dataclass(frozen=True)
class Occurrence:
    """One time that a team comes, as it is now; `planned_at` is when the rule says, which names it."""

    stop: StopView
    planned_at: datetime
    begins: datetime
    ends: datetime
    place: str
    status: Status = Status.PLANNED

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody comes."""
        return self.status in (Status.CANCELLED, Status.NOT_HELD)


def occurrences(
    stops: Iterable[StopView],
    changes: Mapping[tuple[int, datetime], Change],
    start: datetime,
    end: datetime,
    territory: Territory,
) -> list[Occurrence]:
    """List each time that the rules say, with what was changed, in order; from `start` to before `end`."""
    found = []
    for stop in stops:
        for begins, ends in come_between(stop.rule, start, end, territory):
            planned = Occurrence(stop, begins, begins, ends, stop.place)
            change = changes.get((stop.id, begins))
            found.append(_changed(planned, change, territory) if change else planned)
    return sorted(found, key=lambda one: (one.begins, one.place, one.stop.id))


def _changed(planned: Occurrence, change: Change, territory: Territory) -> Occurrence:
    begins, ends = change.begins or planned.begins, change.ends or planned.ends
    return replace(
        planned,
        status=change.status,
        begins=begins.astimezone(territory.zone),
        ends=ends.astimezone(territory.zone),
        place=change.place or planned.place,
    )


def clashes(found: Sequence[Occurrence]) -> list[tuple[Occurrence, Occurrence]]:
    """Find what does not fit together: two at one place at once, or one team or worker in two places at once."""
    coming = [one for one in found if not one.is_cancelled]
    return [
        (one, other)
        for position, one in enumerate(coming)
        for other in coming[position + 1 :]
        if one.begins < other.ends and other.begins < one.ends and _share(one, other)
    ]


def _share(one: Occurrence, other: Occurrence) -> bool:
    same_place = one.place == other.place
    same_team = one.stop.team is not None and one.stop.team == other.stop.team
    return same_place or (same_team and bool(_names(one) & _names(other) or not _names(one)))


def _names(one: Occurrence) -> set[str]:
    return {worker.first_name for worker in one.stop.workers}


def gaps(found: Iterable[Occurrence], communes: Iterable[str], commune_of: Mapping[str, str]) -> list[str]:
    """List the communes where nobody comes in the time looked at."""
    reached = {commune_of.get(one.place, "") for one in found if not one.is_cancelled}
    return [commune for commune in communes if commune not in reached]


def kept_rate(
    found: Iterable[Occurrence], met: Iterable[tuple[str, object]], now: datetime
) -> tuple[int, int]:
    """Count (held, planned) among what is over; whoever noted a meeting that day was there.

    Args:
        met: place and day of each noted meeting.
    """
    noted = set(met)
    over = [one for one in found if one.ends <= now]
    held = [
        one
        for one in over
        if one.status is Status.HELD or (not one.is_cancelled and (one.place, one.begins.date()) in noted)
    ]
    return len(held), len(over)


def diversity(families: Iterable[str]) -> float:
    """Tell how evenly visits are spread over families of places: 1 for one family only, 5 for five in equal parts.

    The exponential of the Shannon index, so that it reads as a number of families.
    """
    counts = Counter(families)
    total = sum(counts.values())
    if not total:
        return 0.0
    index = -sum(n / total * log(n / total) for n in counts.values())
    return round(2.718281828459045**index, 1)


def of_the_week(found: Iterable[Occurrence], now: datetime, days: int = 7) -> list[Occurrence]:
    """Keep what is still to come or going on in the next days."""
    until = now + timedelta(days=days)
    return [one for one in found if one.ends > now and one.begins < until]


def every_week(found: Iterable[Occurrence]) -> list[tuple[int, str, str]]:
    """Give the weekdays and hours that come nearly every week, for paper: (Monday is 0, begins, ends)."""
    hours = Counter(
        (one.planned_at.weekday(), f"{one.begins:%H:%M}", f"{one.ends:%H:%M}")
        for one in found
        if one.status is Status.PLANNED
    )
    return sorted(key for key, times in hours.items() if times >= OFTEN)
