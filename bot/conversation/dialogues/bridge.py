"""The bridge between two languages without a translation service: a worker chooses, the person reads it in theirs."""

from dataclasses import replace

from bot.conversation.dialogues.desk import own_thread, thread_label
from bot.conversation.effects import RelayToPerson
from bot.conversation.ready import SECTIONS, Ready, fitting_services, id_of, say_ready
from bot.conversation.turn import Outcome, State, ThreadView, Turn
from bot.messages import Button, Kind, column
from bot.phrasebook import phrasebook

SERVICE_ASKED = "work.service"
LONGEST_LABEL = 60


def show_phrases(turn: Turn, choice: str) -> Outcome | None:
    """Show groups of ready sentences, or those of a group."""
    request, _, group = choice.partition(":")
    thread = own_thread(turn, request)
    if thread is None:
        return None
    book, voice = phrasebook(), turn.voice
    if group in book.groups:
        buttons = [
            Button(book.say(one, turn.world.words, voice.language.code), f"phrase:{request}:{one.id}")
            for one in book.of_group(group)
        ]
        buttons.append(Button(voice.say("Back"), f"phrases:{request}"))
    else:
        groups = [
            Button(book.say(one, turn.world.words, voice.language.code), f"phrases:{request}:{one.id}")
            for one in book.groups.values()
        ]
        one_place = Button(voice.say("One place that I choose"), f"service:{request}")
        back = Button(voice.say("Back"), f"thread:{request}")
        buttons = [*_section_buttons(turn, thread), one_place, *groups, back]
    return Outcome((turn.reply(_where_it_goes(turn, thread), *column(buttons)),), _chosen(turn))


def ask_service(turn: Turn, request: str) -> Outcome | None:
    """Show the services that fit a request best, to choose one or to name another."""
    thread = own_thread(turn, request)
    if thread is None:
        return None
    state = replace(turn.state, asked=SERVICE_ASKED, draft={"request": request})
    return _offer_services(turn, thread, "", state)


def hear_service(turn: Turn) -> Outcome | None:
    """Look for the service that the worker names."""
    thread = own_thread(turn, turn.state.draft.get("request", ""))
    if turn.inbound.kind is not Kind.TEXT or thread is None:
        return None
    return _offer_services(turn, thread, turn.inbound.text, turn.state)


def send_phrase(turn: Turn, choice: str) -> Outcome | None:
    """Send what was chosen in the person's language; show the worker what it says."""
    request, _, chosen = choice.partition(":")
    thread = own_thread(turn, request)
    theirs = _say(turn, thread, chosen, thread.language) if thread else None
    if thread is None or theirs is None:
        return None
    voice, ours = turn.voice, _say(turn, thread, chosen, turn.language)
    text = voice.say(
        "Sent in {language}: {words}",
        language=voice.language_name(theirs.language),
        words=(ours or theirs).words,
    )
    buttons = (Button(voice.say("Ready sentences"), f"phrases:{request}"),)
    effect = RelayToPerson(request, theirs.words, kind="phrase", ready=chosen)
    return Outcome((turn.reply(text, buttons),), _chosen(turn), (effect,))


def _offer_services(turn: Turn, thread: ThreadView, words: str, state: State) -> Outcome:
    found, voice = fitting_services(thread, words, turn.world, turn.now), turn.voice
    buttons = [
        Button(service.name_in(turn.language)[:LONGEST_LABEL], f"phrase:{thread.id}:{id_of(service)}")
        for service in found
    ]
    buttons.append(Button(voice.say("Back"), f"phrases:{thread.id}"))
    line = (
        voice.say("Press one, or write words of another one's name.")
        if found
        else voice.say("I know no place of that name. Write other words of its name.")
    )
    text = "\n".join([_where_it_goes(turn, thread), line])
    return Outcome((turn.reply(text, *column(buttons)),), state)


def _chosen(turn: Turn) -> State:
    """Wait for the name of a service no longer."""
    return replace(turn.state, asked="", draft={}) if turn.state.asked == SERVICE_ASKED else turn.state


def _where_it_goes(turn: Turn, thread: ThreadView) -> str:
    return turn.voice.say(
        "What you choose goes to {request} in {language}.",
        request=thread_label(turn, thread),
        language=turn.voice.language_name(thread.language),
    )


def _section_buttons(turn: Turn, thread: ThreadView) -> list[Button]:
    return [
        Button(turn.voice.say(label), f"phrase:{thread.id}:{id_}")
        for id_, label in SECTIONS.items()
        if _say(turn, thread, id_, turn.language)
    ]


def _say(turn: Turn, thread: ThreadView, id_: str, language: str) -> Ready | None:
    return say_ready(id_, thread, language, turn.world, turn.now)
