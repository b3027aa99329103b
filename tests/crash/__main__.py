"""`python -m tests.crash --kills 50 --messages 3000`: the program as it is, killed again and again; prints the counts.

On SQLite one `run`, on PostgreSQL two `web` and three `worker`; it ends with 1 when something was lost, doubled
or out of order.
"""

import argparse
import logging
import random
import re
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from bot.i18n import Words
from bot.understanding.understander import Understander
from directory.packs import load_pack
from tests.crash.people import sure_sentences
from tests.crash.story import Report, Size, play
from tests.databases import Backend, PostgresqlBackend, SqliteBackend, postgresql_server
from tests.paths import PROJECT
from tests.telegram.standin import BotApi

COMMANDS = {"sqlite": ["run"], "postgresql": ["web", "web", "worker", "worker", "worker"]}
SECONDS_A_KILL = 5.0  # the program needs three to start: some die before they have begun
LATE_SECONDS = 11.0  # it waits ten for an answer
PATIENCE = 900.0


def main() -> int:
    options = _options()
    logging.getLogger("uvicorn.error").setLevel(
        logging.CRITICAL
    )  # the stand-in's, when it drops a connection
    pack, words = load_pack("brussels"), Words()
    phrases = tomllib.loads((PROJECT / "tests/phrases/fr.toml").read_text("utf-8"))
    understander = Understander(words, pack.territory)
    sentences = sure_sentences(understander, phrases["needs"])
    size = Size(
        kills=options.kills,
        messages=options.messages,
        askers=options.chats * 3 // 4,
        pairs=options.chats // 8,
        seconds=options.kills * SECONDS_A_KILL,
        patience=PATIENCE,
        late_seconds=LATE_SECONDS,
    )
    print(f"seed {options.seed}, {len(sentences)} sentences, {size}", flush=True)

    def play_on(name: str, backend: Backend, folder: Path) -> bool:
        folder.mkdir()
        with BotApi.running() as bot_api:
            url = backend.migrated()
            report = play(size, COMMANDS[name], url, bot_api, folder, pack, options.seed, sentences)
        _tell(name, report)
        return not report.problems

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        well = []
        if "sqlite" in options.database:
            well.append(play_on("sqlite", SqliteBackend(folder), folder / "sqlite"))
        if "postgresql" in options.database:
            with postgresql_server() as server:
                well.append(play_on("postgresql", PostgresqlBackend(server), folder / "postgresql"))
    return 0 if all(well) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--chats", type=int, default=80)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--database", nargs="+", default=list(COMMANDS), choices=list(COMMANDS))
    return parser.parse_args()


def _tell(name: str, report: Report) -> None:
    print(f"\n{name}: {report.seconds:.0f} s")
    for what, count in sorted(report.counts.items()):
        print(f"  {what:32} {count:6}")
    for trouble, count in Counter(re.findall(r"(\w+Error at \S+:\d+)", report.said)).items():
        print(f"  logged: {trouble:24} {count:6}")
    for problem in report.problems:
        print(f"  PROBLEM {problem}")
    print(
        "  nothing lost, nothing doubled, in order" if not report.problems else _last_words(report.said),
        flush=True,
    )


def _last_words(said: str) -> str:
    lines = [line for line in said.splitlines() if "not acknowledged" not in line]
    return "\n".join(lines[-60:])


if __name__ == "__main__":
    sys.exit(main())
