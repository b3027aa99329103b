"""What the steps of a handoff work with: the transaction, the moment, and a way to write to people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from bot.conversation.turn import World
from bot.i18n import Voice
from bot.messages import Inbound, Reply
from bot.privacy.sealing import Sealer
from bot.storage.models import Conversation


class Tell(Protocol):
    """Queues a message to a conversation within the transaction."""

    def __call__(
        self, conversation_id: int, reply: Reply, relay_from: int | None = None, said: int | None = None
    ) -> None:
        """Queue it; `relay_from` is the conversation whose words these are, `said` the thread message."""
        ...


@dataclass(frozen=True)
class Context:
    """One turn's surroundings for the effects: `conversation` is the one who wrote."""

    session: Session
    conversation: Conversation
    inbound: Inbound
    world: World
    sealer: Sealer
    now: datetime
    tell: Tell
    remind: Callable[[int, str, str, datetime], None]  # conversation, key, text, when
    desk_url: str = ""  # where the team's pages are; "" when there are none

    def voice_of(self, conversation: Conversation) -> Voice:
        """Speak to a person in their language."""
        words = self.world.words
        first = self.world.territory.languages[0]
        return words.voice(conversation.language or words.match(conversation.phone_language) or first)

    def voice_of_id(self, conversation_id: int) -> Voice:
        """Speak to a person in their language."""
        return self.voice_of(self.session.get_one(Conversation, conversation_id))

    def writer(self) -> Voice:
        """Speak to the one who wrote."""
        return self.voice_of(self.conversation)
