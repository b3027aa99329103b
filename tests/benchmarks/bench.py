"""Every figure, measured one after the other."""

import gc
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bot.conversation.turn import World
from bot.delivery.turns import Turns
from bot.i18n import Words
from bot.privacy.sealing import Sealer
from bot.storage.db import Database
from bot.worlds import world_of
from directory.loading import load_services
from directory.packs import Pack, load_pack
from tests.benchmarks import catalogues, growth, load, month, searching
from tests.benchmarks.figures import Figure, at_least, at_most, percentile
from tests.benchmarks.processes import SECRET, Program, programs
from tests.benchmarks.sizes import Size
from tests.crash.people import sure_sentences
from tests.databases import PostgresqlBackend, SqliteBackend
from tests.paths import PROJECT
from tests.telegram.standin import BotApi

ECHO, ROUTE = ["tests.benchmarks.baselines", "echo"], ["tests.benchmarks.baselines", "route"]
UNPACED, AS_IT_IS = "tests.benchmarks.unpaced", "bot"
RATE = 30.0
COMMANDS = ("/menu", "/help")  # answered without understanding, as the echo bot answers
REPLY_SECONDS = 0.150
IDLE_PERCENT = 2.0
RESIDENT_MIB = 400.0
FLAT = 1.5
MIB = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """What one bot did under the same load."""

    per_second: float
    understood_per_second: float
    cpu_milliseconds: float  # a message
    growth_bytes: float  # a message
    reply_seconds: list[float]
    idle_after: float
    resident_mib: float


class Bench:
    """Everything that is measured, one after the other, so that nothing disturbs another."""

    def __init__(
        self, size: Size, folder: Path, sqlite: SqliteBackend, postgresql: PostgresqlBackend
    ) -> None:
        self._size = size
        self._folder = folder
        self._sqlite = sqlite
        self._postgresql = postgresql
        self._pack: Pack = load_pack("brussels")
        self._world: World = world_of(self._pack, Words())
        phrases = tomllib.loads((PROJECT / "tests/phrases/fr.toml").read_text("utf-8"))
        some = dict(list(phrases["needs"].items())[: size.texts])
        self._texts = list(sure_sentences(self._world.understander, some))
        gc.collect()
        gc.freeze()  # or load and stand-in stand still for a tenth of a second while Python looks at the world

    def figures(self) -> Iterator[Figure]:
        with _told("catalogues"):
            yield from catalogues.figures()
        with _told("a month of handoffs"):
            yield from month.figures()
        with _told("search"):
            yield from searching.figures(self._pack, 2 * self._size.texts)
        with _told("webhook to durable"):
            yield from self._durable()
        with _told("the bare echo bot"):
            echo = self._measured([ECHO], "")
        with _told("one process, SQLite"):
            alone = self._measured([[UNPACED, "run"]], self._sqlite.migrated())
        yield from self._one_process(alone, echo)
        with _told("two workers, PostgreSQL"):
            several = self._measured(
                [[UNPACED, "web"], [UNPACED, "worker"], [UNPACED, "worker"]], self._with_directory()
            )
        yield from self._two_workers(several, echo)
        if self._size.all:
            with _told("at Telegram's pace"):
                yield from self._at_telegrams_pace()
        with _told("stored conversations, SQLite"):
            yield from self._stored("sqlite", self._sqlite)
        if self._size.all:
            with _told("stored conversations, PostgreSQL"):
                yield from self._stored("postgresql", self._postgresql)

    def _durable(self) -> Iterator[Figure]:
        bare = self._posted([ROUTE], "")
        for name, backend in (("sqlite", self._sqlite), ("postgresql", self._postgresql)):
            taken = self._posted([[AS_IT_IS, "web"]], backend.migrated())
            yield Figure(f"webhook-to-durable-{name}", taken, "messages/s", bare)

    def _posted(self, commands: list[list[str]], database_url: str) -> float:
        with BotApi.running() as bot_api, self._running(commands, bot_api, database_url) as program:
            secret = self._connected(bot_api) if database_url else ""
            bodies = [
                load.message(bot_api, load.FIRST_CHAT + number % 500, "bonjour")
                for number in range(self._size.posts)
            ]
            load.post_all(program.url, secret, bodies[:100])
            return load.post_all(program.url, secret, bodies)

    def _measured(self, commands: list[list[str]], database_url: str) -> Measured:
        size = self._size
        with BotApi.running() as bot_api, self._running(commands, bot_api, database_url) as program:
            self._connected(bot_api)
            for texts in (self._texts, COMMANDS):  # every line open, every part awake
                load.answered_per_second(bot_api, size.chats, 1, texts)
            per_second = load.answered_per_second(bot_api, size.chats, size.each, COMMANDS)
            cpu, memory = program.cpu_seconds(), program.resident_bytes()
            understood = load.answered_per_second(bot_api, size.chats, size.each, self._texts)
            count = size.chats * size.each
            cpu, memory = program.cpu_seconds() - cpu, program.resident_bytes() - memory
            waited = load.reply_seconds(bot_api, RATE, size.seconds, size.chats, self._texts)
            return Measured(
                per_second=per_second,
                understood_per_second=understood,
                cpu_milliseconds=cpu / count * 1000,
                growth_bytes=memory / count,
                reply_seconds=waited,
                idle_after=program.busy(size.idle),
                resident_mib=program.resident_bytes() / MIB,
            )

    def _one_process(self, alone: Measured, echo: Measured) -> Iterator[Figure]:
        yield at_least(
            "handled-sqlite", alone.per_second, "messages/s", echo.per_second / 2, baseline=echo.per_second
        )
        yield Figure(
            "handled-with-understanding-sqlite",
            alone.understood_per_second,
            "messages/s",
            echo.understood_per_second,
        )
        for percent in (50, 95, 99):
            waited, beside = (percentile(m.reply_seconds, percent) * 1000 for m in (alone, echo))
            name = f"reply-at-30-per-second-p{percent}"
            if percent == 95:
                yield at_most(name, waited, "ms", REPLY_SECONDS * 1000, beside)
            else:
                yield Figure(name, waited, "ms", beside)
        yield Figure("cpu-per-message", alone.cpu_milliseconds, "ms", echo.cpu_milliseconds)
        yield Figure("memory-per-message", alone.growth_bytes, "bytes", echo.growth_bytes)
        yield at_most("idle-cpu", alone.idle_after * 100, "% of a core", IDLE_PERCENT, echo.idle_after * 100)
        yield at_most("resident-memory", alone.resident_mib, "MiB", RESIDENT_MIB, echo.resident_mib)

    def _two_workers(self, several: Measured, echo: Measured) -> Iterator[Figure]:
        yield at_least(
            "handled-postgresql",
            several.per_second,
            "messages/s",
            echo.per_second / 2,
            baseline=echo.per_second,
        )
        yield Figure(
            "handled-with-understanding-postgresql",
            several.understood_per_second,
            "messages/s",
            echo.understood_per_second,
        )
        waited, beside = (percentile(m.reply_seconds, 95) * 1000 for m in (several, echo))
        yield Figure("reply-at-30-per-second-p95-postgresql", waited, "ms", beside)
        yield Figure("cpu-per-message-postgresql", several.cpu_milliseconds, "ms", echo.cpu_milliseconds)
        yield Figure(
            "idle-cpu-postgresql-three-processes",
            several.idle_after * 100,
            "% of a core",
            echo.idle_after * 100,
        )
        yield Figure(
            "resident-memory-postgresql-three-processes", several.resident_mib, "MiB", echo.resident_mib
        )

    def _at_telegrams_pace(self) -> Iterator[Figure]:
        """The program as it is, which keeps below Telegram's thirty a second."""
        for rate in (20.0, RATE):
            with (
                BotApi.running() as bot_api,
                self._running([[AS_IT_IS, "run"]], bot_api, self._sqlite.migrated()),
            ):
                self._connected(bot_api)
                load.answered_per_second(bot_api, self._size.chats, 1, self._texts)
                time.sleep(1)
                waited = load.reply_seconds(bot_api, rate, self._size.seconds, self._size.chats, self._texts)
            yield Figure(
                f"reply-at-{rate:.0f}-per-second-p95-telegram-pace", percentile(waited, 95) * 1000, "ms"
            )

    def _stored(self, name: str, backend: SqliteBackend | PostgresqlBackend) -> Iterator[Figure]:
        databases, sizes = [], []
        for count in self._size.stored:
            url = backend.migrated()
            database = Database(url)
            growth.fill(database, count)
            databases.append((database, count))
            sizes.append(Path(url.removeprefix("sqlite:///")).stat().st_size if name == "sqlite" else 0)
        turns, memory = Turns(self._world, Sealer(SECRET)), psutil.Process().memory_info().rss
        few, *many = growth.handling_seconds(databases, turns, self._texts, self._size.rounds)
        memory = psutil.Process().memory_info().rss - memory
        for (_, count), taken in zip(databases[1:], many, strict=True):
            figure = f"handling-with-{count}-conversations-{name}"
            yield at_most(figure, taken.wall * 1000, "ms", few.wall * 1000 * FLAT, few.wall * 1000)
        if name == "sqlite":
            thousands = (self._size.stored[-1] - self._size.stored[0]) / 1000
            cpu = (many[-1].cpu - few.cpu) * 1000
            yield Figure("cpu-per-1000-open-conversations", cpu / thousands, "ms a message", few.cpu * 1000)
            yield Figure("cpu-understanding-per-message", self._understanding() * 1000, "ms", few.cpu * 1000)
            yield Figure("memory-per-1000-open-conversations", memory / thousands, "bytes", 0.0)
            yield Figure("disk-per-1000-open-conversations", (sizes[-1] - sizes[0]) / thousands, "bytes", 0.0)
        for database, _ in databases:
            database.close()

    def _understanding(self) -> float:
        """Give the seconds of work that the words of one message take."""
        begun = time.process_time()
        for words in self._texts:
            self._world.understander.understand(words)
        return (time.process_time() - begun) / len(self._texts)

    def _with_directory(self) -> str:
        url = self._postgresql.migrated()
        database = Database(url)
        with database.write() as session:
            load_services(session, self._pack)
        database.close()
        return url

    @contextmanager
    def _running(self, commands: list[list[str]], bot_api: BotApi, database_url: str) -> Iterator[Program]:
        environ = {"DATABASE_URL": database_url} if database_url else {}
        with programs(self._folder, commands, bot_api, **environ) as program:
            yield program

    @staticmethod
    def _connected(bot_api: BotApi) -> str:
        ends_at = time.monotonic() + 30
        while bot_api.account.webhook is None and time.monotonic() < ends_at:
            time.sleep(0.02)
        assert bot_api.account.webhook, "nobody has set a webhook"
        return bot_api.account.webhook.secret or ""


@contextmanager
def _told(what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
