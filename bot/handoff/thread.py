"""What is said in a request, sealed until its row goes; what a discreet person has not opened yet waits here."""

import json
from dataclasses import asdict

from sqlalchemy import Select, select, update

from bot.handoff.context import Context
from bot.handoff.files import bind
from bot.messages import Button, Media, Reply, column, escape, plain
from bot.privacy.sealing import Sealer
from bot.storage.models import Handoff, Note, ThreadMessage, Worker


def keep(
    context: Context,
    handoff: Handoff,
    said_by: str,
    words: str,
    kind: str = "text",
    *,
    media: Media | None = None,
    ready: str = "",
    unread: bool = False,
) -> ThreadMessage:
    """Keep what was said, sealed; of a picture or a voice note where it lies."""
    message = ThreadMessage(
        handoff_id=handoff.id,
        worker_id=handoff.worker_id,
        team_id=handoff.team_id,
        said_by=said_by,
        kind=media.kind if media else kind,
        sealed_words=context.sealer.seal(words),
        sealed_media=context.sealer.seal(json.dumps(asdict(media))) if media else "",
        ready=ready,
        unread=unread,
        said_at=context.now,
    )
    context.session.add(message)
    if media:
        bind(context.session, media, handoff)
    context.session.flush()
    return message


def media_of(message: ThreadMessage, sealer: Sealer) -> Media | None:
    """Tell where a picture or voice note lies."""
    sealed = sealer.open(message.sealed_media)
    return Media(**json.loads(sealed)) if sealed else None


def said_in(context: Context, handoff: Handoff) -> list[tuple[ThreadMessage, str]]:
    """Give what a team may read of a request, oldest first: its own talk, and the earlier one if the person agreed."""
    query = select(ThreadMessage).where(
        ThreadMessage.handoff_id == handoff.id, ThreadMessage.said_by.in_(("person", "worker"))
    )
    if not handoff.history_goes:
        query = query.where(ThreadMessage.team_id == handoff.team_id)
    rows = context.session.scalars(query.order_by(ThreadMessage.id)).all()
    return [(row, context.sealer.open(row.sealed_words)) for row in rows]


def add_note(context: Context, worker: Worker, handoff: Handoff, words: str) -> None:
    """Keep a worker's note on a request, sealed, for the team."""
    context.session.add(
        Note(
            handoff_id=handoff.id,
            worker_id=worker.id,
            team_id=handoff.team_id,
            sealed_words=context.sealer.seal(words),
            written_at=context.now,
        )
    )


def notes_on(context: Context, handoff: Handoff) -> list[str]:
    """Give a team's own notes on a request, oldest first."""
    query = select(Note).where(Note.handoff_id == handoff.id, Note.team_id == handoff.team_id)
    return [context.sealer.open(row.sealed_words) for row in context.session.scalars(query.order_by(Note.id))]


def whisper(
    context: Context,
    handoff: Handoff,
    reply: Reply,
    relay_from: int | None = None,
    said: int | None = None,
) -> None:
    """Let words for a discreet person wait, and say in neutral words that something is there."""
    person = handoff.conversation_id
    if person is None:
        return
    waiting = context.session.scalar(_unread(person).limit(1))
    keep(context, handoff, "bot", plain(reply.text), media=reply.media, unread=True)
    if waiting is None:
        voice = context.voice_of_id(person)
        button = Button(voice.say("Show"), "show")
        hint = Reply(voice.say("Something is ready for you."), column([button]), reply.language)
        context.tell(person, hint, relay_from, said)


def show(context: Context) -> None:
    """Give the one who wrote what waits for them."""
    here, voice = context.conversation.id, context.writer()
    rows = context.session.scalars(_unread(here).order_by(ThreadMessage.id)).all()
    for row in rows:
        if media := media_of(row, context.sealer):
            under = escape(context.sealer.open(row.sealed_words))
            context.tell(here, Reply(under, (), voice.language.code, media=media))
    words = [context.sealer.open(row.sealed_words) for row in rows if not row.sealed_media]
    text = "\n\n".join(escape(part) for part in words) or voice.say("Nothing new.")
    buttons = [
        Button(voice.say("Where does my request stand?"), "state"),
        Button(voice.say("How to erase this chat"), "traces"),
    ]
    context.tell(here, Reply(text, column(buttons), voice.language.code))
    context.session.execute(
        update(ThreadMessage).where(ThreadMessage.id.in_([row.id for row in rows])).values(unread=False)
    )


def _unread(conversation_id: int) -> Select[ThreadMessage]:
    return (
        select(ThreadMessage)
        .join(Handoff, Handoff.id == ThreadMessage.handoff_id)
        .where(Handoff.conversation_id == conversation_id, ThreadMessage.unread.is_(True))
    )
