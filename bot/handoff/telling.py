"""Who is told what when a request takes a step; each in their own language, a discreet person in neutral words."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from sqlalchemy import select

from bot.conversation.turn import name_request
from bot.handoff import thread
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, Reply, column
from bot.storage.models import Conversation, Handoff, Offer, Worker

Say: TypeAlias = Callable[[Voice], str]


def voice_of_worker(context: Context, worker: Worker) -> Voice:
    """Speak to a worker in their language."""
    return context.voice_of_id(worker.conversation_id)


def person_of(context: Context, handoff: Handoff) -> Conversation | None:
    """Give the conversation with the person of a request; None when they erased themselves."""
    if handoff.conversation_id is None:
        return None
    return context.session.get(Conversation, handoff.conversation_id)


def label(context: Context, handoff: Handoff, voice: Voice) -> str:
    """Name a request for a worker."""
    return name_request(handoff.need, handoff.asked_at, voice, context.world)


def answer(context: Context, text: str, buttons: Iterable[Button] = ()) -> None:
    """Answer the one who wrote."""
    context.tell(context.conversation.id, Reply(text, column(buttons), context.writer().language.code))


def give_person(
    context: Context, handoff: Handoff, make: Callable[[Voice], Reply], relay_from: int | None = None
) -> None:
    """Send the person of a request something; a discreet one is told in neutral words that it is there."""
    person = person_of(context, handoff)
    if person is None:
        return
    reply = make(context.voice_of(person))
    if handoff.discreet and person.id != context.conversation.id:
        thread.whisper(context, handoff, reply)
    else:
        context.tell(person.id, reply, relay_from=relay_from)


def tell_person(context: Context, handoff: Handoff, say: Say, *buttons: Callable[[Voice], Button]) -> None:
    """Tell the person of a request, with buttons for what comes next."""

    def make(voice: Voice) -> Reply:
        shown = [*(button(voice) for button in buttons), Button(voice.say("All themes"), "menu")]
        return Reply(say(voice), column(shown), voice.language.code)

    give_person(context, handoff, make)


def state_button(voice: Voice) -> Button:
    """Lead to where the request stands."""
    return Button(voice.say("Where does my request stand?"), "state")


def tell_taken(context: Context, handoff: Handoff, winner: Worker) -> None:
    """Tell the others to whom a request was offered who has it."""

    def say(voice: Voice) -> str:
        request = label(context, handoff, voice)
        return voice.say("{name} has taken this request: {request}", name=winner.first_name, request=request)

    for worker_id in undecided(context, handoff):
        if worker_id != winner.id:
            tell_worker(context, worker_id, say)


def tell_withdrawn(context: Context, handoff: Handoff, holder: int | None) -> None:
    """Tell whoever has a request, or all who saw it, that the person took it back."""

    def say(voice: Voice) -> str:
        return voice.say(
            "The person has withdrawn this request: {request}", request=label(context, handoff, voice)
        )

    for worker_id in [holder] if holder else undecided(context, handoff):
        tell_worker(context, worker_id, say)


def undecided(context: Context, handoff: Handoff) -> list[int]:
    """Give the workers who have seen a request and not declined it."""
    query = select(Offer.worker_id).where(Offer.handoff_id == handoff.id, Offer.declined.is_(False))
    return list(context.session.scalars(query.order_by(Offer.worker_id)))


def coordinators(context: Context, handoff: Handoff) -> list[int]:
    """Give the coordinators of the team that has a request."""
    query = select(Worker.id).where(Worker.team_id == handoff.team_id, Worker.role == "coordinator")
    return list(context.session.scalars(query.order_by(Worker.id))) if handoff.team_id else []


def tell_worker(context: Context, worker_id: int, say: Say, *buttons: Callable[[Voice], Button]) -> None:
    """Tell a worker, if they are still there."""
    worker = context.session.get(Worker, worker_id)
    if worker:
        voice = voice_of_worker(context, worker)
        shown = column(button(voice) for button in buttons)
        context.tell(worker.conversation_id, Reply(say(voice), shown, voice.language.code))
