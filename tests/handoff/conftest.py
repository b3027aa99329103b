"""The world of the stories: the small town of the tests, on a Monday morning."""

import pytest

from bot.conversation.turn import World
from bot.storage.db import Database
from tests.conversations.talk import Talk
from tests.handoff.town import MONDAY
from tests.worlds import small_town


@pytest.fixture(scope="session")
def world() -> World:
    return small_town()


@pytest.fixture
def talk(database: Database, world: World) -> Talk:
    """Monday morning, in French, on both databases; each story brings its own teams."""
    return Talk(database, world, "fr", MONDAY)
