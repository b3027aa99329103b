"""What nobody can switch off when a message goes to many: pure functions, no setting reaches them.

Quiet hours hold for every message that a person has not just asked for, urgent ones too; whoever is in danger at
night is answered by the lines and by BE-Alert or its like, not by a bot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

QUIET_FROM: Final = time(21)
QUIET_UNTIL: Final = time(8)
ONE_IN: Final = timedelta(days=7)
ONE_PROMOTIONAL_IN: Final = 5
TRUST_CONTACTS: Final = 3
TRUST_AFTER: Final = timedelta(days=60)


class Kind(StrEnum):
    """What a message to many is for."""

    INFORMATION = "information"
    URGENT = "urgent"  # heat, cold, danger
    PROMOTION = "promotion"  # what a team or an organisation does
    INVITATION = "invitation"  # to take part in something; promotion too


PROMOTIONAL: Final = frozenset({Kind.PROMOTION, Kind.INVITATION})


@dataclass(frozen=True)
class Received:
    """A message to many that a person was sent."""

    kind: Kind
    at: datetime


@dataclass(frozen=True)
class Person:
    """What the limits look at: when we met, how often it helped, what was sent, oldest first."""

    met_at: datetime
    helped: int = 0
    received: Sequence[Received] = ()


class Refusal(StrEnum):
    """Why somebody is not written to."""

    QUIET_HOURS = "quiet-hours"
    TOO_SOON = "too-soon"
    TOO_PROMOTIONAL = "too-promotional"
    NO_TRUST_YET = "no-trust-yet"


def is_quiet(now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether people are left in peace at this moment."""
    clock = now.astimezone(zone).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def next_loud_moment(now: datetime, zone: ZoneInfo) -> datetime:
    """Give the first moment from now on at which people may be written to."""
    if not is_quiet(now, zone):
        return now
    here = now.astimezone(zone)
    day = here.date() + timedelta(days=1) if here.time() >= QUIET_FROM else here.date()
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(UTC)


def next_quiet_moment(now: datetime, zone: ZoneInfo) -> datetime:
    """Give the first moment from now on at which people are left in peace."""
    if is_quiet(now, zone):
        return now
    return datetime.combine(now.astimezone(zone).date(), QUIET_FROM, zone).astimezone(UTC)


def why_not(kind: Kind, person: Person, now: datetime, zone: ZoneInfo) -> Refusal | None:
    """Say why this person is not sent a message of this kind now; None when nothing stands against it."""
    if is_quiet(now, zone):
        return Refusal.QUIET_HOURS
    if kind is Kind.INVITATION and not is_trusted(person, now):
        return Refusal.NO_TRUST_YET
    if kind is not Kind.URGENT and any(now - one.at < ONE_IN for one in person.received):
        return Refusal.TOO_SOON
    if kind in PROMOTIONAL and not _four_others_since(person.received):
        return Refusal.TOO_PROMOTIONAL
    return None


def is_trusted(person: Person, now: datetime) -> bool:
    """Tell whether there is trust enough to invite: three times it helped, and sixty days."""
    return person.helped >= TRUST_CONTACTS and now - person.met_at >= TRUST_AFTER


def _four_others_since(received: Sequence[Received]) -> bool:
    """Tell whether the last four messages were not promotional: then at most one in any five is."""
    last = received[-(ONE_PROMOTIONAL_IN - 1) :]
    return len(last) == ONE_PROMOTIONAL_IN - 1 and not any(one.kind in PROMOTIONAL for one in last)
