"""What the desk shows of requests: who may see which, and how much of it.

Whoever was offered a request sees what it is about, and its words once it is theirs. A coordinator sees that it
waits and until when, never what was said in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversation.vocabulary import DANGER_NEEDS
from bot.desk.access import Entrance
from bot.desk.roles import Role
from bot.handoff.lifecycle import HELD, WAITING
from bot.handoff.thread import media_of
from bot.messages import Media
from bot.privacy.sealing import Sealer
from bot.storage.models import (
    Appointment,
    Conversation,
    Handoff,
    HandoffEvent,
    Note,
    Offer,
    ThreadMessage,
    Worker,
)

GRAVE = frozenset(DANGER_NEEDS.values())
MOST_LISTED = 200


@dataclass(frozen=True)
class Listed:
    """A request in a list: nothing in it says who the person is or what they wrote."""

    id: str
    need: str
    place: str
    language: str
    status: str
    urgent: bool
    asked_at: datetime
    promised_until: datetime | None
    holder: str = ""
    offered: bool = False  # to the one who looks, who may accept it
    unanswered_since: datetime | None = None  # the person wrote last


@dataclass(frozen=True)
class Said:
    """One thing said in a request: `by` is person, worker, bot or note; `kind` says what it is beside words.

    `media` tells where a picture or the like lies, `ready` what was chosen from what is ready.
    """

    by: str
    kind: str
    words: str
    said_at: datetime
    name: str = ""
    failed: bool = False
    id: int = 0
    media: Media | None = None
    ready: str = ""


@dataclass(frozen=True)
class Thread:
    """A request as the one who holds it sees it; `card` is what the person approved."""

    listed: Listed
    card: str
    wishes: tuple[str, ...]
    reach_how: str
    reach_when: str
    discreet: bool
    on_behalf: bool
    said: tuple[Said, ...]


def queue(session: Session, by: Entrance) -> list[Listed]:
    """Give the requests that wait for somebody: danger first, then whose promise ends soonest."""
    query = (
        select(Handoff, Offer.handoff_id)
        .join(
            Offer,
            (Offer.handoff_id == Handoff.id) & (Offer.worker_id == by.worker_id) & Offer.declined.is_(False),
            isouter=by.role == Role.COORDINATOR,
        )
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.status.in_(WAITING), Conversation.territory == by.territory)
        .order_by(Handoff.asked_at)
        .limit(MOST_LISTED)
    )
    return _in_order(
        _listed(row, offered=bool(offer) and row.consented_team == by.team_id)
        for row, offer in session.execute(query)
    )


def in_hand(session: Session, by: Entrance) -> list[Listed]:
    """Give, for a coordinator, the requests that colleagues are working on."""
    if by.role != Role.COORDINATOR:
        return []
    query = (
        select(Handoff, Worker.first_name)
        .join(Worker, Worker.id == Handoff.worker_id)
        .join(Conversation, Conversation.id == Worker.conversation_id)
        .where(Handoff.status.in_(HELD), Handoff.worker_id != by.worker_id)
        .where(Conversation.territory == by.territory)
        .limit(MOST_LISTED)
    )
    return _in_order(_listed(row, holder=name) for row, name in session.execute(query))


def mine(session: Session, by: Entrance) -> list[Listed]:
    """Give the requests that the worker holds; whoever waits longest for an answer comes first."""
    query = select(Handoff).where(Handoff.worker_id == by.worker_id, Handoff.status.in_(HELD))
    found = [_listed(row) for row in session.scalars(query)]
    return sorted(
        found,
        key=lambda one: (not one.urgent, one.unanswered_since is None, one.unanswered_since or one.asked_at),
    )


def is_mine(session: Session, by: Entrance, request: str) -> bool:
    """Tell whether a worker holds a request."""
    handoff = session.get(Handoff, request)
    return handoff is not None and handoff.worker_id == by.worker_id and handoff.status in HELD


def offered(session: Session, by: Entrance, request: str) -> Listed | None:
    """Give a request that waits and was offered to the worker."""
    return next((one for one in queue(session, by) if one.id == request and one.offered), None)


def thread(session: Session, by: Entrance, request: str, sealer: Sealer) -> Thread | None:
    """Open a request that the worker holds; anybody else's stays shut."""
    handoff = session.get(Handoff, request)
    if handoff is None or not is_mine(session, by, request):
        return None
    said = [*_messages(session, handoff, sealer), *_notes(session, handoff, sealer)]
    return Thread(
        _listed(handoff),
        sealer.open(handoff.sealed_words),
        tuple(handoff.wishes or ()),
        handoff.reach_how,
        handoff.reach_when,
        handoff.discreet,
        handoff.on_behalf,
        tuple(sorted(said, key=lambda one: one.said_at)),
    )


def pulse(session: Session) -> str:
    """Give a text that changes whenever a page with requests could show something else."""
    events = session.scalar(select(func.max(HandoffEvent.id))) or 0
    messages = session.scalar(select(func.max(ThreadMessage.id))) or 0
    wrote = session.scalar(select(func.max(Handoff.person_wrote_at)))
    failed = session.scalar(select(func.count()).where(ThreadMessage.failed.is_(True)))
    duty = session.scalar(select(func.count()).select_from(Worker).where(Worker.on_duty.is_(True)))
    met = session.execute(select(Appointment.status, func.count()).group_by(Appointment.status))
    seen = f"{events} {messages} {failed} {duty} {wrote.isoformat() if wrote else ''} {sorted(map(str, met))}"
    return sha256(seen.encode()).hexdigest()[:16]


def _messages(session: Session, handoff: Handoff, sealer: Sealer) -> Iterable[Said]:
    query = select(ThreadMessage).where(ThreadMessage.handoff_id == handoff.id)
    if not handoff.history_goes:  # what was said to another team goes along only if the person agreed
        query = query.where(ThreadMessage.team_id == handoff.team_id)
    for row in session.scalars(query.order_by(ThreadMessage.id)):
        yield Said(
            row.said_by,
            row.kind,
            sealer.open(row.sealed_words),
            row.said_at,
            failed=row.failed,
            id=row.id,
            media=media_of(row, sealer),
            ready=row.ready,
        )


def _notes(session: Session, handoff: Handoff, sealer: Sealer) -> Iterable[Said]:
    query = (
        select(Note, Worker.first_name)
        .join(Worker, Worker.id == Note.worker_id, isouter=True)
        .where(Note.handoff_id == handoff.id)
        .where(Note.team_id == handoff.team_id)
    )
    for row, name in session.execute(query.order_by(Note.id)):
        yield Said("note", "text", sealer.open(row.sealed_words), row.written_at, name or "")


def _listed(handoff: Handoff, *, holder: str = "", offered: bool = False) -> Listed:
    wrote, answered = handoff.person_wrote_at, handoff.worker_wrote_at
    return Listed(
        handoff.id,
        handoff.need,
        handoff.place,
        handoff.language,
        handoff.status,
        handoff.urgent or handoff.need in GRAVE,
        handoff.asked_at,
        handoff.promised_until if handoff.first_reply_at is None else None,
        holder,
        offered,
        wrote if wrote and (answered is None or wrote > answered) else None,
    )


def _in_order(found: Iterable[Listed]) -> list[Listed]:
    return sorted(found, key=lambda one: (not one.urgent, one.promised_until or one.asked_at, one.asked_at))
