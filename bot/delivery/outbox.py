"""What people get: queued with the turn that says it, sent at the channel's pace, order kept within a chat.

Replies go at least once, broadcasts at most once; a waiting broadcast never holds up a reply.
Three steps, and no transaction open while a message travels: `claim`, send, `finish`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, bindparam, insert, update
from sqlalchemy.orm import Session

from bot.channels.base import Capabilities, Channel
from bot.delivery import pace
from bot.delivery.waiting import REPLY, WAITING, Candidate, candidates
from bot.messages import Reply
from bot.storage.bells import OUTBOX, announce
from bot.storage.db import Database, before_commit, gathered, table_of
from bot.storage.models import OutboxMessage

SEND_SECONDS = 45  # a send that takes longer counts as "maybe sent"
LEASE = timedelta(seconds=90)  # longer than any send: whoever holds a row that long has died

_outbox = table_of(OutboxMessage)
_this = update(_outbox).where(_outbox.c.id == bindparam("this"))
_QUEUE = insert(_outbox)
_TAKE = _this.values(status="sending", lease_until=bindparam("until"), tries=bindparam("try"))
_PUT_OFF = _this.values(not_before=bindparam("until"), failure="pace")
_DROP = _this.values(status="failed", failure="unconfirmed", payload=None)
_sending = update(_outbox).where(WAITING, _outbox.c.status == "sending")
_LET_GO = _sending.values(lease_until=bindparam("now"))
_SENT = (
    update(_outbox)
    .where(_outbox.c.id.in_(bindparam("arrived", expanding=True)), WAITING)
    .values(status="sent", payload=None, sent_at=bindparam("now"), lease_until=None, failure="")
)
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
    unsure: int
    priority: int
    relay_from: int | None
    said: int | None
    queued_at: datetime
    claimed_at: datetime
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
    said: int | None = None,
) -> None:
    """Put a message on its way; it leaves only if the transaction commits.

    It is written at the end of the transaction: whoever erases a chat in it calls `write_queued` first.

    Args:
        relay_from: the conversation of the person whose words these are, told when they cannot arrive.
        said: the message of a request's talk that these words are, marked when they cannot arrive.
    """
    values = {
        "conversation_id": conversation_id,
        "payload": reply.to_json(),
        "priority": priority,
        "not_before": not_before or now,
        "relay_from": relay_from,
        "said": said,
        "created_at": now,
    }
    before_commit(session, _write, values)
    announce(session, OUTBOX)


def write_queued(session: Session) -> None:
    """Write what the transaction has queued so far, where a step must be whole before its end."""
    if queued := gathered(session, _write):
        _write(session, queued)


def drop_queued(session: Session) -> None:
    """Let go of what was queued and not written, by a step that is undone."""
    gathered(session, _write)


def _write(session: Session, queued: list[dict[str, Any]]) -> None:
    session.execute(_QUEUE, queued)


def claim(
    database: Database,
    channels: Mapping[str, Channel],
    now: datetime,
    limit: int,
    arrived: Sequence[Claimed] = (),
) -> list[Claimed]:
    """Take up to `limit` messages that may be sent at this moment; nobody else sends them meanwhile.

    Args:
        arrived: what was sent since the last claim, marked in the same transaction.
    """
    with database.write() as session:
        mark_sent(session, arrived, now)
        claiming = _Claiming(session, channels, now)
        for _ in range(_MOST_LOOKS if limit else 0):
            taken_before = len(claiming.claimed)
            found = claiming.candidates(limit - taken_before)
            for candidate in found:
                claiming.consider(candidate)
            claiming.write_down()
            # One that was put off or dropped may have kept another from its turn.
            if len(claiming.claimed) in {taken_before + len(found), limit}:
                break
        return claiming.claimed


def let_go(database: Database, now: datetime) -> None:
    """Take back what senders of an earlier life held; only where this process is the only one."""
    with database.write() as session:
        session.execute(_LET_GO, {"now": now})


def mark_sent(session: Session, arrived: Sequence[Claimed], now: datetime) -> None:
    """Write down that messages arrived, even when a lease ran out and another sender has one by now."""
    if arrived:
        session.execute(_SENT, {"arrived": sorted(claimed.id for claimed in arrived), "now": now})


class _Claiming:
    """One claim: the moments of the channels and chats that it looks at, and what it took."""

    def __init__(self, session: Session, channels: Mapping[str, Channel], now: datetime) -> None:
        self.claimed: list[Claimed] = []
        self._session = session
        self._now = now
        self._overall = {name: pace.overall(channel.capabilities) for name, channel in channels.items()}
        self._capabilities = {name: channel.capabilities for name, channel in channels.items()}
        self._free_at: dict[str, datetime] = {}
        self._used: set[str] = set()
        self._changes: dict[Update, list[dict[str, Any]]] = {}

    def candidates(self, limit: int) -> Sequence[Candidate]:
        """Find messages whose turn it is in their chat, for the channels that have room."""
        if not self._free_at:
            # Whoever holds the channels' rows is the only one to claim for them until the commit.
            self._free_at = pace.lock(self._session, self._overall, self._now)
        open_channels = [name for name in self._overall if self._overall_opens_at(name) <= self._now]
        if not open_channels:
            return []
        found = candidates(self._session, open_channels, self._now, limit)
        keys = {pace.chat_key(one.channel, one.conversation_id) for one in found}
        self._free_at = pace.look(self._session, keys - self._free_at.keys()) | self._free_at
        return found

    def consider(self, one: Candidate) -> None:
        """Take a message, put it off until its chat is free, or leave it until its channel is."""
        if one.status == "sending" and one.priority != REPLY:
            # Its sender died on the way: it may have arrived, and a broadcast never goes twice.
            self._change(_DROP, one)
        elif one.blocked:
            self._take(one, unreachable=True)
        elif self._overall_opens_at(one.channel) > self._now:
            return
        elif (opens_at := self._chat_opens_at(one)) > self._now:
            self._change(_PUT_OFF, one, until=opens_at)
        else:
            self._use(one.channel, self._overall[one.channel])
            self._use(pace.chat_key(one.channel, one.conversation_id), self._per_chat(one))
            self._take(one, unreachable=False)

    def write_down(self) -> None:
        """Keep what this look has decided, and the moments that it has used up."""
        for statement, rows in self._changes.items():
            self._session.execute(statement, rows)
        self._changes.clear()
        pace.hold(self._session, {key: self._free_at[key] for key in self._used})
        self._used.clear()

    def _change(self, statement: Update, one: Candidate, **values: Any) -> None:
        self._changes.setdefault(statement, []).append({"this": one.id, **values})

    def _overall_opens_at(self, channel: str) -> datetime:
        return self._overall[channel].opens_at(self._free_at[channel])

    def _per_chat(self, one: Candidate) -> pace.Limit:
        return pace.per_chat(self._capabilities[one.channel], one.chat)

    def _chat_opens_at(self, one: Candidate) -> datetime:
        free_at = self._free_at.get(pace.chat_key(one.channel, one.conversation_id), self._now)
        return self._per_chat(one).opens_at(free_at)

    def _use(self, key: str, limit: pace.Limit) -> None:
        self._free_at[key] = limit.after_one(self._free_at.get(key, self._now), self._now)
        self._used.add(key)

    def _take(self, one: Candidate, *, unreachable: bool) -> None:
        self._change(_TAKE, one, **{"until": self._now + LEASE, "try": one.tries + 1})
        self.claimed.append(
            Claimed(
                id=one.id,
                conversation_id=one.conversation_id,
                channel=one.channel,
                chat=one.chat,
                payload=one.payload or {},
                tries=one.tries + 1,
                unsure=one.unsure,
                priority=one.priority,
                relay_from=one.relay_from,
                said=one.said,
                queued_at=one.created_at,
                claimed_at=self._now,
                capabilities=self._capabilities[one.channel],
                unreachable=unreachable,
            )
        )
