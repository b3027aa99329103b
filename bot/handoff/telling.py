"""Who is told what when a request takes a step; each in their own language."""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import select

from bot.conversation.turn import name_request
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, Reply, column
from bot.storage.models import Conversation, Handoff, Offer, Worker

Say: TypeAlias = Callable[[Voice], str]


def voice_of_worker(context: Context, worker: Worker) -> Voice:
    """Speak to a worker in their language."""
    return context.voice_of(context.session.get_one(Conversation, worker.conversation_id))


def person_of(context: Context, handoff: Handoff) -> Conversation | None:
    """Give the conversation with the person of a request; None when they erased themselves."""
    if handoff.conversation_id is None:
        return None
    return context.session.get(Conversation, handoff.conversation_id)


def label(context: Context, handoff: Handoff, voice: Voice) -> str:
    """Name a request for a worker."""
    return name_request(handoff.need, handoff.asked_at, voice, context.world)


def answer(context: Context, text: str) -> None:
    """Answer the one who wrote."""
    context.tell(context.conversation.id, Reply(text, (), context.writer().language.code))


def tell_person(context: Context, handoff: Handoff, say: Say, button: Callable[[Voice], Button]) -> None:
    """Tell the person of a request, with a button for what comes next."""
    person = person_of(context, handoff)
    if person:
        voice = context.voice_of(person)
        buttons = column([button(voice), Button(voice.say("All themes"), "menu")])
        context.tell(person.id, Reply(say(voice), buttons, voice.language.code))


def tell_taken(context: Context, handoff: Handoff, winner: Worker) -> None:
    """Tell the others to whom a request was offered who has it."""

    def say(voice: Voice) -> str:
        request = label(context, handoff, voice)
        return voice.say("{name} has taken this request: {request}", name=winner.first_name, request=request)

    for worker_id in _undecided(context, handoff):
        if worker_id != winner.id:
            _tell_worker(context, worker_id, say)


def tell_withdrawn(context: Context, handoff: Handoff, holder: int | None) -> None:
    """Tell whoever has a request, or all who saw it, that the person took it back."""

    def say(voice: Voice) -> str:
        return voice.say(
            "The person has withdrawn this request: {request}", request=label(context, handoff, voice)
        )

    for worker_id in [holder] if holder else _undecided(context, handoff):
        _tell_worker(context, worker_id, say)


def _undecided(context: Context, handoff: Handoff) -> list[int]:
    query = select(Offer.worker_id).where(Offer.handoff_id == handoff.id, Offer.declined.is_(False))
    return list(context.session.scalars(query))


def _tell_worker(context: Context, worker_id: int, say: Say) -> None:
    worker = context.session.get(Worker, worker_id)
    if worker:
        voice = voice_of_worker(context, worker)
        context.tell(worker.conversation_id, Reply(say(voice), (), voice.language.code))
