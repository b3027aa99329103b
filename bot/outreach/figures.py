"""What the territory says in a quarter that is over: counts by one thing at a time, small ones hidden.

Counts are kept one by one (so many questions about housing, so many in Etterbeek) and never together, so there is no
row that a person could be found by. Only whole quarters can be asked for: two spans that differ by a day would tell
what happened on that day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversation.dialogues.followup import REASONS
from bot.outreach.suppression import publish
from bot.storage.models import Meeting, MeetingPlace, Tally
from directory.needs import Needs
from directory.territory import Territory

UNKNOWN = "unknown"
MEETINGS = "meetings"


class By(StrEnum):
    """What a table counts by."""

    THEME = "theme"
    COMMUNE = "commune"
    LANGUAGE = "language"
    WEEK = "week"
    REASON = "reason"
    OUTCOME = "outcome"
    PLACE = "place"


# The outcomes that are published; those of being turned away are counted by theme instead, never both.
PUBLISHED_OUTCOMES = ("helped", "not-yet", "closed")
TABLES: Mapping[str, By] = {
    "asked-theme": By.THEME,
    "asked-commune": By.COMMUNE,
    "asked-language": By.LANGUAGE,
    "asked-week": By.WEEK,
    "unanswered": By.THEME,
    "turned-away": By.THEME,
    "why-not": By.REASON,
    "did-it-work": By.OUTCOME,
    "met-theme": By.THEME,
    "met-language": By.LANGUAGE,
    "met-place": By.PLACE,
}


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year."""

    year: int
    number: int

    @staticmethod
    def read(written: str) -> "Quarter | None":
        """Read `2026-Q4`."""
        year, _, number = written.partition("-Q")
        if not (len(year) == 4 and year.isascii() and year.isdigit() and number in ("1", "2", "3", "4")):
            return None
        return Quarter(int(year), int(number)) if int(year) >= 2000 else None

    @staticmethod
    def of(day: date) -> "Quarter":
        """Give the quarter of a day."""
        return Quarter(day.year, (day.month + 2) // 3)

    @property
    def begins(self) -> date:
        """The first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends(self) -> date:
        """The first day after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1).begins

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


@dataclass(frozen=True)
class Grounds:
    """What the keys of the tables are taken from."""

    territory: Territory
    needs: Needs
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """One table as it may be published: each key with its count, or None where it stays hidden."""

    name: str
    by: By
    cells: Mapping[str, int | None]

    @property
    def visible(self) -> int:
        """The sum of what is shown, not of all."""
        return sum(n for n in self.cells.values() if n is not None)


def is_over(quarter: Quarter, now: datetime) -> bool:
    """Tell whether a quarter can be published: it has ended, and nothing is added to it any more."""
    return quarter.ends < now.astimezone(UTC).date()


def quarters_with_figures(session: Session, now: datetime) -> list[Quarter]:
    """List the quarters that are over and of which something was counted, the newest first."""
    first = session.scalar(select(func.min(Tally.day)))
    if first is None:
        return []
    found, quarter = [], Quarter.of(first.date())
    while is_over(quarter, now):
        found.append(quarter)
        quarter = Quarter.of(quarter.ends)
    return found[::-1]


def read_figures(session: Session, world: Grounds, quarter: Quarter, now: datetime) -> list[Figure]:
    """Give every table of a quarter that is over, as it may be published."""
    if not is_over(quarter, now):
        return []
    counted = _tallies(session, quarter, world.territory.code)
    counted |= _meetings(session, quarter, world.territory.code)
    places = session.scalars(
        select(MeetingPlace.id).where(MeetingPlace.territory == world.territory.code)
    ).all()
    figures = []
    for name, by in TABLES.items():
        keys = _keys(by, world, quarter, places)
        counts = counted.get(name, {})
        cells = publish({key: counts.get(key, 0) for key in keys})
        figures.append(Figure(name, by, cells))
    return figures


def _keys(by: By, world: Grounds, quarter: Quarter, places: Iterable[str]) -> list[str]:
    """Name every cell that a table can have, also those that nothing was counted in."""
    if by is By.THEME:
        return [theme.id for theme in world.needs.themes]
    if by is By.COMMUNE:
        return [*(place.id for place in world.territory.places), UNKNOWN]
    if by is By.LANGUAGE:
        return list(world.languages)
    if by is By.WEEK:
        return list(dict.fromkeys(_week(day) for day in _days(quarter)))
    if by is By.REASON:
        return list(REASONS)
    return list(PUBLISHED_OUTCOMES if by is By.OUTCOME else places)


def _tallies(session: Session, quarter: Quarter, territory: str) -> dict[str, dict[str, int]]:
    begins, ends = (datetime.combine(day, datetime.min.time(), UTC) for day in (quarter.begins, quarter.ends))
    names = [name for name in TABLES if name != "asked-week"]
    query = select(Tally).where(Tally.day >= begins, Tally.day < ends, Tally.name.in_(names))
    counted: dict[str, dict[str, int]] = {}
    for row in session.scalars(query):
        code, _, key = row.key.partition(":")
        if code != territory:
            continue
        _add(counted, row.name, key, row.count)
        if row.name == "asked-theme":
            _add(counted, "asked-week", _week(row.day.date()), row.count)
    return counted


def _meetings(session: Session, quarter: Quarter, territory: str) -> dict[str, dict[str, int]]:
    here = select(Meeting).join(MeetingPlace).where(MeetingPlace.territory == territory)
    counted: dict[str, dict[str, int]] = {}
    for row in session.scalars(here.where(Meeting.day >= quarter.begins, Meeting.day < quarter.ends)):
        for name, key in (
            ("met-theme", row.theme),
            ("met-language", row.language),
            ("met-place", row.place_id),
        ):
            _add(counted, name, key, row.people)
    return counted


def _add(counted: dict[str, dict[str, int]], name: str, key: str, n: int) -> None:
    cells = counted.setdefault(name, Counter())
    cells[key] = cells.get(key, 0) + n


def _days(quarter: Quarter) -> list[date]:
    return [quarter.begins + timedelta(days=n) for n in range((quarter.ends - quarter.begins).days)]


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
