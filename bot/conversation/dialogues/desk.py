"""The worker's side: duty, accepting a request, writing to a person, closing."""

from dataclasses import replace
from datetime import datetime

from bot.conversation.effects import (
    AcceptRequest,
    CloseRequest,
    DeclineRequest,
    RelayToPerson,
    SetDuty,
)
from bot.conversation.turn import Outcome, ThreadView, Turn, name_request
from bot.conversation.vocabulary import OUTCOMES
from bot.messages import Button, Kind, column


def show_desk(turn: Turn) -> Outcome | None:
    """Show the worker's duty and requests."""
    worker = turn.person.worker
    if worker is None:
        return None
    say = turn.voice.say
    duty = say("You are on duty.") if worker.on_duty else say("You are not on duty.")
    threads = turn.voice.say_n(
        "You have {n} open request.", "You have {n} open requests.", len(worker.threads)
    )
    buttons = [
        Button(say("End duty"), "duty:off") if worker.on_duty else Button(say("Start duty"), "duty:on"),
        *(Button(_thread_label(turn, thread), f"thread:{thread.id}") for thread in worker.threads),
    ]
    return Outcome((turn.reply(f"{duty}\n{threads}", *column(buttons)),), turn.state)


def set_duty(turn: Turn, on: str) -> Outcome | None:
    """Start or end the worker's duty."""
    if turn.person.worker is None or on not in ("on", "off"):
        return None
    say = turn.voice.say
    if on == "on":
        text = say("You are on duty. New requests come here. End it with /duty.")
        other = Button(say("End duty"), "duty:off")
    else:
        text = say("Your duty has ended. No new requests come. Open ones stay with you.")
        other = Button(say("Start duty"), "duty:on")
    return Outcome((turn.reply(text, (other,)),), turn.state, (SetDuty(on == "on"),))


def accept(turn: Turn, request: str) -> Outcome | None:
    """Take a request; the first one has it. What happened is told by the effect."""
    return (
        Outcome((), replace(turn.state, asked=""), (AcceptRequest(request),)) if turn.person.worker else None
    )


def decline(turn: Turn, request: str) -> Outcome | None:
    """Leave a request to the others; one that is the worker's already can only be closed."""
    if turn.person.worker is None:
        return None
    if _thread(turn, request):
        return ask_outcome(turn, request)
    reply = turn.reply(turn.voice.say("Fine, you leave this request."))
    return Outcome((reply,), turn.state, (DeclineRequest(request),))


def open_thread(turn: Turn, request: str) -> Outcome | None:
    """Write in one of the worker's open requests."""
    thread = _thread(turn, request)
    if thread is None:
        return None
    say = turn.voice.say
    text = say(
        "What you write now goes to the person of this request: {request}.",
        request=_thread_label(turn, thread),
    )
    buttons = column(
        [
            Button(say("Close this request"), f"close:{request}"),
            Button(say("Stop writing to them"), "leave-thread"),
        ]
    )
    state = replace(turn.state, thread=request, thread_since=turn.now.isoformat(), draft={})
    return Outcome((turn.reply(text, *buttons),), state)


def leave_thread(turn: Turn) -> Outcome | None:
    """Write to the bot again."""
    left = replace(turn, state=replace(turn.state, thread=""))
    return show_desk(left)


def relay_to_person(turn: Turn) -> Outcome | None:
    """Pass a worker's words to the person of the open request."""
    worker = turn.person.worker
    if worker is None or turn.inbound.kind is not Kind.TEXT or not turn.inbound.text.strip():
        return None
    thread = _thread(turn, turn.state.thread)
    if thread is None:
        return None
    if any(_wrote_meanwhile(turn, other) for other in worker.threads if other is not thread):
        return _ask_to_whom(turn)
    return _send(turn, thread, turn.inbound.text)


def send_kept_words(turn: Turn, request: str) -> Outcome | None:
    """Send the words that waited for "to whom?", and go on in that request."""
    thread, words = _thread(turn, request), turn.state.draft.get("words")
    if thread is None or not words:
        return None
    state = replace(turn.state, thread=request, thread_since=turn.now.isoformat(), draft={})
    return replace(_send(turn, thread, words), state=state)


def is_writing_to_somebody(turn: Turn) -> bool:
    """Tell whether a worker's words go to a person now."""
    return turn.inbound.kind is Kind.TEXT and _thread(turn, turn.state.thread) is not None


def ask_outcome(turn: Turn, request: str) -> Outcome | None:
    """Ask how it went before a request is closed."""
    if _thread(turn, request) is None:
        return None
    say = turn.voice.say
    buttons = [Button(say(label), f"closed:{request}:{outcome}") for outcome, label in OUTCOMES.items()]
    buttons.append(Button(say("Do not close yet"), f"thread:{request}"))
    return Outcome((turn.reply(say("How did it end?"), *column(buttons)),), turn.state)


def close(turn: Turn, choice: str) -> Outcome | None:
    """Close a request with its outcome."""
    request, _, outcome = choice.partition(":")
    if _thread(turn, request) is None or outcome not in OUTCOMES:
        return None
    text = turn.voice.say("Closed: {outcome}. Thank you.", outcome=turn.voice.say(OUTCOMES[outcome]))
    return Outcome((turn.reply(text),), replace(turn.state, thread=""), (CloseRequest(request, outcome),))


def _wrote_meanwhile(turn: Turn, other: ThreadView) -> bool:
    since = turn.state.thread_since
    return other.waiting_since is not None and (
        not since or other.waiting_since > datetime.fromisoformat(since)
    )


def _ask_to_whom(turn: Turn) -> Outcome:
    """Several people wait: ask whom the words are for before anything is sent."""
    threads = turn.person.worker.threads if turn.person.worker else ()
    buttons = column(Button(_thread_label(turn, thread), f"to:{thread.id}") for thread in threads)
    text = turn.voice.say("Somebody else has written too. To whom do I send this?")
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, draft={"words": turn.inbound.text}))


def _send(turn: Turn, thread: ThreadView, words: str) -> Outcome:
    text = turn.voice.say("Sent to: {request}", request=_thread_label(turn, thread))
    buttons = (Button(turn.voice.say("Close this request"), f"close:{thread.id}"),)
    return Outcome((turn.reply(text, buttons),), turn.state, (RelayToPerson(thread.id, words),))


def _thread(turn: Turn, request: str) -> ThreadView | None:
    threads = turn.person.worker.threads if turn.person.worker else ()
    return next((thread for thread in threads if thread.id == request), None)


def _thread_label(turn: Turn, thread: ThreadView) -> str:
    return f"{name_request(thread.need, thread.asked_at, turn.voice, turn.world)} ({thread.language})"
