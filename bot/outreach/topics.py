"""What a person asked to be told, and its end: one word stops all of it."""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from bot.storage.models import Subscription

URGENT = "urgent"
PLACES = "places"  # new meeting places
ACTIVITIES = "activities"
OF_ALL = (URGENT, PLACES, ACTIVITIES)
FOLLOW_UP, NO_FOLLOW_UP = "follow-up", "no-follow-up"
OPPOSITES = {FOLLOW_UP: NO_FOLLOW_UP, NO_FOLLOW_UP: FOLLOW_UP}


def place_topic(place: str) -> str:
    """Name the changes of a place."""
    return f"place:{place}"


def theme_topic(theme: str) -> str:
    """Name the news of a theme."""
    return f"theme:{theme}"


def subscribe(session: Session, conversation_id: int, topic: str, now: datetime) -> None:
    """Note what a person asks to be told; asked again, the year begins anew."""
    session.merge(Subscription(conversation_id=conversation_id, topic=topic, asked_at=now))


def unsubscribe(session: Session, conversation_id: int, topic: str = "") -> None:
    """Forget one topic, or all of them."""
    query = delete(Subscription).where(Subscription.conversation_id == conversation_id)
    session.execute(query.where(Subscription.topic == topic) if topic else query)


def topics_of(session: Session, conversation_id: int) -> tuple[str, ...]:
    """Give what a person asked to be told."""
    query = select(Subscription.topic).where(Subscription.conversation_id == conversation_id)
    return tuple(session.scalars(query.order_by(Subscription.topic)))


def asked_for(session: Session, conversation_id: int, topic: str) -> bool:
    """Tell whether a person asked for this."""
    there = exists().where(Subscription.conversation_id == conversation_id, Subscription.topic == topic)
    return bool(session.scalar(select(there)))
