"""A request on its way to a worker: offered, declined, offered to more, asked whether another team may see it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bot.handoff.assignment import crews_of, lock_teams, wanted_of
from bot.handoff.cards import ask_for_another_team, nobody_accepted, offer_reply
from bot.handoff.context import Context
from bot.handoff.lifecycle import OPEN, WAITING, advance, note
from bot.handoff.promise import (
    Colleague,
    Crew,
    Promise,
    Wanted,
    best_promise,
    duty_of,
    is_there,
    promise,
    suits,
)
from bot.handoff.telling import give_person, person_of, voice_of_worker
from bot.i18n import Voice
from bot.messages import Reply
from bot.storage.models import Handoff, Offer, ThreadMessage, Worker

HALF, TURN, EXPIRE, OFFER = "half:", "turn:", "expire:", "offer:"  # how the timers of a request begin
GRACE = timedelta(hours=24)  # a question whether another team may see it waits that long


def wanted(context: Context, handoff: Handoff) -> Wanted:
    """Give what a request asks of a team."""
    needs = context.world.needs
    return wanted_of(handoff, needs.need(handoff.need).theme if handoff.need in needs else "")


def crews_for(context: Context, handoff: Handoff) -> tuple[Crew, ...]:
    """Give the live teams of the territory of a request's person."""
    person = person_of(context, handoff)
    territory = person.territory if person else context.conversation.territory
    return crews_of(context.session, territory, handoff.conversation_id)


def crew_of(context: Context, handoff: Handoff) -> Crew | None:
    """Give the team that has a request; None when it is gone or not live any more."""
    return next((crew for crew in crews_for(context, handoff) if crew.id == handoff.team_id), None)


def begin(context: Context, handoff: Handoff, made: Promise, *, first: int | None = None) -> None:
    """Set the clock of a promise and offer the request; `first` is the worker whom the person knows."""
    if handoff.conversation_id is None:
        return
    for key, due in ((HALF, made.half), (TURN, made.turn), (EXPIRE, made.until)):
        context.remind(handoff.conversation_id, f"{key}{handoff.id}", f"{key}{handoff.id}", due)
    offer_now(context, handoff, only=first)


def offer_now(context: Context, handoff: Handoff, *, only: int | None = None) -> None:
    """Offer a waiting request to everybody whom it fits, who is on duty and has not seen it; come back for others."""
    crew = crew_of(context, handoff)
    if crew is None or handoff.status not in WAITING:
        return
    territory, asked = context.world.territory, fitting(crew, wanted(context, handoff))
    there = [one for one in asked if is_there(crew, one, context.now, territory)]
    chosen = [one for one in there if one.id == only] if only else there
    if only and not chosen:
        only, chosen = None, there
    _offer_to(context, handoff, [one for one in chosen if one.free > 0], there, known=only is not None)
    _come_back(context, crew, handoff, asked, soon=only is not None)


def fitting(crew: Crew, asked: Wanted) -> list[Colleague]:
    """Give the workers of a team whom a request fits, with as many of its wishes as the team can fulfil."""
    for kept in (asked.wishes, *((wish,) for wish in asked.wishes), ()):
        fewer = Wanted(asked.language, asked.place, asked.theme, asked.urgent, kept)
        if found := [one for one in crew.colleagues if suits(crew, one, fewer)]:
            return found
    return []


def offer_waiting(context: Context, worker: Worker) -> None:
    """Show a worker who comes on duty, or has room again, what waits for the team; the urgent requests first."""
    query = (
        select(Handoff)
        .where(Handoff.status.in_(WAITING), Handoff.team_id == worker.team_id)
        .order_by(Handoff.urgent.desc(), Handoff.asked_at)
    )
    for handoff in context.session.scalars(query).all():
        offer_now(context, handoff)


def leave_offers(context: Context, worker: Worker) -> None:
    """Leave the requests that a worker has not answered to the others; the last to leave ends them."""
    query = (
        select(Offer.handoff_id)
        .join(Handoff, Handoff.id == Offer.handoff_id)
        .where(Offer.worker_id == worker.id, Offer.declined.is_(False), Handoff.status.in_(WAITING))
    )
    for handoff_id in context.session.scalars(query).all():
        decline(context, worker, handoff_id, "off-duty")


def decline(context: Context, worker: Worker, handoff_id: str, reason: str = "") -> None:
    """Note that a worker leaves the request to others; when nobody is left, another team or other doors follow."""
    session = context.session
    session.flush()
    # Two who decline at once look one after the other.
    handoff = session.get(Handoff, handoff_id, with_for_update=True, populate_existing=True)
    offer = session.get(Offer, (handoff_id, worker.id))
    if offer is None or handoff is None or handoff.status not in WAITING:
        return
    if offer.declined:
        offer.reason = reason or offer.reason
        return
    offer.declined, offer.reason = True, reason
    session.flush()
    note(session, handoff_id, "decline", context.now, team=worker.team_id, worker=worker.id, reason=reason)
    look_further(context, handoff)


def look_further(context: Context, handoff: Handoff) -> None:
    """When nobody who has seen a request is left: wait for colleagues who come in time, else another team, else end."""
    seen = select(Offer).where(Offer.handoff_id == handoff.id, Offer.declined.is_(False)).limit(1)
    if context.session.scalar(seen) is not None or handoff.next_team:
        return
    offer_now(context, handoff)
    if context.session.scalar(seen) is not None or _somebody_comes(context, handoff):
        return
    if not propose(context, handoff, "declined"):
        give_up(context, handoff)


def propose(context: Context, handoff: Handoff, reason: str, team: int | None = None) -> bool:
    """Ask the person whether another team may see the request; False when none can take it."""
    crews = [crew for crew in crews_for(context, handoff) if team in (None, crew.id)]
    tried = [*handoff.tried_teams, *([handoff.team_id] if handoff.team_id else [])]
    without = tried if team is None else [handoff.team_id or 0]
    made = best_promise(crews, wanted(context, handoff), context.now, context.world.territory, without)
    if made is None or handoff.status not in OPEN:
        return False
    handoff.next_team, handoff.tried_teams, handoff.reason = made.team, tried, reason
    note(context.session, handoff.id, "propose", context.now, team=made.team, reason=reason)
    talked = has_talked(context, handoff)

    def make(voice: Voice) -> Reply:
        return ask_for_another_team(context, handoff, made, voice, talked=talked)

    give_person(context, handoff, make)
    return True


def move(context: Context, handoff: Handoff, team: int, *, history: bool) -> bool:
    """Give a request to the team that the person has just agreed to; False when it cannot promise any more."""
    lock_teams(context.session, context.conversation.territory)
    crew = next((crew for crew in crews_for(context, handoff) if crew.id == team), None)
    made = promise(crew, wanted(context, handoff), context.now, context.world.territory) if crew else None
    if made is None:
        return False
    values = {"consented_team": team, "history_goes": history, "next_team": None}
    if not start_again(context, handoff, "transfer", made, **values):
        return False
    begin(context, handoff, made)
    return True


def start_again(context: Context, handoff: Handoff, step: str, made: Promise, **values: object) -> bool:
    """Put a request at the beginning of a new promise, as nobody's."""
    session = context.session
    session.flush()
    fresh: dict[str, object] = {
        "worker_id": None,
        "accepted_at": None,
        "first_reply_at": None,
        "reminded_at": None,
    }
    fresh |= {"team_id": made.team, "promised_until": made.until, "worker_wrote_at": None}
    if not advance(session, handoff.id, step, context.now, **(fresh | values)):
        return False
    core = {"synchronize_session": False}
    gone = Offer.handoff_id == handoff.id
    session.execute(delete(Offer).where(gone, Offer.declined.is_(False)).execution_options(**core))
    session.expire_all()
    return True


def give_up(context: Context, handoff: Handoff, *, promised: bool = False) -> None:
    """End a request that nobody took, say so, and give other doors."""
    session = context.session
    session.flush()
    crew = crew_of(context, handoff)
    if not advance(session, handoff.id, "expire", context.now):
        return
    fallback = crew.fallback if crew else ""

    def make(voice: Voice) -> Reply:
        return nobody_accepted(context, handoff.need, voice, fallback, promised=promised)

    give_person(context, handoff, make)


def has_talked(context: Context, handoff: Handoff) -> bool:
    """Tell whether person and worker have written to each other."""
    query = select(ThreadMessage.id).where(
        ThreadMessage.handoff_id == handoff.id, ThreadMessage.said_by.in_(("person", "worker"))
    )
    return context.session.scalar(query.limit(1)) is not None


def _offer_to(
    context: Context, handoff: Handoff, chosen: list[Colleague], there: list[Colleague], *, known: bool
) -> None:
    session = context.session
    declined = set(session.scalars(select(Offer.worker_id).where(Offer.handoff_id == handoff.id)))
    new = [one for one in chosen if one.id not in declined]
    if not new:
        return
    session.flush()
    if not advance(session, handoff.id, "offer", context.now):
        return
    session.refresh(handoff)
    words = context.sealer.open(handoff.sealed_words)
    for one in new:
        session.add(Offer(handoff_id=handoff.id, worker_id=one.id, offered_at=context.now))
        voice = voice_of_worker(context, session.get_one(Worker, one.id))
        others = [other.first_name for other in there if other.id != one.id]
        context.tell(one.conversation, offer_reply(context, handoff, words, voice, others, known=known))
    session.flush()


def _come_back(context: Context, crew: Crew, handoff: Handoff, asked: list[Colleague], *, soon: bool) -> None:
    """Look again when the next colleague's duty begins; soon when only the one whom the person knows was asked."""
    due = _next_beginning(context, crew, handoff, asked)
    if soon and handoff.promised_until:
        quarter = context.now + (handoff.promised_until - context.now) / 4
        due = min(due, quarter) if due else quarter
    if due and handoff.conversation_id and (handoff.promised_until is None or due < handoff.promised_until):
        key = f"{OFFER}{handoff.id}"
        context.remind(handoff.conversation_id, key, key, due)


def _next_beginning(
    context: Context, crew: Crew, handoff: Handoff, asked: list[Colleague]
) -> datetime | None:
    territory, now = context.world.territory, context.now
    rostered = (duty_of(crew, one, now, 1, territory) for one in asked if not one.on_duty)
    begins = [start for duty in rostered for start, _ in duty if start > now]
    return min(begins, default=None)


def _somebody_comes(context: Context, handoff: Handoff) -> bool:
    """Tell whether a colleague who has not declined comes on duty before the promise ends."""
    crew = crew_of(context, handoff)
    if crew is None or handoff.promised_until is None:
        return False
    query = select(Offer.worker_id).where(Offer.handoff_id == handoff.id, Offer.declined.is_(True))
    declined = set(context.session.scalars(query))
    left = [one for one in fitting(crew, wanted(context, handoff)) if one.id not in declined]
    due = _next_beginning(context, crew, handoff, left)
    return due is not None and due < handoff.promised_until


def forget_proposal(context: Context, handoff: Handoff) -> None:
    """Take the question for another team back."""
    context.session.execute(
        update(Handoff)
        .where(Handoff.id == handoff.id)
        .values(next_team=None)
        .execution_options(synchronize_session="fetch")
    )
