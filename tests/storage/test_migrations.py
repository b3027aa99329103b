"""The migrations say the same as the models, on both databases, up and down."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import inspect

from bot.storage import migrations
from bot.storage.db import Database
from bot.storage.models import Base


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
