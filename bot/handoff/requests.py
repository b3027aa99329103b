"""The resident's side of a request: ask, agree that another team may see it, take it back, ask again."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.turn import Card
from bot.handoff.assignment import last_worker, lock_teams
from bot.handoff.cards import nobody_accepted
from bot.handoff.context import Context
from bot.handoff.lifecycle import OPEN, WAITING, advance, note
from bot.handoff.offering import (
    begin,
    crews_for,
    fitting,
    forget_proposal,
    give_up,
    move,
    offer_waiting,
    propose,
    start_again,
    wanted,
)
from bot.handoff.promise import Promise, is_there, promise
from bot.handoff.telling import answer, label, state_button, tell_withdrawn, tell_worker
from bot.storage.models import Handoff, Team, Worker


def open_request(session: Session, conversation_id: int) -> Handoff | None:
    """Give a person's open request, if there is one."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.status.in_(OPEN))
    return session.scalar(query.order_by(Handoff.asked_at.desc()).limit(1))


def ask(context: Context, card: Card) -> None:
    """Promise an answer and offer the request, to the team that the person agreed to and to no other.

    It can no longer promise since the card was shown: the person hears the truth at once.
    """
    session, here = context.session, context.conversation.id
    if open_request(session, here):
        return
    lock_teams(session, context.conversation.territory)
    handoff = _new_request(context, card)
    made = _promise_of(context, handoff, card.team)
    if made is None:
        context.tell(here, nobody_accepted(context, card.need, context.writer()))
        return
    handoff.promised_until = made.until
    session.add(handoff)
    session.flush()
    note(session, handoff.id, "ask", context.now, team=made.team)
    begin(context, handoff, made, first=_known_worker(context, handoff))


def agree(context: Context, handoff_id: str, *, history: bool) -> None:
    """Let the other team see the request; whoever had it hears so."""
    handoff = _mine(context, handoff_id)
    if handoff is None or handoff.next_team is None:
        return _too_late(context)
    holder, team = handoff.worker_id, handoff.next_team
    note(context.session, handoff.id, "agree", context.now, team=team)
    if not move(context, handoff, team, history=history):
        return _cannot_any_more(context, handoff)
    if holder:
        tell_worker(
            context,
            holder,
            lambda voice: voice.say(
                "The person agreed: the other team has this request now: {request}",
                request=label(context, handoff, voice),
            ),
        )
    name = context.session.get_one(Team, team).name
    voice = context.writer()
    text = voice.say("{team} sees your request now. I write to you as soon as somebody accepts.", team=name)
    return answer(context, text, [state_button(voice)])


def refuse(context: Context, handoff_id: str) -> None:
    """Show the request to nobody else; whoever has it keeps it, and without anybody it ends with other doors."""
    handoff = _mine(context, handoff_id)
    if handoff is None or handoff.next_team is None:
        return _too_late(context)
    note(context.session, handoff.id, "refuse", context.now, team=handoff.next_team)
    forget_proposal(context, handoff)
    if handoff.status in WAITING:
        return give_up(context, handoff)
    if handoff.worker_id:
        tell_worker(
            context,
            handoff.worker_id,
            lambda voice: voice.say(
                "The person wishes to stay with you: {request}", request=label(context, handoff, voice)
            ),
        )
    voice = context.writer()
    return answer(context, voice.say("Fine, nobody else sees it."), [state_button(voice)])


def withdraw(context: Context) -> None:
    """Take back the request of the one who wrote; whoever had or saw it is told."""
    handoff = open_request(context.session, context.conversation.id)
    if handoff is None:
        return
    holder = handoff.worker_id
    if advance(context.session, handoff.id, "withdraw", context.now):
        tell_withdrawn(context, handoff, holder)
        worker = context.session.get(Worker, holder) if holder else None
        if worker:
            offer_waiting(context, worker)


def reopen(context: Context, handoff_id: str) -> None:
    """Take a closed request up again, with the same team and worker if they can."""
    session, here = context.session, context.conversation.id
    handoff = session.get(Handoff, handoff_id)
    ours = handoff is not None and handoff.conversation_id == here and handoff.status == "closed"
    if handoff is None or not ours or open_request(session, here):
        return _too_late(context)
    lock_teams(session, context.conversation.territory)
    known = handoff.worker_id
    made = _promise_of(context, handoff, handoff.team_id or 0)
    if made is None:
        return context.tell(here, nobody_accepted(context, handoff.need, context.writer()))
    if not start_again(context, handoff, "reopen", made, closed_at=None, outcome="", missed_at=None):
        return _too_late(context)
    begin(context, handoff, made, first=known)
    voice = context.writer()
    zone = context.world.territory.zone
    until = voice.weekday(made.until.astimezone(zone))
    text = voice.say(
        "Your request is open again. {team} answers before {moment}.", team=made.name, moment=until
    )
    return answer(context, text, [state_button(voice)])


def _mine(context: Context, handoff_id: str) -> Handoff | None:
    handoff = open_request(context.session, context.conversation.id)
    return handoff if handoff is not None and handoff.id == handoff_id else None


def _too_late(context: Context) -> None:
    voice = context.writer()
    answer(context, voice.say("This button is too old. Choose again:"), [state_button(voice)])


def _cannot_any_more(context: Context, handoff: Handoff) -> None:
    forget_proposal(context, handoff)
    if handoff.status in WAITING:
        if not propose(context, handoff, "no-room"):
            give_up(context, handoff)
        return
    voice = context.writer()
    answer(context, voice.say("That team cannot take it any more. Your request stays where it is."))


def _promise_of(context: Context, handoff: Handoff, team: int) -> Promise | None:
    crew = next((crew for crew in crews_for(context, handoff) if crew.id == team), None)
    if crew is None:
        return None
    return promise(crew, wanted(context, handoff), context.now, context.world.territory)


def _known_worker(context: Context, handoff: Handoff) -> int | None:
    """Give the worker whom the person knows, if on duty and with room; danger goes to everybody at once."""
    if handoff.urgent:
        return None
    known = last_worker(context.session, context.conversation.id, context.now)
    crew = next((crew for crew in crews_for(context, handoff) if crew.id == handoff.team_id), None)
    if known is None or crew is None:
        return None
    there = (
        one.id
        for one in fitting(crew, wanted(context, handoff))
        if one.id == known and one.free > 0 and is_there(crew, one, context.now, context.world.territory)
    )
    return next(there, None)


def _new_request(context: Context, card: Card) -> Handoff:
    return Handoff(
        id=secrets.token_hex(6),
        conversation_id=context.conversation.id,
        team_id=card.team,
        consented_team=card.team,
        status="asked",
        language=card.language,
        need=card.need,
        place=card.place,
        sealed_words=context.sealer.seal(card.words),
        wishes=list(card.wishes),
        reach_how=card.how,
        reach_when=card.when,
        discreet=card.discreet,
        on_behalf=card.behalf,
        urgent=card.urgent,
        tried_teams=[],
        asked_at=context.now,
    )
