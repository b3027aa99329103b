"""What the clock does to a request: offer it again, remind the team, look for another one, say that a promise broke."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.handoff import desk, meetings, offering
from bot.handoff.cards import moment, nobody_accepted
from bot.handoff.context import Context
from bot.handoff.lifecycle import OPEN, WAITING, note
from bot.handoff.offering import EXPIRE, GRACE, HALF, OFFER, TURN
from bot.handoff.promise import is_there
from bot.handoff.telling import coordinators, give_person, label, tell_worker, undecided
from bot.i18n import Voice
from bot.messages import Button, Reply
from bot.storage.models import Handoff


def due(context: Context, timer: str) -> None:
    """Do what a timer was set for; one that came too late, or twice, does nothing."""
    name, _, id_ = timer.partition(":")
    step = STEPS.get(f"{name}:")
    if step:
        step(context, id_)


def _with_request(step: Callable[[Context, Handoff], None]) -> Callable[[Context, str], None]:
    def stepping(context: Context, handoff_id: str) -> None:
        handoff = context.session.get(Handoff, handoff_id)
        if handoff is not None and handoff.status in OPEN and handoff.first_reply_at is None:
            step(context, handoff)

    return stepping


def _offer_again(context: Context, handoff: Handoff) -> None:
    if handoff.next_team is None:
        offering.offer_now(context, handoff)


def _remind(context: Context, handoff: Handoff) -> None:
    """At half time the team hears that a person waits."""
    if handoff.reminded_at or handoff.next_team:
        return
    handoff.reminded_at = context.now
    offering.offer_now(context, handoff)
    note(context.session, handoff.id, "remind", context.now, team=handoff.team_id, worker=handoff.worker_id)
    asked = [handoff.worker_id] if handoff.worker_id else undecided(context, handoff)
    button = f"thread:{handoff.id}" if handoff.worker_id else f"accept:{handoff.id}"

    def make_button(voice: Voice) -> Button:
        return Button(voice.say("Answer") if handoff.worker_id else voice.say("Accept"), button)

    for worker_id in asked:
        tell_worker(context, worker_id, lambda voice: _reminder(context, handoff, voice), make_button)
    for worker_id in coordinators(context, handoff):
        if worker_id not in asked:
            tell_worker(context, worker_id, lambda voice: _reminder(context, handoff, voice))


def _reminder(context: Context, handoff: Handoff, voice: Voice) -> str:
    until = moment(context, handoff.promised_until or context.now, voice)
    return voice.say(
        "Half of the time has passed: {request}. The person was promised an answer before {moment}.",
        request=label(context, handoff, voice),
        moment=until,
    )


def _look_elsewhere(context: Context, handoff: Handoff) -> None:
    """Before a promise breaks, give it to somebody else: a colleague, else another team if the person agrees."""
    if handoff.next_team:
        return
    holder = handoff.worker_id
    note(context.session, handoff.id, "reroute", context.now, team=handoff.team_id, worker=holder)
    until = handoff.promised_until
    if holder and _can_be_kept_by_others(context, handoff) and desk.release(context, handoff, "silent"):
        # What the person was told first stays: the deadline does not move because the worker changed.
        handoff.promised_until = until
        if until and handoff.conversation_id:
            key = f"{EXPIRE}{handoff.id}"
            context.remind(handoff.conversation_id, key, key, until)
        tell_worker(
            context,
            holder,
            lambda voice: voice.say(
                "You have not written in time; your colleagues are asked now: {request}",
                request=label(context, handoff, voice),
            ),
        )
    elif not holder:
        offering.propose(context, handoff, "late")


def _can_be_kept_by_others(context: Context, handoff: Handoff) -> bool:
    crew = offering.crew_of(context, handoff)
    asked = offering.wanted(context, handoff)
    return crew is not None and any(
        one.id != handoff.worker_id
        and one.free > 0
        and is_there(crew, one, context.now, context.world.territory)
        for one in offering.fitting(crew, asked)
    )


def _deadline(context: Context, handoff: Handoff) -> None:
    """Say that the promise is broken, and give another door; whoever has the request keeps it, nobody ends it."""
    if handoff.promised_until and context.now < handoff.promised_until:
        return None
    again = handoff.missed_at is not None
    if not again:
        handoff.missed_at = context.now
        note(context.session, handoff.id, "miss", context.now, team=handoff.team_id, worker=handoff.worker_id)
    if handoff.next_team and not again:  # the question still waits for the person's yes
        if handoff.conversation_id:
            key = f"{EXPIRE}{handoff.id}"
            context.remind(handoff.conversation_id, key, key, context.now + GRACE)
        return _apologise(context, handoff)
    if handoff.status in WAITING:
        return offering.give_up(context, handoff, promised=True)
    if again:
        return desk.hand_on_or_end(context, handoff)
    if handoff.conversation_id:
        key = f"{EXPIRE}{handoff.id}"
        context.remind(handoff.conversation_id, key, key, context.now + GRACE)
    _apologise(context, handoff)
    late = [*([handoff.worker_id] if handoff.worker_id else []), *coordinators(context, handoff)]
    for worker_id in dict.fromkeys(late):
        tell_worker(context, worker_id, lambda voice: _broken(context, handoff, voice))
    return None


def _apologise(context: Context, handoff: Handoff) -> None:
    crew = offering.crew_of(context, handoff)

    def make(voice: Voice) -> Reply:
        return nobody_accepted(context, handoff.need, voice, crew.fallback if crew else "", promised=True)

    give_person(context, handoff, make)


def _broken(context: Context, handoff: Handoff, voice: Voice) -> str:
    return voice.say(
        "The promised time has passed: {request}. The person was told so and got other doors.",
        request=label(context, handoff, voice),
    )


STEPS: Mapping[str, Callable[[Context, str], None]] = MappingProxyType(
    {
        OFFER: _with_request(_offer_again),
        HALF: _with_request(_remind),
        TURN: _with_request(_look_elsewhere),
        EXPIRE: _with_request(_deadline),
        meetings.REMIND: meetings.remind,
    }
)
