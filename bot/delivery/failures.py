"""How a failure is told in the log, which failures are the database's, and how long to wait after one."""

import logging
import time
import traceback
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

logger = logging.getLogger(__name__)

# SQLSTATE classes: connection, rolled back (deadlock), out of resources, operator stopped it, system error.
_POSTGRESQL = ("08", "40", "53", "57", "58")
_SQLITE = (
    "SQLITE_BUSY",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_LOCKED",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
)

SHORTEST_WAIT: Final = 0.5
TELL_EVERY: Final = 60.0


def without_words(error: BaseException) -> str:
    """Name an exception and its line in the code; its message may hold what a person wrote and stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def is_the_databases(error: BaseException) -> bool:
    """Tell whether trying the same again later can go well: a lost connection, a deadlock, a full disk."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or could_not_connect(error):
        return True
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or ""
    return str(code).startswith(_POSTGRESQL + _SQLITE)


def could_not_connect(error: BaseException) -> bool:
    """Tell whether there was no connection at all, so that nothing of a person can be in the error."""
    return isinstance(error, DBAPIError) and error.statement is None


def for_the_operator(error: BaseException) -> str:
    """Say what is wrong as plainly as may be: the database's own words when it could not be reached."""
    if isinstance(error, DBAPIError) and could_not_connect(error):
        return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
    return without_words(error)


class Trouble:
    """Tells of a lasting failure at its beginning, every minute and at its end; waits longer and longer."""

    def __init__(self, who: str, longest: float = 5.0) -> None:
        """Begin without trouble; `who` is in the log lines."""
        self._who = who
        self._longest = longest
        self._times = 0
        self._told_at = 0.0

    def after(self, error: BaseException) -> float:
        """Note one more failure; give the seconds to wait before the next try."""
        seconds = min(SHORTEST_WAIT * 2.0 ** min(self._times, 16), self._longest)
        self._times += 1
        if self._times == 1 or time.monotonic() - self._told_at >= TELL_EVERY:
            self._told_at = time.monotonic()
            reason = for_the_operator(error)
            logger.error("%s is in trouble: %s; trying again (%d)", self._who, reason, self._times)
        return seconds

    def over(self) -> None:
        """Note that it went well."""
        if self._times:
            logger.warning("%s is well again after %d tries", self._who, self._times)
            self._times = 0
