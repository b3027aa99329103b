"""Who belongs to a team: invitations, registration, duty, leaving."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation.effects import RegisterWorker
from bot.handoff import desk, hours, offering
from bot.handoff.context import Context
from bot.handoff.teams import trial_team
from bot.messages import Button, Reply, column
from bot.storage.models import Invitation, Team, Worker

VALID_FOR = timedelta(days=7)


def invite(session: Session, now: datetime, role: str = "worker", team_id: int | None = None) -> str:
    """Make an invitation and give its code; only its hash is kept. Without a team it is for trying out."""
    code = secrets.token_urlsafe(16)
    session.add(Invitation(code_hash=_hash(code), role=role, team_id=team_id, expires_at=now + VALID_FOR))
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
    used = session.execute(
        update(Invitation)
        .where(
            Invitation.code_hash == _hash(effect.code),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.role, Invitation.team_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if used is None:
        text = voice.say("This invitation was used already or is too old. Ask your team for a new one.")
        context.tell(context.conversation.id, Reply(text, (), voice.language.code))
        return
    role, team_id = used
    team = session.get(Team, team_id) if team_id else trial_team(session, context.conversation.territory)
    if team is None:
        return
    session.add(
        Worker(
            conversation_id=context.conversation.id,
            team_id=team.id,
            role=role,
            first_name=effect.first_name,
            languages=list(effect.languages),
            communes=list(effect.communes),
            themes=list(effect.themes),
            joined_at=now,
        )
    )
    lines = [
        voice.say("You are registered, {name}. Start your duty when you are ready.", name=effect.first_name)
    ]
    if team.trial:
        lines.append(voice.say("This team is only for trying out: real people must not rely on it."))
    button = Button(voice.say("Start duty"), "duty:on")
    context.tell(context.conversation.id, Reply("\n".join(lines), column([button]), voice.language.code))


def set_duty(context: Context, on: bool) -> None:
    """Start or end the writer's duty; requests that wait are offered, or left to the others."""
    worker = worker_of(context.session, context.conversation.id)
    if worker is None:
        return
    territory = context.world.territory
    rostered = hours.is_open(worker.hours, context.now, territory)
    worker.on_duty = on
    if on:
        worker.absent_until = None
    elif rostered:  # the roster goes on with the next shift
        today = hours.opened(worker.hours, context.now, context.now + hours.AHEAD, territory)
        worker.absent_until = today[0][1]
    context.session.flush()
    if on:
        offering.offer_waiting(context, worker)
    else:
        offering.leave_offers(context, worker)


def release_all(context: Context, worker: Worker) -> None:
    """Let a worker leave the team: nothing that they hold is lost; call it before the row is deleted."""
    worker.on_duty = False
    worker.absent_until = context.now + timedelta(days=3650)
    context.session.flush()
    desk.release_all(context, worker)


def worker_of(session: Session, conversation_id: int) -> Worker | None:
    """Give the worker behind a conversation, if there is one."""
    return session.scalar(select(Worker).where(Worker.conversation_id == conversation_id))


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
