"""A territory: its places, emergency and help lines, amounts and calendar.

The values alone; `directory.territory_files` reads and checks them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo


class Danger(StrEnum):
    """What must be answered before anything else."""

    SUICIDE = "suicide"
    VIOLENCE_NOW = "violence-now"
    SEXUAL_VIOLENCE = "sexual-violence"
    CHILD_IN_DANGER = "child-in-danger"
    NO_SHELTER_TONIGHT = "no-shelter-tonight"
    MEDICAL_EMERGENCY = "medical-emergency"
    OVERDOSE = "overdose"
    TRAFFICKING = "trafficking"


class Unit(StrEnum):
    """What an amount is counted in; EUR stands for the currency of the territory."""

    EUR = "EUR"
    EUR_MONTH = "EUR/month"
    EUR_YEAR = "EUR/year"
    EUR_DAY = "EUR/day"
    EUR_HOUR = "EUR/hour"
    EUR_CHILD_MONTH = "EUR/child/month"
    PERCENT = "percent"


class Cost(StrEnum):
    """What a service or a call costs the person."""

    FREE = "free"
    SMALL_FEE = "small-fee"
    INCOME_BASED = "income-based"
    INSURED_RATE = "insured-rate"
    PAID = "paid"
    NORMAL_CALL = "normal-call"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """A commune; `name` is by language code, `quarters` are names that people use for parts of it."""

    id: str
    name: Mapping[str, str] = field(hash=False)
    postal_codes: tuple[str, ...]
    latitude: float
    longitude: float
    quarters: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True)
class Line:
    """An emergency or help line; `phone` as dialled in the country, `hours` in OSM syntax or empty."""

    id: str
    name: str
    phone: str
    dangers: tuple[Danger, ...]
    hours: str
    languages: tuple[str, ...]
    cost: Cost
    chat: str
    source: str
    checked_on: date


@dataclass(frozen=True)
class Amount:
    """A sum or a share that the law or a tariff sets, and the day from which it applies."""

    id: str
    value: Decimal
    unit: Unit
    applies_from: date
    source: str
    checked_on: date


@dataclass(frozen=True)
class Holiday:
    """A day off that the table of the country lacks, or any day off where that table does not hold."""

    date: date
    name: str


@dataclass(frozen=True)
class Word:
    """What people or workers of a territory say, and the needs that it stands for there."""

    says: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Territory:
    """One territory; `languages` are the official ones, answers are written in the first.

    Where `country_holidays` is false, the country's table of public holidays does not hold: `holidays` has them all.
    """

    code: str
    name: Mapping[str, str] = field(hash=False)
    country: str
    languages: tuple[str, ...]
    time_zone: str
    currency: str
    helpline: str
    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    amounts: tuple[Amount, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    country_holidays: bool = True
    words: tuple[Word, ...] = ()

    def __hash__(self) -> int:  # caches are kept by territory, and its code tells it from the others
        return hash(self.code)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Give the time zone in which its clocks run."""
        return ZoneInfo(self.time_zone)

    def place(self, place_id: str) -> Place:
        """Give the commune with this id, or raise KeyError."""
        return self._places[place_id]

    def line(self, line_id: str) -> Line:
        """Give the line with this id, or raise KeyError."""
        return {line.id: line for line in self.lines}[line_id]

    def amount(self, amount_id: str) -> Amount:
        """Give the amount with this id, or raise KeyError."""
        return {amount.id: amount for amount in self.amounts}[amount_id]

    def lines_for(self, danger: Danger) -> tuple[Line, ...]:
        """Give the lines that answer a danger, the one to call first in front."""
        return tuple(line for line in self.lines if danger in line.dangers)

    @cached_property
    def _places(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}
