"""A simulated quarter of a team in Etterbeek: the data of `passerelle demo`, and all of this room at once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.conversation.turn import World
from bot.outreach import demo, schedule
from bot.outreach.figures import TABLES, Grounds, Quarter, quarters_with_figures, read_figures
from bot.outreach.limits import is_quiet
from bot.outreach.occurrences import kept_rate
from bot.privacy.retention import forget_old
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.storage.models import (
    Broadcast,
    BroadcastReceipt,
    Conversation,
    Meeting,
    OutboxMessage,
    StopChange,
    Tally,
    Timer,
)
from tests import worlds

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SEALER = Sealer("a secret of the tests, long enough")


@pytest.fixture(scope="module")
def brussels() -> World:
    return worlds.brussels()


def test_a_quarter_in_etterbeek(sqlite_database: Database, brussels: World) -> None:
    database = sqlite_database
    played = demo.play(database, brussels, SEALER, NOW)

    with database.read() as session:
        places = schedule.read_places(session, brussels.territory)
        found = schedule.read_calendar(
            session, brussels.territory, played.began, played.began.replace(month=9)
        )
        held, planned = kept_rate(found, (), NOW)
        row = session.get_one(Broadcast, played.notice)
        quarter = quarters_with_figures(session, NOW)[0]
        grounds = Grounds(brussels.territory, brussels.needs, tuple(brussels.words.languages))
        figures = {one.name: one for one in read_figures(session, grounds, quarter, NOW)}
        sent = session.scalars(select(OutboxMessage)).all()
        languages = set(session.scalars(select(Conversation.language)))

    assert all(place.trial for place in places.values())
    assert len(languages) >= 8
    assert played.rounds > 50
    assert played.changes_told > 0
    assert 0.6 < held / planned < 1
    assert (row.notice, row.status) == ("heat", "sent")
    assert row.queued >= 32 + 3
    assert str(quarter) == "2026-Q3"
    assert figures["asked-theme"].visible > 100
    assert set(figures) == set(TABLES)
    assert not any(is_quiet(one.not_before, brussels.territory.zone) for one in sent)
    assert {one.status for one in sent} == {"sent"}


def test_a_database_that_holds_anything_is_refused(sqlite_database: Database, brussels: World) -> None:
    with sqlite_database.write() as session:
        session.add(Conversation(channel="test", chat="1", started_at=NOW, last_seen_at=NOW))
    with pytest.raises(demo.NotEmpty, match="needs one of its own"):
        demo.play(sqlite_database, brussels, SEALER, NOW)


def test_the_demo_is_the_same_each_time_and_nobody_is_told_twice(
    sqlite_database: Database, brussels: World
) -> None:
    demo.play(sqlite_database, brussels, SEALER, NOW)
    with sqlite_database.read() as session:
        receipts = session.scalar(select(func.count()).select_from(BroadcastReceipt))
        people = session.scalar(select(func.count(BroadcastReceipt.conversation_id.distinct())))
        counts = [session.scalar(select(func.count()).select_from(t)) for t in (Meeting, StopChange, Tally)]
        waiting = session.scalar(select(func.count()).select_from(Timer))
    assert receipts == people
    assert all(counts)
    assert waiting == 0
    assert forget_old(sqlite_database, NOW)["conversation"] == 0


def test_the_quarter_before_is_the_one_that_can_be_read() -> None:
    assert Quarter.of(NOW.date()) == Quarter(2026, 4)
