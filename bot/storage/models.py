"""The tables about people and work. Open data about services is elsewhere (`directory.models`).

Every table declares `__retention__`: how long a row lives, what ends it. A test fails for one that does not.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC and always aware, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; write the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware moment back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Retention:
    """How long a row lives after the moment in column `since`; `ends` says in words what else ends it.

    `unless` is an SQL condition on the row: as long as it holds, the row stays.
    """

    ends: str
    since: str = ""
    after: timedelta | None = None
    unless: str = ""


# Erased words leave NULL behind, not a JSON null.
WORDS = JSON(none_as_null=True)

# An id is never given twice: a late answer to a row that was erased must not reach the next one.
FRESH_IDS = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """Tables about people and work."""

    metadata = MetaData(naming_convention=NAMES)
    __retention__: ClassVar[Retention]


class Conversation(Base):
    """One chat with one person: how to reach them, their language and commune, where the talk stands."""

    __tablename__ = "conversation"
    __retention__ = Retention(
        "erased on /erase, or 30 days after the last message; a worker's and an open request's stay",
        "last_seen_at",
        timedelta(days=30),
        "EXISTS (SELECT 1 FROM worker WHERE worker.conversation_id = conversation.id) OR EXISTS (SELECT 1"
        " FROM handoff WHERE handoff.conversation_id = conversation.id AND handoff.closed_at IS NULL)",
    )
    __table_args__ = (
        UniqueConstraint("channel", "chat"),
        Index(
            "ix_conversation_pending",
            "pending",
            sqlite_where=text("pending IS NOT NULL"),
            postgresql_where=text("pending IS NOT NULL"),
        ),
        FRESH_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    chat: Mapped[str] = mapped_column(String(128))
    language: Mapped[str] = mapped_column(String(8), default="")  # chosen by the person
    phone_language: Mapped[str] = mapped_column(String(35), default="")  # what the phone said last
    place: Mapped[str] = mapped_column(String(64), default="")  # id of a commune, never a position
    territory: Mapped[str] = mapped_column(String(32), default="")  # "" for the one that is served first
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    pending: Mapped[int | None]  # the oldest open inbox row; NULL when nothing waits
    blocked: Mapped[bool] = mapped_column(default=False)  # the person blocked us: write no more
    started_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, index=True)


class InboxMessage(Base):
    """One accepted message; its words are erased as soon as it is handled."""

    __tablename__ = "inbox"
    __retention__ = Retention(
        "words erased when handled; the row 7 days later, once repeats cannot come any more",
        "received_at",
        timedelta(days=7),
        "status = 'open'",
    )
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbox_conversation", "conversation_id", "status", "id"),
        FRESH_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(8), default="open")  # open done parked
    attempts: Mapped[int] = mapped_column(default=0)
    payload: Mapped[dict[str, Any] | None] = mapped_column(WORDS)  # Inbound; None once handled
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)


class OutboxMessage(Base):
    """One reply on its way; its words are erased as soon as it is sent."""

    __tablename__ = "outbox"
    __retention__ = Retention("words erased when sent; the row after 7 days", "created_at", timedelta(days=7))
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "priority",
            "not_before",
            "id",
            sqlite_where=text("status IN ('new', 'sending')"),
            postgresql_where=text("status IN ('new', 'sending')"),
        ),
        Index("ix_outbox_conversation", "conversation_id", "priority", "status", "id"),
        FRESH_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    priority: Mapped[int] = mapped_column(default=0)  # 0 reply, 1 broadcast
    status: Mapped[str] = mapped_column(String(8), default="new")  # new sending sent failed
    payload: Mapped[dict[str, Any] | None] = mapped_column(WORDS)  # Reply; None once sent
    relay_from: Mapped[int | None]  # the conversation to tell when a relayed message cannot be delivered
    not_before: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)  # those after which it may have arrived, or had moved
    failure: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class Pace(Base):
    """When a channel, chat or group may be written to next, over all processes (GCRA)."""

    __tablename__ = "pace"
    __retention__ = Retention("holds no words; a day after its moment", "free_at", timedelta(days=1))

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Timer(Base):
    """Something to do later in a conversation; when due it becomes an inbox row."""

    __tablename__ = "timer"
    __retention__ = Retention("removed when it becomes due", "due_at", timedelta(days=30))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(128), unique=True)
    text: Mapped[str] = mapped_column(String(128))  # what the inbox row will hold, ids only
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)


class WebMessage(Base):
    """A message lying ready for a browser of the web chat."""

    __tablename__ = "web_message"
    __retention__ = Retention(
        "one day, so that a reloaded page shows the talk; at once on /erase", "created_at", timedelta(days=1)
    )
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(String(128), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Invitation(Base):
    """A link that makes its first user a worker."""

    __tablename__ = "invitation"
    __retention__ = Retention("used once; removed after it expires", "expires_at", timedelta(days=7))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Worker(Base):
    """An outreach worker: first name, languages, communes and themes they cover."""

    __tablename__ = "worker"
    __retention__ = Retention("as long as the person works with the team; erased on /erase")
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), unique=True
    )
    first_name: Mapped[str] = mapped_column(String(40))
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    communes: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = all
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = all
    on_duty: Mapped[bool] = mapped_column(default=False, index=True)
    most_open: Mapped[int] = mapped_column(default=5)  # requests at the same time
    joined_at: Mapped[datetime] = mapped_column(Moment)


class Handoff(Base):
    """A person's request to be put in touch with a worker."""

    __tablename__ = "handoff"
    __retention__ = Retention(
        "30 days after it ended; its words at the end, the person at once on /erase",
        "closed_at",
        timedelta(days=30),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # random, stands in button data
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)  # see bot/handoff/lifecycle.py
    language: Mapped[str] = mapped_column(String(8))
    need: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[str] = mapped_column(String(64), default="")
    sealed_words: Mapped[str] = mapped_column(
        Text, default=""
    )  # what the person said to the worker, encrypted
    outcome: Mapped[str] = mapped_column(String(32), default="")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    person_wrote_at: Mapped[datetime | None] = mapped_column(Moment)
    worker_wrote_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment, index=True)


class Offer(Base):
    """A request shown to one worker, and what the worker did with it."""

    __tablename__ = "offer"
    __retention__ = Retention("dies with its handoff", "offered_at", timedelta(days=60))

    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), primary_key=True)
    declined: Mapped[bool] = mapped_column(default=False)
    offered_at: Mapped[datetime] = mapped_column(Moment, index=True)


class HandoffEvent(Base):
    """One step of a handoff: what happened and when; never who said what."""

    __tablename__ = "handoff_event"
    __retention__ = Retention("dies with its handoff", "happened_at", timedelta(days=60))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(16))
    happened_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Correction(Base):
    """Somebody said that a service's entry is wrong; no person is kept with it."""

    __tablename__ = "correction"
    __retention__ = Retention(
        "until a coordinator has looked, at most a year", "reported_at", timedelta(days=365)
    )
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(String(64), index=True)
    reported_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Tally(Base):
    """How often something happened on a day (not understood, wrong guess); never whose or which words."""

    __tablename__ = "tally"
    __retention__ = Retention("two years", "day", timedelta(days=730))

    day: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
