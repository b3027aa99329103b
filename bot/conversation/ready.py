"""What a worker sends with one press in the person's language, and how it is named in the worker's; pure.

Each has an id: that of a sentence of the phrasebook, one of SECTIONS, or SERVICE and the mark of a service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Protocol

from bot.conversation.cards import tell_service
from bot.conversation.dialogues import need, services
from bot.conversation.turn import Outcome, PersonView, State, Turn, World
from bot.conversation.vocabulary import mark
from bot.i18n import Voice
from bot.messages import Inbound, Kind, plain
from bot.phrasebook import phrasebook
from directory.search import find_services, look_at_service
from directory.services import Service

SECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answer": mark("The answer to the question"),
        "papers": mark("Papers for this question"),
        "places": mark("Places near them"),
    }
)
SERVICE: Final = "s-"
MOST_SERVICES: Final = 8


class Asked(Protocol):
    """A request, as far as it matters here."""

    @property
    def need(self) -> str:
        """What it is about."""

    @property
    def place(self) -> str:
        """The commune."""

    @property
    def language(self) -> str:
        """The person's language."""


@dataclass(frozen=True)
class Ready:
    """Words in a language, which is not the one that was asked for where nobody has translated them."""

    words: str
    language: str


def say_ready(id_: str, asked: Asked, language: str, world: World, now: datetime) -> Ready | None:
    """Say it in a language; None where there is nothing to say."""
    book = phrasebook()
    if id_ in book.phrases:
        phrase = book.phrases[id_]
        return Ready(book.say(phrase, world.words, language), book.spoken(phrase, world.words, language))
    if id_ in SECTIONS:
        words = _section(id_, asked, language, world, now)
    else:
        service = service_of(id_, world)
        words = _card(service, language, world, now) if service else ""
    return Ready(words, language) if words else None


def name_ready(id_: str, voice: Voice, world: World) -> str:
    """Name it for the worker; "" for what is not known any more."""
    book = phrasebook()
    if id_ in book.phrases:
        return book.say(book.phrases[id_], world.words, voice.language.code)
    if id_ in SECTIONS:
        return voice.say(SECTIONS[id_])
    service = service_of(id_, world)
    return service.name_in(voice.language.code) if service else ""


def id_of(service: Service) -> str:
    """Mark a service in the space that a button has."""
    return SERVICE + sha256(service.id.encode()).hexdigest()[:12]


def service_of(id_: str, world: World) -> Service | None:
    """Give the service behind a mark, if it is still in the directory."""
    if not id_.startswith(SERVICE):
        return None
    return next((one for one in world.directory.services if id_of(one) == id_), None)


def fitting_services(asked: Asked, words: str, world: World, now: datetime) -> Sequence[Service]:
    """Give the services with these words in their name, or without words those that fit a request best."""
    wanted = words.casefold().split()
    if not wanted:
        place = _place(asked, world) or None
        found = find_services(world.directory, asked.need, place, now, asked.language, MOST_SERVICES)
        return [match.service for match in found.services]
    named = [one for one in world.directory.services if all(word in _names(one) for word in wanted)]
    named.sort(key=lambda one: (asked.need not in one.needs, one.place != asked.place, one.name.casefold()))
    return named[:MOST_SERVICES]


def _names(service: Service) -> str:
    return " ".join((service.name, *service.names.values(), service.organization)).casefold()


def _place(asked: Asked, world: World) -> str:
    return asked.place if asked.place in {place.id for place in world.territory.places} else ""


def _card(service: Service, language: str, world: World, now: datetime) -> str:
    match = look_at_service(world.directory, service, now)
    card = plain(tell_service(match, 1, world.words.voice(language), world.territory, now))
    return card.removeprefix("1. ")


def _section(id_: str, asked: Asked, language: str, world: World, now: datetime) -> str:
    """Say what the bot itself would answer."""
    if asked.need not in world.needs:
        return ""
    if id_ != "places" and world.knowledge.answer(asked.need, language) is None:
        return ""
    person = PersonView(language=language, place=_place(asked, world))
    turn = Turn(Inbound("", "", "", Kind.CHOICE), State(need=asked.need), person, world, now)
    outcome: Outcome | None
    if id_ == "places":
        outcome = services.show_places(turn, asked.need) if person.place else services.show_everywhere(turn)
    elif id_ == "papers":
        outcome = need.show_section(turn, "papers", asked.need)
    else:
        outcome = need.answer_need(turn, asked.need)
    return "\n\n".join(plain(reply.text) for reply in outcome.replies) if outcome else ""
