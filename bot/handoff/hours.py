"""Duty as stretches of time: when hours in OSM syntax hold, what they share, when enough of them has passed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

from directory import hours
from directory.hours import OpenState
from directory.territory import Territory

Stretch: TypeAlias = tuple[datetime, datetime]

AHEAD = timedelta(days=8)  # nobody is promised anything that lies farther away
MOST_CHANGES = 200
FIVE_MINUTES = timedelta(minutes=5)


def opened(expression: str, start: datetime, end: datetime, territory: Territory) -> tuple[Stretch, ...]:
    """Give the stretches in which hours hold between two moments, holidays of the territory included."""
    found: list[Stretch] = []
    day = start.astimezone(territory.zone).date()
    while datetime.combine(day, time(), territory.zone) < end:
        found += _opened_on(expression, day, territory)
        day += timedelta(days=1)
    return clipped(joined(found), start, end)


def is_open(expression: str, now: datetime, territory: Territory) -> bool:
    """Tell whether hours hold at a moment."""
    return bool(expression) and hours.status(expression, now, territory).state is OpenState.OPEN


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Join stretches that touch or overlap."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def shared(some: Iterable[Stretch], others: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Give the time that lies in both."""
    others = tuple(others)
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return joined((start, end) for start, end in both if start < end)


def clipped(stretches: Iterable[Stretch], start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Leave out what lies before or after."""
    cut = ((max(a, start), min(b, end)) for a, b in stretches)
    return tuple((a, b) for a, b in cut if a < b)


def after(stretches: Iterable[Stretch], duty: timedelta) -> datetime | None:
    """Tell when that much duty has passed; None when there is not so much."""
    left = duty
    for start, end in stretches:
        if end - start >= left:
            return start + left
        left -= end - start
    return None


def rounded(moment: datetime) -> datetime:
    """Give the next moment that is a full five minutes, as people say it."""
    spare = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (FIVE_MINUTES - spare) if spare else moment


@lru_cache(maxsize=16384)
def _opened_on(expression: str, day: date, territory: Territory) -> tuple[Stretch, ...]:
    midnight = datetime.combine(day, time(), territory.zone)
    end = datetime.combine(day + timedelta(days=1), time(), territory.zone)
    found: list[Stretch] = []
    at = midnight
    for _ in range(MOST_CHANGES):
        status = hours.status(expression, at, territory)
        if status.state is OpenState.OPEN:
            until = end if status.until is None else min(status.until, end)
            # In UTC: two moments of one zone are subtracted as if its clock never changed.
            found.append((at.astimezone(UTC), until.astimezone(UTC)))
            following: datetime | None = until
        else:
            following = status.next_opening
        if following is None or following >= end or following <= at:
            break
        at = following
    return tuple(found)
