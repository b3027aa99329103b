"""Talk to someone: the card is shown first; the person changes it, agrees, or leaves.

The offer exists only while a worker on duty can take it; otherwise the truth and other doors.
"""

from dataclasses import replace

from bot.conversation.dialogues import services
from bot.conversation.effects import AskForWorker, Count, RelayToWorker, SetPlace, WithdrawRequest
from bot.conversation.turn import Card, Duty, Outcome, State, Turn
from bot.conversation.vocabulary import place_name, tell_doors
from bot.handoff.scope import fits
from bot.messages import Button, column, escape

WORDS_ASKED = "card.words"
PLACE_ASKED = "card.place"
MOST_WORDS = 1000


def talk(turn: Turn, need: str = "") -> Outcome:
    """Offer a person: show the card when somebody on duty can take it, else say the truth."""
    if turn.person.request:
        return tell_state(turn)
    need = need if need in turn.world.needs else turn.state.need
    card = Card(need, turn.person.place, turn.language)
    asking = replace(turn, state=replace(turn.state, card=card, need=need, asked=""))
    return show_card(asking) if _somebody(asking) else nobody(asking)


def show_card(turn: Turn) -> Outcome:
    """Show exactly what a worker would get, and ask for a yes."""
    say, card = turn.voice.say, turn.state.card or Card()
    text = "\n".join(
        [
            say("Workers on duty see only this, and one of them can write to you here:"),
            "",
            *tell_card(turn, card),
            "",
            say("Your name and number stay hidden. You can withdraw at any time."),
        ]
    )
    buttons = column(
        [
            Button(say("Yes, send this"), "card:send"),
            Button(say("Add a few words"), "card:words"),
            Button(say("Change the commune"), "card:place"),
            *([Button(say("Do not say my question"), "card:no-need")] if card.need else []),
            Button(say("No, leave it"), "card:leave"),
        ]
    )
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, asked=""))


def tell_card(turn: Turn, card: Card) -> list[str]:
    """Write the lines of a card."""
    voice, world = turn.voice, turn.world
    unsaid = voice.say("not said")
    need = voice.label(world.needs.need(card.need).label) if card.need else unsaid
    place = place_name(card.place, voice, world.territory) if card.place else unsaid
    lines = [
        voice.say("Language: {language}", language=voice.language_name(card.language)),
        voice.say("Commune: {commune}", commune=place),
        voice.say("Question: {need}", need=need),
    ]
    words = f"“{voice.isolate(escape(card.words))}”" if card.words else unsaid
    return [*lines, voice.say("Your words:") + " " + words]


def change_card(turn: Turn, what: str) -> Outcome | None:
    """Do what a button of the card says."""
    card = turn.state.card
    if card is None or what not in ("send", "words", "place", "no-need", "leave"):
        return None
    say = turn.voice.say
    if what == "send":
        return _send(turn, card)
    if what == "words":
        text = say("Write in one message what the worker should know. I show it to you before I send it.")
        return Outcome((turn.reply(text),), replace(turn.state, asked=WORDS_ASKED))
    if what == "place":
        asked = services.ask_place(turn)
        return replace(asked, state=replace(asked.state, asked=PLACE_ASKED))
    if what == "no-need":
        return show_card(replace(turn, state=replace(turn.state, card=replace(card, need=""))))
    buttons = column([Button(say("All themes"), "menu")])
    return Outcome(
        (turn.reply(say("Fine, I send nothing."), *buttons),), replace(turn.state, card=None, asked="")
    )


def hear_words(turn: Turn) -> Outcome | None:
    """Put the person's words on the card and show it again."""
    card = turn.state.card
    if card is None or turn.heard is None:
        return None
    words = turn.inbound.text.strip()[:MOST_WORDS]
    return show_card(replace(turn, state=replace(turn.state, card=replace(card, words=words))))


def hear_card_place(turn: Turn) -> Outcome | None:
    """Put the commune on the card."""
    return services.hear_place(turn, set_card_place)


def set_card_place(turn: Turn, place: str) -> Outcome | None:
    """Put a commune on the card, remember it, and show the card again."""
    card = turn.state.card
    if card is None or place not in {known.id for known in turn.world.territory.places}:
        return None
    shown = show_card(replace(turn, state=replace(turn.state, card=replace(card, place=place))))
    return replace(shown, effects=(SetPlace(place),))


def leave_card_place(turn: Turn) -> Outcome | None:
    """Leave the commune off the card."""
    card = turn.state.card
    return (
        None
        if card is None
        else show_card(replace(turn, state=replace(turn.state, card=replace(card, place=""))))
    )


def is_for_the_worker(turn: Turn) -> bool:
    """Tell whether words are for the worker who accepted, though the bot had asked for the commune."""
    request = turn.person.request
    return bool(request and request.status == "accepted") and services.named_place(turn) is None


def nobody(turn: Turn) -> Outcome:
    """Say that nobody is on duty, and give other doors."""
    voice, territory = turn.voice, turn.world.territory
    text = "\n\n".join(
        [
            voice.say(
                "No worker is on duty now who could answer you. I do not want to promise what I cannot keep."
            ),
            voice.say("These people can help you by phone:"),
            *tell_doors(turn.state.need, voice, territory, turn.now),
        ]
    )
    need = turn.state.need
    buttons = [Button(voice.say("Places near me"), f"places:{need}")] if need else []
    buttons += [
        Button(voice.say("Try again"), f"talk:{need}" if need else "talk"),
        Button(voice.say("All themes"), "menu"),
    ]
    effects = (Count("nobody-on-duty", need),)
    return Outcome((turn.reply(text, *column(buttons)),), replace(turn.state, card=None, asked=""), effects)


def tell_state(turn: Turn) -> Outcome:
    """Say where the person's request stands."""
    say, request = turn.voice.say, turn.person.request
    if request is None:
        buttons = column([Button(say("Talk to someone"), "talk"), Button(say("All themes"), "menu")])
        return Outcome((turn.reply(say("You have no open request."), *buttons),), turn.state)
    if request.status == "accepted":
        text = say("{name} has your request. What you write here goes to {name}.", name=request.worker_name)
    else:
        text = " ".join(
            [
                say("Your request is with the workers on duty. Nobody has accepted it yet."),
                say("I write to you as soon as somebody accepts, or if nobody can."),
            ]
        )
    buttons = column([Button(say("Withdraw my request"), "withdraw"), Button(say("All themes"), "menu")])
    return Outcome((turn.reply(text, *buttons),), turn.state)


def withdraw(turn: Turn) -> Outcome:
    """Take the request back."""
    if turn.person.request is None:
        return tell_state(turn)
    text = turn.voice.say("Your request is withdrawn. A worker who saw it may still have it in their chat.")
    buttons = column([Button(turn.voice.say("All themes"), "menu")])
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, card=None), (WithdrawRequest(),))


def relay_words(turn: Turn) -> Outcome | None:
    """Pass the person's words to the worker who accepted."""
    request = turn.person.request
    if request is None or request.status != "accepted" or not turn.inbound.text.strip():
        return None
    text = turn.voice.say("Passed on to {name}.", name=request.worker_name)
    return Outcome((turn.reply(text),), turn.state, (RelayToWorker(turn.inbound.text),))


def _send(turn: Turn, card: Card) -> Outcome:
    if turn.person.request:
        return tell_state(turn)
    if not _somebody(turn):
        return nobody(turn)
    say = turn.voice.say
    text = " ".join(
        [
            say("Sent. The workers on duty see your request now."),
            say("I write to you as soon as somebody accepts, or if nobody can."),
        ]
    )
    buttons = column(
        [
            Button(say("Where does my request stand?"), "state"),
            Button(say("Withdraw my request"), "withdraw"),
            Button(say("All themes"), "menu"),
        ]
    )
    state = State(need=turn.state.need)
    return Outcome((turn.reply(text, *buttons),), state, (AskForWorker(card),))


def _somebody(turn: Turn) -> bool:
    return any(_can_take(turn, duty) for duty in turn.on_duty)


def _can_take(turn: Turn, duty: Duty) -> bool:
    card = turn.state.card or Card()
    theme = turn.world.needs.need(card.need).theme if card.need else ""
    return fits(
        duty.languages, duty.communes, duty.themes, language=card.language, place=card.place, theme=theme
    )
