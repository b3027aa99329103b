"""Erase a person: everything that is kept about them, in the transaction that was asked for it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.storage.models import (
    BroadcastReceipt,
    Conversation,
    Handoff,
    HelpedContact,
    KeptFile,
    OutboxMessage,
    Subscription,
    Timer,
    WebMessage,
    Worker,
)

FAREWELL_WITHIN = timedelta(hours=1)  # the address itself dies then; the last word must still arrive


def erase_person(session: Session, conversation: Conversation, now: datetime) -> None:
    """Erase all but the address, which is needed for one last word and dies within the hour.

    Requests must have been withdrawn before, so that workers were told.
    """
    session.execute(delete(Worker).where(Worker.conversation_id == conversation.id))
    session.execute(
        update(Handoff).where(Handoff.conversation_id == conversation.id).values(conversation_id=None)
    )
    for asked_or_sent in (Subscription, HelpedContact, BroadcastReceipt, KeptFile):
        session.execute(delete(asked_or_sent).where(asked_or_sent.conversation_id == conversation.id))
    session.execute(delete(Timer).where(Timer.conversation_id == conversation.id))
    session.execute(delete(OutboxMessage).where(OutboxMessage.conversation_id == conversation.id))
    session.execute(delete(WebMessage).where(WebMessage.chat == conversation.chat))
    session.expire_all()
    session.refresh(conversation)
    conversation.language = conversation.phone_language = ""
    conversation.territory = conversation.place = ""
    conversation.state = {}
    conversation.started_at = now
    kept = Conversation.__retention__.after or timedelta()
    conversation.last_seen_at = now - kept + FAREWELL_WITHIN
