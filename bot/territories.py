"""Several territories in one process: each conversation is answered by the world of its own.

A link may name the territory (`bot.conversation.links`); the talk itself may lead to another one
(`bot.conversation.dialogues.territories`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from bot.conversation.links import read_link
from bot.conversation.turn import Effect, World
from bot.delivery.turns import Turns
from bot.handoff import requests, team
from bot.handoff.context import Context
from bot.messages import Inbound, Kind
from bot.privacy.sealing import Sealer
from bot.storage.models import Conversation
from directory.search import Directory


class Territories:
    """Hands each message to the turns of its territory; the first one is for whoever named none."""

    def __init__(self, world: World, sealer: Sealer, desk_url: str = "") -> None:
        """Know the world that is served first, and the others that it knows."""
        worlds = world.everywhere or {world.territory.code: world}
        self._worlds = worlds
        self._turns: Mapping[str, Turns] = {
            code: Turns(one, sealer, desk_url) for code, one in worlds.items()
        }
        self._first = world.territory.code

    def prepare(self, inbound: Inbound, language: str) -> None:
        """Understand the words of a message before its turn, as most people's territory does."""
        self._turns[self._first].prepare(inbound, language)

    def handle(self, session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
        """Answer one message."""
        heard = self._followed(session, conversation, inbound)
        self._turns_of(conversation).handle(session, conversation, heard, now)

    def act(self, session: Session, conversation: Conversation, effect: Effect, now: datetime) -> None:
        """Do what somebody asked for elsewhere than in their chat."""
        self._turns_of(conversation).act(session, conversation, effect, now)

    def surroundings(self, session: Session, conversation: Conversation, now: datetime) -> Context:
        """Give what the steps of a handoff work with, for somebody who acts elsewhere than in their chat."""
        return self._turns_of(conversation).surroundings(session, conversation, now)

    def renew(self, directories: Mapping[str, Directory]) -> None:
        """Show the services as they are now, from the next message on."""
        worlds: dict[str, World] = {}
        together = MappingProxyType(worlds)
        for code, world in self._worlds.items():
            directory = directories.get(code, world.directory)
            worlds[code] = replace(world, directory=directory, everywhere=together)
        self._worlds = together
        for code, turns in self._turns.items():
            turns.renew(worlds[code])

    def apologise(
        self, session: Session, conversation: Conversation, inbound: Inbound, now: datetime
    ) -> None:
        """Say that a message could not be answered, with the numbers of the person's territory."""
        self._turns_of(conversation).apologise(session, conversation, inbound, now)

    def undeliverable(self, session: Session, conversation_id: int, now: datetime) -> None:
        """Tell somebody that their words could not reach the other side."""
        self._turns[self._first].undeliverable(session, conversation_id, now)

    def _turns_of(self, conversation: Conversation) -> Turns:
        return self._turns.get(conversation.territory) or self._turns[self._first]

    def _followed(self, session: Session, conversation: Conversation, inbound: Inbound) -> Inbound:
        """Go where a link leads, and give the message as it is read there."""
        if inbound.kind is not Kind.START:
            return inbound
        code, rest = read_link(inbound.text)
        if code in self._turns and not _must_stay(session, conversation):
            conversation.territory = "" if code == self._first else code
            conversation.place = ""
            conversation.state = {}
        return replace(inbound, text=rest)


def _must_stay(session: Session, conversation: Conversation) -> bool:
    """Tell whether somebody works here or has an open request here."""
    is_worker = team.worker_of(session, conversation.id) is not None
    return is_worker or requests.open_request(session, conversation.id) is not None
