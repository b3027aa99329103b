"""What a talk remembers across its dialogues: rights offered lately, a deadline or a time in the last words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.conversation.effects import ForgetMe
from bot.conversation.turn import Outcome, State, Turn
from bot.messages import Kind
from bot.understanding.deadline import shows_deadline
from bot.understanding.meaning import Decision
from bot.understanding.when import moment_of

OFFER_AGAIN = timedelta(days=30)
MOST_OFFERS = 3


def keep(turn: Turn, outcome: Outcome) -> Outcome:
    """Carry on what the next turn must know, whatever dialogue has answered this one."""
    if any(isinstance(effect, ForgetMe) for effect in outcome.effects):
        return outcome
    offered = {**_lately(turn), **outcome.state.offered}
    remembered = replace(
        outcome.state,
        offered=offered,
        deadline=deadline_shown(turn),
        moment="" if (moment := asked_for(turn)) == turn.now else moment.isoformat(),
        draft_told=outcome.state.draft_told or turn.state.draft_told,
    )
    return replace(outcome, state=remembered)


def deadline_shown(turn: Turn) -> bool:
    """Tell whether the person's last words showed a deadline; a button they press afterwards keeps it."""
    if turn.inbound.kind is not Kind.TEXT:
        return turn.state.deadline
    return shows_deadline(turn.inbound.text)


def asked_for(turn: Turn) -> datetime:
    """Give the moment that the person needs an open door at: the one they named, while it lies ahead, else now."""
    heard = turn.heard
    if heard and heard.when:
        return moment_of(heard.when, turn.now)
    known = datetime.fromisoformat(turn.state.moment) if turn.state.moment else turn.now
    is_new_question = heard is not None and heard.decision in (Decision.ANSWER, Decision.CHOOSE)
    return turn.now if is_new_question else max(known, turn.now)


def to_offer(turn: Turn, rights: Iterable[str]) -> tuple[str, ...]:
    """Choose the rights that this person was not offered in the last 30 days and has not just read about."""
    known = {*_lately(turn), turn.state.need}
    return tuple(right for right in rights if right not in known)[:MOST_OFFERS]


def offering(state: State, rights: Iterable[str], turn: Turn) -> State:
    """Note that these rights are offered today."""
    today = turn.now.date().isoformat()
    return replace(state, offered={**state.offered, **dict.fromkeys(rights, today)})


def _lately(turn: Turn) -> dict[str, str]:
    since = turn.now.date() - OFFER_AGAIN
    return {right: day for right, day in turn.state.offered.items() if date.fromisoformat(day) > since}
