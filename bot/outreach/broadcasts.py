"""Messages to many: made by one worker, approved by another, sent in small parts, each person once.

The limits of `bot.outreach.limits` are asked for every person at the moment of queueing; nothing goes round them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.delivery.waiting import BROADCAST
from bot.handoff.context import Context
from bot.messages import Reply
from bot.outreach import letters
from bot.outreach.limits import Kind, Person, Received, Refusal, next_loud_moment, why_not
from bot.outreach.notices import NOTICES
from bot.storage.bells import OUTBOX, announce
from bot.storage.models import (
    Broadcast,
    BroadcastReceipt,
    Conversation,
    HelpedContact,
    OutboxMessage,
    Subscription,
    Worker,
)

PART: Final = 500  # people in one transaction
EVERY: Final = timedelta(seconds=5)
MOST_WAITING: Final = 1500  # so that a pause is felt within a minute
EVENING_MARGIN: Final = timedelta(minutes=2)  # what was queued must leave before quiet hours

# What may follow what.
TRANSITIONS: Final[Mapping[str, tuple[frozenset[str], str]]] = MappingProxyType(
    {
        "propose": (frozenset({"draft"}), "proposed"),
        "approve": (frozenset({"proposed"}), "sending"),
        "refuse": (frozenset({"proposed"}), "refused"),
        "pause": (frozenset({"sending"}), "paused"),
        "go-on": (frozenset({"paused"}), "sending"),
        "stop": (frozenset({"draft", "proposed", "sending", "paused"}), "stopped"),
        "finish": (frozenset({"sending"}), "sent"),
    }
)


def step(session: Session, broadcast_id: int, name: str, **values: object) -> bool:
    """Take a step if it is allowed now; of two who try at once, one does."""
    before, after = TRANSITIONS[name]
    query = (
        update(Broadcast)
        .where(Broadcast.id == broadcast_id, Broadcast.status.in_(before))
        .values(status=after, **values)
        .returning(Broadcast.id)
        .execution_options(synchronize_session="fetch")
    )
    return session.scalar(query) is not None


def approve(session: Session, broadcast_id: int, worker: Worker) -> str:
    """Approve what another worker proposed; "" when it goes out, else why not."""
    row = session.get(Broadcast, broadcast_id)
    if row is None or row.status != "proposed":
        return "gone"
    if worker.role != "coordinator":
        return "not-a-coordinator"
    if row.made_by is None or row.made_by == worker.id:
        return "own"
    return "" if step(session, broadcast_id, "approve", approved_by=worker.id) else "gone"


def spread(context: Context, broadcast_id: int) -> None:
    """Queue the next part of a message to many, and come back for the rest until all were looked at."""
    row = context.session.get(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)
    if row is None or row.status != "sending":
        return
    now, zone = context.now, context.world.territory.zone
    loud = next_loud_moment(now + EVENING_MARGIN, zone)
    if loud > now + EVENING_MARGIN:
        _come_back(context, row, loud)
        return
    if waiting(context.session) > MOST_WAITING:
        _come_back(context, row, now + EVERY)
        return
    people = _next_people(context, row)
    _queue_part(context, row, people)
    if len(people) < PART:
        step(context.session, row.id, "finish", ended_at=now)
    else:
        _come_back(context, row, now + EVERY)


def begin(context: Context, broadcast_id: int) -> None:
    """Start the timer of a message to many in the chat of whoever approved it or lets it go on."""
    row = context.session.get(Broadcast, broadcast_id)
    if row is not None:
        _come_back(context, row, context.now)


def audience_query(row: Broadcast, first: bool) -> tuple[ColumnElement[bool], ...]:
    """Say who is meant: those who asked for the topic, in the commune and language chosen, who can be reached."""
    territory = "" if first else row.territory
    wanted: ColumnElement[bool] = Conversation.id.in_(
        select(Subscription.conversation_id).where(Subscription.topic == row.topic)
    )
    if NOTICES[row.notice].kind is Kind.URGENT:
        wanted = or_(wanted, Conversation.id.in_(select(Worker.conversation_id)))
    conditions: list[ColumnElement[bool]] = [
        wanted,
        Conversation.blocked.is_(False),
        Conversation.territory == territory,
    ]
    if row.commune:
        conditions.append(
            or_(Conversation.place == row.commune, Conversation.id.in_(select(Worker.conversation_id)))
        )
    if row.language:
        conditions.append(Conversation.language == row.language)
    return tuple(conditions)


def preview(context: Context, row: Broadcast) -> tuple[int, int]:
    """Count who is meant, and how many of them the limits hold back at this moment."""
    conditions = audience_query(row, _is_first(context))
    people = context.session.scalars(select(Conversation).where(and_(*conditions))).all()
    by_id = _persons(context.session, people, context.now)
    kind, zone = NOTICES[row.notice].kind, context.world.territory.zone
    refusals = [why_not(kind, by_id[one.id], context.now, zone) for one in people]
    # Quiet hours only make it wait.
    held = [why for why in refusals if why not in (None, Refusal.QUIET_HOURS)]
    return len(people), len(held)


def _next_people(context: Context, row: Broadcast) -> Sequence[Conversation]:
    conditions = audience_query(row, _is_first(context))
    query = (
        select(Conversation)
        .where(and_(*conditions), Conversation.id > row.reached)
        .order_by(Conversation.id)
        .limit(PART)
    )
    return context.session.scalars(query).all()


def _queue_part(context: Context, row: Broadcast, people: Sequence[Conversation]) -> None:
    if not people:
        return
    session, now, kind = context.session, context.now, NOTICES[row.notice].kind
    by_id, zone = _persons(session, people, now), context.world.territory.zone
    ids = [one.id for one in people]
    had = select(BroadcastReceipt.conversation_id).where(
        BroadcastReceipt.broadcast_id == row.id, BroadcastReceipt.conversation_id.in_(ids)
    )
    have_it = set(session.scalars(had))
    meant = [one for one in people if one.id not in have_it]
    chosen = [one for one in meant if why_not(kind, by_id[one.id], now, zone) is None]
    written: dict[str, Reply] = {}
    outgoing, receipts = [], []
    for one in chosen:
        voice = context.voice_of(one)
        reply = written.setdefault(voice.language.code, letters.write(row, voice, context))
        outgoing.append(
            {
                "conversation_id": one.id,
                "payload": reply.to_json(),
                "priority": BROADCAST,
                "not_before": now,
                "created_at": now,
            }
        )
        receipts.append(
            {"conversation_id": one.id, "broadcast_id": row.id, "kind": str(kind), "queued_at": now}
        )
    if outgoing:
        session.execute(insert(OutboxMessage), outgoing)
        session.execute(insert(BroadcastReceipt), receipts)
        announce(session, OUTBOX)
    row.reached = ids[-1]
    row.queued += len(chosen)
    row.held_back += len(meant) - len(chosen)
    session.flush()


def _persons(session: Session, people: Sequence[Conversation], now: datetime) -> dict[int, Person]:
    """Read what the limits look at, for many at once."""
    ids = [one.id for one in people]
    received: dict[int, list[Received]] = {}
    sent = select(BroadcastReceipt).where(BroadcastReceipt.conversation_id.in_(ids))
    for row in session.scalars(sent.order_by(BroadcastReceipt.queued_at, BroadcastReceipt.broadcast_id)):
        received.setdefault(row.conversation_id, []).append(Received(Kind(row.kind), row.queued_at))
    helping = (
        select(HelpedContact.conversation_id, func.count().label("times"))
        .where(HelpedContact.conversation_id.in_(ids))
        .group_by(HelpedContact.conversation_id)
    )
    helped = {row.conversation_id: row.times for row in session.execute(helping)}
    return {
        one.id: Person(one.started_at.astimezone(UTC), helped.get(one.id, 0), received.get(one.id, ()))
        for one in people
    }


def waiting(session: Session) -> int:
    """Count the messages to many that are still on their way."""
    on_their_way = select(func.count()).where(
        OutboxMessage.priority == BROADCAST, OutboxMessage.status.in_(("new", "sending"))
    )
    return session.scalar(on_their_way) or 0


def _come_back(context: Context, row: Broadcast, moment: datetime) -> None:
    context.remind(context.conversation.id, f"spread:{row.id}", f"spread:{row.id}", moment)


def _is_first(context: Context) -> bool:
    everywhere = context.world.everywhere
    return not everywhere or context.world.territory.code == next(iter(everywhere))
