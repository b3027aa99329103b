"""Open now? Until when? When next? OSM opening hours with the public holidays of the territory.

An office that names weekdays only and says nothing of public holidays is taken as closed on them; a door that
also opens on Sundays is taken at its word.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from opening_hours import (  # type: ignore[attr-defined]  # the stub forgets UnknownCountryError
    OpeningHours,
    State,
    UnknownCountryError,
    validate,
)

from directory.services import Service
from directory.territory import Territory

HORIZON_DAYS = 400  # a change that is farther away is none
# Overseas departments keep the holidays of France, plus the territory's own `holidays`; the library lacks them.
HOLIDAY_TABLE = {"RE": "FR", "GP": "FR", "MQ": "FR", "GF": "FR", "YT": "FR"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COMMENT = re.compile(r'"[^"]*"')
SCHOOL_HOLIDAYS = re.compile(r"\bSH\b")  # accepted by the library and read as if it was not there
NO_ORDINARY_WEEK = re.compile(r"\bSH\b|\[|\bweek\b|easter|sun(?:rise|set)|" + "|".join(MONTHS))
PUBLIC_HOLIDAYS = re.compile(r"\bPH\b")
CLOSED_ON_HOLIDAYS = re.compile(r"\bPH\s+(?:off|closed)\b")
OPEN_END = re.compile(r"\d\s*\+")
A_SUNDAY = datetime(2026, 11, 22)  # noqa: DTZ001  (a wall clock: the expression is asked without a zone)


LONGEST_DAY = timedelta(hours=24)
Opening: TypeAlias = tuple[time, time]


class OpenState(StrEnum):
    """Whether a door is open."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OpenStatus:
    """Whether a door is open and until when, or when it opens next; times are in the territory's zone."""

    state: OpenState
    until: datetime | None = None
    next_opening: datetime | None = None
    always: bool = False


UNKNOWN = OpenStatus(OpenState.UNKNOWN)


def status(expression: str, now: datetime, territory: Territory) -> OpenStatus:
    """Say whether a door is open at a moment; `now` must know its time zone."""
    if now.utcoffset() is None:
        raise ValueError("now must know its time zone")
    hours = _hours(expression, territory)
    if hours is None:
        return UNKNOWN
    here = now.astimezone(territory.zone)
    state, _ = hours.state(here)
    change = hours.next_change(here)
    if state is State.OPEN:
        until = None if OPEN_END.search(expression) else change
        return OpenStatus(OpenState.OPEN, until=until, always=change is None)
    return OpenStatus(
        OpenState.CLOSED if state is State.CLOSED else OpenState.UNKNOWN,
        next_opening=_next_opening(hours, change),
    )


def status_of(service: Service, now: datetime, territory: Territory) -> OpenStatus:
    """Say whether a service is open at a moment, a closure for a time included."""
    seen, here = status(service.hours, now, territory), now.astimezone(territory.zone)
    closed_from = service.closed_from
    if closed_from is None or (service.closed_until and service.closed_until < here.date()):
        return seen
    if service.is_closed_on(here.date()):
        return OpenStatus(OpenState.CLOSED, next_opening=_reopening(service, territory))
    closes = datetime.combine(closed_from, time(), territory.zone)
    if seen.state is OpenState.OPEN and (seen.until is None or seen.until > closes):
        return OpenStatus(OpenState.OPEN, until=closes)
    if seen.next_opening and seen.next_opening >= closes:
        return OpenStatus(seen.state, next_opening=_reopening(service, territory))
    return seen


def _reopening(service: Service, territory: Territory) -> datetime | None:
    """Tell when a service opens again after its closure, as far as its hours and the end of it are known."""
    if service.closed_until is None:
        return None
    morning = datetime.combine(service.closed_until + timedelta(days=1), time(), territory.zone)
    seen = status(service.hours, morning, territory)
    return morning if seen.state is OpenState.OPEN else seen.next_opening


def week_of(expression: str, now: datetime, territory: Territory) -> tuple[tuple[Opening, ...], ...]:
    """Give the openings of each day of an ordinary week, Monday first; empty when no week is ordinary, or unknown.

    For paper, where "open now" would soon be wrong; holidays are left out.
    """
    if not expression.strip() or NO_ORDINARY_WEEK.search(expression) or not validate(expression):
        return ()
    today = now.astimezone(territory.zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    found = OpeningHours(expression).intervals(monday - timedelta(days=1), monday + timedelta(days=8))
    opened = [
        (start, end)
        for start, end, state, _ in found
        if state is State.OPEN and monday <= start < monday + timedelta(days=7)
    ]
    if not opened or any(end is None or end - start > LONGEST_DAY for start, end in opened):
        return ()
    return tuple(
        tuple((start.time(), end.time()) for start, end in opened if start.weekday() == day)
        for day in range(7)
    )


def openings(
    expression: str, start: datetime, end: datetime, territory: Territory
) -> tuple[tuple[datetime, datetime | None], ...]:
    """Give what opens from `start` to before `end`, on the days as they are; no end for what does not close."""
    hours = _hours(expression, territory)
    if hours is None:
        return ()
    found = hours.intervals(start.astimezone(territory.zone), end.astimezone(territory.zone))
    return tuple((begins, ends) for begins, ends, state, _ in found if state is State.OPEN and begins < end)


def is_readable(expression: str) -> bool:
    """Tell whether the hours can be understood; empty means unknown hours and is readable."""
    return not expression.strip() or validate(expression)


def is_known_country(country: str) -> bool:
    """Tell whether a country's public holidays are known."""
    try:
        OpeningHours("24/7", country=HOLIDAY_TABLE.get(country, country))
    except UnknownCountryError:
        return False
    return True


def _next_opening(hours: OpeningHours, change: datetime | None) -> datetime | None:
    if change is None:
        return None
    intervals = hours.intervals(change, change + timedelta(days=HORIZON_DAYS))
    return next((start for start, _, state, _ in intervals if state is State.OPEN), None)


@lru_cache(maxsize=4096)
def _hours(expression: str, territory: Territory) -> OpeningHours | None:
    rules = COMMENT.sub("", expression).strip()
    if not rules or SCHOOL_HOLIDAYS.search(rules) or not validate(expression):
        return None
    with_holidays = "; ".join((expression, *_holiday_rules(expression, rules, territory)))
    if not validate(with_holidays):
        return None
    return OpeningHours(
        with_holidays,
        timezone=territory.zone,
        country=_holiday_table(territory),
        max_interval_days=HORIZON_DAYS,
    )


def _holiday_table(territory: Territory) -> str | None:
    """Name the country whose public holidays hold here; None where the territory lists all of its own."""
    return HOLIDAY_TABLE.get(territory.country, territory.country) if territory.country_holidays else None


def _holiday_rules(expression: str, rules: str, territory: Territory) -> list[str]:
    dates = [holiday.date for holiday in territory.holidays]
    days = [f"{day.year} {MONTHS[day.month - 1]} {day.day:02}" for day in dates]
    if CLOSED_ON_HOLIDAYS.search(rules):
        return [f"{day} off" for day in days]
    if PUBLIC_HOLIDAYS.search(rules):  # other hours on holidays: the extra days cannot be told
        return [f"{day} unknown" for day in days]
    if _opens_on_sundays(expression):
        return []
    return ["PH off", *(f"{day} off" for day in days)]


def _opens_on_sundays(expression: str) -> bool:
    sunday = OpeningHours(expression).intervals(A_SUNDAY, A_SUNDAY + timedelta(days=1))
    return any(state is not State.CLOSED for _, _, state, _ in sunday)
