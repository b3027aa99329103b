"""Copies of the SQLite database: made while it is in use, put back only when nothing else is running.

PostgreSQL has its own tools for that, see docs/operations.md.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from bot.mistakes import Mistake
from bot.storage.migrations import known_revisions

NOBODY_ELSE: Final = "Stop `passerelle run`, `web`, `worker` and `chat` first: something is using {file}."


class BackupError(Mistake):
    """A copy was not made or not put back; the message says why, and nothing was changed."""


def keep(database_url: str, copy: Path, *, force: bool = False) -> Path:
    """Write a whole and checked copy of the database to a file.

    Raises:
        BackupError: the file is there already, or there is nothing to copy.
    """
    source = _file_of(database_url)
    if not source.is_file():
        raise BackupError(f"{source} does not exist: there is nothing to copy.")
    if copy.exists() and not force:
        raise BackupError(f"{copy} exists; choose another name, or --force to overwrite it.")
    copy.parent.mkdir(parents=True, exist_ok=True)
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, 0o600))  # nobody else may read what people confided
    try:
        with _opened(source, "ro") as here, _opened(unfinished, "rw") as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode = DELETE").close()  # one file, without a log beside it
        _check(unfinished)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    os.replace(unfinished, copy)
    return copy


def put_back(copy: Path, database_url: str, *, force: bool = False) -> Path:
    """Make the database what the copy holds, whole or not at all.

    Raises:
        BackupError: the copy is not whole or not of this program, the database is in use, or is there already.
    """
    target = _file_of(database_url)
    _check(copy)
    if target.is_file() and target.stat().st_size and not force:
        raise BackupError(f"{target} exists; --force overwrites all that is in it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _opened(copy, "ro") as source, _opened(target, "rwc") as there:
        _be_alone(there, target)
        source.backup(there)  # in one transaction: whoever starts meanwhile waits
    _check(target)
    return target


def _be_alone(connection: sqlite3.Connection, file: Path) -> None:
    # The log can be left only by the last one who uses the database.
    try:
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError:
        mode = "in use"
    except sqlite3.DatabaseError:
        return  # what lies there is no database; it is overwritten
    if mode != "delete":
        raise BackupError(NOBODY_ELSE.format(file=file))


def _check(file: Path) -> None:
    if not file.is_file():
        raise BackupError(f"{file} does not exist.")
    try:
        with _opened(file, "ro") as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            revisions = {
                revision for (revision,) in connection.execute("SELECT version_num FROM alembic_version")
            }
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} is not a database of Passerelle ({error}).") from None
    if found != "ok" or orphan:
        raise BackupError(f"{file} is damaged.")
    if len(revisions) != 1 or not revisions <= known_revisions():
        raise BackupError(
            f"{file} was written by another version of Passerelle; use that one, or a newer one."
        )


@contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=2)) as connection:
        yield connection


def _file_of(database_url: str) -> Path:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError(
            "This is for SQLite. For PostgreSQL use pg_dump and pg_restore: docs/operations.md."
        )
    return Path(url.database)
