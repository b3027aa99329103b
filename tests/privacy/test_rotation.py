"""A new key: all that is sealed gets it, whatever happens on the way, and the old one opens nothing any more."""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from bot.cli import main
from bot.privacy import rotation
from bot.privacy.rotation import Rotated, rotate, sealed_columns
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import Base, Handoff

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD, NEW = "the key of before, long enough to be one", "the key of now, which is long enough as well"


def seal_some(database: Database, count: int, first: int = 0, key: str = OLD) -> None:
    sealer = Sealer(key)
    with database.write() as session:
        for number in range(first, first + count):
            session.add(
                Handoff(
                    id=f"r{number:04}",
                    status="asked",
                    language="fr",
                    sealed_words=sealer.seal(f"words {number}"),
                    asked_at=NOW,
                )
            )
        session.add(Handoff(id=f"none{first}", status="asked", language="fr", asked_at=NOW))


def words(database: Database, sealer: Sealer) -> list[str]:
    with database.read() as session:
        query = select(Handoff.sealed_words).where(Handoff.sealed_words != "").order_by(Handoff.id)
        return [sealer.open(sealed) for sealed in session.scalars(query)]


def test_everything_sealed_has_the_new_key_and_the_old_one_opens_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "ROWS_AT_ONCE", 3)
    seal_some(database, 8)

    assert rotate(database, Sealer(NEW, OLD)) == Rotated(changed=8, unchanged=0, lost=0)

    assert words(database, Sealer(NEW)) == [f"words {number}" for number in range(8)]
    with pytest.raises(InvalidToken):
        words(database, Sealer(OLD))


def test_a_rotation_that_was_cut_off_is_run_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "ROWS_AT_ONCE", 3)
    seal_some(database, 8)
    with pytest.raises(KeyboardInterrupt):
        rotate(database, CutOff(NEW, OLD, after=5))
    both = Sealer(NEW, OLD)
    assert words(database, both) == [f"words {number}" for number in range(8)], "nothing is lost meanwhile"
    seal_some(database, 1, first=8, key=NEW)  # somebody wrote in between

    again = rotate(database, both)

    assert (again.changed, again.unchanged, again.lost) == (5, 4, 0)
    assert words(database, Sealer(NEW)) == [f"words {number}" for number in range(9)]


class CutOff(Sealer):
    """Somebody presses Ctrl-C in the middle."""

    def __init__(self, secret: str, old: str, after: int) -> None:
        super().__init__(secret, old)
        self._left = after

    def reseal(self, sealed: str) -> str:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return super().reseal(sealed)


def test_what_neither_key_opens_is_left_as_it_is_and_said(database: Database) -> None:
    seal_some(database, 1, key="a third key that nobody has any more, ever")

    assert rotate(database, Sealer(NEW, OLD)).lost == 1


def test_the_command_needs_the_key_of_before(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", NEW)
    assert main(["rotate-key"]) == 2
    monkeypatch.setenv("OLD_SECRET_KEY", OLD)
    database = Database(database_url)
    database.migrate()
    seal_some(database, 2)
    assert main(["rotate-key"]) == 0
    assert "2 sealed texts have the new key" in capsys.readouterr().out
    assert words(database, Sealer(NEW)) == ["words 0", "words 1"]
    database.close()


def test_whatever_is_called_sealed_is_found() -> None:
    found = {f"{table.name}.{column.name}" for table, column in sealed_columns()}
    assert {"handoff.sealed_words", "thread_message.sealed_words", "note.sealed_words"} <= found
    assert len(found) == sum(
        column.name.startswith("sealed")
        for table in Base.metadata.tables.values()
        for column in table.columns
    )
