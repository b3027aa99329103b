"""Where a team can be met: near me this week, a place and its sheet, being told when something changes.

What is planned lies in the database: the effects tell it.
"""

from dataclasses import replace

from bot.conversation.dialogues import services, welcome
from bot.conversation.effects import (
    ArriveAtPlace,
    Follow,
    GreetEncounter,
    SetPlace,
    ShowMeetingPlace,
    ShowMeetings,
)
from bot.conversation.turn import Outcome, Turn
from bot.conversation.vocabulary import place_name
from bot.messages import Button

COMMUNE_ASKED = "meet.commune"
PLACE_LINK = "m-"  # how the link of a meeting place begins
CODE_LINK = "e-"  # how a code from a worker's hand begins


def arrive(turn: Turn, payload: str) -> Outcome:
    """Greet, and open the talk at the place or the encounter that a link names; an old one does no harm."""
    greeted = welcome.greet(turn) if turn.person.is_new else welcome.show_hello(turn)
    if payload.startswith(CODE_LINK):
        return replace(greeted, effects=(GreetEncounter(payload.removeprefix(CODE_LINK)),))
    return replace(greeted, effects=(ArriveAtPlace(payload.removeprefix(PLACE_LINK)),))


def show_meetings(turn: Turn, commune: str = "") -> Outcome | None:
    """Show where somebody can be met this week near the person; ask for the commune when it is not known."""
    territory = turn.world.territory
    if commune == "other" or not (commune or turn.person.place):
        return _ask_commune(turn)
    here = commune or turn.person.place
    if here not in {known.id for known in territory.places}:
        return None
    state = replace(turn.state, asked="")
    learnt = (SetPlace(here),) if commune and not turn.person.place else ()
    return Outcome((), state, (*learnt, ShowMeetings(here)))


def hear_commune(turn: Turn) -> Outcome | None:
    """Read the commune that was typed or shared."""
    return services.hear_place(turn, show_meetings)


def show_place(turn: Turn, place: str) -> Outcome:
    """Show a meeting place with its sheet and its next times."""
    return Outcome((), turn.state, (ShowMeetingPlace(place),))


def follow(turn: Turn, place: str) -> Outcome:
    """Tell the person from now on when something changes at a place."""
    return Outcome((), turn.state, (Follow(f"place:{place}", True),))


def leave(turn: Turn, topic: str) -> Outcome:
    """Tell the person no more about something."""
    return Outcome((), turn.state, (Follow(topic, False),))


def _ask_commune(turn: Turn) -> Outcome:
    voice, territory = turn.voice, turn.world.territory
    text = voice.say("In which commune do you want to meet someone? Write its name, or choose:")
    communes = sorted((place_name(place.id, voice, territory), place.id) for place in territory.places)
    buttons = [Button(name, f"meet:{place}") for name, place in communes]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    share = (Button(voice.say("Share where I am"), "share-location"),)
    reply = turn.reply(text, *rows, share, ask_location=True)
    return Outcome((reply,), replace(turn.state, asked=COMMUNE_ASKED))
