"""The one place where the parts meet: settings -> a running Passerelle."""

import asyncio
import hmac
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from bot import metrics
from bot.channels.base import Channel, SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.conversation.dialogues.joining import INVITATION
from bot.conversation.menu import command_menu
from bot.conversation.turn import World
from bot.delivery import backlog, inbox
from bot.delivery.failures import Trouble, could_not_connect, without_words
from bot.delivery.floods import Gate
from bot.delivery.listening import Listener
from bot.delivery.loop import Loop
from bot.delivery.turns import Turns
from bot.handoff import team
from bot.i18n import Words
from bot.knowledge import Knowledge, Library
from bot.messages import Inbound
from bot.privacy.sealing import Sealer
from bot.settings import Settings
from bot.storage.db import Database
from bot.storage.mailbox import Mailbox
from bot.understanding.understander import Understander
from directory.loading import LoadReport, load_services, read_directory
from directory.packs import Pack, directory_of, load_pack
from directory.search import Directory

logger = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 15.0
LONGEST_WAIT = 10.0  # seconds between two tries to reach the database at the start


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def world_of(pack: Pack, words: Words, directory: Directory | None = None) -> World:
    """Build what is true for everybody from a pack; its services come from `directory` when given."""
    own = directory_of(pack)  # what answers name is checked against the pack, whatever the database holds
    return World(
        territory=pack.territory,
        needs=pack.needs,
        directory=directory or own,
        knowledge=Knowledge(pack, own, words),
        words=words,
        understander=Understander(words, pack.needs, pack.territory),
    )


def _tell_how_it_understands(world: World) -> None:
    understander = world.understander
    if isinstance(understander, Understander):
        logger.info("understanding by %s", ", ".join(understander.parts))
        if understander.is_stale:
            logger.warning("the phrases have changed since the training; run: passerelle train")


class App:
    """A running Passerelle: takes messages in, answers them, sends.

    What the doors of `webhooks` need is here.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        working: bool = True,
        receiving: bool = True,
        alone: bool = False,
        more_channels: Mapping[str, Channel] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Put the parts together; nothing runs and nothing is opened before `start`.

        Args:
            working: handle and send; False for a process that only serves the web side.
            receiving: keep Telegram connected; False for a process that only works.
            alone: no other process uses this database.
            more_channels: channels besides the web chat and Telegram.
        """
        self.settings = settings
        self.database = Database(settings.database_url)
        self.words = Words()
        self.mailbox = Mailbox(self.database, clock)
        self._clock = clock
        self._gate = Gate(self.database, self.words)
        self._working = working
        self._receiving = receiving
        self._alone = alone
        self._telegram = self._telegram_channel()
        # One Telegram client an event loop: the sender has its own.
        self._senders = self._channels(self._telegram_channel()) | dict(more_channels or {})
        self.channels = self._channels(self._telegram)
        self.before_work: Callable[[], object] = lambda: None  # once the database answers, in a thread
        self.failure: Exception | None = None
        self._loop: Loop | None = None
        self._listener = Listener(self.database)
        self._stopping = threading.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @cached_property
    def pack(self) -> Pack:
        """What is known of the territory; reading it needs no database."""
        return load_pack(self.settings.territory)

    @cached_property
    def library(self) -> Library:
        """All that is public of the territory."""
        known = directory_of(self.pack)
        return Library(self.pack.territory, self.pack.needs, known, Knowledge(self.pack, known, self.words))

    @property
    def page_url(self) -> str:
        """Where people open the web side."""
        return self.settings.page_url

    def now(self) -> datetime:
        """Tell the time."""
        return self._clock()

    def prepare(self) -> LoadReport:
        """Bring the database to the newest form and the directory of the territory into it."""
        if self.settings.database_url.startswith("sqlite:///"):
            Path(self.settings.database_url.removeprefix("sqlite:///")).parent.mkdir(
                parents=True, exist_ok=True
            )
        self.database.migrate()
        with self.database.write() as session:
            return load_services(session, self.pack)

    def start_working(self) -> None:
        """Begin to handle and to send, in threads."""
        with self.database.read() as session:
            directory = read_directory(session, self.pack.territory)
        world = world_of(self.pack, self.words, directory)
        _tell_how_it_understands(world)
        turns = Turns(world, Sealer(self.settings.secret_key))
        loop = Loop(
            self.database,
            self._senders,
            turns.handle,
            turns.apologise,
            turns.undeliverable,
            self._clock,
            alone=self._alone,
            prepare=turns.prepare,
        )
        if not self._stopping.is_set():
            self._loop = loop
            loop.start()

    def stop_working(self) -> None:
        """Finish what is in hand."""
        if self._loop:
            self._loop.stop()
            self._loop = None

    async def start(self) -> None:
        """Begin in the server's event loop; a database that is down is waited for meanwhile."""
        self._tasks.append(asyncio.create_task(self._run()))

    async def stop(self) -> None:
        """Take nothing more in, finish what is in hand."""
        self._stopping.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await asyncio.to_thread(self.stop_working)
        await asyncio.to_thread(self._listener.stop)
        if self._telegram:
            await self._telegram.stop()
        await asyncio.to_thread(self.database.close)

    def receive(self, message: Inbound) -> bool:
        """Make a message durable, unless its chat floods us; False when it was not taken."""
        now = self._clock()
        return not self._gate.is_shut_for(message, now) and inbox.receive(self.database, message, now)

    async def acknowledge(self, channel: str, payload: Any) -> None:
        """Let the sender's phone stop waiting."""
        if self._telegram and channel == self._telegram.name:
            await self._telegram.acknowledge(payload)

    def web_messages(self, chat: str, after: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Give a web chat's messages."""
        return self.mailbox.after(chat, after)

    def on_web_message(self, ring: Callable[[str], None]) -> None:
        """Ring when a web message was kept in this process."""
        self.mailbox.on_post(ring)

    def health(self) -> Mapping[str, Any]:
        """Tell whether the database answers, what waits and whether work goes on."""
        alive = {"ok": False, "alive": True, "working": self._loop is not None}
        try:
            waiting = backlog.look(self.database, self._clock())
        except DBAPIError as error:
            return alive | {"database": "unreachable" if could_not_connect(error) else "in trouble"}
        stalled = self._loop.stalled if self._loop else ()
        return alive | {
            "ok": (not self._working or self._loop is not None) and not stalled,
            "database": "ok",
            "waiting": waiting.conversations,
            "open_messages": waiting.messages,
            "oldest_open_seconds": round(waiting.oldest_message, 1),
            "waiting_replies": waiting.replies,
            "waiting_broadcasts": waiting.broadcasts,
            "stalled": list(stalled),
        }

    def metrics(self) -> bytes:
        """Write this process's figures and what waits, for Prometheus."""
        try:
            waiting = backlog.look(self.database, self._clock())
        except DBAPIError:
            return metrics.exposition(None)
        return metrics.exposition(waiting)

    def invite_worker(self) -> str:
        """Make an invitation; give the payload of its link."""
        with self.database.write() as session:
            return INVITATION + team.invite(session, self._clock())

    async def telegram_link(self, payload: str) -> str:
        """Give the link that opens the Telegram bot with a payload; "" without Telegram."""
        return await self._telegram.link(payload) if self._telegram else ""

    def _telegram_channel(self) -> TelegramChannel | None:
        token = self.settings.telegram_bot_token
        if not token:
            return None
        secret = hmac.digest(self.settings.secret_key.encode(), b"telegram webhook", "sha256").hex()
        return TelegramChannel(token, self.settings.telegram_api_url or None, secret)

    def _channels(self, telegram: TelegramChannel | None) -> dict[str, Channel]:
        channels: dict[str, Channel] = {"web": WebChannel(self.mailbox.post, self._clock)}
        return channels | ({telegram.name: telegram} if telegram else {})

    async def _run(self) -> None:
        try:
            if self._working:
                await self._begin_working()
            else:
                self._listener.start()
            if self._telegram and self._receiving:
                await self._follow_telegram(self._telegram)
        except Exception as error:
            logger.critical("this cannot go on: %s", without_words(error))
            self.failure = error
            os.kill(os.getpid(), signal.SIGTERM)

    async def _begin_working(self) -> None:
        """Get ready as soon as the database is."""
        trouble = Trouble("the database", LONGEST_WAIT)
        while True:
            try:
                await asyncio.to_thread(self.before_work)
                await asyncio.to_thread(self.start_working)
                return trouble.over()
            except (DBAPIError, OSError) as error:
                await asyncio.sleep(trouble.after(error))

    async def _follow_telegram(self, telegram: TelegramChannel) -> None:
        """Keep Telegram connected: by webhook with a public address, else by long polling."""
        while not await self._connect(telegram):
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        if not self.settings.public_url:
            await telegram.poll(self.receive)

    async def _connect(self, telegram: TelegramChannel) -> bool:
        try:
            await telegram.start()
            await telegram.set_commands(command_menu(self.words))
            if self.settings.public_url:
                await telegram.set_webhook(f"{self.settings.public_url}/in/telegram")
            else:
                await telegram.delete_webhook()
        except SendError as error:
            logger.error("Telegram cannot be reached (%s); trying again", error.reason)
            return False
        logger.info("Telegram is connected by %s", "webhook" if self.settings.public_url else "long polling")
        return True
