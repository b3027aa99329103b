"""Forgetting in time: every table says in `__retention__` how long its rows live."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, text
from sqlalchemy.orm import DeclarativeBase

from bot.storage.db import Database
from bot.storage.models import Base, Retention

logger = logging.getLogger(__name__)


class Undeclared(Exception):
    """A table must say in `__retention__` how long its rows live."""


def forget_old(
    database: Database, now: datetime, keep: Mapping[str, timedelta] | None = None
) -> dict[str, int]:
    """Delete every row whose time has passed.

    Args:
        keep: how long the installation keeps what it may decide on, by the name of the setting.

    Returns:
        How many rows of each table went.

    Raises:
        Undeclared: a table says nothing about its rows.
    """
    gone = {}
    for table, query in list(_deletions(now, keep or {})):
        with database.write() as session:
            deleted = session.connection().execute(query)
            gone[table] = deleted.rowcount
    database.overwrite_erased()
    logger.info("forgot old rows: %s", ", ".join(f"{n} {table}" for table, n in gone.items() if n) or "none")
    return gone


def retention_of(model: type[DeclarativeBase]) -> Retention:
    """Read how long the rows of a table live.

    Raises:
        Undeclared: the table says nothing.
    """
    retention = getattr(model, "__retention__", None)
    if not isinstance(retention, Retention):
        raise Undeclared(f"{model.__name__}: declare __retention__ (how long a row lives and what ends it)")
    return retention


def tables() -> list[type[Base]]:
    """List every table about people and work, by name."""
    return sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__tablename__)


def _deletions(now: datetime, keep: Mapping[str, timedelta]) -> Iterator[tuple[str, Delete]]:
    for model in tables():
        retention = retention_of(model)
        after = keep.get(retention.setting, retention.after)
        if after is None:
            continue
        query = delete(model).where(getattr(model, retention.since) < now - after)
        if retention.unless:
            query = query.where(text(f"NOT ({retention.unless})"))
        yield model.__tablename__, query
