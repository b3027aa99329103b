"""Words, pictures and voice notes between a person and their worker, under a first name, accounts hidden.

Words are kept sealed until the request's row goes; of anything else only that it was there.
"""

from typing import Final

from bot.conversation.turn import name_request
from bot.handoff import thread
from bot.handoff.context import Context
from bot.handoff.desk import held_request, keep_promise
from bot.handoff.lifecycle import HELD
from bot.handoff.requests import open_request
from bot.handoff.telling import answer
from bot.i18n import Voice
from bot.messages import Button, Media, Reply, Translation, bold, column, escape
from bot.storage.models import Conversation, Handoff, ThreadMessage, Worker

MEDIA_CHANNELS: Final = ("telegram", "test")  # those that can pass on what came in through them
LONGEST_NUMBER: Final = 18  # digits that a database takes


def to_worker(context: Context, words: str, media: Media | None = None) -> None:
    """Pass a person's words to the worker who has their request."""
    handoff = open_request(context.session, context.conversation.id)
    if handoff is None or handoff.worker_id is None or handoff.status not in HELD:
        return None
    worker = context.session.get_one(Worker, handoff.worker_id)
    theirs = context.session.get_one(Conversation, worker.conversation_id)
    if media and not _can_pass(context, theirs):
        return _cannot_pass(context)
    handoff.person_wrote_at = context.now
    kept = thread.keep(context, handoff, "person", words, media.kind if media else "text")
    voice = context.voice_of(theirs)
    about = name_request(handoff.need, handoff.asked_at, voice, context.world)
    text = f"{bold(about)}\n{voice.isolate(escape(words))}" if words else bold(about)
    buttons = column([Button(voice.say("Answer"), f"thread:{handoff.id}")])
    translation = _translation(words, handoff.language, voice, kept)
    reply = Reply(text, buttons, voice.language.code, media=media, translation=translation)
    if media:
        answer(context, context.writer().say("Passed on to {name}.", name=worker.first_name))
    return context.tell(worker.conversation_id, reply, relay_from=context.conversation.id)


def to_person(
    context: Context, handoff_id: str, words: str, media: Media | None = None, kind: str = "text"
) -> None:
    """Pass a worker's words to the person of one of the worker's own requests; the first ones keep the promise."""
    worker, handoff = held_request(context, handoff_id)
    if worker is None or handoff is None or handoff.conversation_id is None:
        return None
    person = context.session.get_one(Conversation, handoff.conversation_id)
    if media and (handoff.discreet or not _can_pass(context, person)):
        return _cannot_pass(context)
    keep_promise(context, handoff)
    kept = thread.keep(context, handoff, "worker", words, media.kind if media else kind)
    voice = context.voice_of(person)
    name = f"<b>{voice.isolate(escape(worker.first_name))}</b>"
    text = f"{name}\n{voice.isolate(escape(words))}" if words else name
    spoken = context.writer().language.code
    translation = _translation(words, spoken, voice, kept) if kind == "text" else None
    reply = Reply(text, (), voice.language.code, media=media, translation=translation)
    if media:
        ours = context.writer()
        about = name_request(handoff.need, handoff.asked_at, ours, context.world)
        answer(context, ours.say("Sent to: {request}", request=about))
    if handoff.discreet:
        return thread.whisper(context, handoff, reply)
    return context.tell(person.id, reply, relay_from=context.conversation.id)


def show_original(context: Context, message_id: str) -> None:
    """Show the words behind a machine translation to one of the two who wrote them."""
    number = int(message_id) if message_id.isdecimal() and len(message_id) <= LONGEST_NUMBER else 0
    message, voice = context.session.get(ThreadMessage, number), context.writer()
    handoff = context.session.get(Handoff, message.handoff_id) if message else None
    worker = context.session.get(Worker, handoff.worker_id) if handoff and handoff.worker_id else None
    ours = {handoff.conversation_id if handoff else None, worker.conversation_id if worker else None}
    if message is None or context.conversation.id not in ours:
        return answer(context, voice.say("This message is not kept any more."))
    return answer(context, voice.isolate(escape(context.sealer.open(message.sealed_words))))


def _translation(words: str, source: str, voice: Voice, kept: ThreadMessage) -> Translation | None:
    """Let a machine translate on the way, where the operator has one; the first words stay one tap away."""
    if not words or source == voice.language.code:
        return None
    mark = voice.say("Translated by a machine, it may be wrong.")
    original = Button(voice.say("Show the original"), f"said:{kept.id}")
    return Translation(escape(words), source, voice.language.code, mark, original)


def _can_pass(context: Context, other: Conversation) -> bool:
    return other.channel == context.conversation.channel and other.channel in MEDIA_CHANNELS


def _cannot_pass(context: Context) -> None:
    answer(context, context.writer().say("I can pass on only written words to the other side."))
