"""Tells whether a message shows that a date is running: a letter, a bailiff, a hearing, a day that is named.

The words are data, `locales/deadlines.toml`; languages that are not there show no deadline.
"""

import tomllib
from functools import cache
from importlib.resources import files

from bot.understanding.runs import RunFinder
from bot.understanding.text import clean, words_of

FILE = "deadlines.toml"


def shows_deadline(text: str) -> bool:
    """Tell whether the person should be told first by when to act."""
    return bool(_finder().spans(words_of(clean(text))))


def languages() -> frozenset[str]:
    """Give the languages whose words of deadlines are known."""
    return frozenset(_table())


@cache
def _finder() -> RunFinder:
    return RunFinder([line for lines in _table().values() for line in lines])


def _table() -> dict[str, list[str]]:
    return tomllib.loads((files("locales") / FILE).read_text("utf-8"))
