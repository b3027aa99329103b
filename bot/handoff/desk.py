"""The steps of a request and what each side is told: ask, offer, accept, decline, withdraw, expire, close."""

import secrets
from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.engine import EXPIRE
from bot.conversation.turn import Card
from bot.handoff.assignment import workers_with_room
from bot.handoff.cards import ANSWER_WITHIN, accepted_reply, nobody_accepted, offer_reply
from bot.handoff.context import Context
from bot.handoff.lifecycle import OPEN, advance, note
from bot.handoff.scope import fits
from bot.i18n import Voice
from bot.messages import Button, Reply, column
from bot.storage.models import Conversation, Handoff, Offer, Worker

Say: TypeAlias = Callable[[Voice], str]


def open_request(session: Session, conversation_id: int) -> Handoff | None:
    """Give a person's open request, if there is one."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.status.in_(OPEN))
    return session.scalar(query.order_by(Handoff.asked_at.desc()).limit(1))


def ask(context: Context, card: Card) -> None:
    """Offer the request to every worker on duty whom it fits.

    Nobody left since the card was shown: the person hears the truth at once.
    """
    session, now = context.session, context.now
    if open_request(session, context.conversation.id):
        return
    theme = context.world.needs.need(card.need).theme if card.need else ""
    workers = [
        worker
        for worker in workers_with_room(session)
        if worker.conversation_id != context.conversation.id
        and fits(
            worker.languages,
            worker.communes,
            worker.themes,
            language=card.language,
            place=card.place,
            theme=theme,
        )
    ]
    if not workers:
        context.tell(context.conversation.id, nobody_accepted(context, card.need, context.writer()))
        return
    handoff = _new_request(context, card)
    session.add(handoff)
    session.flush()
    note(session, handoff.id, "ask", now)
    for worker in workers:
        session.add(Offer(handoff_id=handoff.id, worker_id=worker.id, offered_at=now))
        context.tell(
            worker.conversation_id,
            offer_reply(context, handoff, card.words, _voice_of_worker(context, worker)),
        )
    context.remind(
        context.conversation.id, f"{EXPIRE}{handoff.id}", f"{EXPIRE}{handoff.id}", now + ANSWER_WITHIN
    )


def accept(context: Context, handoff_id: str) -> None:
    """Give the request to the first worker who takes it; tell the person, and the others that it is taken."""
    session, voice = context.session, context.writer()
    worker, handoff = _worker(context), _offered(context, handoff_id)
    if worker is None or handoff is None:
        _answer(context, voice.say("I do not know this request."))
        return
    if len(held_by(session, worker.id)) >= worker.most_open:
        _answer(context, voice.say("You have as many requests as you can hold. Close one first."))
        return
    if not advance(session, handoff_id, "accept", context.now, worker_id=worker.id, accepted_at=context.now):
        _answer(context, _why_gone(context, handoff, worker, voice))
        return
    session.refresh(handoff)
    context.tell(context.conversation.id, accepted_reply(context, handoff, voice))
    _tell_person(
        context,
        handoff,
        lambda voice: voice.say(
            "{name} has accepted your request and writes to you here. What you write now goes to {name}.",
            name=worker.first_name,
        ),
        lambda voice: Button(voice.say("Where does my request stand?"), "state"),
    )
    _tell_others(context, handoff_id, worker.id)


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
    person = _person(context, handoff)
    if person:
        context.tell(person.id, nobody_accepted(context, handoff.need, context.voice_of(person)))


def withdraw(context: Context) -> None:
    """Take back the request of the one who wrote; whoever had or saw it is told."""
    handoff = open_request(context.session, context.conversation.id)
    if handoff is None:
        return
    holder, asked = handoff.worker_id, handoff.status == "asked"
    advance(context.session, handoff.id, "withdraw", context.now)
    if holder:
        _tell_worker(context, holder, lambda voice: voice.say("The person has withdrawn the request."))
    elif asked:
        _tell_others(context, handoff.id, None)


def close(context: Context, handoff_id: str, outcome: str) -> None:
    """End a request with an outcome; the person is told and can ask again."""
    worker = _worker(context)
    handoff = context.session.get(Handoff, handoff_id)
    if worker is None or handoff is None or handoff.worker_id != worker.id:
        return
    if advance(context.session, handoff_id, "close", context.now, outcome=outcome):
        _tell_person(
            context,
            handoff,
            lambda voice: voice.say(
                "{name} has closed your request. You can ask again at any time.", name=worker.first_name
            ),
            lambda voice: Button(voice.say("Talk to someone"), "talk"),
        )


def held_by(session: Session, worker_id: int) -> list[Handoff]:
    """Give the requests that a worker has accepted and not closed."""
    query = select(Handoff).where(Handoff.worker_id == worker_id, Handoff.status == "accepted")
    return list(session.scalars(query.order_by(Handoff.accepted_at)))


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


def _person(context: Context, handoff: Handoff) -> Conversation | None:
    if handoff.conversation_id is None:
        return None
    return context.session.get(Conversation, handoff.conversation_id)


def _voice_of_worker(context: Context, worker: Worker) -> Voice:
    return context.voice_of(context.session.get_one(Conversation, worker.conversation_id))


def _answer(context: Context, text: str) -> None:
    context.tell(context.conversation.id, Reply(text, (), context.writer().language.code))


def _tell_person(context: Context, handoff: Handoff, say: Say, button: Callable[[Voice], Button]) -> None:
    person = _person(context, handoff)
    if person:
        voice = context.voice_of(person)
        buttons = column([button(voice), Button(voice.say("All themes"), "menu")])
        context.tell(person.id, Reply(say(voice), buttons, voice.language.code))


def _tell_worker(context: Context, worker_id: int, say: Say) -> None:
    worker = context.session.get(Worker, worker_id)
    if worker:
        voice = _voice_of_worker(context, worker)
        context.tell(worker.conversation_id, Reply(say(voice), (), voice.language.code))


def _tell_others(context: Context, handoff_id: str, winner: int | None) -> None:
    name = context.session.get_one(Worker, winner).first_name if winner else ""
    query = select(Offer).where(Offer.handoff_id == handoff_id, Offer.declined.is_(False))
    for offer in context.session.scalars(query).all():
        if offer.worker_id == winner:
            continue
        if winner:
            _tell_worker(
                context, offer.worker_id, lambda v: v.say("{name} has taken the request.", name=name)
            )
        else:
            _tell_worker(context, offer.worker_id, lambda v: v.say("The person has withdrawn the request."))
