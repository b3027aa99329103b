"""How a failure is told in the log, and which failures are the database's and not the message's."""

import traceback
from pathlib import Path

from sqlalchemy.exc import DBAPIError

# SQLSTATE classes: connection, rolled back (deadlock), out of resources, operator stopped it, system error.
_POSTGRESQL = ("08", "40", "53", "57", "58")
_SQLITE = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_LOCKED", "SQLITE_READONLY")


def without_words(error: BaseException) -> str:
    """Name an exception and its line in the code; its message may hold what a person wrote and stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def is_the_databases(error: BaseException) -> bool:
    """Tell whether trying the same again later can go well: a lost connection, a deadlock, a full disk."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or ""
    return str(code).startswith(_POSTGRESQL + _SQLITE)
