"""Every transcript is played; `pytest --update` writes what happens now, and the diff is read as prose."""

from pathlib import Path

import pytest

from bot.conversation.turn import World
from bot.storage.db import Database
from tests.conversations.talk import play

TRANSCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_bot_talks_as_the_transcript_says(
    path: Path, sqlite_database: Database, world: World, pytestconfig: pytest.Config
) -> None:
    script = path.read_text("utf-8")
    played = play(script, sqlite_database, world)
    if pytestconfig.getoption("update"):
        path.write_text(played, "utf-8")
    assert played == path.read_text("utf-8")
