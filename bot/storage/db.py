"""The database: one `Database` for the whole process, SQLite on one machine or PostgreSQL on several.

It opens transactions and nothing else. `write()` commits at its end or rolls back; `read()` cannot write.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from bot.mistakes import Mistake
from bot.storage.bells import Bells
from bot.storage.migrations import upgrade

T = TypeVar("T")
Insert: TypeAlias = sqlite.Insert | postgresql.Insert

BUSY_SECONDS = 30
PING_AFTER_SECONDS = 1.0
_LAST_ACTS = "last acts"
# A server that vanished without a word is noticed after seconds, not after hours.
POSTGRESQL_WAITS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class WrongAddress(Mistake, ValueError):
    """DATABASE_URL is neither sqlite:///FILE nor postgresql://..."""


class Database:
    """Where everything durable is kept."""

    def __init__(self, url: str) -> None:
        """Prepare the way to the database; nothing is opened before the first transaction."""
        self.engine = _engine(_with_driver(url))
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.bells = Bells()
        self._reader = self.engine.execution_options(read_only=True, postgresql_readonly=True)
        # SQLite lets one writer in and makes the others sleep and look again; a lock wakes them at once.
        self._one_writer = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits when the block ends well; never one inside another."""
        with self._writing(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
            for act, items in session.info.pop(_LAST_ACTS, {}).items():
                act(session, items)
            if not self.is_sqlite:
                self.bells.carry(session)
        self.bells.ring_announced(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads and keeps nobody waiting."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables to the newest form; safe when several processes start at once."""
        upgrade(self.engine)

    def overwrite_erased(self) -> None:
        """Let go of what SQLite's log still holds of erased words; PostgreSQL does so by itself (vacuum)."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._one_writer.acquire(timeout=BUSY_SECONDS):
            raise TimeoutError(
                "Another write() of this process has been open too long; is one inside another?"
            )
        try:
            yield
        finally:
            self._one_writer.release()


def table_of(model: type[DeclarativeBase]) -> Table:
    """Give the bare table, whose statements cost a fraction of what those of the class cost."""
    return cast("Table", model.__table__)


def before_commit(session: Session, act: Callable[[Session, list[T]], None], item: T) -> None:
    """Gather what is written together, as one of the last acts of a transaction of `Database.write`."""
    session.info.setdefault(_LAST_ACTS, {}).setdefault(act, []).append(item)


def gathered(session: Session, act: Callable[[Session, list[T]], None]) -> list[T]:
    """Take out what was gathered for an act so far, to do it earlier or not at all."""
    found: list[T] = session.info.get(_LAST_ACTS, {}).pop(act, [])
    return found


class Upsert:
    """A statement around an INSERT that knows ON CONFLICT, built once for each kind of database."""

    def __init__(self, model: type[DeclarativeBase], build: Callable[[Insert], Executable]) -> None:
        """Let `build` make it from the INSERT of a table."""
        table = table_of(model)
        self._built = {
            "sqlite": build(sqlite.insert(table)),
            "postgresql": build(postgresql.insert(table)),
        }

    def on(self, session: Session) -> Executable:
        """Give the one for the database at hand."""
        return self._built[session.get_bind().dialect.name]


def _with_driver(address: str) -> URL:
    url = make_url(address)
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in {None, "", ":memory:"}:
        return url
    raise WrongAddress("DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")


def _engine(url: URL) -> Engine:
    if url.drivername != "sqlite":
        engine = create_engine(url, hide_parameters=True, connect_args=POSTGRESQL_WAITS)
        event.listen(engine, "checkin", _note_the_time)
        event.listen(engine, "checkout", partial(_ping_after_a_pause, engine))
        return engine
    engine = create_engine(
        url, hide_parameters=True, pool_size=10, max_overflow=20, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _note_the_time(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_after_a_pause(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Find out that the server has gone before the transaction does; not while the line is in constant use."""
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < PING_AFTER_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    _write_ahead(connection)
    for setting in (
        "synchronous = FULL",  # a message is accepted only once it is on the disk
        "foreign_keys = ON",
        "secure_delete = ON",  # erased words are overwritten
    ):
        connection.execute(f"PRAGMA {setting}")


def _write_ahead(connection: Any) -> None:
    """Switch to WAL; of several that open a new file together, SQLite refuses all but one without waiting."""
    ends_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader fails with "database is locked" as soon as another one was faster.
    options = connection.get_execution_options()
    read_only = bool(options.get("read_only"))
    if options.get("changes_tables"):
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
