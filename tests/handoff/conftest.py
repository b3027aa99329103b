"""The world of the stories: the small town of the tests."""

import pytest

from bot.app import world_of
from bot.conversation.turn import World
from bot.i18n import Words
from directory.packs import load_pack
from tests.paths import TESTVILLE


@pytest.fixture(scope="session")
def world() -> World:
    return world_of(load_pack(TESTVILLE), Words())
