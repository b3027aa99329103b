"""The tables of going towards people: places, rounds, meetings, what people asked to be told, messages to many.

A meeting without a request has no field that could hold who was met; a code and a link are counted by place.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import FRESH_IDS, Base, Moment, Retention


class MeetingPlace(Base):
    """A place where a team is to be met, with its sheet; open data, no person."""

    __tablename__ = "meeting_place"
    __retention__ = Retention("as long as a team goes there; holds no person")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # stands in links: m-<id>
    territory: Mapped[str] = mapped_column(String(32), default="")  # code of the pack
    commune: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(80))
    family: Mapped[str] = mapped_column(String(16))  # see bot/outreach/places.py
    address: Mapped[str] = mapped_column(String(120), default="")
    hours: Mapped[str] = mapped_column(Text, default="")  # of the place itself, OSM syntax
    who_comes: Mapped[list[str]] = mapped_column(JSON, default=list)
    quiet: Mapped[str] = mapped_column(String(16), default="")
    toilets: Mapped[str] = mapped_column(String(16), default="")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)  # of the poster
    asked_there: Mapped[list[str]] = mapped_column(
        JSON, default=list
    )  # needs that people there often ask about
    source: Mapped[str] = mapped_column(String(120))
    checked_on: Mapped[date] = mapped_column(Date)
    trial: Mapped[bool] = mapped_column(
        default=False
    )  # made up, for trying out; says so wherever it is shown


class Round(Base):
    """A team's recurring way through one or more places; open data, no person."""

    __tablename__ = "round"
    __retention__ = Retention("as long as the team goes; holds no person")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)


class Stop(Base):
    """A place of a round and the rule that says when."""

    __tablename__ = "stop"
    __retention__ = Retention("as long as its round")
    __table_args__ = (UniqueConstraint("round_id", "number"), FRESH_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    number: Mapped[int]
    place_id: Mapped[str] = mapped_column(ForeignKey("meeting_place.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(Text)  # OSM syntax, see bot/outreach/calendar_rules.py


class RoundWorker(Base):
    """A worker who said themselves that people may know they come on this round."""

    __tablename__ = "round_worker"
    __retention__ = Retention("until the worker takes it back or leaves the team")

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), primary_key=True)


class StopChange(Base):
    """What became of one stop on one day: cancelled, moved, held or not held."""

    __tablename__ = "stop_change"
    __retention__ = Retention(
        "two years, for the share of rounds that were held", "planned_at", timedelta(days=730)
    )
    __table_args__ = (UniqueConstraint("stop_id", "planned_at"), FRESH_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id", ondelete="CASCADE"))
    planned_at: Mapped[datetime] = mapped_column(Moment, index=True)  # when the rule says that it begins
    status: Mapped[str] = mapped_column(String(16))  # see bot/outreach/occurrences.py
    begins_at: Mapped[datetime | None] = mapped_column(Moment)  # when moved to another hour
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    place_id: Mapped[str | None] = mapped_column(ForeignKey("meeting_place.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Meeting(Base):
    """A meeting without a request: where, when, what about, how many, in which language; never who."""

    __tablename__ = "meeting"
    __retention__ = Retention("two years; holds no person", "noted_at", timedelta(days=730))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("meeting_place.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    day: Mapped[date] = mapped_column(Date)
    theme: Mapped[str] = mapped_column(String(32))
    people: Mapped[int]
    language: Mapped[str] = mapped_column(String(8))
    noted_at: Mapped[datetime] = mapped_column(Moment, index=True)


class EncounterCode(Base):
    """A code that a worker handed out in the street: only its hash, once, for a limited time."""

    __tablename__ = "encounter_code"
    __retention__ = Retention("used once; removed a day after it expires", "expires_at", timedelta(days=1))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), index=True)
    place_id: Mapped[str | None] = mapped_column(ForeignKey("meeting_place.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Subscription(Base):
    """Something that a person asked to be told: `place:`, `theme:`, urgent, activities, follow-up."""

    __tablename__ = "subscription"
    __retention__ = Retention(
        "until the person says stop or erases all, at most a year; then they are not written to any more",
        "asked_at",
        timedelta(days=365),
    )

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(String(48), primary_key=True, index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)


class HelpedContact(Base):
    """That a person said once "it helped"; nothing about what. Three of them are trust."""

    __tablename__ = "helped_contact"
    __retention__ = Retention("with the conversation, at most a year", "said_at", timedelta(days=365))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    said_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Broadcast(Base):
    """A message to many: a reviewed text, to whom, who made and who approved it, how far it is."""

    __tablename__ = "broadcast"
    __retention__ = Retention(
        "two years; without the workers once they have left", "made_at", timedelta(days=730)
    )
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    territory: Mapped[str] = mapped_column(String(32), default="")
    notice: Mapped[str] = mapped_column(String(32))  # see bot/outreach/notices.py
    about: Mapped[str] = mapped_column(String(64), default="")  # id of a need or place that the text names
    topic: Mapped[str] = mapped_column(String(48))  # who asked for it
    commune: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    status: Mapped[str] = mapped_column(String(16), default="draft")  # see bot/outreach/broadcasts.py
    made_by: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    reached: Mapped[int] = mapped_column(default=0)  # the last conversation that was looked at
    queued: Mapped[int] = mapped_column(default=0)
    held_back: Mapped[int] = mapped_column(default=0)  # by the limits
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class BroadcastReceipt(Base):
    """That a person was sent one of the messages to many, so that the limits hold; not what it said."""

    __tablename__ = "broadcast_receipt"
    __retention__ = Retention(
        "90 days, for the limits of messages; at once on /erase", "queued_at", timedelta(days=90)
    )

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    broadcast_id: Mapped[int] = mapped_column(
        ForeignKey("broadcast.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    offered: Mapped[bool] = mapped_column(default=False)  # an answer to it was offered to a team, once
    queued_at: Mapped[datetime] = mapped_column(Moment, index=True)
