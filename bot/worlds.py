"""The worlds of the territories: what is true for everybody, put together from packs, words and directories."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.conversation.turn import World
from bot.i18n import Words
from bot.knowledge import Knowledge, Library
from bot.settings import KEEP_REQUESTS_DAYS
from bot.understanding.meaning import Meaning
from bot.understanding.understander import Understander
from directory.packs import Pack, directory_of
from directory.search import Directory


def world_of(
    pack: Pack, words: Words, directory: Directory | None = None, beside: World | None = None
) -> World:
    """Build what is true for everybody from a pack; its services come from `directory` when given.

    With a world `beside`, words are understood as there.
    """
    known = beside.understander if beside else None
    own = directory_of(pack)  # what answers name is checked against the pack, whatever the database holds
    return World(
        territory=pack.territory,
        needs=pack.needs,
        directory=directory or own,
        knowledge=Knowledge(pack, own, words),
        words=words,
        understander=known.of(pack.territory)
        if isinstance(known, Understander)
        else Understander(words, pack.territory),
    )


def worlds_of(
    packs: Mapping[str, Pack],
    words: Words,
    directories: Mapping[str, Directory] | None = None,
    keep_days: int = KEEP_REQUESTS_DAYS,
) -> Mapping[str, World]:
    """Build the world of each territory; each knows the others, and all understand with the same model."""
    worlds: dict[str, World] = {}
    for code, pack in packs.items():
        directory = directories.get(code) if directories else None
        world = world_of(pack, words, directory, next(iter(worlds.values()), None))
        worlds[code] = replace(world, everywhere=MappingProxyType(worlds), keep_days=keep_days)
    return MappingProxyType(worlds)


def library_of(pack: Pack, words: Words) -> Library:
    """Gather all that is public of a territory."""
    known = directory_of(pack)
    return Library(pack.territory, pack.needs, known, Knowledge(pack, known, words))


class Unheard:
    """Stands where a world understands words: nobody talks to the bot through the desk."""

    def understand(self, text: str, language: str = "") -> Meaning:
        """Refuse: words written on the desk go to people."""
        raise NotImplementedError("words written on the desk are for people, not for the bot")

    def without_details(self, text: str) -> str:
        """Keep nothing of them."""
        return ""


def silent_worlds(libraries: Iterable[Library], words: Words) -> Mapping[str, World]:
    """Build the worlds for whoever acts without talking to the bot; this costs nothing."""
    worlds: dict[str, World] = {}
    for library in libraries:
        worlds[library.territory.code] = World(
            library.territory,
            library.needs,
            library.directory,
            library.knowledge,
            words,
            Unheard(),
            MappingProxyType(worlds),
        )
    return MappingProxyType(worlds)
