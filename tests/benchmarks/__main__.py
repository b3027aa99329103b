"""`python -m tests.benchmarks`: print every figure; QUICK=1 takes less than a minute."""

import logging
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.sizes import FULL, QUICK
from tests.databases import PostgresqlBackend, SqliteBackend, postgresql_server


def main() -> int:
    """Measure; give 1 when a target is missed."""
    logging.disable(logging.ERROR)
    size = QUICK if os.environ.get("QUICK", "") not in ("", "0") else FULL
    missed = False
    with tempfile.TemporaryDirectory() as name, postgresql_server() as server:
        folder = Path(name)
        for figure in Bench(size, folder, SqliteBackend(folder), PostgresqlBackend(server)).figures():
            print(figure.to_json(), flush=True)
            missed = missed or figure.ok is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
