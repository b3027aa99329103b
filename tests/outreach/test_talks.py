"""Whole talks about places, encounters, follow-up and reminders, through the real engine and delivery.

`pytest tests/outreach/test_talks.py --update` writes them as the bot talks now.
"""

from pathlib import Path

import pytest

from bot.conversation.turn import World
from bot.outreach import schedule
from bot.outreach.places import OutreachPlan
from bot.storage.db import Database
from bot.storage.models import Conversation, Team, Worker
from tests.conversations.talk import play
from tests.outreach.conftest import MONDAY

TALKS = sorted((Path(__file__).parent / "talks").glob("*.txt"))


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_the_bot_talks_as_the_transcript_says(
    path: Path, sqlite_database: Database, world: World, plan: OutreachPlan, pytestconfig: pytest.Config
) -> None:
    with sqlite_database.write() as session:
        team = Team(name="Équipe du Phare")
        chat = Conversation(
            channel="test", chat="w", language="fr", started_at=MONDAY, last_seen_at=MONDAY, place=""
        )
        session.add_all([team, chat])
        session.flush()
        worker = Worker(conversation_id=chat.id, team_id=team.id, first_name="Amina", joined_at=MONDAY)
        session.add(worker)
        schedule.keep_plan(session, plan, world.territory)
    script = path.read_text("utf-8")
    played = play(script, sqlite_database, world)
    if pytestconfig.getoption("update"):
        path.write_text(played, "utf-8")
    assert played == path.read_text("utf-8")
