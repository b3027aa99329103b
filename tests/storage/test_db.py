"""Transactions: whole or not at all, one writer at a time on SQLite, readers never in the way."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.delivery.inbox import meet
from bot.messages import Inbound, Kind
from bot.storage import db
from bot.storage.db import Database, WrongAddress
from bot.storage.models import Conversation, InboxMessage, Pace

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("postgres://u:p@host/name", "postgresql+psycopg"),
        ("postgresql://u:p@host/name", "postgresql+psycopg"),
        ("sqlite:///var/passerelle.db", "sqlite"),
    ],
)
def test_addresses_as_platforms_write_them_are_understood(address: str, driver: str) -> None:
    database = Database(address)

    assert database.engine.url.drivername == driver


@pytest.mark.parametrize("address", ["mysql://u@host/name", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_with_what_to_write(address: str) -> None:
    with pytest.raises(WrongAddress, match="DATABASE_URL must be"):
        Database(address)


def test_what_fails_halfway_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        write_twice(database)

    with database.read() as session:
        assert session.get(Pace, "one") is None


def write_twice(database: Database) -> None:
    with database.write() as session:
        session.add(Pace(key="one", free_at=NOW))
        session.flush()
        session.execute(text("INSERT INTO pace SELECT * FROM pace"))


def test_a_moment_comes_back_aware(database: Database) -> None:
    with database.write() as session:
        session.add(Pace(key="one", free_at=NOW))

    with database.read() as session:
        pace = session.get(Pace, "one")
        assert pace is not None
        assert pace.free_at == NOW
        assert pace.free_at.tzinfo is UTC


def test_a_reader_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(DBAPIError):
        session.execute(text("DELETE FROM pace"))

    with database.write() as session:
        session.execute(text("DELETE FROM pace"))


def test_a_reader_keeps_no_writer_waiting(database: Database) -> None:
    with database.read() as reading:
        reading.get(Pace, "one")
        with database.write() as session:
            session.add(Pace(key="one", free_at=NOW))
        assert reading.scalar(text("SELECT 1")) == 1


def test_many_writers_that_read_first_all_succeed(database: Database) -> None:
    conversation_id = begin(database)

    def count_one(_: int) -> None:
        with database.write() as session:
            conversation = session.get(Conversation, conversation_id, with_for_update=True)
            assert conversation is not None
            conversation.state = {"count": conversation.state.get("count", 0) + 1}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_one, range(100)))

    with database.read() as session:
        conversation = session.get(Conversation, conversation_id)
        assert conversation is not None
        assert conversation.state == {"count": 100}


def test_a_write_inside_a_write_is_found_out(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0)
    with sqlite_database.write(), pytest.raises(TimeoutError), sqlite_database.write():
        pass


def test_what_belongs_to_a_conversation_goes_with_it(database: Database) -> None:
    database.migrate()
    conversation_id = begin(database)
    with database.write() as session:
        session.add(
            InboxMessage(channel="web", external_id="1", conversation_id=conversation_id, received_at=NOW)
        )
    with database.write() as session:
        session.execute(text("DELETE FROM conversation"))

    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM inbox")) == 0


def test_sqlite_keeps_what_it_accepted(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        settings = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }

    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30000,
    }


def begin(database: Database) -> int:
    with database.write() as session:
        return meet(session, Inbound("web", "1", "anna", Kind.TEXT), NOW)


def test_a_line_that_died_in_a_pause_is_replaced_before_it_is_used(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PING_AFTER_SECONDS", 0.0)
    with postgresql_database.write() as session:
        before = session.scalar(text("SELECT pg_backend_pid()"))
    with closing(psycopg.connect(_plain(postgresql_database), autocommit=True)) as beside:
        beside.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))

    with postgresql_database.write() as session:
        after = session.scalar(text("SELECT pg_backend_pid()"))

    assert after != before


def _plain(database: Database) -> str:
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
