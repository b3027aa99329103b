"""Everything kept about people goes in its time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bot.privacy.retention import Undeclared, forget_old, retention_of, tables
from bot.storage.db import Database
from bot.storage.models import Base, Conversation, Handoff, InboxMessage, KeptFile, Moment, Worker

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4000)
TIMED = [model for model in tables() if model.__retention__.after]


def a_row(session: Session, model: type[Base], **values: Any) -> Base:
    """Make a row with something in every column that must hold something, and its parents."""
    columns: dict[str, Any] = {}
    for column in model.__table__.columns:
        if column.name in values:
            columns[column.name] = values[column.name]
        elif column.foreign_keys:
            (key,) = column.foreign_keys
            parent = next(m for m in tables() if m.__table__ is key.column.table)
            columns[column.name] = getattr(a_row(session, parent), key.column.name)
        elif isinstance(column.type, Moment):
            columns[column.name] = NOW
        elif not column.nullable and column.default is None and not is_own_number(column):
            columns[column.name] = a_value(column)
    row = model(**columns)
    session.add(row)
    session.flush()
    return row


def is_own_number(column: Any) -> bool:
    return bool(column.primary_key and isinstance(column.type, Integer))


counter = iter(range(10**6))


def a_value(column: Any) -> Any:
    if isinstance(column.type, Integer | Boolean):
        return 0
    if column.type.python_type is date:
        return NOW.date()
    return {} if column.type.python_type is dict else f"v{next(counter)}"


def count(database: Database, model: type[Base]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("model", TIMED, ids=lambda model: model.__tablename__)
def test_rows_go_when_their_time_has_passed_and_not_before(database: Database, model: type[Base]) -> None:
    retention = model.__retention__
    assert retention.after is not None
    closed = {InboxMessage: {"status": "done"}, KeptFile: {"handoff_id": None}}.get(model, {})
    with database.write() as session:
        a_row(session, model, **{retention.since: NOW - retention.after + timedelta(seconds=1)}, **closed)
        a_row(session, model, **{retention.since: NOW - retention.after - timedelta(seconds=1)}, **closed)

    gone = forget_old(database, NOW)

    assert gone[model.__tablename__] == 1
    assert count(database, model) == 1


def test_every_table_says_how_long_its_rows_live() -> None:
    for model in tables():
        assert retention_of(model).ends


def test_every_moment_that_ends_a_row_is_a_column() -> None:
    for model in TIMED:
        assert isinstance(model.__table__.columns[model.__retention__.since].type, Moment)


class Elsewhere(DeclarativeBase):
    pass


class Careless(Elsewhere):
    __tablename__ = "careless"

    id: Mapped[int] = mapped_column(primary_key=True)


def test_a_table_that_says_nothing_is_refused() -> None:
    with pytest.raises(Undeclared, match="Careless: declare __retention__"):
        retention_of(Careless)


def test_a_worker_and_their_chat_stay_while_they_work_with_the_team(database: Database) -> None:
    with database.write() as session:
        chat = a_row(session, Conversation, last_seen_at=LONG_AGO)
        a_row(session, Worker, conversation_id=chat.id, joined_at=LONG_AGO)  # type: ignore[attr-defined]

    forget_old(database, NOW)

    assert (count(database, Worker), count(database, Conversation)) == (1, 1)


@pytest.mark.parametrize(("closed_at", "left"), [(None, 1), (NOW, 0)])
def test_a_chat_stays_while_its_request_is_open(
    database: Database, closed_at: datetime | None, left: int
) -> None:
    with database.write() as session:
        chat = a_row(session, Conversation, last_seen_at=LONG_AGO)
        a_row(
            session,
            Handoff,
            conversation_id=chat.id,  # type: ignore[attr-defined]
            worker_id=None,
            closed_at=closed_at,
        )

    forget_old(database, NOW)

    assert count(database, Conversation) == left


def test_an_installation_may_keep_requests_for_another_time(database: Database) -> None:
    ended = NOW - timedelta(days=10)
    with database.write() as session:
        a_row(session, Handoff, closed_at=ended)

    forget_old(database, NOW, {"KEEP_REQUESTS_DAYS": timedelta(days=11)})
    assert count(database, Handoff) == 1
    forget_old(database, NOW, {"KEEP_REQUESTS_DAYS": timedelta(days=9)})
    assert count(database, Handoff) == 0


def test_a_message_that_nobody_has_handled_yet_stays(database: Database) -> None:
    with database.write() as session:
        a_row(session, InboxMessage, status="open", received_at=LONG_AGO)

    forget_old(database, NOW)

    assert count(database, InboxMessage) == 1


def test_forgotten_words_are_not_left_in_the_file(sqlite_database: Database) -> None:
    database = sqlite_database
    with database.write() as session:
        a_row(
            session, InboxMessage, status="done", received_at=LONG_AGO, payload={"text": "unmistakable words"}
        )
    assert b"unmistakable" in everything_on_disk(database)

    forget_old(database, NOW)

    assert b"unmistakable" not in everything_on_disk(database)


def everything_on_disk(database: Database) -> bytes:
    file = Path(str(database.engine.url.database))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
