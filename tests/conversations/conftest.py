"""The world of the transcripts: the small town of the tests, all languages of the bot."""

import pytest

from bot.conversation.turn import World
from tests.worlds import small_town


@pytest.fixture(scope="session")
def world() -> World:
    return small_town()
