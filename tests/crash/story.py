"""One crash test from beginning to end, long or short."""

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.i18n import Words
from bot.storage.db import Database
from bot.storage.models import InboxMessage, OutboxMessage
from directory.loading import load_services
from directory.packs import Pack
from tests.crash import people
from tests.crash.installation import Installation, installed
from tests.crash.trouble import Trouble
from tests.crash.verdict import Verdict
from tests.telegram.standin import BotApi


@dataclass(frozen=True)
class Size:
    """How much of everything; a third of the messages are words between a person and a worker."""

    kills: int
    messages: int
    askers: int
    pairs: int
    seconds: float  # in which all is written, and in which all are killed
    patience: float  # for the rest to be handled and sent
    late_seconds: float  # longer than the program waits for an answer
    module: str = "bot"


@dataclass(frozen=True)
class Report:
    """What came out: nothing in `problems` when all is well."""

    problems: list[str]
    counts: Counter[str]
    seconds: float
    said: str


def play(
    size: Size,
    commands: list[str],
    database_url: str,
    bot_api: BotApi,
    folder: Path,
    pack: Pack,
    seed: int,
    sentences: Mapping[str, str],
) -> Report:
    """Write, kill, make trouble; wait until all is at rest, and judge.

    Args:
        commands: the processes, such as `web` and `worker`.
        database_url: a database with all tables.
        sentences: what may be asked in words, and the need of each.
    """
    words, dice, begun = Words(), random.Random(seed), time.monotonic()
    database = Database(database_url)
    with database.write() as session:
        load_services(session, pack)
    relayed = size.messages // 3 // (2 * size.pairs) * 2 * size.pairs
    talks = people.pairs(size.pairs, relayed, database)
    talks += people.askers(size.askers, size.messages - relayed, pack.needs, sentences, dice)
    trouble = Trouble(bot_api.account, dice.getrandbits(32), size.late_seconds)
    with installed(folder, size.module, database_url, bot_api, commands) as installation:
        _connected(bot_api, installation)
        writing = threading.Thread(
            target=people.write_all, args=(bot_api, talks, size.seconds, random.Random(dice.getrandbits(32)))
        )
        writing.start()
        _kill_now_and_then(installation, size, random.Random(dice.getrandbits(32)))
        writing.join()
        _wait_until(lambda: installation.fallen or _at_rest(database, bot_api), size.patience)
        fallen = installation.fallen
    verdict = Verdict(
        database, bot_api, talks, trouble.doubtful, [moment for moment, _ in installation.kills]
    )
    verdict.judge(pack, words)
    verdict.problems += [f"`{command}` ended by itself" for command in fallen]
    database.close()
    happened = Counter(
        {f"killed: {name}": n for name, n in Counter(name for _, name in installation.kills).items()}
    )
    happened += Counter(
        {f"met trouble: {name}": count for name, count in trouble.counts.items() if name != "fine"}
    )
    return Report(verdict.problems, verdict.counts + happened, time.monotonic() - begun, installation.said)


def _connected(bot_api: BotApi, installation: Installation) -> None:
    _wait_until(lambda: installation.fallen or bot_api.account.webhook, 60)
    assert bot_api.account.webhook, installation.said


def _kill_now_and_then(installation: Installation, size: Size, dice: random.Random) -> None:
    moments = sorted(dice.uniform(0, size.seconds) for _ in range(size.kills))
    begun = time.monotonic()
    for moment in moments:
        time.sleep(max(0.0, begun + moment - time.monotonic()))
        installation.kill_one(dice)


def _at_rest(database: Database, bot_api: BotApi) -> bool:
    if bot_api.account.pending:
        return False
    waiting: Sequence[object] = (
        select(InboxMessage.id).where(InboxMessage.status == "open"),
        select(OutboxMessage.id).where(OutboxMessage.status.in_(("new", "sending"))),
    )
    with database.read() as session:
        return all(session.scalar(query.limit(1)) is None for query in waiting)  # type: ignore[attr-defined]


def _wait_until(condition: object, seconds: float) -> None:
    """Wait, at most so long; the verdict says what is missing then."""
    ends_at = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends_at:  # type: ignore[operator]
        time.sleep(0.05)
