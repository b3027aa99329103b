"""One Understander for all stories of this folder: it learns from the phrases once."""

import pytest

from bot.i18n import Words
from bot.understanding.understander import Understander
from directory.needs import load_needs
from directory.packs import load_pack


@pytest.fixture(scope="session")
def understander():
    needs = load_needs()
    return Understander(Words(), needs, load_pack("brussels", needs).territory)
