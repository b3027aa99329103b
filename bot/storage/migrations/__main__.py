"""Write the next migration: `python -m bot.storage.migrations "what changes"`."""

import sys
import tempfile
from pathlib import Path

from bot.storage import migrations
from bot.storage.db import Database


def main(message: str) -> None:
    """Compare the models with an empty database that has every migration so far."""
    steps = sorted((Path(__file__).parent / "versions").glob("[0-9]*.py"))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        database.migrate()
        migrations.revise(database.engine, message, f"{len(steps) + 1:04d}")
        database.close()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
