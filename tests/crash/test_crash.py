"""The short form: real processes die by SIGKILL while the Bot API is in trouble, and nothing is lost or doubled."""

import os
import random
from pathlib import Path

from directory.packs import load_pack
from tests.crash.story import Size, play
from tests.databases import Backend
from tests.telegram.standin import BotApi

SHORT = Size(
    kills=2,
    messages=200,
    askers=16,
    pairs=4,
    seconds=2,
    patience=60,
    late_seconds=0.8,
    module="tests.crash.hurried",
)


def test_nothing_is_lost_or_doubled_when_processes_are_killed(
    backend: Backend, bot_api: BotApi, tmp_path: Path
) -> None:
    url = backend.migrated()
    commands = ["run"] if url.startswith("sqlite") else ["web", "worker", "worker"]
    seed = int(os.environ.get("CRASH_SEED", "") or random.SystemRandom().getrandbits(32))
    print(f"CRASH_SEED={seed}")

    report = play(SHORT, commands, url, bot_api, tmp_path, load_pack("brussels"), seed, {})

    print(report.counts, f"{report.seconds:.1f} s")
    assert report.problems == [], report.said[-4000:]
