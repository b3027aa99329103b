"""Open now? Until when? When next? OSM opening hours with the public holidays of the territory.

An office that names weekdays only and says nothing of public holidays is taken as closed on them; a door that
also opens on Sundays is taken at its word.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from opening_hours import (  # type: ignore[attr-defined]  # the stub forgets UnknownCountryError
    OpeningHours,
    State,
    UnknownCountryError,
    validate,
)

from directory.territory import Territory

HORIZON_DAYS = 400  # a change that is farther away is none
# Overseas departments keep the holidays of France, plus the territory's own `holidays`; the library lacks them.
HOLIDAY_TABLE = {"RE": "FR", "GP": "FR", "MQ": "FR", "GF": "FR", "YT": "FR"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COMMENT = re.compile(r'"[^"]*"')
SCHOOL_HOLIDAYS = re.compile(r"\bSH\b")  # accepted by the library and read as if it was not there
PUBLIC_HOLIDAYS = re.compile(r"\bPH\b")
CLOSED_ON_HOLIDAYS = re.compile(r"\bPH\s+(?:off|closed)\b")
OPEN_END = re.compile(r"\d\s*\+")
A_SUNDAY = datetime(2026, 11, 22)  # noqa: DTZ001  (a wall clock: the expression is asked without a zone)


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
        country=HOLIDAY_TABLE.get(territory.country, territory.country),
        max_interval_days=HORIZON_DAYS,
    )


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
