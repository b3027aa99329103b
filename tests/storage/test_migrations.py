"""The migrations say the same as the models, on both databases, up and down."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import inspect, select

from bot.storage import migrations
from bot.storage.db import Database
from bot.storage.models import Base, Handoff, Team, Worker


def test_migrated_tables_are_those_of_the_models(database: Database) -> None:
    migrations.check(database.engine)

    assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())


def test_migrations_can_go_down_and_up_again(database: Database) -> None:
    migrations.downgrade(database.engine, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]

    migrations.upgrade(database.engine)
    migrations.check(database.engine)


def test_processes_that_start_together_do_not_disturb_each_other(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]

    with ThreadPoolExecutor() as pool:
        list(pool.map(Database.migrate, databases))

    migrations.check(databases[0].engine)
    for database in databases:
        database.close()


def test_workers_of_an_older_installation_get_one_team_for_trying_out(database_url: str) -> None:
    database = Database(database_url)
    migrations.upgrade(database.engine, "0004")
    with database.engine.begin() as connection:
        for number in (1, 2):
            connection.exec_driver_sql(
                "INSERT INTO conversation (channel, chat, language, phone_language, place, territory, state,"
                f" blocked, started_at, last_seen_at) VALUES ('web', 'c{number}', '', '', '', '', '{{}}',"
                " false, '2026-11-01 00:00:00+00:00', '2026-11-01 00:00:00+00:00')"
            )
        connection.exec_driver_sql(
            "INSERT INTO worker (conversation_id, first_name, languages, communes, themes, on_duty, most_open,"
            " joined_at) VALUES (1, 'Amina', '[]', '[]', '[]', true, 5, '2026-11-01 00:00:00+00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO handoff (id, conversation_id, status, language, need, place, sealed_words, outcome,"
            " asked_at) VALUES ('a', 2, 'asked', 'fr', '', '', '', '', '2026-11-01 00:00:00+00:00')"
        )

    migrations.upgrade(database.engine)

    with database.read() as session:
        (team,) = session.scalars(select(Team)).all()
        worker, handoff = session.get_one(Worker, 1), session.get_one(Handoff, "a")
        assert (team.trial, team.live, worker.team_id) == (True, True, team.id)
        assert (handoff.status, handoff.team_id, handoff.consented_team) == ("offered", team.id, team.id)
    database.close()
