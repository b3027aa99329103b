"""A worker's own photo, by choice: shown on the page of a place only while they show that they come there."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.messages import Content
from bot.privacy.pictures import JPEG, PNG, SUFFIXES, type_of, without_traces
from bot.storage.models import RoundWorker, Stop, Worker, WorkerPhoto

MOST_BYTES: Final = 1 << 20  # people look at it with a phone that pays by the megabyte


@dataclass(frozen=True)
class Face:
    """A worker as the page of a place shows them."""

    first_name: str
    languages: tuple[str, ...]
    key: str  # of the photo's address


def keep_photo(session: Session, worker_id: int, data: bytes, now: datetime) -> bool:
    """Keep a photo without what a camera wrote beside it, in place of the one before; False if it is none."""
    kind = type_of(data)
    if kind not in (JPEG, PNG) or len(data) > MOST_BYTES:
        return False
    try:
        content = without_traces(data)
    except ValueError:
        return False
    key = secrets.token_urlsafe(16)  # a new address: nobody's browser shows the old one under it
    session.merge(WorkerPhoto(worker_id=worker_id, key=key, type=kind, content=content, kept_at=now))
    return True


def forget_photo(session: Session, worker_id: int) -> None:
    """Delete a worker's photo."""
    session.execute(delete(WorkerPhoto).where(WorkerPhoto.worker_id == worker_id))


def photo_of(session: Session, worker_id: int) -> Content | None:
    """Give a worker's own photo, wherever it is shown."""
    return _content(session.get(WorkerPhoto, worker_id))


def announced_photo(session: Session, key: str) -> Content | None:
    """Give a photo to anybody, as long as its worker shows that they come on some round."""
    coming = select(RoundWorker.worker_id)
    query = select(WorkerPhoto).where(WorkerPhoto.key == key, WorkerPhoto.worker_id.in_(coming))
    return _content(session.scalar(query))


def faces_at(session: Session, place: str) -> list[Face]:
    """Give the workers who show that they come to a place, and their photo with it."""
    query = (
        select(Worker.first_name, Worker.languages, WorkerPhoto.key)
        .join(WorkerPhoto, WorkerPhoto.worker_id == Worker.id)
        .join(RoundWorker, RoundWorker.worker_id == Worker.id)
        .join(Stop, Stop.round_id == RoundWorker.round_id)
        .where(Stop.place_id == place)
        .order_by(Worker.first_name, Worker.id)
    )
    faces = (Face(name, tuple(languages), key) for name, languages, key in session.execute(query))
    return list(dict.fromkeys(faces))


def _content(row: WorkerPhoto | None) -> Content | None:
    return Content(f"photo{SUFFIXES[row.type]}", row.type, row.content) if row else None
