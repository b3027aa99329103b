"""Talk to someone: the card is shown first; the person changes it, agrees, or leaves.

The offer exists only while a team can promise an answer; otherwise the truth and other doors.
"""

from dataclasses import replace

from bot.conversation.dialogues import services
from bot.conversation.dialogues.request import tell_state
from bot.conversation.effects import AskForWorker, Count, SetPlace
from bot.conversation.request_card import REACH_HOW, REACH_WHEN, WISHES, is_urgent, tell_card, wanted
from bot.conversation.turn import Card, Outcome, State, Turn
from bot.conversation.vocabulary import tell_doors
from bot.handoff.promise import Promise, best_promise, promise
from bot.messages import Button, column

WORDS_ASKED = "card.words"
PLACE_ASKED = "card.place"
MOST_WORDS = 1000


def talk(turn: Turn, need: str = "") -> Outcome:
    """Offer a person: show the card when a team can promise an answer, else say the truth."""
    if turn.person.request:
        return tell_state(turn)
    need = need if need in turn.world.needs else turn.state.need
    card = Card(need, turn.person.place, turn.language, urgent=is_urgent(need, turn.world))
    return show_card(replace(turn, state=replace(turn.state, card=card, need=need, asked="")))


def show_card(turn: Turn) -> Outcome:
    """Show exactly what a worker would get, who would get it and when they answer, and ask for a yes."""
    voice, card = turn.voice, turn.state.card or Card()
    made = _promise(turn, card)
    if made is None:
        return nobody(turn)
    card = replace(card, team=made.team)
    text = "\n".join(
        [
            *_tell_promise(turn, made),
            "",
            *tell_card(card, voice, turn.world, voice.say("Your words:")),
            "",
            *[
                voice.say(
                    "{team} cannot promise this wish now: {wish}",
                    team=made.name,
                    wish=voice.say(WISHES[wish]),
                )
                for wish in made.unmet
            ],
            voice.say("Your name and number stay hidden. You can withdraw at any time."),
        ]
    )
    buttons = [
        Button(voice.say("Yes, send this"), "card:send"),
        Button(voice.say("Add a few words"), "card:words"),
        Button(voice.say("Change the commune"), "card:place"),
        Button(voice.say("Wishes, discretion"), "card:more"),
    ]
    buttons += [Button(voice.say("Do not say my question"), "card:no-need")] if card.need else []
    buttons.append(Button(voice.say("No, leave it"), "card:leave"))
    return Outcome((turn.reply(text, *column(buttons)),), replace(turn.state, card=card, asked=""))


def show_wishes(turn: Turn) -> Outcome:
    """Let the person say how they wish to be reached, by whom, and how careful we must be."""
    say, card = turn.voice.say, turn.state.card or Card()
    chosen = {card.how, card.when, *card.wishes, *(["discreet"] * card.discreet), *(["behalf"] * card.behalf)}
    options = [
        *((key, say(words)) for table in (REACH_HOW, REACH_WHEN, WISHES) for key, words in table.items()),
        ("discreet", say("Somebody may look at my phone")),
        ("behalf", say("I ask for somebody else")),
    ]
    buttons = [Button(("✓ " if key in chosen else "") + words, f"card:wish-{key}") for key, words in options]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    lines = [say("How may we reach you, and what matters to you? You can leave all of it.")]
    if card.behalf:
        lines.append(say("Ask this person first whether they agree."))
    if card.discreet:
        lines.append(say("Messages to you will say nothing on the screen. Press “Show” to read them."))
    reply = turn.reply("\n".join(lines), *rows, (Button(say("Done"), "card:back"),))
    return Outcome((reply,), replace(turn.state, card=card, asked=""))


def change_card(turn: Turn, what: str) -> Outcome | None:
    """Do what a button of the card says."""
    card = turn.state.card
    if card is None:
        return None
    say = turn.voice.say
    if what.startswith("wish-"):
        changed = _with_wish(card, what.removeprefix("wish-"))
        return show_wishes(_carrying(turn, changed)) if changed else None
    if what == "send":
        return _send(turn, card)
    if what == "more":
        return show_wishes(turn)
    if what == "back":
        return show_card(turn)
    if what == "words":
        text = say("Write in one message what the worker should know. I show it to you before I send it.")
        return Outcome((turn.reply(text),), replace(turn.state, asked=WORDS_ASKED))
    if what == "place":
        asked = services.ask_place(turn)
        return replace(asked, state=replace(asked.state, asked=PLACE_ASKED))
    if what == "no-need":  # how urgent it is stays
        return show_card(_carrying(turn, replace(card, need="")))
    if what == "leave":
        reply = turn.reply(say("Fine, I send nothing."), *column([Button(say("All themes"), "menu")]))
        return Outcome((reply,), replace(turn.state, card=None, asked=""))
    return None


def hear_words(turn: Turn) -> Outcome | None:
    """Put the person's words on the card and show it again."""
    card = turn.state.card
    if card is None or turn.heard is None:
        return None
    words = turn.inbound.text.strip()[:MOST_WORDS]
    urgent = card.urgent or turn.heard.danger is not None
    return show_card(_carrying(turn, replace(card, words=words, urgent=urgent)))


def hear_card_place(turn: Turn) -> Outcome | None:
    """Put the commune on the card."""
    return services.hear_place(turn, set_card_place)


def set_card_place(turn: Turn, place: str) -> Outcome | None:
    """Put a commune on the card, remember it, and show the card again."""
    card = turn.state.card
    if card is None or place not in {known.id for known in turn.world.territory.places}:
        return None
    shown = show_card(_carrying(turn, replace(card, place=place)))
    return replace(shown, effects=(SetPlace(place), *shown.effects))


def leave_card_place(turn: Turn) -> Outcome | None:
    """Leave the commune off the card."""
    card = turn.state.card
    return None if card is None else show_card(_carrying(turn, replace(card, place="")))


def is_for_the_worker(turn: Turn) -> bool:
    """Tell whether words are for the worker who accepted, though the bot had asked for the commune."""
    request = turn.person.request
    return bool(request and request.has_worker) and services.named_place(turn) is None


def nobody(turn: Turn) -> Outcome:
    """Say that nobody can promise an answer, and give other doors."""
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


def _send(turn: Turn, card: Card) -> Outcome:
    if turn.person.request:
        return tell_state(turn)
    made = _promise_of(turn, card)
    if made is None:  # that team cannot any more: another one needs a new yes
        return show_card(turn)
    voice = turn.voice
    lines = [
        voice.say("Sent. Only {team} sees your request.", team=made.name),
        _before(turn, made),
        voice.say("I write to you as soon as somebody accepts, or if nobody can."),
    ]
    buttons = column(
        [
            Button(voice.say("Where does my request stand?"), "state"),
            Button(voice.say("Withdraw my request"), "withdraw"),
            Button(voice.say("All themes"), "menu"),
        ]
    )
    state = State(need=turn.state.need)
    return Outcome((turn.reply("\n".join(lines), *buttons),), state, (AskForWorker(card),))


def _tell_promise(turn: Turn, made: Promise) -> list[str]:
    say = turn.voice.say
    lines = [say("Only {team} sees this:", team=made.name) + " " + _before(turn, made)]
    if made.begins > turn.now:
        begins = turn.voice.weekday(made.begins.astimezone(turn.world.territory.zone))
        lines.append(say("Nobody is there right now; the team begins {moment}.", moment=begins))
    if made.trial:
        lines.append(say("This team is only for trying out: real people must not rely on it."))
    return lines


def _before(turn: Turn, made: Promise) -> str:
    until = turn.voice.weekday(made.until.astimezone(turn.world.territory.zone))
    return turn.voice.say("Somebody writes to you here before {moment}.", moment=until)


def _promise(turn: Turn, card: Card) -> Promise | None:
    return best_promise(turn.teams, wanted(card, turn.world), turn.now, turn.world.territory)


def _promise_of(turn: Turn, card: Card) -> Promise | None:
    crew = next((crew for crew in turn.teams if crew.id == card.team), None)
    return promise(crew, wanted(card, turn.world), turn.now, turn.world.territory) if crew else None


def _with_wish(card: Card, key: str) -> Card | None:
    if key in REACH_HOW:
        return replace(card, how="" if card.how == key else key)
    if key in REACH_WHEN:
        return replace(card, when="" if card.when == key else key)
    if key in WISHES:
        kept = tuple(wish for wish in card.wishes if wish != key)
        return replace(card, wishes=kept if key in card.wishes else (*kept, key))
    if key == "discreet":
        return replace(card, discreet=not card.discreet)
    return replace(card, behalf=not card.behalf) if key == "behalf" else None


def _carrying(turn: Turn, card: Card) -> Turn:
    return replace(turn, state=replace(turn.state, card=card))
