"""Who belongs to the team: invitations, registration, duty."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation.effects import RegisterWorker
from bot.handoff import desk
from bot.handoff.context import Context
from bot.messages import Button, Reply, column
from bot.storage.models import Invitation, Worker

VALID_FOR = timedelta(days=7)


def invite(session: Session, now: datetime) -> str:
    """Make an invitation and give its code; only its hash is kept."""
    code = secrets.token_urlsafe(16)
    session.add(Invitation(code_hash=_hash(code), expires_at=now + VALID_FOR))
    return code


def is_valid(session: Session, code: str, now: datetime) -> bool:
    """Tell whether an invitation can still be used."""
    query = select(Invitation.id).where(
        Invitation.code_hash == _hash(code), Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    return session.scalar(query) is not None


def register(context: Context, effect: RegisterWorker) -> None:
    """Make the writer a worker; of two who use one link at once, one becomes it."""
    session, now, voice = context.session, context.now, context.writer()
    if worker_of(session, context.conversation.id) is not None:
        return
    used = session.scalar(
        update(Invitation)
        .where(
            Invitation.code_hash == _hash(effect.code),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        text = voice.say("This invitation was used already or is too old. Ask your team for a new one.")
        context.tell(context.conversation.id, Reply(text, (), voice.language.code))
        return
    session.add(
        Worker(
            conversation_id=context.conversation.id,
            first_name=effect.first_name,
            languages=list(effect.languages),
            communes=list(effect.communes),
            themes=list(effect.themes),
            joined_at=now,
        )
    )
    text = voice.say(
        "You are registered, {name}. Start your duty when you are ready.", name=effect.first_name
    )
    button = Button(voice.say("Start duty"), "duty:on")
    context.tell(context.conversation.id, Reply(text, column([button]), voice.language.code))


def set_duty(context: Context, on: bool) -> None:
    """Start or end the writer's duty; requests that wait are offered, or left to the others."""
    worker = worker_of(context.session, context.conversation.id)
    if worker is None or worker.on_duty == on:
        return
    worker.on_duty = on
    context.session.flush()
    if on:
        desk.offer_waiting(context, worker)
    else:
        desk.leave_offers(context, worker)


def worker_of(session: Session, conversation_id: int) -> Worker | None:
    """Give the worker behind a conversation, if there is one."""
    return session.scalar(select(Worker).where(Worker.conversation_id == conversation_id))


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
