"""Messages to many: made by one worker, approved by another, sent in small parts, each person once.

The limits of `bot.outreach.limits` are asked for every person at the moment of queueing; nothing goes round them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from bot.delivery.waiting import BROADCAST, REPLY, URGENT, WAITING
from bot.handoff.context import Context
from bot.messages import Reply
from bot.outreach import letters
from bot.outreach.audience import audience_query, is_first, is_urgent, next_people, read_persons
from bot.outreach.limits import (
    Refusal,
    is_quiet,
    next_loud_moment,
    next_quiet_moment,
    why_not,
)
from bot.outreach.notices import NOTICES
from bot.storage.bells import OUTBOX, announce
from bot.storage.models import (
    Broadcast,
    BroadcastReceipt,
    Conversation,
    OutboxMessage,
    Worker,
)

PART: Final = 500  # people in one transaction
EVERY: Final = timedelta(seconds=5)
MOST_WAITING: Final = 1500  # so that the limits are asked for at most a minute before somebody is written to
EVENING_MARGIN: Final = timedelta(minutes=2)  # what is queued then still leaves before quiet hours

# What may follow what.
TRANSITIONS: Final[Mapping[str, tuple[frozenset[str], str]]] = MappingProxyType(
    {
        "propose": (frozenset({"draft"}), "proposed"),
        "approve": (frozenset({"proposed"}), "sending"),
        "refuse": (frozenset({"proposed"}), "refused"),
        # What is sent may still wait in the outbox for its turn.
        "pause": (frozenset({"sending", "sent"}), "paused"),
        "go-on": (frozenset({"paused"}), "sending"),
        "stop": (frozenset({"draft", "proposed", "sending", "sent", "paused"}), "stopped"),
        "finish": (frozenset({"sending"}), "sent"),
    }
)
TAKING_BACK: Final = frozenset({"pause", "stop"})


def step(session: Session, broadcast_id: int, name: str, **values: object) -> bool:
    """Take a step if it is allowed now; of two who try at once, one does. Pause and stop hold from this moment."""
    before, after = TRANSITIONS[name]
    query = (
        update(Broadcast)
        .where(Broadcast.id == broadcast_id, Broadcast.status.in_(before))
        .values(status=after, **values)
        .returning(Broadcast.id)
        .execution_options(synchronize_session="fetch")
    )
    taken = session.scalar(query) is not None
    if taken and name in TAKING_BACK:
        take_back(session, broadcast_id)
    return taken


def take_back(session: Session, broadcast_id: int) -> int:
    """Take out of the outbox what nobody is sending yet; these people count as not looked at. Give how many."""
    unsent = delete(OutboxMessage).where(_of(broadcast_id), OutboxMessage.status == "new")
    people = session.scalars(unsent.returning(OutboxMessage.conversation_id)).all()
    session.execute(
        delete(BroadcastReceipt).where(
            BroadcastReceipt.broadcast_id == broadcast_id, BroadcastReceipt.conversation_id.in_(people)
        )
    )
    anew = {"queued": Broadcast.queued - len(people), "held_back": 0, "reached": 0}
    session.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(anew))
    return len(people)


def drop_for(session: Session, conversation_id: int) -> None:
    """Drop what nobody is sending yet to a person who wants no more of it."""
    here = OutboxMessage.conversation_id == conversation_id
    session.execute(
        delete(OutboxMessage).where(here, OutboxMessage.priority != REPLY, OutboxMessage.status == "new")
    )


def unsent(session: Session, broadcast_id: int) -> int:
    """Count the people for whom a message to many is still on its way."""
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(_of(broadcast_id))) or 0


def goes_at(now: datetime, zone: ZoneInfo) -> datetime:
    """Tell when a message to many begins to go out that is approved at this moment: never in quiet hours."""
    start = next_loud_moment(now, zone)
    late = start + EVENING_MARGIN
    return next_loud_moment(late, zone) if is_quiet(late, zone) else start


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
    """Queue the next part of a message to many, and come back for the rest until all were looked at.

    Once all were, it comes back when quiet hours begin, for what a channel that stood still has not sent by then.
    """
    row = context.session.get(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)
    if row is None or row.status not in ("sending", "sent"):
        return
    session, now, zone = context.session, context.now, context.world.territory.zone
    if is_quiet(now, zone) and take_back(session, row.id):
        row.status = "sending"
    if row.status == "sent":
        return
    if (moment := goes_at(now, zone)) > now:
        _come_back(context, row, moment if is_quiet(now, zone) else next_quiet_moment(now, zone))
    elif waiting(session, _priority(row)) > MOST_WAITING:
        _come_back(context, row, now + EVERY)
    elif _queue_part(context, row, next_people(context, row, PART)) < PART:
        step(session, row.id, "finish", ended_at=now)
        _come_back(context, row, next_quiet_moment(now, zone))
    else:
        _come_back(context, row, now + EVERY)


def begin(context: Context, broadcast_id: int) -> None:
    """Start the timer of a message to many in the chat of whoever approved it or lets it go on."""
    row = context.session.get(Broadcast, broadcast_id)
    if row is not None:
        _come_back(context, row, context.now)


def preview(context: Context, row: Broadcast) -> tuple[int, int]:
    """Count who is meant, and how many of them the limits hold back at this moment."""
    conditions = audience_query(row, is_first(context))
    people = context.session.scalars(select(Conversation).where(and_(*conditions))).all()
    by_id = read_persons(context.session, people, context.now)
    kind, zone = NOTICES[row.notice].kind, context.world.territory.zone
    refusals = [why_not(kind, by_id[one.id], context.now, zone) for one in people]
    # Quiet hours only make it wait.
    held = [why for why in refusals if why not in (None, Refusal.QUIET_HOURS)]
    return len(people), len(held)


def _queue_part(context: Context, row: Broadcast, people: Sequence[Conversation]) -> int:
    """Queue it for those of these people whom the limits let us write to; give how many were looked at."""
    if not people:
        return 0
    session, now, kind = context.session, context.now, NOTICES[row.notice].kind
    by_id, zone = read_persons(session, people, now), context.world.territory.zone
    chosen = [one for one in people if why_not(kind, by_id[one.id], now, zone) is None]
    written: dict[str, Reply] = {}
    outgoing, receipts = [], []
    for one in chosen:
        voice = context.voice_of(one)
        reply = written.setdefault(voice.language.code, letters.write(row, voice, context))
        outgoing.append(
            {
                "conversation_id": one.id,
                "payload": reply.to_json(),
                "priority": _priority(row),
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
    row.reached = people[-1].id
    row.queued += len(chosen)
    row.held_back += len(people) - len(chosen)
    session.flush()
    return len(people)


def waiting(session: Session, priority: int = BROADCAST) -> int:
    """Count the messages to many that are still on their way and go before the next one of this priority."""
    before = OutboxMessage.priority.between(URGENT, priority)
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(WAITING, before)) or 0


def _of(broadcast_id: int) -> ColumnElement[bool]:
    """Find what is on its way of a message to many: it was queued together with its receipt."""
    receipt = exists().where(
        BroadcastReceipt.broadcast_id == broadcast_id,
        BroadcastReceipt.conversation_id == OutboxMessage.conversation_id,
        BroadcastReceipt.queued_at == OutboxMessage.created_at,
    )
    return and_(WAITING, OutboxMessage.priority != REPLY, receipt)


def _priority(row: Broadcast) -> int:
    return URGENT if is_urgent(row) else BROADCAST


def _come_back(context: Context, row: Broadcast, moment: datetime) -> None:
    context.remind(context.conversation.id, f"spread:{row.id}", f"spread:{row.id}", moment)
