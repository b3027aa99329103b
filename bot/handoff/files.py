"""Files that come through the web: taken by what they are, cleaned, sealed, kept with the request they belong to.

A file is kept only where somebody waits for it: from a person whom a worker has accepted, or from that worker.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from bot.handoff.lifecycle import HELD
from bot.messages import Content, Kind, Media
from bot.privacy.pictures import JPEG, PDF, PNG, SUFFIXES, type_of, without_traces
from bot.privacy.sealing import Sealer
from bot.storage.models import Conversation, Handoff, KeptFile, Worker

MOST_BYTES: Final = 5 * 2**20
MOST_A_DAY: Final = 40  # from one giver
LONGEST_NAME: Final = 60
KINDS: Final[Mapping[str, tuple[str, Kind]]] = MappingProxyType(
    {JPEG: ("photo", Kind.PICTURE), PNG: ("photo", Kind.PICTURE), PDF: ("document", Kind.FILE)}
)
SOUND: Final = ("audio", Kind.VOICE)
_ODD: Final = re.compile(r"[^\w .()-]+")


class NotTaken(Exception):
    """The file is of no kind that is passed on, or broken."""


def read_upload(name: str, data: bytes) -> Content:
    """See what a file is and clean it.

    Raises:
        NotTaken: it is nothing that is passed on.
    """
    kind = type_of(data)
    if not kind:
        raise NotTaken
    try:
        return Content(_name(name, kind), kind, without_traces(data))
    except ValueError:
        raise NotTaken from None


def kind_of(content: Content) -> tuple[str, Kind]:
    """Name what a file is: as media, and as something that a person sent."""
    return KINDS.get(content.type, SOUND)


def giver(session: Session, channel: str, chat: str) -> int | None:
    """Give the conversation of somebody who talks with the other side of a request now; None for anybody else."""
    here = select(Conversation.id).where(Conversation.channel == channel, Conversation.chat == chat)
    works = exists().where(Worker.conversation_id == Conversation.id, Worker.id == Handoff.worker_id)
    talks = (Handoff.conversation_id == Conversation.id) | works
    return session.scalar(here.where(exists().where(Handoff.status.in_(HELD), talks)))


def keep_file(session: Session, sealer: Sealer, by: int, content: Content, now: datetime) -> Media | None:
    """Keep a file until it is passed on; None for somebody who has given too many today."""
    lately = KeptFile.kept_at > now - timedelta(days=1)
    given = select(func.count()).select_from(KeptFile).where(KeptFile.conversation_id == by, lately)
    if (session.scalar(given) or 0) >= MOST_A_DAY:
        return None
    row = KeptFile(
        id=secrets.token_hex(16),
        conversation_id=by,
        type=content.type,
        sealed_name=sealer.seal(content.name),
        sealed_content=sealer.seal_file(content.data),
        kept_at=now,
    )
    session.add(row)
    session.flush()
    return Media(kind_of(content)[0], row.id, content.name, len(content.data), kept=True)


def bind(session: Session, media: Media, handoff: Handoff) -> None:
    """Let a kept file live as long as the request that it was passed on in."""
    if media.kept:
        session.execute(update(KeptFile).where(KeptFile.id == media.file).values(handoff_id=handoff.id))


def open_file(session: Session, sealer: Sealer, file_id: str) -> Content | None:
    """Open a kept file; None when it is not kept any more."""
    row = session.get(KeptFile, file_id)
    if row is None:
        return None
    return Content(sealer.open(row.sealed_name), row.type, sealer.open_file(row.sealed_content))


def fetched(media: Media, data: bytes) -> Content:
    """Make of what another channel gave something that can be shown: cleaned where it is a picture."""
    kind = type_of(data)
    try:
        return Content(_name(media.name or media.kind, kind), kind, without_traces(data))
    except ValueError:
        return Content(_name(media.name or media.kind, ""), "", data)


def _name(name: str, kind: str) -> str:
    """Give a file name that does no harm, with the ending of what the file is."""
    plain = _ODD.sub("", name.replace("\\", "/").rpartition("/")[2]).strip(" .")[-LONGEST_NAME:]
    ending = SUFFIXES.get(kind, "")
    stem = plain.rpartition(".")[0] or plain if ending else plain
    return (stem or "file") + ending
