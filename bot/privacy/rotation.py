"""Changing the key: everything that is sealed is sealed anew, a few rows at a time.

Whatever is sealed stands in a column whose name begins with `sealed_`. A run that was cut off is run again: what has
the new key already is left alone. Rows that are written meanwhile are safe: they are changed only while they are
what was read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.fernet import InvalidToken
from sqlalchemy import Column, ColumnElement, Table, select, tuple_, update

from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import Base

SEALED: Final = "sealed_"
ROWS_AT_ONCE: Final = 20  # a sealed file may have megabytes


@dataclass(frozen=True)
class Rotated:
    """How many sealed texts have the new key now, had it before, and open with neither key."""

    changed: int
    unchanged: int
    lost: int


def sealed_columns() -> Iterator[tuple[Table, Column[str]]]:
    """Give every column that holds sealed words."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name.startswith(SEALED):
                yield table, column


def rotate(database: Database, sealer: Sealer) -> Rotated:
    """Seal everything with the secret of now; `sealer` knows the older one too."""
    changed = unchanged = lost = 0
    for table, column in sealed_columns():
        for rows in _batches(database, table, column):
            with database.write() as session:
                for key, sealed in rows:
                    if sealer.is_own(sealed):
                        unchanged += 1
                        continue
                    try:
                        anew = sealer.reseal(sealed)
                    except InvalidToken:
                        lost += 1
                        continue
                    here = _is(table, key)
                    session.execute(update(table).where(here, column == sealed).values({column.name: anew}))
                    changed += 1
    database.overwrite_erased()
    return Rotated(changed, unchanged, lost)


def _batches(
    database: Database, table: Table, column: Column[str]
) -> Iterator[list[tuple[tuple[object, ...], str]]]:
    """Read the rows that hold something, in the order of their keys; each batch after the one before."""
    keys = list(table.primary_key.columns)
    query = select(*keys, column).where(column != "").order_by(*keys).limit(ROWS_AT_ONCE)
    last: tuple[object, ...] | None = None
    while True:
        with database.read() as session:
            found = query if last is None else query.where(tuple_(*keys) > tuple_(*last))
            rows = [(tuple(row[:-1]), str(row[-1])) for row in session.execute(found).all()]
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _is(table: Table, key: tuple[object, ...]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = tuple_(*table.primary_key.columns) == tuple_(*key)
    return found
