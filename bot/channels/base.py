"""What every channel can do, and how it says that a message could not be sent.

A channel knows its own service and the neutral words of `bot.messages`, nothing else of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from bot.messages import Inbound, Reply


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show; `text_limit` counts UTF-16 units, rates are messages per second.

    With `media` it can pass on what came in through it: pictures, voice notes, files.
    A chat whose address begins with `group_prefix` is a group and gets `rate_per_group`; "" is no address's.
    """

    text_limit: int = 4096
    location_request: bool = False
    rate: float = 30.0
    rate_per_chat: float = 1.0
    rate_per_group: float = 20 / 60
    media: bool = False
    group_prefix: str = ""


class SendOutcome(StrEnum):
    """What to do after a failed send; it decides for the outbox."""

    LATER = "later"  # surely not sent; try again, after `retry_after` when given
    MAYBE = "maybe"  # may have been sent: a reply goes again, a broadcast never
    BLOCKED = "blocked"  # the person blocked us or the account is gone: write no more
    MOVED = "moved"  # the chat has a new address, `moved_to`
    REJECTED = "rejected"  # the channel will never take this message


class SendError(Exception):
    """The channel did not confirm the message."""

    def __init__(
        self, outcome: SendOutcome, reason: str, *, retry_after: float | None = None, moved_to: str = ""
    ) -> None:
        """Keep the decision; `reason` is a short word for counts, never words of a person.

        `whole_channel`, set later, says that `retry_after` is meant for every chat.
        """
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.retry_after = retry_after
        self.moved_to = moved_to
        self.whole_channel = False


class Unreadable(Exception):
    """The payload is not of this channel's form."""


class Channel(Protocol):
    """One way to reach people."""

    name: str
    capabilities: Capabilities

    def verify(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a request really comes from the channel (constant time).

        Args:
            headers: are asked for by their names in lower case.
        """
        ...

    def parse(self, payload: Any) -> Inbound | None:
        """Read one payload; None when it is authentic and nobody waits for an answer to it.

        Raises:
            Unreadable: the payload is malformed.
        """
        ...

    async def send(self, chat: str, reply: Reply) -> None:
        """Send one reply, split where the channel's limit asks for it.

        Raises:
            SendError: with the decision what to do next.
        """
        ...

    async def stop(self) -> None:
        """Close the connections, in the event loop that sent; to send again opens new ones."""
        ...
