"""Whatever happens in whatever order: nobody is promised more than a team can hold, and no request is lost."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.conversation.turn import World
from bot.handoff.lifecycle import HELD, OPEN, WAITING
from bot.storage.db import Database
from bot.storage.models import Handoff, Team, Worker
from tests.conversations.talk import Talk
from tests.databases import SqliteBackend
from tests.handoff.town import MONDAY, a_team, a_worker, later, press

PEOPLE, WORKERS = "abcde", "wvu"
ASKING = ("talk:rent-arrears", "card:send", "withdraw", "erase-all", "agree", "refuse")
WORKING = ("duty:on", "duty:off", "accept", "decline", "pass-to:0", "pass-to:2", "closed", "write")
STEPS = st.one_of(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ASKING), st.integers(0, 3)),
    st.tuples(st.sampled_from(WORKERS), st.sampled_from(WORKING), st.integers(0, 3)),
    st.tuples(st.just(""), st.sampled_from(("10", "60", "300")), st.just(0)),
)


def do(talk: Talk, who: str, what: str, which: int) -> list[tuple[str, object]]:
    with talk.database.read() as session:
        requests = session.scalars(select(Handoff.id).order_by(Handoff.asked_at.desc())).all()
    request = requests[which] if which < len(requests) else "none"
    if not who:
        return list(later(talk, step=5 if what == "10" else 20, minutes=int(what)))
    if what == "write":
        return list(talk.say(who, "Bonjour, je vous réponds"))
    if what in ("accept", "decline", "agree", "refuse"):
        return list(press(talk, who, f"{what}:{request}"))
    if what == "closed":
        return list(press(talk, who, f"closed:{request}:oriented"))
    if what.startswith("pass-to"):
        return list(press(talk, who, f"pass-to:{request}:{what[-1]}"))
    return list(press(talk, who, what))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=8, max_size=30))
def test_no_order_of_steps_promises_too_much_or_loses_anybody(
    sqlite_backend: SqliteBackend, world: World, steps: list[tuple[str, str, int]]
) -> None:
    database = Database(sqlite_backend.migrated())
    talk = Talk(database, world, "fr", MONDAY)
    a_worker(talk, "w", "Amina", a_team(database, "A", most_open=3), most_open=2)
    a_worker(talk, "v", "Bruno", 1, most_open=1, hours="")
    a_worker(talk, "u", "Ugo", a_team(database, "B", most_open=2), most_open=1)
    for who, what, which in steps:
        before = room_of(database)
        told = do(talk, who, what, which)
        offered = any("card:send" in str(reply) for chat, reply in told)
        assert not offered or max(before.values()) > 0, "an offer without room"
        look(database, talk)
    later(talk, step=120, days=4)  # whatever was left open has run out, or a worker has answered
    with database.read() as session:
        left = session.scalars(select(Handoff).where(Handoff.status.in_(OPEN))).all()
        assert [row.status for row in left if row.first_reply_at is None] == []
    database.close()


def room_of(database: Database) -> dict[int, int]:
    with database.read() as session:
        rows = session.scalars(select(Handoff).where(Handoff.status.in_(OPEN))).all()
        room = {}
        for team in session.scalars(select(Team)):
            own = [row for row in rows if row.team_id == team.id]
            free = 0
            for worker in session.scalars(select(Worker).where(Worker.team_id == team.id)):
                held = sum(row.worker_id == worker.id and row.status in HELD for row in own)
                free += max(0, worker.most_open - held)
            waiting = sum(row.status in WAITING for row in own)
            room[team.id] = min(team.most_open - len(own), free - waiting)
        return room


def look(database: Database, talk: Talk) -> None:
    """Hold what must be true at every moment."""
    with database.read() as session:
        rows = session.scalars(select(Handoff)).all()
        limits = {worker.id: worker.most_open for worker in session.scalars(select(Worker))}
        for team in session.scalars(select(Team)):
            assert sum(row.team_id == team.id and row.status in OPEN for row in rows) <= team.most_open
        for worker, most in limits.items():
            assert sum(row.worker_id == worker and row.status in HELD for row in rows) <= most
        for row in rows:
            assert (row.worker_id is not None) == (row.status in HELD) or row.status not in OPEN
            if row.status in OPEN:
                assert row.conversation_id
                assert row.promised_until
                assert row.consented_team == row.team_id
            if row.status in WAITING and not row.next_team:
                assert row.promised_until
                assert row.promised_until >= talk.now - timedelta(minutes=20)
            if row.status in ("withdrawn", "expired"):
                assert row.sealed_words == ""
