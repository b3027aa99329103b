"""The worker's side: joining by invitation, duty, accepting a request, writing to a person, closing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.conversation.effects import (
    AcceptRequest,
    CloseRequest,
    DeclineRequest,
    RegisterWorker,
    RelayToPerson,
    SetDuty,
)
from bot.conversation.turn import Outcome, State, ThreadView, Turn, name_request
from bot.conversation.vocabulary import OUTCOMES, place_name
from bot.messages import Button, Kind, column
from directory import places

INVITATION = "w-"  # how a worker's link begins
NAME_ASKED, LANGUAGES_ASKED = "worker.name", "worker.languages"
COMMUNES_ASKED, THEMES_ASKED = "worker.communes", "worker.themes"


def join(turn: Turn) -> Outcome | None:
    """Begin the registration of a worker, or say that the link is no good."""
    say = turn.voice.say
    if turn.person.worker:
        return show_desk(turn)
    if turn.invitation != "valid":
        text = say("This invitation was used already or is too old. Ask your team for a new one.")
        return Outcome((turn.reply(text, (Button(say("All themes"), "menu"),)),), State())
    code = turn.inbound.text.removeprefix(INVITATION)
    text = say("Welcome to the team! Which first name may people see? Write it.")
    return Outcome(
        (turn.reply(text),), State(asked=NAME_ASKED, draft={"code": code, "languages": [turn.language]})
    )


def hear_name(turn: Turn) -> Outcome | None:
    """Take the first name and ask for the languages."""
    name = " ".join(turn.inbound.text.split())[:40]
    if turn.inbound.kind is not Kind.TEXT or not name or name.startswith("/"):
        return None
    return _ask_languages(replace(turn, state=_drafted(turn, name=name)))


def toggle(turn: Turn, choice: str) -> Outcome | None:
    """Choose or leave a language, commune or theme; `choice` is like `languages:fr`."""
    field, _, value = choice.partition(":")
    if field not in _ASK or "code" not in turn.state.draft:
        return None
    chosen = list(turn.state.draft.get(field, []))
    chosen = [known for known in chosen if known != value] if value in chosen else [*chosen, value]
    return _ASK[field](replace(turn, state=_drafted(turn, **{field: chosen})))


def next_question(turn: Turn, field: str) -> Outcome | None:
    """Go on from one question of the registration to the next."""
    if "code" not in turn.state.draft:
        return None
    if field == "languages":
        return _ask_communes(turn) if turn.state.draft.get("languages") else _ask_languages(turn)
    if field == "communes":
        return _ask_themes(turn)
    return _register(turn) if field == "themes" else None


def hear_commune(turn: Turn) -> Outcome | None:
    """Take a commune that the worker typed."""
    found = places.find_place(turn.inbound.text, turn.world.territory)
    return toggle(turn, f"communes:{found.place}") if found.place else _ask_communes(turn)


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
        Outcome((), replace(turn.state, thread=request, asked=""), (AcceptRequest(request),))
        if turn.person.worker
        else None
    )


def decline(turn: Turn, request: str) -> Outcome | None:
    """Leave a request to the others."""
    if turn.person.worker is None:
        return None
    return Outcome(
        (turn.reply(turn.voice.say("Fine, you leave this request.")),),
        turn.state,
        (DeclineRequest(request),),
    )


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
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, thread=request))


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
    text = turn.voice.say("Sent.")
    buttons = (Button(turn.voice.say("Close this request"), f"close:{thread.id}"),)
    return Outcome((turn.reply(text, buttons),), turn.state, (RelayToPerson(thread.id, turn.inbound.text),))


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


def _ask_languages(turn: Turn) -> Outcome:
    voice, codes = turn.voice, turn.world.words.languages
    options = [(voice.language_name(code), code) for code in codes]
    text = voice.say("In which languages can you write with people?")
    return _ask_many(turn, "languages", text, options, voice.say("Done"), LANGUAGES_ASKED)


def _ask_communes(turn: Turn) -> Outcome:
    voice, territory = turn.voice, turn.world.territory
    options = [(place_name(place.id, voice, territory), place.id) for place in territory.places]
    text = voice.say("For which communes? Choose some, or none for all.")
    return _ask_many(turn, "communes", text, sorted(options), _all_or_done(turn, "communes"), COMMUNES_ASKED)


def _ask_themes(turn: Turn) -> Outcome:
    voice, themes = turn.voice, turn.world.needs.themes
    options = [(voice.label(theme.label), theme.id) for theme in themes]
    text = voice.say("For which themes? Choose some, or none for all.")
    return _ask_many(turn, "themes", text, options, _all_or_done(turn, "themes"), THEMES_ASKED)


_ASK: Mapping[str, Callable[[Turn], Outcome]] = MappingProxyType(
    {"languages": _ask_languages, "communes": _ask_communes, "themes": _ask_themes}
)


def _all_or_done(turn: Turn, field: str) -> str:
    return turn.voice.say("Done") if turn.state.draft.get(field) else turn.voice.say("All of them")


def _ask_many(
    turn: Turn, field: str, text: str, options: list[tuple[str, str]], done: str, asked: str
) -> Outcome:
    chosen = set(turn.state.draft.get(field, []))
    buttons = [
        Button(("✓ " if value in chosen else "") + label, f"toggle:{field}:{value}")
        for label, value in options
    ]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    reply = turn.reply(text, *rows, (Button(done, f"next:{field}"),))
    return Outcome((reply,), replace(turn.state, asked=asked))


def _register(turn: Turn) -> Outcome:
    draft = turn.state.draft
    effect = RegisterWorker(
        draft["code"],
        draft.get("name", ""),
        *(tuple(draft.get(field, [])) for field in ("languages", "communes", "themes")),
    )
    return Outcome((), State(), (effect,))


def _drafted(turn: Turn, **values: Any) -> State:
    return replace(turn.state, draft={**turn.state.draft, **values})


def _thread(turn: Turn, request: str) -> ThreadView | None:
    threads = turn.person.worker.threads if turn.person.worker else ()
    return next((thread for thread in threads if thread.id == request), None)


def _thread_label(turn: Turn, thread: ThreadView) -> str:
    return f"{name_request(thread.need, thread.asked_at, turn.voice, turn.world)} ({thread.language})"
