"""Places: the commune is asked once, then at most three service cards at a time."""

from collections.abc import Callable
from dataclasses import replace

from bot.conversation.cards import tell_service
from bot.conversation.dialogues.welcome import territory_button
from bot.conversation.effects import Count, ReportWrong, SetPlace
from bot.conversation.memory import asked_for
from bot.conversation.turn import Outcome, State, Turn
from bot.conversation.vocabulary import place_name, tell_line
from bot.messages import Button, Kind, Rows, column
from bot.understanding.meaning import Decision
from directory import places
from directory.search import Found, find_services

AT_ONCE = 3
ASKED = "place"
LONG_NAME = 4  # words; more is not the name of a commune
OTHER_THINGS = (Decision.ANSWER, Decision.HUMAN, Decision.SMALLTALK)


def show_places(turn: Turn, need: str) -> Outcome:
    """Show doors near the person; ask for the commune first when it is not known."""
    state = replace(turn.state, need=need, offset=0)
    if not turn.person.place:
        return ask_place(replace(turn, state=state))
    return _cards(turn, state)


def only_a_time(turn: Turn) -> Outcome | None:
    """Look again, for the time that the person names after they have asked for doors."""
    heard = turn.heard
    if heard is None or heard.when is None or heard.decision is not Decision.UNKNOWN or not turn.state.need:
        return None
    return show_places(turn, turn.state.need)


def ask_place(turn: Turn) -> Outcome:
    """Ask in which commune the person is."""
    voice, territory = turn.voice, turn.world.territory
    text = voice.say("In which commune are you? Write its name or the postal code, or share where you are.")
    communes = sorted((place_name(place.id, voice, territory), place.id) for place in territory.places)
    buttons = [Button(name, f"place:{place}") for name, place in communes]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    share = Button(voice.say("Share where I am"), "share-location")
    skip = Button(voice.say("Everywhere"), "everywhere")
    elsewhere = tuple((territory_button(turn, world),) for world in turn.world.elsewhere)
    reply = turn.reply(text, *rows, *elsewhere, (skip,), (share,), ask_location=True)
    return Outcome((reply,), replace(turn.state, asked=ASKED))


def hear_place(turn: Turn, then: Callable[[Turn, str], Outcome | None] | None = None) -> Outcome | None:
    """Read the commune that was typed or shared and go on with `then`.

    None when the words are about something else.
    """
    go_on = then or set_place
    if turn.inbound.kind is Kind.LOCATION and turn.inbound.position:
        place = places.nearest(*turn.inbound.position, turn.world.territory)
        return go_on(turn, place) if place else _far_away(turn)
    found = places.find_place(turn.inbound.text, turn.world.territory)
    if found.place:
        return go_on(turn, found.place)
    if found.candidates:
        return _which(turn, found.candidates)
    if turn.heard and turn.heard.place:
        return go_on(turn, turn.heard.place)
    if turn.heard and (turn.heard.decision in OTHER_THINGS or len(turn.inbound.text.split()) > LONG_NAME):
        return None
    return _unknown_place(turn)


def named_place(turn: Turn) -> str | None:
    """Give the commune that a short message is about, though nobody asked for it."""
    if turn.heard and turn.heard.place:
        return turn.heard.place
    short = len(turn.inbound.text.split()) <= LONG_NAME
    return places.find_place(turn.inbound.text, turn.world.territory).place if short else None


def note_place(turn: Turn, outcome: Outcome) -> Outcome:
    """Remember the commune that a question named, so that nobody is asked again for what they said."""
    place = turn.heard.place if turn.heard else None
    if not place or turn.person.place or any(isinstance(effect, SetPlace) for effect in outcome.effects):
        return outcome
    return replace(outcome, effects=(SetPlace(place), *outcome.effects))


def set_place(turn: Turn, place: str) -> Outcome | None:
    """Remember the commune and go on where it was asked for."""
    territory = turn.world.territory
    if place not in {known.id for known in territory.places}:
        return None
    moved = replace(turn, person=replace(turn.person, place=place))
    if turn.state.need:
        shown = _cards(moved, replace(turn.state, asked="", offset=0))
        return replace(shown, effects=(SetPlace(place), *shown.effects))
    text = turn.voice.say("Noted: {commune}.", commune=place_name(place, turn.voice, territory))
    reply = turn.reply(text, *column([_menu(turn)]))
    return Outcome((reply,), replace(turn.state, asked=""), (SetPlace(place),))


def show_everywhere(turn: Turn) -> Outcome:
    """Show doors without asking where the person is."""
    return _cards(turn, replace(turn.state, asked="", offset=0))


def show_more(turn: Turn) -> Outcome | None:
    """Show the next cards."""
    return _cards(turn, replace(turn.state, offset=turn.state.offset + AT_ONCE)) if turn.state.need else None


def ask_which_wrong(turn: Turn) -> Outcome | None:
    """Ask which of the shown cards is wrong."""
    services = [turn.world.directory.service(service) for service in turn.state.shown]
    buttons = [
        Button(f"{number}. {service.name_in(turn.language)}"[:60], f"wrong:{number - turn.state.offset}")
        for number, service in enumerate(services, turn.state.offset + 1)
        if service
    ]
    if not buttons:
        return None
    return Outcome((turn.reply(turn.voice.say("Which one is wrong?"), *column(buttons)),), turn.state)


def report_wrong(turn: Turn, number: str) -> Outcome | None:
    """Note that an entry is wrong, thank the person and offer the others."""
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(turn.state.shown):
        return None
    service = turn.state.shown[int(number) - 1]
    text = turn.voice.say("Thank you. Somebody will check this entry. Here are other doors:")
    buttons = column([Button(turn.voice.say("More places"), "more"), _talk(turn)])
    return Outcome((turn.reply(text, *buttons),), turn.state, (ReportWrong(service),))


def _cards(turn: Turn, state: State) -> Outcome:
    place, moment = turn.person.place or None, asked_for(turn)
    found = find_services(
        turn.world.directory, state.need, place, moment, turn.language, AT_ONCE, state.offset
    )
    if not found.services:
        return _nothing(turn, state)
    shown = tuple(match.service.id for match in found.services)
    reply = turn.reply(_text(turn, state, found), *_buttons(turn, state, found))
    return Outcome((reply,), replace(state, shown=shown, asked=""), (Count("places", state.need),))


def _text(turn: Turn, state: State, found: Found) -> str:
    voice, territory = turn.voice, turn.world.territory
    need = voice.label(turn.world.needs.need(state.need).label)
    head = f"<b>{need}</b>"
    if turn.person.place:
        head += " · " + place_name(turn.person.place, voice, territory)
    parts = [head]
    if found.widened:
        parts.append(
            voice.say("I know no door for your commune. These are for other communes; call and ask.")
        )
    parts += [
        tell_service(match, number, voice, territory, turn.now, asked_for(turn))
        for number, match in enumerate(found.services, state.offset + 1)
    ]
    return "\n\n".join(parts)


def _buttons(turn: Turn, state: State, found: Found) -> Rows:
    voice = turn.voice
    buttons = []
    if state.offset + len(found.services) < found.total:
        buttons.append(Button(voice.say("More places"), "more"))
    buttons += [
        Button(voice.say("Another commune"), "other-place"),
        Button(voice.say("Something here is wrong"), "wrong"),
        Button(voice.say("Back to the answer"), f"need:{state.need}"),
        Button(voice.say("Talk to someone"), f"talk:{state.need}"),
    ]
    return column(buttons)


def _nothing(turn: Turn, state: State) -> Outcome:
    voice, territory = turn.voice, turn.world.territory
    said = (
        voice.say("I know no more doors for this.")
        if state.offset
        else voice.say("I know no door for this yet.")
    )
    line = tell_line(territory.line(territory.helpline), voice, territory, turn.now)
    text = "\n\n".join([said, voice.say("These people can tell you more:"), line])
    buttons = column([Button(voice.say("Another commune"), "other-place"), _talk(turn), _menu(turn)])
    return Outcome((turn.reply(text, *buttons),), replace(state, asked=""), (Count("no-places", state.need),))


def _which(turn: Turn, candidates: tuple[str, ...]) -> Outcome:
    voice, territory = turn.voice, turn.world.territory
    buttons = column(Button(place_name(place, voice, territory), f"place:{place}") for place in candidates)
    return Outcome((turn.reply(voice.say("Which one do you mean?"), *buttons),), turn.state)


def _unknown_place(turn: Turn) -> Outcome:
    text = turn.voice.say("I do not know this commune. Write it another way, or the postal code.")
    buttons = column([Button(turn.voice.say("Everywhere"), "everywhere"), _menu(turn)])
    return Outcome((turn.reply(text, *buttons),), turn.state)


def _far_away(turn: Turn) -> Outcome:
    here = turn.voice.label(turn.world.territory.name)
    text = turn.voice.say("This is outside {territory}. I only know the doors there.", territory=here)
    buttons = column([Button(turn.voice.say("Everywhere"), "everywhere"), _menu(turn)])
    return Outcome((turn.reply(text, *buttons),), turn.state)


def _menu(turn: Turn) -> Button:
    return Button(turn.voice.say("All themes"), "menu")


def _talk(turn: Turn) -> Button:
    need = turn.state.need
    return Button(turn.voice.say("Talk to someone"), f"talk:{need}" if need else "talk")
