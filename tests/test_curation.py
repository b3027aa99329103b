"""Who keeps the directory: loads and their news, refused rows, what residents found wrong, what nobody could show."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cli import main
from bot.conversation.turn import World
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, Tally
from tests.conversations.talk import Talk
from tests.directory.build import line_of, replace_in
from tests.directory.conftest import folder
from tests.paths import TESTVILLE
from tests.worlds import small_town

__all__ = ["folder"]

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Load = Callable[[], tuple[int, str, str]]


@pytest.fixture
def load(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Load:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'passerelle.db'}")
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests, long enough")

    def run() -> tuple[int, str, str]:
        status = main(["--territory", str(folder), "directory", "load"])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture(scope="module")
def world() -> World:
    return small_town()


@pytest.fixture
def talk(sqlite_database: Database, world: World) -> Talk:
    return Talk(sqlite_database, world, "fr", MORNING)


def test_a_load_names_what_was_added_changed_and_vanished(load: Load, folder: Path) -> None:
    assert "added\taide-haute" in load()[1]
    assert "Directory: 0 added, 0 changed, 0 vanished, 12 unchanged, 0 refused." in load()[1]
    replace_in(folder / "services.csv", "02 555 00 02", "02 555 00 22")
    replace_in(folder / "services.csv", "\nconseil-dettes,", "\nconseil-argent,")
    status, out, _ = load()
    assert status == 0
    assert [line for line in out.splitlines() if "\t" in line] == [
        "added\tconseil-argent",
        "changed\taide-basse",
        "vanished\tconseil-dettes",
    ]


def test_a_bad_row_is_refused_with_file_line_column_and_reason_and_the_others_stay(
    load: Load, folder: Path
) -> None:
    load()
    path = folder / "services.csv"
    replace_in(path, "Mo-Su 11:30-14:00", "midi")
    replace_in(path, "02 555 00 02", "02 555 00 22")
    status, out, err = load()
    assert status == 1
    assert f'services.csv:{line_of(path, "midi")}: hours: "midi" is not OSM opening_hours' in err
    assert "changed\taide-basse" in out
    assert "vanished" not in out.split("Directory:")[0]


def test_what_a_resident_found_wrong_is_on_the_list_of_the_coordinators(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.say("r", "9901")
    talk.say("r", "je sais plus payer mon loyer")
    talk.say("r", "[Services près de moi]")
    talk.say("r", "[Il y a une erreur ici]")
    talk.say("r", "[1. Aide sociale de Brumeville-Haute]")
    monkeypatch.setenv("DATABASE_URL", talk.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests, long enough")
    assert main(["--territory", str(TESTVILLE), "directory", "corrections"]) == 0
    assert "   1  aide-haute  last on 2026-11-23" in capsys.readouterr().out


def test_a_need_without_a_door_is_said_and_counted(talk: Talk) -> None:
    talk.say("r", "9901")
    talk.screen.data_of = lambda chat, label: label  # type: ignore[method-assign]
    told = talk.say("r", "[places:nationality]")
    assert "Je ne connais pas encore de service pour cela" in told[-1][1].text
    with talk.database.read() as session:
        counted = {(row.name, row.key): row.count for row in session.scalars(select(Tally))}
    assert counted["no-places", "nationality"] == 1


def test_of_a_shared_position_only_the_commune_is_kept(talk: Talk) -> None:
    talk.say("r", "@location 54.03123 3.00456")
    with talk.database.read() as session:
        person = session.scalars(select(Conversation)).one()
        inbox = session.scalars(select(InboxMessage)).all()
    assert person.place == "brumeville-basse"
    assert "54.0" not in str(person.state)
    assert [row.payload for row in inbox] == [None]
