"""What a worker does in a request beside writing: pass it on, note, propose a meeting, send ready sentences.

Ready sentences, answers and places go in the person's language, without a translation service.
"""

from dataclasses import replace

from bot.conversation.dialogues import need, services
from bot.conversation.dialogues.desk import own_thread, thread_label
from bot.conversation.effects import AddNote, PassOn, ProposeMeeting, RelayToPerson
from bot.conversation.turn import Outcome, PersonView, State, ThreadView, Turn
from bot.handoff.slots import read_slots
from bot.messages import Button, Kind, column, plain
from bot.phrasebook import phrasebook

NOTE_ASKED = "work.note"
SLOTS_ASKED = "work.slots"
MOST_SLOTS = 3
MOST_TEAMS = 8
OWN_TEAM = "0"
READY = ("answer", "papers", "places")


def ask_where_to(turn: Turn, request: str) -> Outcome | None:
    """Ask whether colleagues or another team should have a request."""
    worker = turn.person.worker
    if worker is None:
        return None
    say = turn.voice.say
    buttons = [Button(say("Somebody else of my team"), f"pass-to:{request}:{OWN_TEAM}")]
    buttons += [Button(name, f"pass-to:{request}:{id_}") for id_, name in worker.other_teams[:MOST_TEAMS]]
    text = say("Who should have it? Another team sees it only if the person says yes.")
    return Outcome((turn.reply(text, *column(buttons)),), turn.state)


def pass_on(turn: Turn, choice: str) -> Outcome | None:
    """Pass a request on."""
    request, _, team = choice.partition(":")
    if turn.person.worker is None or team not in {
        OWN_TEAM,
        *(str(id_) for id_, _ in turn.person.worker.other_teams),
    }:
        return None
    state = replace(turn.state, thread="") if turn.state.thread == request else turn.state
    return Outcome((), state, (PassOn(request, int(team)),))


def ask_note(turn: Turn, request: str) -> Outcome | None:
    """Ask for the words of a note."""
    if own_thread(turn, request) is None:
        return None
    text = turn.voice.say(
        "Write the note. The team sees it, the person does not. No diagnosis, no papers status."
    )
    return Outcome((turn.reply(text),), replace(turn.state, asked=NOTE_ASKED, draft={"request": request}))


def hear_note(turn: Turn) -> Outcome | None:
    """Keep the note."""
    request = turn.state.draft.get("request", "")
    if turn.inbound.kind is not Kind.TEXT or own_thread(turn, request) is None:
        return None
    state = replace(turn.state, asked="", draft={})
    return Outcome(
        (turn.reply(turn.voice.say("Noted for the team.")),),
        state,
        (AddNote(request, turn.inbound.text.strip()),),
    )


def ask_slots(turn: Turn, request: str) -> Outcome | None:
    """Ask for the moments of a meeting and its place."""
    if own_thread(turn, request) is None:
        return None
    text = turn.voice.say(
        "Write up to three moments, one on each line, for example 25/11 14:00. On the last line write where."
    )
    return Outcome((turn.reply(text),), replace(turn.state, asked=SLOTS_ASKED, draft={"request": request}))


def hear_slots(turn: Turn) -> Outcome | None:
    """Propose the moments to the person."""
    request = turn.state.draft.get("request", "")
    if turn.inbound.kind is not Kind.TEXT or own_thread(turn, request) is None:
        return None
    zone, voice = turn.world.territory.zone, turn.voice
    moments, where = read_slots(turn.inbound.text, turn.now, zone)
    if not moments:
        text = voice.say("I find no moment that lies ahead. Write it like this: 25/11 14:00")
        return Outcome((turn.reply(text),), turn.state)
    chosen = moments[:MOST_SLOTS]
    said = voice.listing(voice.weekday(moment) for moment in chosen)
    lines = [voice.say("Proposed: {moments}", moments=said)]
    if where:
        lines.append(voice.say("Where: {place}", place=where))
    effect = ProposeMeeting(request, tuple(moment.isoformat() for moment in chosen), where)
    return Outcome((turn.reply("\n".join(lines)),), replace(turn.state, asked="", draft={}), (effect,))


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
        ready = _ready_buttons(turn, thread)
        groups = [
            Button(book.say(one, turn.world.words, voice.language.code), f"phrases:{request}:{one.id}")
            for one in book.groups.values()
        ]
        buttons = [*ready, *groups, Button(voice.say("Back"), f"thread:{request}")]
    text = voice.say(
        "What you choose goes to {request} in {language}.",
        request=thread_label(turn, thread),
        language=voice.language_name(thread.language),
    )
    return Outcome((turn.reply(text, *column(buttons)),), turn.state)


def send_phrase(turn: Turn, choice: str) -> Outcome | None:
    """Send a ready sentence, an answer, papers or places in the person's language; show the worker what it says."""
    request, _, what = choice.partition(":")
    thread = own_thread(turn, request)
    if thread is None:
        return None
    book, voice, words = phrasebook(), turn.voice, turn.world.words
    language = thread.language
    if what in READY:
        theirs, ours = _ready(turn, thread, what, thread.language), _ready(turn, thread, what, turn.language)
    elif what in book.phrases:
        phrase = book.phrases[what]
        language = book.spoken(phrase, words, thread.language)
        theirs, ours = book.say(phrase, words, thread.language), book.say(phrase, words, voice.language.code)
    else:
        return None
    if not theirs:
        return None
    text = voice.say(
        "Sent in {language}: {words}", language=voice.language_name(language), words=ours or theirs
    )
    buttons = (Button(voice.say("Ready sentences"), f"phrases:{request}"),)
    return Outcome((turn.reply(text, buttons),), turn.state, (RelayToPerson(request, theirs, kind="phrase"),))


def _ready_buttons(turn: Turn, thread: ThreadView) -> list[Button]:
    if thread.need not in turn.world.needs:
        return []
    say = turn.voice.say
    labels = {
        "answer": say("The answer to the question"),
        "papers": say("Papers for this question"),
        "places": say("Places near them"),
    }
    return [
        Button(label, f"phrase:{thread.id}:{what}")
        for what, label in labels.items()
        if _ready(turn, thread, what, turn.language)
    ]


def _ready(turn: Turn, thread: ThreadView, what: str, language: str) -> str:
    """Give what the bot itself would answer in a language; nothing where it has no answer."""
    if thread.need not in turn.world.needs:
        return ""
    theirs = replace(
        turn, person=PersonView(language=language, place=thread.place), state=State(need=thread.need)
    )
    if what != "places" and turn.world.knowledge.answer(thread.need, language) is None:
        return ""
    if what == "places":
        outcome: Outcome | None = services.show_places(theirs, thread.need)
    elif what == "papers":
        outcome = need.show_section(theirs, "papers", thread.need)
    else:
        outcome = need.answer_need(theirs, thread.need)
    return "\n\n".join(plain(reply.text) for reply in outcome.replies) if outcome else ""
