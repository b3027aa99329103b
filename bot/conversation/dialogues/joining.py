"""Joining the team: an invitation, a first name, and which languages, communes and themes a worker covers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.conversation.dialogues.desk import show_desk
from bot.conversation.effects import RegisterWorker
from bot.conversation.turn import Outcome, State, Turn
from bot.conversation.vocabulary import place_name
from bot.messages import Button, Kind
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
