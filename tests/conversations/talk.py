"""Plays a transcript on the real bot: a database, the durable delivery, an in-memory channel, a clock of its own.

A transcript is text. `> words` is what the resident writes, `> [Label]` presses a button, `> @voice` and the like
send what is not words, `w> ` and `v> ` are two workers, `~ 2 h` lets time pass, `<` is what each gets. A worker joins
by `/start {invitation}` the team for trying out, by `/start {invitation Phare}` a real one of that name.
The first line tells the phone's language, the moment and what the talk is about; it may name the real territories
that are served, the first one first (`brussels` or `brussels,reunion`), instead of the small town of the tests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from bot.channels.base import Capabilities, SendError, SendOutcome
from bot.conversation.dialogues.joining import INVITATION
from bot.conversation.turn import World
from bot.delivery.inbox import receive
from bot.delivery.loop import Loop
from bot.handoff.team import invite
from bot.handoff.teams import TeamPlan, make_team
from bot.i18n import Words
from bot.messages import Inbound, Kind, Reply, plain
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.territories import Territories
from bot.worlds import worlds_of
from directory.packs import load_pack

HEADER = re.compile(
    r"# (?P<language>\S+) · (?P<moment>[\d-]+ [\d:]+) · ((?P<territories>[a-z]+(,[a-z]+)*) · )?(?P<title>.+)"
)
SAID = re.compile(r"(?P<who>[a-z]?)> ?(?P<what>.*)")
PAUSE = re.compile(r"~ (?P<count>\d+) (?P<unit>min|h|d)")
INVITED = re.compile(r"\{invitation(?: (?P<team>[^}]+))?\}")
UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
THINGS = {
    "@voice": Kind.VOICE,
    "@picture": Kind.PICTURE,
    "@file": Kind.FILE,
    "@sticker": Kind.STICKER,
    "@contact": Kind.CONTACT,
    "@edit": Kind.EDIT,
    "@unknown": Kind.UNKNOWN,
    "@left": Kind.LEFT,
}


@dataclass
class Screen:
    """A phone of memory: shows what came, remembers its buttons; an unreachable one has blocked us."""

    name: str = "test"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(rate=1000, rate_per_chat=1000))
    shown: list[tuple[str, Reply]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)

    async def send(self, chat: str, reply: Reply) -> None:
        if chat in self.blocked:
            raise SendError(SendOutcome.BLOCKED, "blocked")
        self.shown.append((chat, reply))

    async def stop(self) -> None:
        pass

    def verify(self, headers: object) -> bool:
        return False

    def parse(self, payload: object) -> None:
        return None

    def data_of(self, chat: str, label: str) -> str:
        for whose, reply in reversed(self.shown):
            for row in reply.buttons:
                for button in row:
                    if whose == chat and button.label == label:
                        return button.data
        raise AssertionError(f"{chat or 'the resident'} sees no button [{label}]")


class Talk:
    """One talk on one database."""

    def __init__(self, database: Database, world: World, language: str, moment: datetime) -> None:
        self.database = database
        self.world = world
        self.screen = Screen()
        self.now = moment
        self.language = language
        turns = Territories(world, Sealer("a secret of the tests, long enough"))
        self._loop = Loop(
            database,
            {"test": self.screen},
            turns.handle,
            turns.apologise,
            turns.undeliverable,
            lambda: self.now,
        )
        self._count = 0

    def say(self, who: str, what: str) -> list[tuple[str, Reply]]:
        """Let somebody say or do something; give all that anybody gets."""
        self._count += 1
        self.now += timedelta(seconds=10)
        kind, text, position = self._read(who, what)
        message = Inbound("test", str(self._count), who or "r", kind, text, self.language, position)
        receive(self.database, message, self.now)
        return self.settle()

    def settle(self) -> list[tuple[str, Reply]]:
        """Handle and send until nothing is left; give what was sent."""
        before = len(self.screen.shown)
        self._loop.drain(self.now)
        return self.screen.shown[before:]

    def _read(self, who: str, what: str) -> tuple[Kind, str, tuple[float, float] | None]:
        if what.startswith("/start"):
            return (
                Kind.START,
                INVITED.sub(
                    lambda found: self._invitation(found["team"]), what.removeprefix("/start").strip()
                ),
                None,
            )
        if what.startswith("@location"):
            _, latitude, longitude = what.split()
            return Kind.LOCATION, "", (float(latitude), float(longitude))
        if what == "@blocks":
            self.screen.blocked.add(who or "r")
            return Kind.LEFT, "", None
        if what in THINGS:
            return THINGS[what], "", None
        if what.startswith("[") and what.endswith("]"):
            return Kind.CHOICE, self.screen.data_of(who or "r", what[1:-1]), None
        return Kind.TEXT, what, None

    def _invitation(self, team: str | None) -> str:
        """Invite somebody: into the team for trying out, or into a real one, which opens with its first worker."""
        with self.database.write() as session:
            if team is None:
                return INVITATION + invite(session, self.now)
            made = make_team(session, "", TeamPlan(team, "Mo-Fr 09:00-17:00", "ligne-generale"))
            made.live = True
            return INVITATION + invite(session, self.now, team_id=made.id)


@cache
def the_first_of(territories: tuple[str, ...]) -> World:
    """Serve several real territories."""
    worlds = worlds_of({code: load_pack(code) for code in territories}, Words())
    return worlds[territories[0]]


def play(script: str, database: Database, world: World) -> str:
    """Play a transcript again and write what happens now."""
    first, *lines = script.splitlines()
    header = HEADER.fullmatch(first)
    if header is None:
        raise ValueError("the first line must be: # language · 2026-11-23 10:00 · what the talk is about")
    if header["territories"]:
        world = the_first_of(tuple(header["territories"].split(",")))
    moment = datetime.fromisoformat(header["moment"]).replace(tzinfo=world.territory.zone).astimezone(UTC)
    talk = Talk(database, world, header["language"], moment)
    played = [first]
    for line in lines:
        played += _played(line, talk)
    return "\n".join(played) + "\n"


def _played(line: str, talk: Talk) -> Iterator[str]:
    if line.startswith("#"):
        yield from ("", line)
    elif pause := PAUSE.fullmatch(line):
        talk.now += int(pause["count"]) * UNITS[pause["unit"]]
        yield from ("", line)
        for chat, reply in talk.settle():
            yield from _shown(chat, reply)
    elif said := SAID.fullmatch(line):
        yield from ("", line)
        for chat, reply in talk.say(said["who"], said["what"]):
            yield from _shown(chat, reply)


def _shown(chat: str, reply: Reply) -> Iterator[str]:
    who = "" if chat == "r" else chat
    for line in plain(reply.text).splitlines():
        yield f"{who}< {line}".rstrip()
    for row in reply.buttons:
        yield f"{who}  " + " ".join(f"[{button.label}]" for button in row)
