"""Fixtures for everybody: a fresh database of each kind."""

import os
from collections.abc import Iterator

import pytest

from bot.storage.db import Database
from tests.databases import Backend, PostgresqlBackend, SqliteBackend, postgresql_server
from tests.telegram.fixtures import bot_api, bot_api_server

__all__ = ["bot_api", "bot_api_server"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the transcripts as the bot talks now")


@pytest.fixture(scope="session")
def sqlite_backend(tmp_path_factory: pytest.TempPathFactory) -> SqliteBackend:
    return SqliteBackend(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_backend() -> Iterator[PostgresqlBackend]:
    with postgresql_server() as server:
        backend = PostgresqlBackend(server)
        yield backend
        if "TEST_DATABASE_URL" in os.environ:  # else the whole server goes
            backend.drop_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Both kinds of database, one after the other."""
    chosen: Backend = request.getfixturevalue(f"{request.param}_backend")
    return chosen


@pytest.fixture
def database_url(backend: Backend) -> str:
    """The address of a database without tables."""
    return backend.empty()


@pytest.fixture
def database(backend: Backend) -> Iterator[Database]:
    """A database with all tables and no rows."""
    database = Database(backend.migrated())
    yield database
    database.close()


@pytest.fixture
def postgresql_database(postgresql_backend: PostgresqlBackend) -> Iterator[Database]:
    """A migrated PostgreSQL, for what only several writers at once can show."""
    database = Database(postgresql_backend.migrated())
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_backend: SqliteBackend) -> Iterator[Database]:
    """A migrated SQLite, for what is its alone."""
    database = Database(sqlite_backend.migrated())
    yield database
    database.close()
