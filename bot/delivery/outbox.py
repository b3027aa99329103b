"""What people get: queued with the turn that says it, sent at the channel's pace, order kept within a chat.

Replies go at least once, broadcasts at most once; a waiting broadcast never holds up a reply.
Three steps, and no transaction open while a message travels: `claim`, send, `finish`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.channels.base import Capabilities, Channel
from bot.delivery import pace
from bot.delivery.waiting import CANDIDATES, REPLY, Candidate
from bot.messages import Reply
from bot.storage.bells import OUTBOX, announce
from bot.storage.db import Database
from bot.storage.models import OutboxMessage

SEND_SECONDS = 45  # a send that takes longer counts as "maybe sent"
LEASE = timedelta(seconds=90)  # longer than any send: whoever holds a row that long has died

_MOST_LOOKS = 10  # a claim stays short even when many chats have to be put off


@dataclass(frozen=True)
class Claimed:
    """One message in the hands of one sender; `unreachable` when the person has blocked us meanwhile."""

    id: int
    conversation_id: int
    channel: str
    chat: str
    payload: dict[str, Any]
    tries: int
    priority: int
    relay_from: int | None
    queued_at: datetime
    capabilities: Capabilities
    unreachable: bool = False

    @property
    def reply(self) -> Reply:
        """Read what is to be sent."""
        return Reply.from_json(self.payload)


def queue(
    session: Session,
    conversation_id: int,
    reply: Reply,
    now: datetime,
    priority: int = REPLY,
    not_before: datetime | None = None,
    relay_from: int | None = None,
) -> None:
    """Put a message on its way; it leaves only if the transaction commits.

    Args:
        relay_from: the conversation of the person whose words these are, told when they cannot arrive.
    """
    session.add(
        OutboxMessage(
            conversation_id=conversation_id,
            payload=reply.to_json(),
            priority=priority,
            not_before=not_before or now,
            relay_from=relay_from,
            created_at=now,
        )
    )
    announce(session, OUTBOX)


def claim(database: Database, channels: Mapping[str, Channel], now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` messages that may be sent at this moment; nobody else sends them meanwhile."""
    with database.write() as session:
        claiming = _Claiming(session, channels, now)
        for _ in range(_MOST_LOOKS):
            taken_before = len(claiming.claimed)
            rows = claiming.candidates(limit - taken_before)
            for row in rows:
                claiming.consider(*row)
            # One that was put off or dropped may have kept another from its turn.
            if len(claiming.claimed) in {taken_before + len(rows), limit}:
                break
        claiming.write_down()
        return claiming.claimed


class _Claiming:
    """One claim: the moments of the channels and chats that it looks at, and what it took."""

    def __init__(self, session: Session, channels: Mapping[str, Channel], now: datetime) -> None:
        self.claimed: list[Claimed] = []
        self._session = session
        self._now = now
        self._overall = {name: pace.overall(channel.capabilities) for name, channel in channels.items()}
        self._capabilities = {name: channel.capabilities for name, channel in channels.items()}
        # Whoever holds the channels' rows is the only one to claim for them until the commit.
        self._free_at = pace.lock(session, channels, now)
        self._used: set[str] = set()

    def candidates(self, limit: int) -> Sequence[Candidate]:
        """Find messages whose turn it is in their chat, for the channels that have room."""
        open_channels = [name for name in self._overall if self._overall_opens_at(name) <= self._now]
        if not open_channels:
            return []
        values = {"channels": open_channels, "now": self._now, "limit": limit}
        rows = self._session.execute(CANDIDATES, values).all()
        keys = {pace.chat_key(channel, message.conversation_id) for message, channel, _, _ in rows}
        self._free_at = pace.look(self._session, keys - self._free_at.keys()) | self._free_at
        return rows

    def consider(self, message: OutboxMessage, channel: str, chat: str, blocked: bool) -> None:
        """Take a message, put it off until its chat is free, or leave it until its channel is."""
        if message.status == "sending" and message.priority != REPLY:
            # Its sender died on the way: it may have arrived, and a broadcast never goes twice.
            message.status, message.failure, message.payload = "failed", "unconfirmed", None
        elif blocked:
            self._take(message, channel, chat, unreachable=True)
        elif self._overall_opens_at(channel) > self._now:
            return
        elif (opens_at := self._chat_opens_at(channel, chat, message.conversation_id)) > self._now:
            message.not_before = opens_at
        else:
            self._use(channel, self._overall[channel])
            self._use(pace.chat_key(channel, message.conversation_id), self._per_chat(channel, chat))
            self._take(message, channel, chat, unreachable=False)

    def write_down(self) -> None:
        """Keep the moments that this claim has used up."""
        pace.hold(self._session, {key: self._free_at[key] for key in self._used})

    def _overall_opens_at(self, channel: str) -> datetime:
        return self._overall[channel].opens_at(self._free_at[channel])

    def _per_chat(self, channel: str, chat: str) -> pace.Limit:
        return pace.per_chat(self._capabilities[channel], chat)

    def _chat_opens_at(self, channel: str, chat: str, conversation_id: int) -> datetime:
        free_at = self._free_at.get(pace.chat_key(channel, conversation_id), self._now)
        return self._per_chat(channel, chat).opens_at(free_at)

    def _use(self, key: str, limit: pace.Limit) -> None:
        self._free_at[key] = limit.after_one(self._free_at.get(key, self._now), self._now)
        self._used.add(key)

    def _take(self, message: OutboxMessage, channel: str, chat: str, *, unreachable: bool) -> None:
        message.status, message.lease_until = "sending", self._now + LEASE
        message.tries += 1
        self.claimed.append(
            Claimed(
                id=message.id,
                conversation_id=message.conversation_id,
                channel=channel,
                chat=chat,
                payload=message.payload or {},
                tries=message.tries,
                priority=message.priority,
                relay_from=message.relay_from,
                queued_at=message.created_at,
                capabilities=self._capabilities[channel],
                unreachable=unreachable,
            )
        )
