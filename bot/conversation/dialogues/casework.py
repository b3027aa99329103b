"""What a worker does in a request beside writing: pass it on, note, propose a meeting."""

from dataclasses import replace

from bot.conversation.dialogues.desk import own_thread
from bot.conversation.effects import AddNote, PassOn, ProposeMeeting
from bot.conversation.turn import Outcome, Turn
from bot.handoff.slots import read_slots
from bot.messages import Button, Kind, column

NOTE_ASKED = "work.note"
SLOTS_ASKED = "work.slots"
MOST_SLOTS = 3
MOST_TEAMS = 8
OWN_TEAM = "0"


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
