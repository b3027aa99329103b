"""The tables of teams, workers and requests. What people say to a worker is sealed (`bot.privacy.sealing`)."""

from datetime import datetime, timedelta

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import FRESH_IDS, Base, Moment, Retention


class Team(Base):
    """An organisation's team: for whom it is, when it is there, how much it can take, how soon it answers."""

    __tablename__ = "team"
    __retention__ = Retention("as long as it works; holds no person")
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    territory: Mapped[str] = mapped_column(String(32), default="")  # as in Conversation
    name: Mapped[str] = mapped_column(String(80))  # people read it before they agree
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = those of its workers
    communes: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = all
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = all
    hours: Mapped[str] = mapped_column(Text, default="")  # OSM syntax in the territory's zone
    most_open: Mapped[int] = mapped_column(default=40)  # requests at the same time
    reply_minutes: Mapped[int] = mapped_column(default=240)  # of duty until the first words
    urgent_minutes: Mapped[int] = mapped_column(default=60)  # the same for danger and violence
    fallback: Mapped[str] = mapped_column(String(64), default="")  # id of a line, told when a promise fails
    trial: Mapped[bool] = mapped_column(default=False)  # only for trying out; says so
    live: Mapped[bool] = mapped_column(default=False)


class Invitation(Base):
    """A link that makes its first user a worker."""

    __tablename__ = "invitation"
    __retention__ = Retention("used once; removed after it expires", "expires_at", timedelta(days=7))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(16), default="worker")
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Worker(Base):
    """An outreach worker: first name, languages, communes and themes they cover, when they are there."""

    __tablename__ = "worker"
    __retention__ = Retention("as long as the person works with the team; erased on /erase")
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), unique=True
    )
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    role: Mapped[str] = mapped_column(String(16), default="worker")  # worker, coordinator
    first_name: Mapped[str] = mapped_column(String(40))
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    communes: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = all
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty = all
    woman: Mapped[bool] = mapped_column(default=False)  # their own declaration, for people who wish a woman
    hours: Mapped[str] = mapped_column(Text, default="")  # OSM syntax; "" = by /duty only
    absent_until: Mapped[datetime | None] = mapped_column(Moment)
    on_duty: Mapped[bool] = mapped_column(default=False, index=True)  # by /duty
    most_open: Mapped[int] = mapped_column(default=5)  # requests at the same time
    joined_at: Mapped[datetime] = mapped_column(Moment)


class WorkerPhoto(Base):
    """A worker's photo, kept because they sent it: shown where they show that they come, without anything beside it."""

    __tablename__ = "worker_photo"
    __retention__ = Retention("until the worker deletes it or leaves the team; erased on /erase")

    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # random, stands in its address
    type: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(Moment)


class Handoff(Base):
    """A person's request to be put in touch with a worker."""

    __tablename__ = "handoff"
    __retention__ = Retention(
        "30 days after it ended, with all that was said in it; the person at once on /erase",
        "closed_at",
        timedelta(days=30),
        setting="KEEP_REQUESTS_DAYS",
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # random, stands in button data
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)  # see bot/handoff/lifecycle.py
    language: Mapped[str] = mapped_column(String(8))
    need: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[str] = mapped_column(String(64), default="")
    sealed_words: Mapped[str] = mapped_column(
        Text, default=""
    )  # what the person said to the worker, encrypted
    wishes: Mapped[list[str]] = mapped_column(JSON, default=list)  # woman, elsewhere
    reach_how: Mapped[str] = mapped_column(String(16), default="")  # write, voice, meet
    reach_when: Mapped[str] = mapped_column(String(16), default="")  # morning, afternoon, evening
    discreet: Mapped[bool] = mapped_column(default=False)
    on_behalf: Mapped[bool] = mapped_column(default=False)
    urgent: Mapped[bool] = mapped_column(default=False)
    consented_team: Mapped[int | None]  # the team that the person agreed to, by id
    next_team: Mapped[int | None]  # another one that waits for their yes
    tried_teams: Mapped[list[int]] = mapped_column(JSON, default=list)
    history_goes: Mapped[bool] = mapped_column(default=False)  # with what was written so far, as they chose
    reason: Mapped[str] = mapped_column(String(32), default="")  # why it was passed on or could not be kept
    outcome: Mapped[str] = mapped_column(String(32), default="")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    promised_until: Mapped[datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    first_reply_at: Mapped[datetime | None] = mapped_column(Moment)
    missed_at: Mapped[datetime | None] = mapped_column(Moment)  # the promise was not kept
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
    reason: Mapped[str] = mapped_column(String(32), default="")  # see DECLINE_REASONS
    offered_at: Mapped[datetime] = mapped_column(Moment, index=True)


class HandoffEvent(Base):
    """One step of a handoff: what happened and when; never who said what."""

    __tablename__ = "handoff_event"
    __retention__ = Retention("dies with its handoff", "happened_at", timedelta(days=60))
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None]
    worker_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    happened_at: Mapped[datetime] = mapped_column(Moment, index=True)


class ThreadMessage(Base):
    """What was said in a request, sealed; of a picture or voice note, sealed too, where it lies."""

    __tablename__ = "thread_message"
    __retention__ = Retention("dies with its handoff")
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    team_id: Mapped[int | None]  # whose talk it is: another team sees it only if the person agreed
    said_by: Mapped[str] = mapped_column(String(8))  # person, worker, bot
    kind: Mapped[str] = mapped_column(
        String(16), default="text"
    )  # text, phrase, or a kind of bot.messages.Media
    sealed_words: Mapped[str] = mapped_column(Text, default="")
    sealed_media: Mapped[str] = mapped_column(Text, default="")  # a bot.messages.Media
    ready: Mapped[str] = mapped_column(String(80), default="")  # see bot/conversation/ready.py
    unread: Mapped[bool] = mapped_column(default=False)  # a discreet person has not opened it yet
    failed: Mapped[bool] = mapped_column(default=False)  # it could not be delivered
    said_at: Mapped[datetime] = mapped_column(Moment, index=True)


class KeptFile(Base):
    """A picture or document that came through the web, sealed; other channels keep theirs themselves."""

    __tablename__ = "kept_file"
    __retention__ = Retention(
        "dies with its handoff, and a day after it came if it was never passed on; at once on /erase",
        "kept_at",
        timedelta(days=1),
        "handoff_id IS NOT NULL",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # random
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )  # who gave it
    handoff_id: Mapped[str | None] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(String(64))
    sealed_name: Mapped[str] = mapped_column(Text, default="")
    sealed_content: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Note(Base):
    """A worker's note on a request, sealed; the team sees it, the person can ask for it."""

    __tablename__ = "note"
    __retention__ = Retention("dies with its handoff")
    __table_args__ = FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    team_id: Mapped[int | None]
    sealed_words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Appointment(Base):
    """A meeting that a worker proposed: up to three moments, of which the person chooses one."""

    __tablename__ = "appointment"
    __retention__ = Retention("dies with its handoff")

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # random, stands in button data
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(
        String(16), default="proposed"
    )  # proposed, chosen, none-fits, cancelled
    slots: Mapped[list[str]] = mapped_column(JSON)  # ISO moments in UTC
    chosen_for: Mapped[datetime | None] = mapped_column(Moment)
    sealed_where: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime] = mapped_column(Moment, index=True)
