"""Everything that is kept about a person, in words, whenever they ask: also in the middle of a request."""

from collections.abc import Iterator

from sqlalchemy import select

from bot.conversation.turn import name_request
from bot.conversation.vocabulary import place_name
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Reply, bold, escape
from bot.storage.models import Handoff, Note, ThreadMessage, Worker

MOST_CHARACTERS = 3000  # of one message; what is longer comes in several


def send_everything(context: Context) -> None:
    """Write to the one who asked all that is kept about them."""
    voice = context.writer()
    page: list[str] = []
    for line in _lines(context, voice):
        if page and sum(map(len, page)) + len(line) > MOST_CHARACTERS:
            _send(context, page, voice)
            page = []
        page.append(line)
    _send(context, page, voice)


def _send(context: Context, lines: list[str], voice: Voice) -> None:
    context.tell(context.conversation.id, Reply("\n".join(lines), (), voice.language.code))


def _lines(context: Context, voice: Voice) -> Iterator[str]:
    here, world = context.conversation, context.world
    yield voice.say("This is kept about you:")
    yield voice.say("Language: {language}", language=voice.language_name(voice.language.code))
    if here.place:
        yield voice.say("Commune: {commune}", commune=place_name(here.place, voice, world.territory))
    query = select(Handoff).where(Handoff.conversation_id == here.id).order_by(Handoff.asked_at)
    for handoff in context.session.scalars(query).all():
        yield ""
        yield bold(name_request(handoff.need, handoff.asked_at, voice, world))
        if handoff.sealed_words:
            yield _quoted(context.sealer.open(handoff.sealed_words), voice)
        yield from _said(context, handoff, voice)
        if context.session.scalar(select(Note.id).where(Note.handoff_id == handoff.id).limit(1)):
            yield voice.say("The team has notes about this request: ask your worker to read them to you.")


def _said(context: Context, handoff: Handoff, voice: Voice) -> Iterator[str]:
    query = (
        select(ThreadMessage, Worker.first_name)
        .join(Worker, Worker.id == ThreadMessage.worker_id, isouter=True)
        .where(ThreadMessage.handoff_id == handoff.id)
    )
    for row, name in context.session.execute(query.order_by(ThreadMessage.id)):
        who = voice.say("You") if row.said_by == "person" else voice.isolate(escape(name or "Passerelle"))
        moment = voice.weekday(row.said_at.astimezone(context.world.territory.zone))
        words = context.sealer.open(row.sealed_words)
        if row.sealed_media:
            thing = voice.say("a picture, a sound or a file")
            yield f"{who} · {moment}: {thing}"
        if words:
            yield f"{who} · {moment}: {_quoted(words, voice)}"


def _quoted(words: str, voice: Voice) -> str:
    return f"“{voice.isolate(escape(words))}”"
