"""When help is needed, by the words of a message: tonight, tomorrow, at the weekend; `times.toml` holds the words."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

from bot.understanding.runs import RunFinder

EVERYWHERE, SILENCE = "*", "none"
LONGEST_TIME = 8  # words; what is longer says more than when
EVENING, MORNING = time(20), time(10)


class When(StrEnum):
    """A time that people name, the most particular first: it counts when a message names several."""

    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    NOW = "now"


WEEKDAYS: Mapping[When, int] = {When.SATURDAY: 5, When.SUNDAY: 6}


def find_when(words: Sequence[str], language: str) -> When | None:
    """Give the time that folded words name in a language, "" when it is not known; None when they name none."""
    runs, finder = _finder(language if language in languages() else "")
    hits = finder.hits(words)
    silent = [hit for hit in hits if runs[hit.run] == SILENCE]
    named = {
        runs[hit.run]
        for hit in hits
        if not any(other.first <= hit.last and hit.first <= other.last for other in silent)
    }
    return next((when for when in When if when in named), None)


def only_when(words: Sequence[str], language: str) -> bool:
    """Tell whether folded words name a time and say nothing else."""
    if len(words) > LONGEST_TIME:
        return False
    _, finder = _finder(language if language in languages() else "")
    named = {place for hit in finder.hits(words) for place in range(hit.first, hit.last + 1)}
    return len(named) == len(words) > 0


def moment_of(when: When, now: datetime) -> datetime:
    """Give the moment to look for open doors at; `now` is local time, with its zone."""
    if when is When.TONIGHT:
        return max(now, _at(now, EVENING))
    if when is When.TOMORROW:
        return _at(now + timedelta(days=1), MORNING)
    if when in WEEKDAYS:
        days = (WEEKDAYS[when] - now.weekday()) % 7
        return max(now, _at(now + timedelta(days=days), MORNING))
    return now


def languages() -> frozenset[str]:
    """Give the languages whose words of time are known."""
    return frozenset(_table()) - {EVERYWHERE}


def _at(day: datetime, hour: time) -> datetime:
    return datetime.combine(day.date(), hour, day.tzinfo)


@cache
def _finder(language: str) -> tuple[tuple[str, ...], RunFinder]:
    codes = [EVERYWHERE, language] if language else list(_table())
    lines = [(name, line) for code in codes for name, texts in _table()[code].items() for line in texts]
    return tuple(name for name, _ in lines), RunFinder([line for _, line in lines])


@cache
def _table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((files("bot.understanding") / "times.toml").read_text("utf-8"))
