"""Did it work? Asked three days after a referral, only of somebody who said yes to being asked.

What goes out unasked names no subject: a phone may lie on a table. Each outcome leads to another door, a worker or
a correction; the reasons are counted, never whose they are.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.conversation.dialogues import services
from bot.conversation.effects import (
    AskWhetherItWorked,
    Count,
    Follow,
    ItHelped,
    PlanFollowUp,
    Spread,
    TellReminder,
)
from bot.conversation.turn import Outcome, Turn
from bot.conversation.vocabulary import mark
from bot.messages import Button, column

OFFERED = "follow-up"  # in `State.offered`: not asked twice
FOLLOW_UP, NO_FOLLOW_UP = "follow-up", "no-follow-up"
DUE = "did:"
REMIND = "remind:"
SPREAD = "spread:"

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "helped": mark("It helped"),
        "not-yet": mark("Not yet"),
        "refused": mark("They refused"),
        "gave-up": mark("I gave up"),
        "closed": mark("Closed, or a wrong address"),
    }
)
# Why somebody does not get what is theirs; the words that are counted, by theme.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "papers": mark("A paper was missing"),
        "not-entitled": mark("They said I have no right to it"),
        "waiting": mark("It takes too long"),
        "language": mark("They did not speak my language"),
        "complicated": mark("It is too complicated"),
        "cost": mark("It costs too much"),
        "badly-received": mark("I was not treated well"),
        "other": mark("Something else"),
    }
)


def offer(turn: Turn, outcome: Outcome) -> Outcome:
    """Ask once, after doors were shown, whether we may ask if it worked; plan it when that was said before."""
    shown = next((e.key for e in outcome.effects if isinstance(e, Count) and e.name == "places"), "")
    if not shown or not outcome.replies or turn.person.worker or NO_FOLLOW_UP in turn.person.topics:
        return outcome
    if FOLLOW_UP in turn.person.topics:
        return replace(outcome, effects=(*outcome.effects, PlanFollowUp(shown)))
    if OFFERED in turn.state.offered:
        return outcome
    say = turn.voice.say
    ask = turn.reply(
        say("May I ask you in three days whether it worked? You can say no."),
        (Button(say("Yes, ask me"), f"ask-me:{shown}"), Button(say("No"), "ask-me-not")),
    )
    offered = {**outcome.state.offered, OFFERED: turn.now.date().isoformat()}
    return replace(outcome, replies=(*outcome.replies, ask), state=replace(outcome.state, offered=offered))


def agree(turn: Turn, need: str) -> Outcome | None:
    """Note that we may ask, and plan it."""
    if need not in turn.world.needs:
        return None
    reply = turn.reply(turn.voice.say("Thank you. I ask you once, in three days. /stop ends it."))
    return Outcome((reply,), turn.state, (Follow(FOLLOW_UP, True), PlanFollowUp(need)))


def decline(turn: Turn) -> Outcome:
    """Note that we never ask."""
    reply = turn.reply(turn.voice.say("Fine, I do not ask."))
    return Outcome((reply,), turn.state, (Follow(NO_FOLLOW_UP, True),))


def due(turn: Turn) -> Outcome | None:
    """Do what one of this room's timers says; None for another room's."""
    text = turn.inbound.text
    if text.startswith(DUE):
        return Outcome((), turn.state, (AskWhetherItWorked(text.removeprefix(DUE)),))
    if text.startswith(REMIND):
        need, _, day = text.removeprefix(REMIND).partition(":")
        return Outcome((), turn.state, (TellReminder(need, day),))
    number = text.removeprefix(SPREAD)
    if text.startswith(SPREAD) and number.isdigit():
        return Outcome((), turn.state, (Spread(int(number)),))
    return None


def hear_outcome(turn: Turn, rest: str) -> Outcome | None:
    """Take one of the five outcomes, `outcome:need`, and open the next door."""
    outcome, _, need = rest.partition(":")
    if outcome not in OUTCOMES or need not in turn.world.needs:
        return None
    answered = _NEXT[outcome](turn, need)
    counted = (Count("did-it-work", outcome), *_by_theme(turn, outcome, need))
    return replace(answered, effects=(*counted, *answered.effects)) if answered else None


def hear_reason(turn: Turn, rest: str) -> Outcome | None:
    """Count why somebody did not get what is theirs, `reason:need`, and offer a person."""
    reason, _, need = rest.partition(":")
    if reason not in REASONS or need not in turn.world.needs:
        return None
    say = turn.voice.say
    text = say(
        "Thank you. It helps others too: only the reason is counted, not you. What do you want to do now?"
    )
    buttons = column([*_doors(turn, need), Button(say("All themes"), "menu")])
    return Outcome((turn.reply(text, *buttons),), turn.state, (Count("why-not", reason),))


def _helped(turn: Turn, need: str) -> Outcome:
    say = turn.voice.say
    text = say("I am glad. You can write to me again at any time.")
    buttons = column(
        [Button(say("Other rights to look at"), f"related:{need}"), Button(say("All themes"), "menu")]
    )
    return Outcome((turn.reply(text, *buttons),), turn.state, (ItHelped(),))


def _not_yet(turn: Turn, need: str) -> Outcome:
    say = turn.voice.say
    text = say(
        "It often takes time. You can look at the steps again, or go with somebody. I ask once more later."
    )
    return Outcome(
        (turn.reply(text, *column(_doors(turn, need))),), turn.state, (PlanFollowUp(need, again=True),)
    )


def _refused(turn: Turn, need: str) -> Outcome:
    return _ask_why(
        turn, need, turn.voice.say("I am sorry. A refusal is not always the last word. What did they say?")
    )


def _gave_up(turn: Turn, need: str) -> Outcome:
    text = turn.voice.say("It is understandable, and it is not your fault. What made it hard?")
    return _ask_why(turn, need, text)


def _closed(turn: Turn, need: str) -> Outcome:
    """Show the doors again and ask which one was wrong: that mends the directory for everybody."""
    shown = services.show_places(turn, need)
    which = services.ask_which_wrong(replace(turn, state=shown.state))
    kept = tuple(effect for effect in shown.effects if not isinstance(effect, Count))
    return replace(shown, replies=shown.replies + (which.replies if which else ()), effects=kept)


_NEXT = MappingProxyType(
    {
        "helped": _helped,
        "not-yet": _not_yet,
        "refused": _refused,
        "gave-up": _gave_up,
        "closed": _closed,
    }
)


def _ask_why(turn: Turn, need: str, text: str) -> Outcome:
    say = turn.voice.say
    buttons = [Button(say(words), f"why:{reason}:{need}") for reason, words in REASONS.items()]
    return Outcome((turn.reply(text, *column([*buttons, *_doors(turn, need)])),), turn.state)


def _doors(turn: Turn, need: str) -> list[Button]:
    say = turn.voice.say
    told = turn.world.knowledge.answer(need, turn.language)
    buttons = [Button(say("Read the answer again"), f"need:{need}")]
    if told and told.has("refused"):
        buttons.append(Button(say("If they refuse"), f"refused:{need}"))
    return [
        *buttons,
        Button(say("Other places"), f"places:{need}"),
        Button(say("Talk to someone"), f"talk:{need}"),
    ]


def _by_theme(turn: Turn, outcome: str, need: str) -> tuple[Count, ...]:
    theme = turn.world.needs.need(need).theme
    return (Count("turned-away", theme),) if outcome in ("refused", "gave-up") else ()
