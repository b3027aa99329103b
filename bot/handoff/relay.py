"""Words between a person and their worker: passed on under a first name, kept nowhere."""

from bot.conversation.turn import name_request
from bot.handoff.context import Context
from bot.handoff.desk import open_request
from bot.handoff.team import worker_of
from bot.messages import Button, Reply, bold, column, escape
from bot.storage.models import Conversation, Handoff, Worker


def to_worker(context: Context, words: str) -> None:
    """Pass a person's words to the worker who has their request."""
    handoff = open_request(context.session, context.conversation.id)
    if handoff is None or handoff.worker_id is None:
        return
    handoff.person_wrote_at = context.now
    worker = context.session.get_one(Worker, handoff.worker_id)
    voice = context.voice_of(context.session.get_one(Conversation, worker.conversation_id))
    about = name_request(handoff.need, handoff.asked_at, voice, context.world)
    text = f"{bold(about)}\n{voice.isolate(escape(words))}"
    buttons = column([Button(voice.say("Answer"), f"thread:{handoff.id}")])
    context.tell(
        worker.conversation_id, Reply(text, buttons, voice.language.code), relay_from=context.conversation.id
    )


def to_person(context: Context, handoff_id: str, words: str) -> None:
    """Pass a worker's words to the person of one of the worker's own requests."""
    worker = worker_of(context.session, context.conversation.id)
    handoff = context.session.get(Handoff, handoff_id)
    if worker is None or handoff is None or handoff.worker_id != worker.id or handoff.status != "accepted":
        return
    if handoff.conversation_id is None:
        return
    handoff.worker_wrote_at = context.now
    voice = context.voice_of(context.session.get_one(Conversation, handoff.conversation_id))
    text = f"<b>{voice.isolate(escape(worker.first_name))}</b>\n{voice.isolate(escape(words))}"
    context.tell(
        handoff.conversation_id, Reply(text, (), voice.language.code), relay_from=context.conversation.id
    )
