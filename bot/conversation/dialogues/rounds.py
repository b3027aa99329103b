"""The worker's side of going towards people: today's rounds, what became of them, who was met, a code to hand out.

Everything is pressed, nothing is written: no field here can hold who somebody is.
"""

from bot.conversation.effects import (
    ChangeStop,
    FixMeeting,
    GiveCode,
    JoinRound,
    NoteMeeting,
    ShowDigest,
    ShowRounds,
    ShowStop,
)
from bot.conversation.turn import Outcome, Turn


def show_rounds(turn: Turn) -> Outcome | None:
    """Show a worker the rounds of the next days."""
    return Outcome((), turn.state, (ShowRounds(),)) if turn.person.worker else None


def show_stop(turn: Turn, which: str) -> Outcome | None:
    """Show one time of a stop, and what can be noted about it."""
    stop, moment = _read(which)
    return Outcome((), turn.state, (ShowStop(stop, moment),)) if turn.person.worker and stop else None


def change_stop(turn: Turn, rest: str) -> Outcome | None:
    """Note what became of one time of a stop: `which:what`."""
    which, _, what = rest.partition(":")
    stop, moment = _read(which)
    if turn.person.worker is None or not stop or not what:
        return None
    return Outcome((), turn.state, (ChangeStop(stop, moment, what),))


def join_round(turn: Turn, rest: str) -> Outcome | None:
    """Let people know that this worker comes on a round, or not any more: `yes:round`."""
    choice, _, round_ = rest.partition(":")
    if turn.person.worker is None or choice not in ("yes", "no") or not round_:
        return None
    return Outcome((), turn.state, (JoinRound(round_, choice == "yes"),))


def give_code(turn: Turn, place: str) -> Outcome | None:
    """Give a worker a code for somebody they have met."""
    return Outcome((), turn.state, (GiveCode(place),)) if turn.person.worker else None


def note_meeting(turn: Turn, rest: str = "") -> Outcome | None:
    """Note a meeting without a request: `place:theme:number`, as far as it is chosen."""
    place, theme, people = (*rest.split(":"), "", "", "")[:3]
    number = int(people) if people.isascii() and people.isdigit() and len(people) < 4 else 0
    return Outcome((), turn.state, (NoteMeeting(place, theme, number),)) if turn.person.worker else None


def fix_meeting(turn: Turn, rest: str) -> Outcome | None:
    """Correct what was just noted: `note:what`."""
    note, _, what = rest.partition(":")
    if turn.person.worker is None or not (note.isascii() and note.isdigit() and len(note) < 10):
        return None
    return Outcome((), turn.state, (FixMeeting(int(note), what),))


def show_digest(turn: Turn) -> Outcome | None:
    """Show a worker how the last month went, with questions for the team."""
    return Outcome((), turn.state, (ShowDigest(),)) if turn.person.worker else None


def _read(which: str) -> tuple[int, int]:
    """Read `stop.minute`; zeros when it is not that."""
    stop, _, minute = which.partition(".")
    if not (stop.isascii() and stop.isdigit() and minute.isascii() and minute.isdigit()):
        return 0, 0
    return (int(stop), int(minute)) if len(which) < 24 else (0, 0)
