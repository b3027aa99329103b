"""Every transcript is played; `pytest --update` writes what happens now, and the diff is read as prose."""

import logging
import re
from pathlib import Path

import pytest

from bot.conversation.turn import World
from bot.storage.db import Database
from tests.conversations.talk import play
from tests.databases import SqliteBackend

TRANSCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))
# People write in these; in the others they press buttons.
SAID = [path for path in TRANSCRIPTS if not path.stem.endswith("-by-buttons")]


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_bot_talks_as_the_transcript_says(
    path: Path, sqlite_database: Database, world: World, pytestconfig: pytest.Config
) -> None:
    script = path.read_text("utf-8")
    played = play(script, sqlite_database, world)
    if pytestconfig.getoption("update"):
        path.write_text(played, "utf-8")
    assert played == path.read_text("utf-8")


def test_a_day_of_talk_leaves_no_words_and_no_names_in_the_logs(
    sqlite_backend: SqliteBackend, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """All transcripts of people who write, in one day, with the most talkative logs."""
    caplog.set_level(logging.DEBUG)
    said: set[str] = set()
    for path in SAID:
        script = path.read_text("utf-8")
        database = Database(sqlite_backend.migrated())
        play(script, database, world)
        database.close()
        words = re.findall(r"^[a-z]?> ?(.+)$", script, re.M)
        said |= {line for line in words if not line.startswith(("[", "@", "/")) and len(line) > 4}
    assert len(said) > 40
    assert {line for line in said if line in caplog.text} == set()
