"""One Understander for all stories of this folder, and one that has no encoder."""

import pytest

from bot.i18n import Words
from bot.understanding.understander import Understander
from directory.needs import load_needs
from directory.packs import load_pack


def build(encoders=None):
    needs = load_needs()
    return Understander(Words(), needs, load_pack("brussels", needs).territory, encoders=encoders)


@pytest.fixture(scope="session")
def understander():
    return build()


@pytest.fixture(scope="session")
def spelling_alone():
    return build({})
