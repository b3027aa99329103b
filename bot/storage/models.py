"""The tables about people and work. Open data about services is elsewhere (`directory.models`).

Every table declares `__retention__`: how long a row lives, what ends it. A test fails for one that does not.
Teams and requests stand in `bot.storage.handoff_models`, going towards people in `bot.storage.outreach_models`.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import FRESH_IDS, WORDS, Base, Moment, Retention
from bot.storage.handoff_models import (
    Appointment,
    Handoff,
    HandoffEvent,
    Invitation,
    KeptFile,
    Note,
    Offer,
    Team,
    ThreadMessage,
    Worker,
    WorkerPhoto,
)
from bot.storage.outreach_models import (
    Broadcast,
    BroadcastReceipt,
    EncounterCode,
    HelpedContact,
    Meeting,
    MeetingPlace,
    Round,
    RoundWorker,
    Stop,
    StopChange,
    Subscription,
)

__all__ = [
    "Appointment",
    "Base",
    "Broadcast",
    "BroadcastReceipt",
    "Conversation",
    "Correction",
    "EncounterCode",
    "Handoff",
    "HandoffEvent",
    "HelpedContact",
    "InboxMessage",
    "Invitation",
    "KeptFile",
    "Meeting",
    "MeetingPlace",
    "Moment",
    "Note",
    "Offer",
    "OutboxMessage",
    "Pace",
    "Retention",
    "Round",
    "RoundWorker",
    "Stop",
    "StopChange",
    "Subscription",
    "Tally",
    "Team",
    "ThreadMessage",
    "Timer",
    "WebMessage",
    "Worker",
    "WorkerPhoto",
]


class Conversation(Base):
    """One chat with one person: how to reach them, their language and commune, where the talk stands."""

    __tablename__ = "conversation"
    __retention__ = Retention(
        "erased on /erase, or 30 days after the last message; a worker's and an open request's stay, and the one"
        " of a person who asked to be told something later",
        "last_seen_at",
        timedelta(days=30),
        "EXISTS (SELECT 1 FROM worker WHERE worker.conversation_id = conversation.id) OR EXISTS (SELECT 1"
        " FROM handoff WHERE handoff.conversation_id = conversation.id AND handoff.closed_at IS NULL) OR EXISTS"
        " (SELECT 1 FROM subscription WHERE subscription.conversation_id = conversation.id AND"
        " subscription.topic != 'no-follow-up') OR EXISTS (SELECT 1 FROM timer WHERE"
        " timer.conversation_id = conversation.id)",
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
    priority: Mapped[int] = mapped_column(default=0)  # see bot/delivery/waiting.py
    status: Mapped[str] = mapped_column(String(8), default="new")  # new sending sent failed
    payload: Mapped[dict[str, Any] | None] = mapped_column(WORDS)  # Reply; None once sent
    relay_from: Mapped[int | None]  # the conversation to tell when a relayed message cannot be delivered
    said: Mapped[int | None]  # the thread message whose words these are
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


class Unanswered(Base):
    """Everyday words of a message that the bot did not understand; no names, no numbers, no person."""

    __tablename__ = "unanswered"
    __retention__ = Retention("90 days", "day", timedelta(days=90))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[datetime] = mapped_column(Moment, index=True)
    language: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(String(200))


class Tally(Base):
    """How often something happened on a day (not understood, wrong guess); never whose or which words."""

    __tablename__ = "tally"
    __retention__ = Retention("two years", "day", timedelta(days=730))

    day: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class DeskLink(Base):
    """A link that lets a worker in at the desk on the web, once; only the hash of its code is kept."""

    __tablename__ = "desk_link"
    __retention__ = Retention("used once; removed a day after it expires", "expires_at", timedelta(days=1))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class DeskSession(Base):
    """A browser in which a worker is logged in at the desk; only the hash of its token is kept."""

    __tablename__ = "desk_session"
    __retention__ = Retention(
        "until the worker logs out or leaves the team; removed once it has expired",
        "expires_at",
        timedelta(0),
    )
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8), default="")  # chosen for the pages
    began_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)  # whatever happens meanwhile


class AuditEvent(Base):
    """Something that a worker did on the desk; never what people wrote, and no person but the worker."""

    __tablename__ = "audit_event"
    __retention__ = Retention(
        "a year; without the worker once they have left", "happened_at", timedelta(days=365)
    )
    __table_args__ = (Index("ix_audit_event_subject", "action", "subject"), FRESH_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"), index=True)
    territory: Mapped[str] = mapped_column(String(32), default="")  # as in Conversation
    role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(32))  # see bot/desk/audit.py
    subject: Mapped[str] = mapped_column(String(64), default="")  # id of a request, worker or service
    field: Mapped[str] = mapped_column(String(32), default="")  # of a service or a worker
    old: Mapped[str] = mapped_column(Text, default="")
    new: Mapped[str] = mapped_column(Text, default="")
    happened_at: Mapped[datetime] = mapped_column(Moment, index=True)


class ServiceEdit(Base):
    """A field of a service that the desk has changed; open data, no person."""

    __tablename__ = "service_edit"
    __retention__ = Retention("until the pack of the territory says something new about this field")

    service_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    field: Mapped[str] = mapped_column(String(32), primary_key=True)
    base: Mapped[str] = mapped_column(Text, default="")  # what the pack said when it was changed
    value: Mapped[str] = mapped_column(Text, default="")
    edited_at: Mapped[datetime] = mapped_column(Moment)
