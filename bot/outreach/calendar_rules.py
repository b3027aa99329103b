"""When a round comes: the notation of opening hours (OSM), which workers of this house know from the directory.

`We 14:00-17:00` comes every week, `We[1] 14:00-16:00` each first Wednesday, `week 1-53/2 Tu 09:00-11:00` every
second week, `2026 Nov 24 14:00-16:00` once. Public holidays are days off unless the rule names them or Sundays.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from directory.hours import is_readable, openings
from directory.territory import Territory

LONGEST: Final = timedelta(hours=12)  # nobody stands in a park longer than that
SHORTEST: Final = timedelta(minutes=10)
MOST_DAYS: Final = 100  # asked for at once, so that no rule runs for ever
LOOK_AHEAD: Final = timedelta(days=400)
NEVER_HERE: Final = re.compile(r'\bSH\b|sunrise|sunset|dawn|dusk|easter|"|\d\s*\+')


def problem_of(rule: str, now: datetime, territory: Territory) -> str:
    """Say what is wrong with a rule and what to write instead; "" when it is good."""
    if not rule.strip() or not is_readable(rule):
        return "is not a rule such as We 14:00-17:00"
    if NEVER_HERE.search(rule):
        return "must name days and two clock hours, such as We 14:00-17:00"
    found = openings(rule, now, now + LOOK_AHEAD, territory)
    if not found:
        return "never comes in the next 400 days, write a day that is still to come"
    if any(ends is None or _length(begins, ends) > LONGEST for begins, ends in found):
        return "goes on for more than 12 hours, write an hour at which it ends"
    if all(ends is not None and _length(begins, ends) < SHORTEST for begins, ends in found):
        return "is shorter than 10 minutes"
    return ""


def come_between(
    rule: str, start: datetime, end: datetime, territory: Territory
) -> tuple[tuple[datetime, datetime], ...]:
    """Give each time that a rule comes, beginning from `start` to before `end`, in the territory's zone.

    An hour that does not exist when clocks go forward is left out when nothing remains of it.
    """
    if end - start > timedelta(days=MOST_DAYS):
        raise ValueError(f"At most {MOST_DAYS} days at once.")
    # The library cuts what it finds at both ends of what it is asked for.
    found = openings(rule, start - LONGEST, end + LONGEST, territory)
    return tuple(
        (begins, ends)
        for begins, ends in found
        if start <= begins < end and ends is not None and SHORTEST <= _length(begins, ends) <= LONGEST
    )


def _length(begins: datetime, ends: datetime) -> timedelta:
    # In UTC: on the night of a clock change the wall clock lies.
    return ends.astimezone(UTC) - begins.astimezone(UTC)
