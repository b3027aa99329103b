"""What is to happen later in a conversation; when it is due it comes in like a message, in order and once.

A timer that was due may already lie in the inbox when it is cancelled: whoever handles it looks at the state.
"""

from datetime import datetime

from sqlalchemy import Executable, delete, func, select
from sqlalchemy.orm import Session

from bot.delivery.inbox import accept
from bot.messages import Inbound, Kind
from bot.storage.db import Database, Insert, Upsert
from bot.storage.models import Conversation, Timer

_CORE = {"synchronize_session": False}


def _replacing(insert: Insert) -> Executable:
    new = insert.excluded
    values = {"conversation_id": new.conversation_id, "text": new.text, "due_at": new.due_at}
    return insert.on_conflict_do_update(index_elements=["key"], set_=values)


_SET = Upsert(Timer, _replacing)


def set_timer(session: Session, conversation_id: int, key: str, text: str, due_at: datetime) -> None:
    """Remember to come back to a conversation; a timer of the same key is replaced.

    Args:
        text: what the handler will get as `Inbound.text`; ids only.
    """
    values = {"conversation_id": conversation_id, "text": text, "due_at": due_at}
    session.execute(_SET.on(session), values | {"key": key})


def cancel_timer(session: Session, key: str) -> None:
    """Forget a timer that is not due yet."""
    session.execute(delete(Timer).where(Timer.key == key).execution_options(**_CORE))


def fire_due(database: Database, now: datetime, limit: int = 100) -> int:
    """Turn the timers that are due into messages of their conversations.

    Returns:
        How many there were; others come at the next call, also those of a conversation being handled now.
    """
    with database.write() as session:
        due = session.execute(
            select(Timer, Conversation)
            .join(Conversation, Conversation.id == Timer.conversation_id)
            .where(Timer.due_at <= now)
            .order_by(Timer.due_at, Timer.id)
            .limit(limit)
            .with_for_update(key_share=True, skip_locked=True)
        )
        fired = 0
        for timer, conversation in due.all():
            inbound = Inbound(
                conversation.channel, f"timer-{timer.id}", conversation.chat, Kind.TIMER, timer.text
            )
            accept(session, conversation.id, inbound, now)
            session.delete(timer)
            fired += 1
        return fired


def next_due(database: Database) -> datetime | None:
    """Tell when the next timer is due."""
    with database.read() as session:
        return session.scalar(select(func.min(Timer.due_at)))
