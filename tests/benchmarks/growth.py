"""How long one message takes from its arrival to its sent reply when many conversations are stored."""

import itertools
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from bot.channels.base import Capabilities
from bot.delivery import handling, inbox, outbox
from bot.delivery.outcomes import finish
from bot.delivery.turns import Turns
from bot.messages import Inbound, Kind
from bot.storage.db import Database
from tests.delivery.fakes import MemoryChannel

CHANNELS = {"memory": MemoryChannel(capabilities=Capabilities(rate=50_000, rate_per_chat=50_000))}
EACH = 10
_NUMBERS = {
    "sqlite": "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < :count)",
    "postgresql": "WITH one(n) AS (SELECT generate_series(1, :count))",
}
_FILL = (
    "INSERT INTO conversation (id, channel, chat, language, phone_language, place, state, blocked, started_at,"
    " last_seen_at) {numbers} SELECT n, 'memory', 'chat' || n, 'fr', 'fr', '', '{{\"need\": \"rent-arrears\"}}',"
    " {false}, '2026-11-01 08:00:00+00:00', '2026-11-20 08:00:00+00:00' FROM one",
    "INSERT INTO inbox (channel, external_id, conversation_id, status, attempts, received_at) {numbers}"
    " SELECT 'memory', 'old' || n, n, 'done', 1, '2026-11-20 08:00:00+00:00' FROM one",
    "INSERT INTO outbox (conversation_id, priority, status, not_before, tries, failure, created_at) {numbers}"
    " SELECT n, 0, 'sent', '2026-11-20 08:00:00+00:00', 1, '', '2026-11-20 08:00:00+00:00' FROM one",
)
_external_ids = itertools.count()


def fill(database: Database, count: int) -> None:
    """Store conversations, each with one handled message and one sent reply."""
    name = database.engine.dialect.name
    with database.write() as session:
        for statement in _FILL:
            false = "0" if name == "sqlite" else "false"
            session.execute(text(statement.format(numbers=_NUMBERS[name], false=false)), {"count": count})
    if name == "postgresql":
        with database.write() as session:
            for table in ("conversation", "inbox", "outbox"):
                session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count})"))
                session.execute(text(f"ANALYZE {table}"))


@dataclass(frozen=True)
class Taken:
    """The median of many messages, in seconds."""

    wall: float
    cpu: float


def handling_seconds(
    databases: Sequence[tuple[Database, int]], turns: Turns, texts: Sequence[str], rounds: int
) -> list[Taken]:
    """Handle messages of chats at random, each database in its turn; give what one message took in each."""
    dice, some = random.Random(1), itertools.cycle(texts)
    measured: list[list[Taken]] = [[] for _ in databases]
    for number in range(rounds):
        for (database, count), times in zip(databases, measured, strict=True):
            taken = [_one(database, f"chat{dice.randint(1, count)}", next(some), turns) for _ in range(EACH)]
            times += taken if number else []  # the first round warms up
    return [
        Taken(statistics.median(one.wall for one in times), statistics.median(one.cpu for one in times))
        for times in measured
    ]


def _one(database: Database, chat: str, words: str, turns: Turns) -> Taken:
    wall, cpu = time.perf_counter(), time.process_time()
    inbound = Inbound("memory", f"new{next(_external_ids)}", chat, Kind.TEXT, words, "fr")
    inbox.receive(database, inbound, datetime.now(UTC))
    assert handling.handle_next(database, turns.handle, turns.apologise, datetime.now(UTC))
    claimed = outbox.claim(database, CHANNELS, datetime.now(UTC), 32)
    assert claimed, "nothing was answered"
    for letter in claimed:
        finish(database, letter, datetime.now(UTC), None, turns.undeliverable)
    return Taken(time.perf_counter() - wall, time.process_time() - cpu)
