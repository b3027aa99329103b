"""The worlds that tests talk in; each is built once a process, because reading what was learnt takes two seconds."""

from functools import cache

from bot.conversation.turn import World
from bot.i18n import Words
from bot.worlds import world_of
from directory.packs import load_pack
from tests.paths import TESTVILLE

WORDS = Words()


@cache
def small_town() -> World:
    """Give the small town of the tests, in all languages of the bot."""
    return world_of(load_pack(TESTVILLE), WORDS)


@cache
def brussels() -> World:
    """Give Brussels as it is."""
    return world_of(load_pack("brussels"), WORDS, beside=small_town())
