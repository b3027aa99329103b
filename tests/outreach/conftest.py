"""Testville with its places and rounds, a team, and the surroundings of an effect without a whole delivery."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.conversation.turn import Effect, World
from bot.handoff.context import Context
from bot.messages import Inbound, Kind, Reply, plain
from bot.outreach import schedule
from bot.outreach.effects import OUTREACH
from bot.outreach.places import OutreachPlan, read_plan
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import Conversation, Team, Worker
from tests.paths import TESTVILLE
from tests.worlds import small_town

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def world() -> World:
    return small_town()


@pytest.fixture(scope="session")
def plan(world: World) -> OutreachPlan:
    known = {need.id for need in world.needs}
    found, problems = read_plan(TESTVILLE / "outreach.toml", world.territory, known, MONDAY)
    assert problems == ()
    return found


@dataclass
class Street:
    """What happens on one database: people, workers, and all that anybody is told at once."""

    database: Database
    world: World
    now: datetime = MONDAY
    told: list[tuple[int, Reply]] = field(default_factory=list)
    timers: list[tuple[int, str, str, datetime]] = field(default_factory=list)

    def person(self, language: str = "fr", *, commune: str = "", met_at: datetime | None = None) -> int:
        with self.database.write() as session:
            return self._conversation(session, language, commune, met_at or self.now).id

    def worker(
        self, first_name: str = "Amina", *, role: str = "worker", team: str = "Équipe du Phare"
    ) -> int:
        """Give the conversation of a new worker."""
        with self.database.write() as session:
            conversation = self._conversation(session, "fr", "", self.now)
            known = session.query(Team).filter_by(name=team).one_or_none()
            worker = Worker(
                conversation_id=conversation.id,
                first_name=first_name,
                languages=["fr", "ar"],
                role=role,
                joined_at=self.now,
                team_id=known.id if known else None,
            )
            session.add(worker)
            return conversation.id

    def does(self, who: int, effect: Effect) -> list[str]:
        """Let an effect of somebody's turn be done; give what they are told."""
        before = len(self.told)
        with self.database.write() as session:
            conversation = session.get_one(Conversation, who)
            OUTREACH[type(effect)](self.context(session, conversation), effect)
        return [plain(reply.text) for whom, reply in self.told[before:] if whom == who]

    def buttons(self) -> dict[str, str]:
        """Give the buttons of what was told last."""
        return {button.label: button.data for row in self.told[-1][1].buttons for button in row}

    def context(self, session: Session, conversation: Conversation) -> Context:
        inbound = Inbound("test", "1", conversation.chat, Kind.CHOICE)

        def tell(whom: int, reply: Reply, relay_from: int | None = None, said: int | None = None) -> None:
            self.told.append((whom, reply))

        def remind(whom: int, key: str, text: str, due_at: datetime) -> None:
            self.timers.append((whom, key, text, due_at))

        sealer = Sealer("a secret of the tests, long enough")
        return Context(session, conversation, inbound, self.world, sealer, self.now, tell, remind)

    def read(self, query: Callable[[Session], Any]) -> Any:
        with self.database.read() as session:
            return query(session)

    def _conversation(self, session: Session, language: str, commune: str, met_at: datetime) -> Conversation:
        number = session.query(Conversation).count()
        conversation = Conversation(
            channel="test",
            chat=f"p{number}",
            language=language,
            place=commune,
            started_at=met_at,
            last_seen_at=self.now,
        )
        session.add(conversation)
        session.flush()
        return conversation


@pytest.fixture
def street(database: Database, world: World, plan: OutreachPlan) -> Street:
    """Both databases, with the team and its rounds."""
    with database.write() as session:
        session.add(Team(name="Équipe du Phare", live=True))
        session.flush()
        assert schedule.keep_plan(session, plan, world.territory) == []
    return Street(database, world)
