"""Walks through every dialogue in every language by its buttons, and reads all that a person would read.

Nothing may be missing, stale or in another language; every button fits, and every direction mark has its end.
"""

import gettext
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.dialogues.need import answer_need
from bot.conversation.engine import COMMANDS, respond
from bot.conversation.turn import PersonView, RequestView, State, ThreadView, Turn, WorkerView, World
from bot.conversation.vocabulary import tell_line
from bot.messages import Inbound, Kind, Reply, plain
from bot.translations.form import is_balanced
from bot.translations.rules import read_rules
from bot.translations.wording import WORD
from directory.territory import Danger
from tests.paths import PROJECT
from tests.translations.conftest import WORDS

LONGEST_LABEL, LONGEST_OF_WORKERS = 38, 72  # characters that a narrow phone shows in one row, and in two
LONGEST_DATA = 64  # bytes, by the Bot API
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MOST_ALIKE = 3  # buttons of one verb that are pressed: others differ in their name only
BEGINNINGS = (
    *(f"/{command}" for command in COMMANDS),
    *(f"danger:{danger}" for danger in Danger),
    "need:rent-arrears",
    "places:food-aid",
    "not-this:rent-arrears",
    "old:button",
)


class Missed(gettext.NullTranslations):
    """Stands behind a catalogue and notes what it could not say."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: set[str] = set()

    def gettext(self, message: str) -> str:
        self.messages.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.messages.add(msgid1)
        return msgid1


MISSED: Mapping[str, Missed] = {code: Missed() for code in WORDS.languages if code != "en"}
for code, missed in MISSED.items():
    WORDS.voice(code)._catalogue.add_fallback(missed)
EVERY = sorted(MISSED)


def people(language: str) -> Iterator[PersonView]:
    """Somebody new, somebody with a request, and a worker who holds one."""
    yesterday = NOW - timedelta(days=1)
    resident = PersonView(language=language, place="brumeville-haute")
    yield replace(resident, is_new=True, place="")
    yield replace(resident, request=RequestView("r1", "accepted", yesterday, "Amina"))
    thread = ThreadView("r1", "rent-arrears", language, "brumeville-haute", yesterday, yesterday)
    yield replace(resident, worker=WorkerView("Amina", True, (language,), (), (), (thread,)))


def walk(world: World, person: PersonView) -> Iterator[Reply]:
    """Press every kind of button that comes up, a few of each kind."""
    pressed: Counter[str] = Counter()
    waiting = deque((data, State()) for data in BEGINNINGS)
    while waiting:
        data, state = waiting.popleft()
        verb = data.partition(":")[0]
        if data in pressed or pressed[verb] > MOST_ALIKE:
            continue
        pressed.update({data, verb} if data != verb else {data})
        kind = Kind.TEXT if data.startswith("/") else Kind.CHOICE
        outcome = respond(turn(world, person, kind, data, state))
        yield from outcome.replies
        buttons = [button for reply in outcome.replies for row in reply.buttons for button in row]
        waiting += [(button.data, outcome.state) for button in buttons if button.data]


def turn(world: World, person: PersonView, kind: Kind, text: str = "", state: State | None = None) -> Turn:
    inbound = Inbound("test", "1", "r", kind, text)
    return Turn(inbound, state or State(), person, world, NOW.astimezone(world.territory.zone))


def problems(reply: Reply, language: str, longest: int = LONGEST_LABEL) -> list[str]:
    """Read one reply as its reader would."""
    labels = [button.label for row in reply.buttons for button in row]
    text = plain(reply.text)
    found = [f"too long: {label}" for label in labels if len(label) > longest]
    found += [
        f"too much data: {button.data}"
        for row in reply.buttons
        for button in row
        if len(button.data.encode()) > LONGEST_DATA
    ]
    found += [f"not balanced: {words}" for words in (text, *labels) if not is_balanced(words)]
    found += [f"not filled: {words}" for words in (text, *labels) if "{" in words]
    english = RULES[language].source_words["en"]
    for line in (*text.splitlines(), *labels):
        if len(left := {word.casefold() for word in WORD.findall(line)} & english) > 1:
            found.append(f"English ({', '.join(sorted(left))}): {line}")
    return found


RULES = {code: read_rules(PROJECT / "locales", code) for code in EVERY}


@pytest.mark.parametrize("language", EVERY)
def test_every_dialogue_speaks_the_language(language: str, town: World) -> None:
    for missed in MISSED.values():
        missed.messages.clear()
    seen, wrong = 0, []
    for person in people(language):
        for reply in walk(town, person):
            if reply.language == language:  # a button leads to other languages too
                seen += 1
                wrong += problems(reply, language, LONGEST_OF_WORKERS if person.worker else LONGEST_LABEL)
    assert wrong == []
    assert MISSED[language].messages == set()
    assert seen > 200


@pytest.mark.parametrize("language", EVERY)
def test_what_is_not_words_is_answered_with_how_to_go_on(language: str, town: World) -> None:
    person = PersonView(language=language)
    for kind in set(Kind) - {Kind.TIMER, Kind.LEFT, Kind.LOCATION}:
        (reply, *_) = respond(turn(town, person, kind, "?" if kind is Kind.CHOICE else "")).replies
        assert reply.text != "I cannot listen to voice messages. Write a few words, or press a button below."
        assert problems(reply, language) == []
        assert reply.buttons


@pytest.mark.parametrize("language", EVERY)
def test_a_number_to_call_comes_with_the_languages_spoken_there(language: str, brussels: World) -> None:
    voice, now = WORDS.voice(language), NOW.astimezone(brussels.territory.zone)
    lines = [line for line in brussels.territory.lines if line.languages]
    assert lines
    for line in lines:
        said = plain(tell_line(line, voice, brussels.territory, now))
        assert all(voice.language_name(code) in said for code in line.languages)


@pytest.mark.parametrize("language", EVERY)
def test_every_answer_of_brussels_is_told_whole_in_the_language(language: str, brussels: World) -> None:
    person, wrong = PersonView(language=language), []
    for need in brussels.needs:
        told = brussels.knowledge.answer(need.id, language)
        assert told is not None
        assert told.language == language, f"{need.id} is not whole: run `passerelle coverage --stale`"
        for reply in answer_need(turn(brussels, person, Kind.CHOICE), need.id).replies:
            wrong += problems(reply, language)
    assert wrong == []
