"""One turn of a conversation: all that the core may know, and all that it may answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from bot.handoff.promise import Crew
from bot.i18n import Voice, Words
from bot.knowledge import Knowledge
from bot.messages import Inbound, Kind, Reply
from bot.understanding.meaning import Meaning, Understands
from directory.needs import Needs
from directory.search import Directory
from directory.territory import Danger, Territory

LINK = re.compile(r"[A-Za-z0-9_-]{0,64}")  # core.telegram.org/bots/features#deep-linking
COMMAND = re.compile(r"^/\w+(@\w+)?")


@dataclass(frozen=True)
class World:
    """What is true for everybody: the place, its services, the texts, the understanding of words.

    `everywhere` holds the world of each territory that is served, the first one first.
    """

    territory: Territory
    needs: Needs
    directory: Directory
    knowledge: Knowledge
    words: Words
    understander: Understands
    everywhere: Mapping[str, "World"] = field(default_factory=dict, compare=False, repr=False)
    keep_days: int = 30  # how long a request stays after it has ended

    @property
    def elsewhere(self) -> "tuple[World, ...]":
        """The worlds of the other territories."""
        return tuple(world for code, world in self.everywhere.items() if code != self.territory.code)


@dataclass(frozen=True)
class Card:
    """What a worker would see of a request; the person shows, changes and approves it."""

    need: str = ""
    place: str = ""
    language: str = ""
    words: str = ""
    wishes: tuple[str, ...] = ()
    how: str = ""
    when: str = ""
    discreet: bool = False
    behalf: bool = False
    urgent: bool = False
    team: int = 0  # the one that the person has been told of


@dataclass(frozen=True)
class State:
    """Where the talk stands; a small value that survives a restart.

    `asked` names the question that waits for an answer, `shown` the services of the last message,
    `guesses` the needs that were guessed beside `need`, `thread` the request that a worker is writing in and
    `thread_since` the moment from which they do. `offered` holds the related rights offered lately, each with its
    day, `deadline` whether the last words showed one, `moment` the time for which doors are wanted, and `draft_told`
    the language of which was said that nobody has reviewed it: see `bot.conversation.memory`.
    """

    asked: str = ""
    need: str = ""
    shown: tuple[str, ...] = ()
    offset: int = 0
    guesses: tuple[str, ...] = ()
    card: Card | None = None
    thread: str = ""
    thread_since: str = ""
    draft: Mapping[str, Any] = field(default_factory=dict)
    offered: Mapping[str, str] = field(default_factory=dict)
    deadline: bool = False
    moment: str = ""
    draft_told: str = ""

    def to_json(self) -> dict[str, Any]:
        """Write only what differs from a fresh state."""
        changed = {name: value for name, value in vars(self).items() if value != FRESH[name]}
        return changed | ({"card": vars(self.card)} if self.card else {})

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "State":
        """Read what `to_json` wrote."""
        state = State(**value)
        return replace(
            state,
            shown=tuple(state.shown),
            guesses=tuple(state.guesses),
            card=_card(value["card"]) if value.get("card") else None,
        )


FRESH: Mapping[str, Any] = MappingProxyType(vars(State()))


def _card(value: Mapping[str, Any]) -> Card:
    return Card(**(dict(value) | {"wishes": tuple(value.get("wishes", ()))}))


@dataclass(frozen=True)
class RequestView:
    """A person's own open request; `next_team` waits for their yes, `meeting` is what they have chosen."""

    id: str
    status: str
    asked_at: datetime
    worker_name: str = ""
    team_name: str = ""
    promised_until: datetime | None = None
    missed: bool = False
    next_team: str = ""
    talked: bool = False
    meeting: datetime | None = None
    meeting_id: str = ""

    @property
    def has_worker(self) -> bool:
        """Whether somebody has accepted it."""
        return self.status in ("accepted", "in-contact")


@dataclass(frozen=True)
class ThreadView:
    """A request that a worker has accepted; `waiting_since` when the person wrote last and has no answer yet."""

    id: str
    need: str
    language: str
    place: str
    asked_at: datetime
    waiting_since: datetime | None = None


@dataclass(frozen=True)
class WorkerView:
    """The worker who is writing."""

    first_name: str
    on_duty: bool
    languages: tuple[str, ...]
    communes: tuple[str, ...]
    themes: tuple[str, ...]
    threads: tuple[ThreadView, ...] = ()
    team: str = ""
    trial: bool = False
    other_teams: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class PersonView:
    """Who is writing, as far as we know: nothing that they did not tell for this purpose."""

    language: str = ""
    phone_language: str = ""
    place: str = ""
    is_new: bool = False
    request: RequestView | None = None
    worker: WorkerView | None = None
    topics: tuple[str, ...] = ()  # what they asked to be told, see bot/outreach/topics.py


@dataclass(frozen=True)
class Turn:
    """One thing that a person did, and everything needed to answer it.

    `find_teams` looks up the live teams of the territory, their workers and their room; `invitation` is "valid" or
    "invalid" when the message opened a worker's link.
    `meets` tells whether a team goes out to places in this territory.
    """

    inbound: Inbound
    state: State
    person: PersonView
    world: World
    now: datetime
    find_teams: Callable[[], tuple[Crew, ...]] = tuple
    invitation: str = ""
    meets: bool = False

    @cached_property
    def teams(self) -> tuple[Crew, ...]:
        """The teams that could be asked, looked up once it matters."""
        return self.find_teams()

    @cached_property
    def heard(self) -> Meaning | None:
        """What the words mean; None when the message has no words."""
        if self.inbound.kind is not Kind.TEXT or not self.inbound.text.strip():
            return None
        return self.world.understander.understand(self.inbound.text, self.person.language)

    @cached_property
    def danger(self) -> Danger | None:
        """The danger in any words that came, also beside a command, under a picture or in a changed message."""
        if self.heard is not None and not self.inbound.text.startswith("/"):
            return self.heard.danger
        if self.inbound.kind in (Kind.CHOICE, Kind.TIMER) or self._is_link:
            return None
        words = COMMAND.sub("", self.inbound.text)
        return (
            self.world.understander.understand(words, self.person.language).danger if words.strip() else None
        )

    @cached_property
    def language(self) -> str:
        """The language to answer in: chosen, else surely heard, else the phone's, else the territory's first."""
        words = self.world.words
        if self.person.language in words.languages:
            return self.person.language
        heard = self.heard.language if self.heard else ""
        return (
            words.match(heard) or words.match(self.person.phone_language) or self.world.territory.languages[0]
        )

    @property
    def _is_link(self) -> bool:
        """Whether the talk was opened by a link, whose payload is a code and no words."""
        return self.inbound.kind is Kind.START and bool(LINK.fullmatch(self.inbound.text))

    @property
    def voice(self) -> Voice:
        """The voice of that language."""
        return self.world.words.voice(self.language)

    def reply(self, text: str, *rows: Any, ask_location: bool = False) -> Reply:
        """Make a reply in the turn's language; each row is a tuple of buttons."""
        return Reply(text, tuple(rows), self.language, ask_location)


def name_request(need: str, asked_at: datetime, voice: Voice, world: World) -> str:
    """Name a request for a worker: by what it is about and when it came."""
    moment = voice.weekday(asked_at.astimezone(world.territory.zone))
    if need in world.needs:
        return f"{voice.label(world.needs.need(need).label)} · {voice.isolate(moment)}"
    return voice.say("Request of {moment}", moment=moment)


@dataclass(frozen=True)
class Effect:
    """Something that the outcome wants done, in the same transaction as state and replies."""


@dataclass(frozen=True)
class Outcome:
    """The answer to a turn."""

    replies: tuple[Reply, ...] = ()
    state: State = field(default_factory=State)
    effects: tuple[Effect, ...] = ()
