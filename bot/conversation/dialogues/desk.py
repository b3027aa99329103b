"""The worker's side: duty, accepting a request, writing to a person, closing."""

from dataclasses import replace
from datetime import datetime

from bot.conversation.effects import (
    AcceptRequest,
    CloseRequest,
    DeclineRequest,
    OpenDesk,
    RelayToPerson,
    SetDuty,
)
from bot.conversation.request_card import DECLINE_REASONS
from bot.conversation.turn import Outcome, ThreadView, Turn, name_request
from bot.conversation.vocabulary import OUTCOMES
from bot.handoff.choices import thread_buttons
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
        *(Button(thread_label(turn, thread), f"thread:{thread.id}") for thread in worker.threads),
    ]
    lines = [*([say("Your team: {team}", team=worker.team)] if worker.team else []), duty, threads]
    if worker.trial:
        lines.append(say("This team is only for trying out: real people must not rely on it."))
    return Outcome((turn.reply("\n".join(lines), *column(buttons)),), turn.state)


def open_pages(turn: Turn) -> Outcome | None:
    """Give the worker a link to the desk on the web; the effect makes it."""
    return Outcome((), turn.state, (OpenDesk(),)) if turn.person.worker else None


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
    if own_thread(turn, request):
        return ask_outcome(turn, request)
    say = turn.voice.say
    text = "\n".join([say("Fine, you leave this request."), say("Why? It helps the team.")])
    buttons = [Button(say(words), f"declined:{request}:{why}") for why, words in DECLINE_REASONS.items()]
    return Outcome((turn.reply(text, *column(buttons)),), turn.state, (DeclineRequest(request),))


def say_why_declined(turn: Turn, choice: str) -> Outcome | None:
    """Note why a worker left a request to others."""
    request, _, reason = choice.partition(":")
    if turn.person.worker is None or reason not in DECLINE_REASONS:
        return None
    reply = turn.reply(turn.voice.say("Thank you, noted."))
    return Outcome((reply,), turn.state, (DeclineRequest(request, reason),))


def open_thread(turn: Turn, request: str) -> Outcome | None:
    """Write in one of the worker's open requests."""
    thread = own_thread(turn, request)
    if thread is None:
        return None
    say = turn.voice.say
    text = say(
        "What you write now goes to the person of this request: {request}.",
        request=thread_label(turn, thread),
    )
    buttons = column(thread_buttons(request, turn.voice))
    state = replace(turn.state, asked="", thread=request, thread_since=turn.now.isoformat(), draft={})
    return Outcome((turn.reply(text, *buttons),), state)


def leave_thread(turn: Turn) -> Outcome | None:
    """Write to the bot again."""
    left = replace(turn, state=replace(turn.state, thread=""))
    return show_desk(left)


def relay_to_person(turn: Turn) -> Outcome | None:
    """Pass a worker's words, picture or voice note to the person of the open request, or of the one replied to."""
    worker, inbound = turn.person.worker, turn.inbound
    if worker is None or not (inbound.text.strip() or inbound.media):
        return None
    if replied := _replied_to(turn):
        return _send(turn, replied, inbound.text.strip())
    thread = own_thread(turn, turn.state.thread)
    if thread is None:
        return None
    if inbound.media:
        return _send(turn, thread, inbound.text.strip())
    if any(_wrote_meanwhile(turn, other) for other in worker.threads if other is not thread):
        return _ask_to_whom(turn)
    return _send(turn, thread, turn.inbound.text)


def send_kept_words(turn: Turn, request: str) -> Outcome | None:
    """Send the words that waited for "to whom?", and go on in that request."""
    thread, words = own_thread(turn, request), turn.state.draft.get("words")
    if thread is None or not words:
        return None
    state = replace(turn.state, thread=request, thread_since=turn.now.isoformat(), draft={})
    return replace(_send(turn, thread, words), state=state)


def is_writing_to_somebody(turn: Turn) -> bool:
    """Tell whether a worker's words go to a person now."""
    return turn.inbound.kind is Kind.TEXT and bool(_replied_to(turn) or own_thread(turn, turn.state.thread))


def ask_outcome(turn: Turn, request: str) -> Outcome | None:
    """Ask how it went before a request is closed."""
    if own_thread(turn, request) is None:
        return None
    say = turn.voice.say
    buttons = [Button(say(label), f"closed:{request}:{outcome}") for outcome, label in OUTCOMES.items()]
    buttons.append(Button(say("Do not close yet"), f"thread:{request}"))
    return Outcome((turn.reply(say("How did it end?"), *column(buttons)),), turn.state)


def close(turn: Turn, choice: str) -> Outcome | None:
    """Close a request with its outcome."""
    request, _, outcome = choice.partition(":")
    if own_thread(turn, request) is None or outcome not in OUTCOMES:
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
    buttons = column(Button(thread_label(turn, thread), f"to:{thread.id}") for thread in threads)
    text = turn.voice.say("Somebody else has written too. To whom do I send this?")
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, draft={"words": turn.inbound.text}))


def _send(turn: Turn, thread: ThreadView, words: str) -> Outcome:
    effects = (RelayToPerson(thread.id, words, turn.inbound.media),)
    if turn.inbound.media:  # whether it can be passed on is known by the effect alone
        return Outcome((), turn.state, effects)
    text = turn.voice.say("Sent to: {request}", request=thread_label(turn, thread))
    buttons = (
        Button(turn.voice.say("Ready sentences"), f"phrases:{thread.id}"),
        Button(turn.voice.say("Close this request"), f"close:{thread.id}"),
    )
    return Outcome((turn.reply(text, buttons),), turn.state, effects)


def _replied_to(turn: Turn) -> ThreadView | None:
    """Give the request whose message the worker replied to: its buttons carry the request's id."""
    for data in turn.inbound.about:
        thread = own_thread(turn, data.partition(":")[2].partition(":")[0])
        if thread:
            return thread
    return None


def own_thread(turn: Turn, request: str) -> ThreadView | None:
    """Give one of the worker's own requests."""
    threads = turn.person.worker.threads if turn.person.worker else ()
    return next((thread for thread in threads if thread.id == request), None)


def thread_label(turn: Turn, thread: ThreadView) -> str:
    """Name a request on a button."""
    return f"{name_request(thread.need, thread.asked_at, turn.voice, turn.world)} ({thread.language})"
