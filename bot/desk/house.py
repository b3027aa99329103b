"""What the pages of the desk stand on: the database, the words, the directory, and a way to act."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from bot.conversation.turn import Effect
from bot.handoff.context import Context
from bot.i18n import Words
from bot.knowledge import Library
from bot.messages import Content, Media
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import Conversation
from directory.packs import Pack


class Acting(Protocol):
    """Does what a worker asked for on a page, as if they had pressed a button in their chat."""

    def act(self, session: Session, conversation: Conversation, effect: Effect, now: datetime) -> None:
        """Do it within the transaction."""
        ...

    def surroundings(self, session: Session, conversation: Conversation, now: datetime) -> Context:
        """Give what the steps of a handoff work with."""
        ...


@dataclass(frozen=True)
class House:
    """One installation, as the desk sees it."""

    database: Database
    words: Words
    packs: Mapping[str, Pack]
    libraries: Callable[[], Mapping[str, Library]]
    sealer: Sealer
    acting: Acting
    now: Callable[[], datetime]
    page_url: str
    open_file: Callable[[Media], Awaitable[Content | None]]  # wherever it lies

    def act(self, session: Session, conversation: Conversation, effect: Effect, now: datetime) -> None:
        """Do what somebody asked for elsewhere than in their chat, within the transaction."""
        self.acting.act(session, conversation, effect, now)

    def code_of(self, territory: str) -> str:
        """Give the code of a territory as it stands in a conversation."""
        return territory if territory in self.packs else next(iter(self.packs))
