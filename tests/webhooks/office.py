"""A small office for the tests of the desk: a database, a team in Testville, requests, browsers that are logged in."""

import itertools
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.desk import access
from bot.outreach import schedule
from bot.outreach.places import read_plan
from bot.settings import Settings
from bot.storage.db import Database
from bot.storage.models import AuditEvent, Conversation, Handoff, Offer, Team, Worker
from tests.paths import TESTVILLE
from tests.webhooks.conftest import serving

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
SECRET_KEY = "a secret of the tests, long enough"
WORDS = "Le petit Zéphyrin a peur du juge"


@dataclass
class Office:
    """An installation whose clock the test turns."""

    app: App
    address: str
    closing: ExitStack
    now: datetime = MORNING
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def database(self) -> Database:
        return self.app.database

    def team(self, name: str = "L'équipe de la Place", **values: Any) -> int:
        with self.database.write() as session:
            team = Team(name=name, live=True, hours="Mo-Fr 08:00-18:00", fallback="107", **values)
            session.add(team)
            session.flush()
            return team.id

    def go_out(self) -> int:
        """Give the office the meeting places and rounds of Testville, and the team that goes there."""
        team, pack = self.team("Équipe du Phare"), self.app.pack
        needs = {need.id for need in pack.needs}
        plan, problems = read_plan(TESTVILLE / "outreach.toml", pack.territory, needs, self.now)
        assert problems == ()
        with self.database.write() as session:
            assert schedule.keep_plan(session, plan, pack.territory) == []
        return team

    def worker(self, name: str = "Amina", role: str = "worker", **values: Any) -> int:
        with self.database.write() as session:
            chat = self._chat(session, language="fr")
            worker = Worker(
                conversation_id=chat.id,
                first_name=name,
                role=role,
                **({"languages": ["fr"], "on_duty": True, "joined_at": self.now} | values),
            )
            session.add(worker)
            session.flush()
            return worker.id

    def request(self, *offered_to: int, status: str = "offered", words: str = WORDS, **values: Any) -> str:
        with self.database.write() as session:
            chat = self._chat(session, language="ar")
            handoff = Handoff(
                id=f"req{next(self._numbers):05}",
                conversation_id=chat.id,
                status=status,
                language="ar",
                sealed_words=self.app.desk.sealer.seal(words),
                **(
                    {
                        "consented_team": values.get("team_id"),
                        "need": "rent-arrears",
                        "asked_at": self.now,
                        "promised_until": self.now + timedelta(hours=4),
                    }
                    | values
                ),
            )
            session.add(handoff)
            session.flush()
            for worker in offered_to:
                session.add(Offer(handoff_id=handoff.id, worker_id=worker, offered_at=self.now))
            return handoff.id

    def held(self, worker: int, **values: Any) -> str:
        return self.request(worker, status="accepted", worker_id=worker, accepted_at=self.now, **values)

    def link(self, worker: int) -> str:
        with self.database.write() as session:
            return access.make_link(session, worker, self.now)

    def token(self, worker: int) -> str:
        code = self.link(worker)
        with self.database.write() as session:
            token = access.log_in(session, code, self.now)
            assert token
            return token

    def browser(self, worker: int | None = None) -> "Browser":
        client = httpx.Client(
            base_url=self.address, headers={"Origin": self.address}, timeout=10, verify=False
        )
        self.closing.callback(client.close)
        if worker is not None:
            client.cookies.set("passerelle-desk", self.token(worker), domain="127.0.0.1")
        return Browser(client)

    def the(self, request: str) -> Handoff:
        with self.database.read() as session:
            return session.get_one(Handoff, request)

    def log(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            query = select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.id)
            return [(action, subject) for action, subject in session.execute(query)]

    def _chat(self, session: Session, language: str) -> Conversation:
        chat = Conversation(
            channel="test",
            chat=f"chat{next(self._numbers)}",
            language=language,
            started_at=self.now,
            last_seen_at=self.now,
        )
        session.add(chat)
        session.flush()
        return chat


@dataclass
class Browser:
    """Somebody's browser at the desk: it sends back the proof that stands in our forms."""

    client: httpx.Client
    _csrf: str = ""

    def get(self, path: str, **values: Any) -> httpx.Response:
        return self.client.get(path, **values)

    def post(self, path: str, csrf: str | None = None, **form: str) -> httpx.Response:
        proof = self.csrf if csrf is None else csrf
        return self.client.post(path, data={"csrf": proof, **form})

    @property
    def csrf(self) -> str:
        if not self._csrf:
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/desk/mine").text)
            self._csrf = found[1] if found else ""
        return self._csrf


@contextmanager
def open_office(database_url: str, public_url: str = "") -> Iterator[Office]:
    settings = Settings(database_url, (str(TESTVILLE),), SECRET_KEY, "127.0.0.1", 8000, public_url)
    opened: list[Office] = []
    app = App(settings, working=False, clock=lambda: opened[0].now if opened else MORNING)
    app.prepare()
    with ExitStack() as closing, serving(app) as address:
        opened.append(Office(app, address, closing))
        yield opened[0]
