"""The worker's side of a request: accept, decline, pass on, release, note, close."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import offering, thread
from bot.handoff.cards import accepted_reply, nobody_accepted
from bot.handoff.context import Context
from bot.handoff.lifecycle import HELD, WAITING, advance, note
from bot.handoff.promise import promise
from bot.handoff.telling import answer, give_person, state_button, tell_person, tell_taken
from bot.i18n import Voice
from bot.messages import Button
from bot.storage.models import Handoff, Offer, Team, Worker

OWN_TEAM = 0  # pass a request on to colleagues of the own team


def held_by(session: Session, worker_id: int) -> list[Handoff]:
    """Give the requests that a worker has accepted and not closed."""
    query = select(Handoff).where(Handoff.worker_id == worker_id, Handoff.status.in_(HELD))
    return list(session.scalars(query.order_by(Handoff.accepted_at)))


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
    open_thread = {"thread": handoff_id, "thread_since": context.now.isoformat()}
    context.conversation.state = (context.conversation.state or {}) | open_thread
    context.tell(context.conversation.id, accepted_reply(context, handoff, voice))
    _tell_what_was_said(context, handoff, voice)
    tell_person(
        context,
        handoff,
        lambda voice: voice.say(
            "{name} has accepted your request and writes to you here. What you write now goes to {name}.",
            name=worker.first_name,
        ),
        state_button,
    )
    return tell_taken(context, handoff, worker)


def decline(context: Context, handoff_id: str, reason: str = "") -> None:
    """Leave a request to the others."""
    worker = _worker(context)
    if worker:
        offering.decline(context, worker, handoff_id, reason)


def pass_on(context: Context, handoff_id: str, team: int) -> None:
    """Send a request where it belongs: to colleagues at once, to another team after the person's yes."""
    worker, handoff, voice = _worker(context), _seen_or_held(context, handoff_id), context.writer()
    if worker is None or handoff is None:
        return answer(context, voice.say("I do not know this request."))
    if team == OWN_TEAM and handoff.status in WAITING:
        offering.decline(context, worker, handoff_id, "passed-on")
        return answer(context, voice.say("Fine, you leave this request."))
    if team == OWN_TEAM:
        if release(context, handoff, "passed-on"):
            return answer(context, voice.say("Passed on: your colleagues are asked now."))
        return answer(context, voice.say("Nobody else of the team can take it now. It stays with you."))
    if offering.propose(context, handoff, "out-of-scope", team):
        name = context.session.get_one(Team, team).name
        return answer(context, voice.say("I ask the person whether {team} may see it.", team=name))
    return answer(context, voice.say("That team cannot take it now."))


def release(context: Context, handoff: Handoff, reason: str) -> bool:
    """Take a request from its worker and offer it to the others of the team; False when nobody else can promise."""
    crew, gone = offering.crew_of(context, handoff), handoff.worker_id
    made = None
    if crew:
        others = tuple(one for one in crew.colleagues if one.id != gone)
        left = replace(crew, colleagues=others, free=crew.free + 1)  # it gives the place back that it holds
        made = promise(left, offering.wanted(context, handoff), context.now, context.world.territory)
    if made is None or handoff.status not in HELD:
        return False
    if not offering.start_again(context, handoff, "release", made, reason=reason):
        return False
    _bar(context, handoff, gone)
    tell_person(
        context,
        handoff,
        lambda voice: voice.say("Somebody else of {team} takes over your request.", team=made.name),
        state_button,
    )
    offering.begin(context, handoff, made)
    return True


def release_all(context: Context, worker: Worker) -> None:
    """Let a worker leave: every request goes to colleagues, else to another team, else the person gets other doors."""
    offering.leave_offers(context, worker)
    for handoff in held_by(context.session, worker.id):
        hand_on_or_end(context, handoff, "worker-left")


def hand_on_or_end(context: Context, handoff: Handoff, reason: str = "silent") -> None:
    """Give a request whose worker does not answer to colleagues, else to another team, else end it with other doors."""
    if release(context, handoff, reason):
        return
    if not offering.propose(context, handoff, reason):
        _close_for_want_of_anybody(context, handoff)


def add_note(context: Context, handoff_id: str, words: str) -> None:
    """Keep a note for the team on a request that the worker has."""
    worker, handoff = _worker(context), _held(context, handoff_id)
    if worker and handoff:
        thread.add_note(context, worker, handoff, words)
        note(context.session, handoff.id, "note", context.now, team=handoff.team_id, worker=worker.id)


def keep_promise(context: Context, handoff: Handoff) -> None:
    """Note that the worker has written; the first words keep the promise."""
    first = handoff.first_reply_at is None
    handoff.worker_wrote_at = context.now
    if first:
        handoff.first_reply_at = context.now
    context.session.flush()
    if first:
        advance(context.session, handoff.id, "reply", context.now)
        context.session.refresh(handoff)


def close(context: Context, handoff_id: str, outcome: str) -> None:
    """End a request with an outcome; the person is told, can say that it is not solved, or ask again."""
    worker, handoff = _worker(context), _held(context, handoff_id)
    if worker is None or handoff is None:
        return
    if advance(context.session, handoff_id, "close", context.now, outcome=outcome):
        tell_person(
            context,
            handoff,
            lambda voice: voice.say(
                "{name} has closed your request. You can ask again at any time.", name=worker.first_name
            ),
            lambda voice: Button(voice.say("It is not solved"), f"reopen:{handoff_id}"),
            lambda voice: Button(voice.say("Talk to someone"), "talk"),
        )
        offering.offer_waiting(context, worker)


def _close_for_want_of_anybody(context: Context, handoff: Handoff) -> None:
    if advance(context.session, handoff.id, "close", context.now, outcome="no-worker-left"):
        give_person(context, handoff, lambda voice: nobody_accepted(context, handoff.need, voice))


def _tell_what_was_said(context: Context, handoff: Handoff, voice: Voice) -> None:
    """Show the talk so far to the one who takes over, as far as the person agreed."""
    said = thread.said_in(context, handoff)
    lines = [voice.isolate(words) for row, words in said if words and row.said_by in ("person", "worker")]
    notes = [voice.isolate(words) for words in thread.notes_on(context, handoff)]
    if lines:
        answer(context, voice.say("Said so far: {words}", words=" / ".join(lines)))
    if notes:
        answer(context, voice.say("Notes of the team: {words}", words=" / ".join(notes)))


def _bar(context: Context, handoff: Handoff, worker_id: int | None) -> None:
    if worker_id and context.session.get(Offer, (handoff.id, worker_id)) is None:
        context.session.add(
            Offer(handoff_id=handoff.id, worker_id=worker_id, declined=True, offered_at=context.now)
        )
        context.session.flush()


def _why_gone(context: Context, handoff: Handoff, worker: Worker, voice: Voice) -> str:
    context.session.refresh(handoff)
    if handoff.worker_id == worker.id and handoff.status in HELD:
        return voice.say("This request is yours already.")
    if handoff.status in HELD and handoff.worker_id:
        other = context.session.get_one(Worker, handoff.worker_id)
        return voice.say("{name} has taken this request already.", name=other.first_name)
    return voice.say("This request has ended already.")


def _offered(context: Context, handoff_id: str) -> Handoff | None:
    """Give a request only to a worker to whom it was offered, of the team that the person agreed to."""
    worker = _worker(context)
    if worker is None or context.session.get(Offer, (handoff_id, worker.id)) is None:
        return None
    handoff = context.session.get(Handoff, handoff_id)
    return handoff if handoff and worker.team_id == handoff.consented_team else None


def _held(context: Context, handoff_id: str) -> Handoff | None:
    worker, handoff = _worker(context), context.session.get(Handoff, handoff_id)
    ours = worker and handoff and handoff.worker_id == worker.id and handoff.status in HELD
    return handoff if ours else None


def held_request(context: Context, handoff_id: str) -> tuple[Worker | None, Handoff | None]:
    """Give the worker who writes and the request, if it is theirs."""
    return _worker(context), _held(context, handoff_id)


def _seen_or_held(context: Context, handoff_id: str) -> Handoff | None:
    held = _held(context, handoff_id)
    if held:
        return held
    handoff = _offered(context, handoff_id)
    return handoff if handoff and handoff.status in WAITING else None


def _worker(context: Context) -> Worker | None:
    return context.session.scalar(select(Worker).where(Worker.conversation_id == context.conversation.id))
