"""Words, pictures and voice notes between a person and their worker, under a first name, accounts hidden.

Words are kept sealed until the request's row goes; of anything else where it lies: in its channel, or with us.
"""

from collections.abc import Mapping
from types import MappingProxyType
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

# Of each channel that can show pictures and the like: whose it can show, beside what is kept with us.
SHOWS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"telegram": ("telegram",), "web": ("telegram",), "test": ("test",)}
)
MOST_FETCHED: Final = 20_000_000  # bytes, core.telegram.org/bots/api#getfile
LONGEST_NUMBER: Final = 18  # digits that a database takes


def to_worker(context: Context, words: str, media: Media | None = None) -> None:
    """Pass a person's words to the worker who has their request."""
    handoff = open_request(context.session, context.conversation.id)
    if handoff is None or handoff.worker_id is None or handoff.status not in HELD:
        return None
    worker = context.session.get_one(Worker, handoff.worker_id)
    theirs = context.session.get_one(Conversation, worker.conversation_id)
    if media and (why := _obstacle(context, theirs, media)):
        return answer(context, why)
    handoff.person_wrote_at = context.now
    kept = thread.keep(context, handoff, "person", words, media=media)
    voice = context.voice_of(theirs)
    about = name_request(handoff.need, handoff.asked_at, voice, context.world)
    text = f"{bold(about)}\n{voice.isolate(escape(words))}" if words else bold(about)
    buttons = column([Button(voice.say("Answer"), f"thread:{handoff.id}")])
    translation = _translation(words, handoff.language, voice, kept)
    reply = Reply(text, buttons, voice.language.code, media=media, translation=translation)
    if media:
        answer(context, context.writer().say("Passed on to {name}.", name=worker.first_name))
    return context.tell(worker.conversation_id, reply, context.conversation.id, kept.id)


def to_person(
    context: Context,
    handoff_id: str,
    words: str,
    media: Media | None = None,
    kind: str = "text",
    ready: str = "",
) -> None:
    """Pass a worker's words to the person of one of the worker's own requests; the first ones keep the promise."""
    worker, handoff = held_request(context, handoff_id)
    if worker is None or handoff is None or handoff.conversation_id is None:
        return None
    person = context.session.get_one(Conversation, handoff.conversation_id)
    if media and (why := _obstacle(context, person, media)):
        return answer(context, why)
    keep_promise(context, handoff)
    kept = thread.keep(context, handoff, "worker", words, kind, media=media, ready=ready)
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
        return thread.whisper(context, handoff, reply, context.conversation.id, kept.id)
    return context.tell(person.id, reply, context.conversation.id, kept.id)


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


def _obstacle(context: Context, other: Conversation, media: Media) -> str:
    """Say why something cannot be shown to the other side; "" when it can."""
    voice, here = context.writer(), context.conversation.channel
    ours = media.kept or media.kind == "location"
    if other.channel not in SHOWS or not (ours or here in SHOWS[other.channel]):
        return voice.say("I can pass on only written words to the other side.")
    if not ours and here != other.channel and media.size > MOST_FETCHED:
        return voice.say("This is too large for the other side. Send something smaller.")
    return ""
