"""Who of the team is asking."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.models import Worker


def worker_of(session: Session, conversation_id: int) -> Worker | None:
    """Give the worker behind a conversation, if there is one."""
    return session.scalar(select(Worker).where(Worker.conversation_id == conversation_id))
