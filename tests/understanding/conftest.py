"""One Understander for all stories of this folder, and one that has no encoder."""

import pytest

from bot.understanding.understander import Understander
from tests.worlds import WORDS, brussels


@pytest.fixture(scope="session")
def understander():
    return brussels().understander


@pytest.fixture(scope="session")
def spelling_alone():
    world = brussels()
    return Understander(WORDS, world.territory, encoders={})


@pytest.fixture(scope="session")
def by_everything(understander):
    """The understander, when all its parts are there."""
    if set(understander.parts) != {"spelling", "e5"}:
        pytest.skip("the encoder is not installed: the figures hold with it")
    return understander
