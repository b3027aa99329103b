"""The questions asked all day use their indexes, however many rows lie there."""

from typing import Any

import pytest
from sqlalchemy import event

from bot.delivery import handling, inbox
from bot.delivery.waiting import next_moment
from bot.storage.db import Database
from tests.delivery.fakes import NOW, MemoryChannel, a_message, apologise, claim, echo, put


@pytest.fixture
def asked(sqlite_database: Database) -> list[tuple[str, Any]]:
    """Every question that goes to the database, with its values."""
    statements: list[tuple[str, Any]] = []

    def note(_line: Any, _cursor: Any, statement: str, values: Any, _context: Any, several: bool) -> None:
        if "SELECT" in statement:
            statements.append((statement, values[0] if several else values))

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    return statements


def plans(database: Database, asked: list[tuple[str, Any]], table: str) -> list[str]:
    """What SQLite does for each question about a table."""
    with database.read() as session:
        connection = session.connection()
        return [
            " / ".join(
                row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            )
            for statement, values in list(asked)
            if f"FROM {table}" in statement
        ]


def test_claiming_a_conversation_looks_at_the_waiting_only(
    sqlite_database: Database, asked: list[tuple[str, Any]]
) -> None:
    inbox.receive(sqlite_database, a_message(), NOW)
    inbox.anyone_waits(sqlite_database)
    handling.handle_next(sqlite_database, echo, apologise, NOW)

    found = plans(sqlite_database, asked, "conversation")
    assert len(found) == 2
    assert all("ix_conversation_pending" in plan and "TEMP B-TREE" not in plan for plan in found)


def test_the_open_messages_of_a_chat_come_from_their_index(
    sqlite_database: Database, asked: list[tuple[str, Any]]
) -> None:
    inbox.receive(sqlite_database, a_message(), NOW)
    handling.handle_next(sqlite_database, echo, apologise, NOW)

    (plan,) = plans(sqlite_database, asked, "inbox")
    assert "ix_inbox_conversation (conversation_id=? AND status=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_claiming_messages_looks_at_the_waiting_only_and_in_their_order(
    sqlite_database: Database, asked: list[tuple[str, Any]]
) -> None:
    put(sqlite_database, "hello")
    next_moment(sqlite_database, {"memory": MemoryChannel()}, NOW)
    claim(sqlite_database)

    found = plans(sqlite_database, asked, "outbox")
    assert len(found) == 2
    for plan in found:
        assert (
            "SCAN outbox USING INDEX ix_outbox_waiting" in plan
            or "SEARCH outbox USING INDEX ix_outbox_waiting" in plan
        )
        assert "ix_outbox_conversation (conversation_id=? AND priority=? AND status=?" in plan
        assert "TEMP B-TREE" not in plan
