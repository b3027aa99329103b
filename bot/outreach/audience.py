"""Whom a message to many is meant for, and what the limits must know of each of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.handoff.context import Context
from bot.outreach.limits import Kind, Person, Received
from bot.outreach.notices import NOTICES
from bot.storage.models import Broadcast, BroadcastReceipt, Conversation, HelpedContact, Subscription, Worker


def audience_query(row: Broadcast, first: bool) -> tuple[ColumnElement[bool], ...]:
    """Say who is meant: those who asked for the topic, in the commune and language chosen, who can be reached."""
    territory = "" if first else row.territory
    wanted: ColumnElement[bool] = Conversation.id.in_(
        select(Subscription.conversation_id).where(Subscription.topic == row.topic)
    )
    is_worker = Conversation.id.in_(select(Worker.conversation_id))
    if is_urgent(row):
        wanted = or_(wanted, is_worker)  # all teams, wherever they go and whatever they speak
    conditions: list[ColumnElement[bool]] = [
        wanted,
        Conversation.blocked.is_(False),
        Conversation.territory == territory,
    ]
    if row.commune:
        conditions.append(or_(Conversation.place == row.commune, is_worker))
    if row.language:
        conditions.append(or_(Conversation.language == row.language, is_worker))
    return tuple(conditions)


def next_people(context: Context, row: Broadcast, limit: int) -> Sequence[Conversation]:
    """Give those who were not looked at yet and have not got it."""
    conditions = audience_query(row, is_first(context))
    has_it = exists().where(
        BroadcastReceipt.broadcast_id == row.id, BroadcastReceipt.conversation_id == Conversation.id
    )
    query = (
        select(Conversation)
        .where(and_(*conditions), Conversation.id > row.reached, ~has_it)
        .order_by(Conversation.id)
        .limit(limit)
    )
    return context.session.scalars(query).all()


def read_persons(session: Session, people: Sequence[Conversation], now: datetime) -> dict[int, Person]:
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


def is_urgent(row: Broadcast) -> bool:
    """Tell whether a message to many cannot wait."""
    return NOTICES[row.notice].kind is Kind.URGENT


def is_first(context: Context) -> bool:
    """Tell whether this territory is the one that is served first."""
    everywhere = context.world.everywhere
    return not everywhere or context.world.territory.code == next(iter(everywhere))
