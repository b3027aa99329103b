"""The small town of the tests and Brussels in all languages, with words of their own, whose gaps are noted."""

import pytest

from bot.conversation.turn import World
from bot.i18n import Words
from bot.worlds import world_of
from directory.packs import load_pack
from tests.paths import TESTVILLE
from tests.worlds import small_town

WORDS = Words()


@pytest.fixture(scope="session")
def town() -> World:
    return world_of(load_pack(TESTVILLE), WORDS, beside=small_town())


@pytest.fixture(scope="session")
def brussels(town: World) -> World:
    return world_of(load_pack("brussels"), WORDS, beside=town)
