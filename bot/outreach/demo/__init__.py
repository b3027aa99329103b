"""A living desk for a newcomer: some months of a team in Etterbeek, made up, in a database that holds nothing else.

Everything goes through the same functions as in life; the people are on a channel that does not exist, so nothing
is ever sent.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from importlib.resources import as_file, files
from typing import Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.conversation import effects
from bot.conversation.turn import Effect, World
from bot.handoff.context import Context
from bot.messages import Inbound, Kind, Reply
from bot.outreach import broadcasts, counting, schedule
from bot.outreach.effects import OUTREACH
from bot.outreach.encounters import COUNTS, make_code
from bot.outreach.figures import Quarter
from bot.outreach.occurrences import Occurrence
from bot.outreach.places import read_plan
from bot.privacy.retention import tables
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import Broadcast, Conversation, OutboxMessage, Team, Timer, Worker

CHANNEL: Final = "demo"
TEAM: Final = "Équipe de démonstration"
LANGUAGES: Final = ("fr", "nl", "en", "ar", "es", "ro", "ti", "uk")
WORKERS: Final = (
    ("Amina", ["fr", "ar"], "worker"),
    ("Bram", ["nl", "fr", "en"], "worker"),
    ("Chloé", ["fr"], "coordinator"),
)
PEOPLE: Final = 64
QUESTIONS_A_DAY: Final = 12
KEPT, CANCELLED, MOVED = 0.8, 0.1, 0.05


class NotEmpty(Exception):
    """This database holds something already; `passerelle demo` needs one of its own."""


@dataclass
class Played:
    """What was played, for whoever reads or tests it."""

    began: datetime
    ended: datetime
    rounds: int = 0
    changes_told: int = 0
    meetings: int = 0
    notice: int = 0
    answers: dict[str, int] = field(default_factory=dict)


def play(database: Database, world: World, sealer: Sealer, now: datetime, seed: int = 8) -> Played:
    """Play the last whole quarter and all days since, up to now.

    Raises:
        NotEmpty: the database holds something already.
    """
    with database.write() as session:
        if any(session.scalar(select(exists().select_from(table))) for table in tables()):
            raise NotEmpty(NotEmpty.__doc__)
    begins = Quarter.of(Quarter.of(now.date()).begins - timedelta(days=1)).begins
    began = datetime.combine(begins, time(9), world.territory.zone)
    stage = _Stage(database, world, sealer, _dice(seed), Played(began, now))
    stage.open(began)
    day = began
    while day <= now:
        stage.live(day, min(day + timedelta(days=1), now))
        day += timedelta(days=1)
    stage.close(now)
    return stage.played


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  the same play each time


class _Stage:
    def __init__(
        self, database: Database, world: World, sealer: Sealer, dice: random.Random, played: Played
    ) -> None:
        self.played = played
        self._database, self._world, self._sealer, self._dice = database, world, sealer, dice
        self._people: list[int] = []
        self._workers: dict[str, int] = {}
        self._due: list[tuple[datetime, int]] = []

    def open(self, now: datetime) -> None:
        """Bring in the team, its rounds, and people in eight languages who ask to be told things."""
        with self._database.write() as session:
            session.add(Team(name=TEAM, trial=True, live=False))
            session.flush()
            with as_file(files("bot.outreach.demo") / "outreach.toml") as path:
                needs = {need.id for need in self._world.needs}
                plan, problems = read_plan(path, self._world.territory, needs, now)
            if problems:
                raise ValueError("\n".join(map(str, problems)))
            schedule.keep_plan(session, plan, self._world.territory)
            team = session.scalars(select(Team)).one()
            for name, languages, role in WORKERS:
                here = self._arrive(session, languages[0], now)
                session.add(
                    Worker(
                        conversation_id=here,
                        team_id=team.id,
                        first_name=name,
                        languages=languages,
                        role=role,
                        joined_at=now,
                    )
                )
                self._workers[name] = here
            communes = [place.id for place in self._world.territory.places]
            for number in range(PEOPLE):
                commune = "etterbeek" if number % 3 else self._dice.choice(communes)
                self._people.append(self._arrive(session, LANGUAGES[number % len(LANGUAGES)], now, commune))
        places = [place.id for place in plan.places]
        for number, person in enumerate(self._people):
            self._do(person, effects.Follow(f"place:{places[number % len(places)]}", True), now)
            if number % 2 == 0:
                self._do(person, effects.Follow("urgent", True), now)
        for name, round_ in (("Amina", "demo-mercredi"), ("Bram", "demo-mardi"), ("Amina", "demo-mois")):
            self._do(self._workers[name], effects.JoinRound(round_, True), now)

    def live(self, start: datetime, end: datetime) -> None:
        """Let one day pass: questions, rounds that are held, cancelled or moved, and one notice of great heat."""
        with self._database.read() as session:
            today = schedule.read_calendar(session, self._world.territory, start, end)
        self._ask(start)
        for one in today:
            if one.ends <= end:
                self._go(one)
        if start.date() == self.played.began.date() + timedelta(days=30):
            self._warn(start)

    def close(self, now: datetime) -> None:
        """Leave nothing waiting: these people are on a channel that does not exist."""
        self._send_all(now)
        with self._database.write() as session:
            session.execute(delete(Timer))
            session.execute(update(Conversation).values(last_seen_at=now))

    def _send_all(self, now: datetime) -> None:
        with self._database.write() as session:
            session.execute(update(OutboxMessage).values(status="sent", payload=None, sent_at=now))

    def _arrive(self, session: Session, language: str, now: datetime, commune: str = "") -> int:
        row = Conversation(
            channel=CHANNEL,
            chat=f"demo-{self._dice.getrandbits(64):x}",
            language=language,
            place=commune,
            started_at=now,
            last_seen_at=now,
        )
        session.add(row)
        session.flush()
        return row.id

    def _ask(self, now: datetime) -> None:
        needs = [need.id for need in self._world.needs]
        common = ["rent-arrears", "food-aid", "energy-bill-unpaid", "health-insurance", "child-benefit"]
        with self._database.write() as session:
            for _ in range(self._dice.randrange(QUESTIONS_A_DAY)):
                person = session.get_one(Conversation, self._dice.choice(self._people))
                need = self._dice.choice(common if self._dice.random() < 0.7 else needs)
                known = need in self._world.knowledge.ready
                name = "answer" if known else "answer-missing"
                counting.count_for_the_report(self._context(session, person, now), effects.Count(name, need))
                if self._dice.random() < 0.25:
                    self._tell_outcome(session, person, need, now)

    def _tell_outcome(self, session: Session, person: Conversation, need: str, now: datetime) -> None:
        outcome = self._dice.choices(
            ("helped", "not-yet", "refused", "gave-up", "closed"), (50, 20, 15, 10, 5)
        )[0]
        self.played.answers[outcome] = self.played.answers.get(outcome, 0) + 1
        context, theme = self._context(session, person, now), self._world.needs.need(need).theme
        counted = [effects.Count("did-it-work", outcome)]
        if outcome in ("refused", "gave-up"):
            reason = self._dice.choice(("papers", "waiting", "language", "complicated"))
            counted += [effects.Count("turned-away", theme), effects.Count("why-not", reason)]
        if outcome == "helped":
            OUTREACH[effects.ItHelped](context, effects.ItHelped())
        for one in counted:
            counting.count_for_the_report(context, one)

    def _go(self, one: Occurrence) -> None:
        chance, worker = (
            self._dice.random(),
            self._workers["Bram" if one.stop.round == "demo-mardi" else "Amina"],
        )
        minute, before = int(one.planned_at.timestamp()) // 60, one.begins - timedelta(hours=3)
        self.played.rounds += 1
        if chance > KEPT + MOVED and chance < KEPT + MOVED + CANCELLED:
            self._change(worker, one.stop.id, minute, "cancelled", before)
            return
        if chance > KEPT + MOVED + CANCELLED:
            self._do(worker, effects.ChangeStop(one.stop.id, minute, "not-held"), one.ends)
            return
        if chance > KEPT:
            self._change(worker, one.stop.id, minute, "later-30", before)
        for _ in range(self._dice.randrange(1, 4)):
            theme = self._dice.choice([theme.id for theme in self._world.needs.themes])
            people = self._dice.choice(COUNTS[:5])
            self._do(worker, effects.NoteMeeting(one.place, theme, people), one.ends)
            self.played.meetings += 1
            language = self._dice.choice(LANGUAGES)
            self._do(worker, effects.FixMeeting(self.played.meetings, language), one.ends)
        self._do(worker, effects.ChangeStop(one.stop.id, minute, "held"), one.ends)
        self._hand_out(worker, one)

    def _hand_out(self, worker: int, one: Occurrence) -> None:
        """Let somebody come with a code from the street."""
        with self._database.write() as session:
            row = session.scalars(select(Worker).where(Worker.conversation_id == worker)).one()
            code = make_code(session, row.id, one.place, one.ends)
        if code:
            self._do(self._dice.choice(self._people), effects.GreetEncounter(code), one.ends)

    def _change(self, worker: int, stop: int, minute: int, what: str, now: datetime) -> None:
        before = self._waiting()
        self._do(worker, effects.ChangeStop(stop, minute, what), now)
        self.played.changes_told += self._waiting() - before

    def _waiting(self) -> int:
        with self._database.read() as session:
            return broadcasts.waiting(session)

    def _warn(self, now: datetime) -> None:
        maker, boss = self._workers["Amina"], self._workers["Chloé"]
        self._do(maker, effects.MakeNotice("heat"), now)
        with self._database.read() as session:
            number = session.scalars(select(Broadcast.id).order_by(Broadcast.id.desc())).first() or 0
        self._do(maker, effects.ShapeNotice(number, "in", "all"), now)
        self._do(maker, effects.StepNotice(number, "propose"), now)
        self._do(boss, effects.StepNotice(number, "approve"), now)
        while self._due:
            moment, broadcast = self._due.pop(0)
            self._do(boss, effects.Spread(broadcast), moment)
            self._send_all(moment)
        self.played.notice = number

    def _do(self, who: int, effect: Effect, now: datetime) -> None:
        with self._database.write() as session:
            context = self._context(session, session.get_one(Conversation, who), now)
            OUTREACH[type(effect)](context, effect)

    def _context(self, session: Session, conversation: Conversation, now: datetime) -> Context:
        def tell(
            conversation_id: int, reply: Reply, relay_from: int | None = None, said: int | None = None
        ) -> None:
            """Nobody is there to read it."""

        def remind(whom: int, key: str, text: str, due_at: datetime) -> None:
            if text.startswith("spread:"):
                self._due.append((due_at, int(text.removeprefix("spread:"))))

        inbound = Inbound(CHANNEL, "", conversation.chat, Kind.CHOICE)
        return Context(session, conversation, inbound, self._world, self._sealer, now, tell, remind)
