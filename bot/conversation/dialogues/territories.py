"""Several territories in one bot: a place, a position or a button leads to another one that is served.

The territory decides on the numbers to call, the answers, the doors, the calendar and the clock; so it is settled
before anything is answered. Whoever has an open request, or works here, stays where they are.
"""

from dataclasses import replace

from bot.conversation.dialogues.need import answer_need
from bot.conversation.dialogues.services import ASKED, ask_place
from bot.conversation.dialogues.welcome import show_themes, territory_button
from bot.conversation.effects import SetTerritory
from bot.conversation.turn import Outcome, Turn
from bot.messages import Kind
from directory.places import find_place_in, nearest
from directory.sure_places import names_a_place

CARD_PLACE_ASKED = "card.place"
VERB = "territory"


def follow(turn: Turn) -> Turn:
    """Go to the territory that a message surely leads to; stay when it leads nowhere else."""
    code = _leads_to(turn)
    return go_to(turn, code) if code else turn


def go_to(turn: Turn, code: str) -> Turn:
    """See the same turn from another territory; what belonged to the first stays behind."""
    world = turn.world.everywhere[code]
    card = replace(turn.state.card, place="") if turn.state.card else None
    return replace(
        turn,
        world=world,
        now=turn.now.astimezone(world.territory.zone),
        person=replace(turn.person, place=""),
        state=replace(turn.state, shown=(), card=card),
        find_teams=tuple,
    )


def told(before: Turn, turn: Turn, outcome: Outcome) -> Outcome:
    """Say that we are in another territory now, with the way back; or offer to go where a place was named."""
    if turn.world is before.world:
        return _offered(turn, outcome)
    name = turn.voice.label(turn.world.territory.name)
    news = turn.voice.say("From now on I answer for {territory}.", territory=name)
    effects = (SetTerritory(turn.world.territory.code), *outcome.effects)
    if not outcome.replies:
        return replace(outcome, effects=effects)
    first, *others = outcome.replies
    replies = [replace(first, text=f"{news}\n\n{first.text}"), *others]
    back = territory_button(turn, before.world)
    replies[-1] = replace(replies[-1], buttons=(*replies[-1].buttons, (back,)))
    return replace(outcome, replies=tuple(replies), effects=effects)


def arrive(turn: Turn, _: str) -> Outcome:
    """Go on where the talk was, in the territory that was chosen."""
    if turn.state.asked == ASKED:
        return ask_place(turn)
    return answer_need(turn, turn.state.need) if turn.state.need else show_themes(turn)


def _leads_to(turn: Turn) -> str:
    if len(turn.world.everywhere) < 2 or _must_stay(turn):
        return ""
    inbound = turn.inbound
    if inbound.kind is Kind.CHOICE:
        verb, _, code = inbound.text.partition(":")
        return code if verb == VERB and code in turn.world.everywhere else ""
    if inbound.kind is Kind.LOCATION and inbound.position:
        return _around(turn, inbound.position)
    if inbound.kind is Kind.TEXT and (turn.state.asked or not turn.person.place):
        return _named(turn)
    return ""


def _must_stay(turn: Turn) -> bool:
    return bool(turn.person.request or turn.person.worker or turn.state.thread)


def _around(turn: Turn, position: tuple[float, float]) -> str:
    if nearest(*position, turn.world.territory):
        return ""
    found = (code for code, world in turn.world.everywhere.items() if nearest(*position, world.territory))
    return next(found, "")


def _named(turn: Turn) -> str:
    """Give the one other territory that has the place of a message; a place of this one comes first."""
    text, here = turn.inbound.text, turn.world.territory
    if text.startswith("/") or turn.state.asked not in ("", ASKED, CARD_PLACE_ASKED):
        return ""
    if names_a_place(text, here) or find_place_in(text, here).candidates:
        return ""
    found = [
        code
        for code, world in turn.world.everywhere.items()
        if code != here.code and names_a_place(text, world.territory)
    ]
    return found[0] if len(found) == 1 else ""


def _offered(turn: Turn, outcome: Outcome) -> Outcome:
    if turn.inbound.kind is not Kind.TEXT or len(turn.world.everywhere) < 2 or not outcome.replies:
        return outcome
    code = "" if _must_stay(turn) else _named(turn)
    if not code:
        return outcome
    *first, last = outcome.replies
    button = territory_button(turn, turn.world.everywhere[code])
    return replace(outcome, replies=(*first, replace(last, buttons=(*last.buttons, (button,)))))
