"""Going towards people from the desk: the very steps of a worker's chat, whose answers come back to the page."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversation.turn import Effect
from bot.desk.roles import Role
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Reply
from bot.outreach import schedule
from bot.outreach.effects import OUTREACH
from bot.outreach.occurrences import Occurrence
from bot.outreach.suppression import LEAST
from bot.storage.models import Broadcast, Conversation, Subscription, Worker
from directory.territory import Territory

TO_NOTE = timedelta(days=2)  # as in the chat
AHEAD = timedelta(days=14)
MOST_LISTED = 50


@dataclass(frozen=True)
class OnThePage(Context):
    """The surroundings of somebody who acts on a page: they are spoken to in the language of the page."""

    voice: Voice | None = None

    def writer(self) -> Voice:
        """Speak as the page does."""
        return self.voice or super().writer()


def ask(context: Context, voice: Voice, effect: Effect) -> list[Reply]:
    """Do what a worker asked for; what their chat would show comes back, and everybody else is told as usual."""
    heard: list[Reply] = []

    def tell(
        conversation_id: int, reply: Reply, relay_from: int | None = None, said: int | None = None
    ) -> None:
        if conversation_id == context.conversation.id:
            heard.append(reply)
        else:
            context.tell(conversation_id, reply, relay_from, said)

    surroundings = {field.name: getattr(context, field.name) for field in fields(context)}
    OUTREACH[type(effect)](OnThePage(**(surroundings | {"tell": tell}), voice=voice), effect)
    return heard


def rounds_of(session: Session, worker_id: int, territory: Territory, now: datetime) -> list[Occurrence]:
    """Give the times of a worker's team: those of the last two days, to be noted, and those that come."""
    team = session.get_one(Worker, worker_id).team_id
    found = schedule.read_calendar(session, territory, now - TO_NOTE, now + AHEAD)
    return [one for one in found if one.stop.team in (None, team)]


def notices_of(session: Session, worker_id: int, territory: Territory) -> list[Broadcast]:
    """Give the messages to many of a territory, the newest first; of drafts, the worker's own."""
    query = select(Broadcast).where(
        Broadcast.territory == territory.code,
        (Broadcast.status != "draft") | (Broadcast.made_by == worker_id),
    )
    return list(session.scalars(query.order_by(Broadcast.id.desc()).limit(MOST_LISTED)))


def is_second_person(row: Broadcast, worker: Worker) -> bool:
    """Tell whether a worker can approve or refuse what somebody else proposed."""
    return worker.role == Role.COORDINATOR and row.made_by not in (None, worker.id)


def asked_for(session: Session, territory: str) -> dict[str, int | None]:
    """Count the people of a territory by what they asked to be told; None for fewer than ten."""
    query = (
        select(Subscription.topic, func.count())
        .join(Conversation, Conversation.id == Subscription.conversation_id)
        .where(Conversation.territory == territory, Conversation.blocked.is_(False))
        .group_by(Subscription.topic)
    )
    return {topic: n if n >= LEAST else None for topic, n in session.execute(query)}
