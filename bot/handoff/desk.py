"""The steps of a request: ask, offer, accept, decline, withdraw, expire, close."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.engine import EXPIRE
from bot.conversation.turn import Card
from bot.handoff.assignment import workers_with_room
from bot.handoff.cards import ANSWER_WITHIN, accepted_reply, nobody_accepted, offer_reply
from bot.handoff.context import Context
from bot.handoff.lifecycle import OPEN, advance, note
from bot.handoff.scope import fits
from bot.handoff.telling import answer, person_of, tell_person, tell_taken, tell_withdrawn, voice_of_worker
from bot.i18n import Voice
from bot.messages import Button
from bot.storage.models import Handoff, Offer, Worker


def open_request(session: Session, conversation_id: int) -> Handoff | None:
    """Give a person's open request, if there is one."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.status.in_(OPEN))
    return session.scalar(query.order_by(Handoff.asked_at.desc()).limit(1))


def held_by(session: Session, worker_id: int) -> list[Handoff]:
    """Give the requests that a worker has accepted and not closed."""
    query = select(Handoff).where(Handoff.worker_id == worker_id, Handoff.status == "accepted")
    return list(session.scalars(query.order_by(Handoff.accepted_at)))


def ask(context: Context, card: Card) -> None:
    """Offer the request to every worker on duty whom it fits.

    Nobody left since the card was shown: the person hears the truth at once.
    """
    session, here = context.session, context.conversation.id
    if open_request(session, here):
        return
    handoff = _new_request(context, card)
    workers = [worker for worker in workers_with_room(session) if _is_for(context, worker, handoff)]
    if not workers:
        context.tell(here, nobody_accepted(context, card.need, context.writer()))
        return
    session.add(handoff)
    session.flush()
    note(session, handoff.id, "ask", context.now)
    for worker in workers:
        _offer_to(context, worker, handoff, card.words)
    timer = f"{EXPIRE}{handoff.id}"
    context.remind(here, timer, timer, context.now + ANSWER_WITHIN)


def offer_waiting(context: Context, worker: Worker) -> None:
    """Show a worker who comes on duty the requests that nobody has taken yet."""
    if worker not in workers_with_room(context.session):
        return
    for handoff in context.session.scalars(select(Handoff).where(Handoff.status == "asked")).all():
        seen = context.session.get(Offer, (handoff.id, worker.id))
        if seen is None and _is_for(context, worker, handoff):
            _offer_to(context, worker, handoff, context.sealer.open(handoff.sealed_words))


def leave_offers(context: Context, worker: Worker) -> None:
    """Leave the requests that a worker has not answered to the others; the last to leave ends them."""
    query = (
        select(Offer.handoff_id)
        .join(Handoff, Handoff.id == Offer.handoff_id)
        .where(Offer.worker_id == worker.id, Offer.declined.is_(False), Handoff.status == "asked")
    )
    for handoff_id in context.session.scalars(query).all():
        decline(context, handoff_id)


def accept(context: Context, handoff_id: str) -> None:
    """Give the request to the first worker who takes it; tell the person, and the others that it is taken."""
    session, voice = context.session, context.writer()
    worker, handoff = _worker(context), _offered(context, handoff_id)
    if worker is None or handoff is None:
        return answer(context, voice.say("I do not know this request."))
    if len(held_by(session, worker.id)) >= worker.most_open:
        return answer(context, voice.say("You have as many requests as you can hold. Close one first."))
    if not advance(session, handoff_id, "accept", context.now, worker_id=worker.id, accepted_at=context.now):
        return answer(context, _why_gone(context, handoff, worker, voice))
    session.refresh(handoff)
    thread = {"thread": handoff_id, "thread_since": context.now.isoformat()}
    context.conversation.state = (context.conversation.state or {}) | thread
    context.tell(context.conversation.id, accepted_reply(context, handoff, voice))
    tell_person(
        context,
        handoff,
        lambda voice: voice.say(
            "{name} has accepted your request and writes to you here. What you write now goes to {name}.",
            name=worker.first_name,
        ),
        lambda voice: Button(voice.say("Where does my request stand?"), "state"),
    )
    return tell_taken(context, handoff, worker)


def decline(context: Context, handoff_id: str) -> None:
    """Note that a worker leaves the request to others; when nobody is left, the person is told at once."""
    session, worker = context.session, _worker(context)
    session.get(Handoff, handoff_id, with_for_update=True)  # two who decline at once look one after the other
    offer = session.get(Offer, (handoff_id, worker.id)) if worker else None
    if offer is None:
        return
    offer.declined = True
    session.flush()
    note(session, handoff_id, "decline", context.now)
    waiting = select(Offer).where(Offer.handoff_id == handoff_id, Offer.declined.is_(False)).limit(1)
    if session.scalar(waiting) is None:
        expire(context, handoff_id)


def expire(context: Context, handoff_id: str) -> None:
    """End a request that nobody took, say so, and give other doors."""
    handoff = context.session.get(Handoff, handoff_id)
    if handoff is None or not advance(context.session, handoff_id, "expire", context.now):
        return
    person = person_of(context, handoff)
    if person:
        context.tell(person.id, nobody_accepted(context, handoff.need, context.voice_of(person)))


def withdraw(context: Context) -> None:
    """Take back the request of the one who wrote; whoever had or saw it is told."""
    handoff = open_request(context.session, context.conversation.id)
    if handoff is None:
        return
    holder = handoff.worker_id
    if advance(context.session, handoff.id, "withdraw", context.now):
        tell_withdrawn(context, handoff, holder)


def close(context: Context, handoff_id: str, outcome: str) -> None:
    """End a request with an outcome; the person is told and can ask again."""
    worker = _worker(context)
    handoff = context.session.get(Handoff, handoff_id)
    if worker is None or handoff is None or handoff.worker_id != worker.id:
        return
    if advance(context.session, handoff_id, "close", context.now, outcome=outcome):
        tell_person(
            context,
            handoff,
            lambda voice: voice.say(
                "{name} has closed your request. You can ask again at any time.", name=worker.first_name
            ),
            lambda voice: Button(voice.say("Talk to someone"), "talk"),
        )


def _new_request(context: Context, card: Card) -> Handoff:
    return Handoff(
        id=secrets.token_hex(6),
        conversation_id=context.conversation.id,
        status="asked",
        language=card.language,
        need=card.need,
        place=card.place,
        sealed_words=context.sealer.seal(card.words),
        asked_at=context.now,
    )


def _is_for(context: Context, worker: Worker, handoff: Handoff) -> bool:
    """Tell whether a request fits a worker's scope and is not the worker's own."""
    needs = context.world.needs
    theme = needs.need(handoff.need).theme if handoff.need in needs else ""
    scope = (worker.languages, worker.communes, worker.themes)
    in_scope = fits(*scope, language=handoff.language, place=handoff.place, theme=theme)
    return in_scope and worker.conversation_id != handoff.conversation_id


def _offer_to(context: Context, worker: Worker, handoff: Handoff, words: str) -> None:
    context.session.add(Offer(handoff_id=handoff.id, worker_id=worker.id, offered_at=context.now))
    reply = offer_reply(context, handoff, words, voice_of_worker(context, worker))
    context.tell(worker.conversation_id, reply)


def _why_gone(context: Context, handoff: Handoff, worker: Worker, voice: Voice) -> str:
    context.session.refresh(handoff)
    if handoff.worker_id == worker.id and handoff.status == "accepted":
        return voice.say("This request is yours already.")
    if handoff.status == "accepted" and handoff.worker_id:
        other = context.session.get_one(Worker, handoff.worker_id)
        return voice.say("{name} has taken this request already.", name=other.first_name)
    return voice.say("This request has ended already.")


def _offered(context: Context, handoff_id: str) -> Handoff | None:
    """Give a request only to a worker to whom it was offered."""
    worker = _worker(context)
    if worker is None or context.session.get(Offer, (handoff_id, worker.id)) is None:
        return None
    return context.session.get(Handoff, handoff_id)


def _worker(context: Context) -> Worker | None:
    return context.session.scalar(select(Worker).where(Worker.conversation_id == context.conversation.id))
