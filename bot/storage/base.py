"""What every table about people and work stands on: moments that know their zone, and a declared end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC and always aware, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; write the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware moment back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Retention:
    """How long a row lives after the moment in column `since`; `ends` says in words what else ends it.

    `unless` is an SQL condition on the row: as long as it holds, the row stays. `setting` names the setting by which
    an installation keeps it for another time.
    """

    ends: str
    since: str = ""
    after: timedelta | None = None
    unless: str = ""
    setting: str = ""


# Erased words leave NULL behind, not a JSON null.
WORDS = JSON(none_as_null=True)

# An id is never given twice: a late answer to a row that was erased must not reach the next one.
FRESH_IDS = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """Tables about people and work."""

    metadata = MetaData(naming_convention=NAMES)
    __retention__: ClassVar[Retention]
