"""The one place where the parts meet: settings -> a running Passerelle."""

import asyncio
import hmac
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from bot import metrics
from bot.channels.base import Channel, SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.translating import TranslatingChannel
from bot.channels.web import WebChannel
from bot.conversation.dialogues.joining import INVITATION
from bot.conversation.links import link_code
from bot.conversation.menu import command_menu
from bot.conversation.turn import World
from bot.delivery import backlog
from bot.delivery.door import Door
from bot.delivery.failures import Trouble, could_not_connect, without_words
from bot.delivery.floods import Gate
from bot.delivery.listening import Listener
from bot.delivery.loop import Loop
from bot.desk.edits import edited
from bot.desk.house import House
from bot.desk.roles import Role
from bot.handoff import files, team
from bot.handoff.teams import find_team
from bot.i18n import Words
from bot.knowledge import Library
from bot.messages import Content, Inbound, Media
from bot.privacy.sealing import Sealer
from bot.settings import Settings
from bot.storage.bells import DIRECTORY
from bot.storage.db import Database
from bot.storage.mailbox import Mailbox
from bot.territories import Territories
from bot.understanding.understander import Understander
from bot.worlds import library_of, silent_worlds, worlds_of
from directory.loading import LoadReport, load_services, read_directory, together
from directory.packs import Pack, load_pack
from directory.search import Directory

logger = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 15.0
LONGEST_WAIT = 10.0  # seconds between two tries to reach the database at the start


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


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
        self._door = Door(self.database)
        self._gate = Gate(self.database, self.words)
        self._working = working
        self._receiving = receiving
        self._alone = alone
        self._telegram = self._telegram_channel()
        # One Telegram client an event loop: the sender has its own.
        self._senders = self._translating(
            self._channels(self._telegram_channel()) | dict(more_channels or {})
        )
        self.channels = self._channels(self._telegram)
        self._sealer = Sealer(settings.secret_key, settings.old_secret_key)
        self._keep = {"KEEP_REQUESTS_DAYS": timedelta(days=settings.keep_requests_days)}
        self._libraries: Mapping[str, Library] | None = None
        self._turns: Territories | None = None
        self.database.bells.on(DIRECTORY, lambda _: self.renew_directories())
        # Steps of whoever starts this, in a thread: once the database answers, and once all is read.
        self.before_work: Callable[[], object] = lambda: None
        self.once_ready: Callable[[], object] = lambda: None
        self.failure: Exception | None = None
        self._loop: Loop | None = None
        self._listener = Listener(self.database)
        self._stopping = threading.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @cached_property
    def packs(self) -> Mapping[str, Pack]:
        """What is known of each territory, by code, the first one first; reading it needs no database."""
        packs = (load_pack(code) for code in self.settings.territories)
        return {pack.territory.code: pack for pack in packs}

    @property
    def pack(self) -> Pack:
        """What is known of the territory that is served first."""
        return next(iter(self.packs.values()))

    @property
    def libraries(self) -> Mapping[str, Library]:
        """All that is public of each territory, by code, the first one first."""
        if self._libraries is None:
            self._libraries = {code: library_of(pack, self.words) for code, pack in self.packs.items()}
        return self._libraries

    @cached_property
    def desk(self) -> House:
        """What the pages of the team stand on."""
        sealer = self._sealer
        worlds = silent_worlds(self.libraries.values(), self.words)
        turns = Territories(next(iter(worlds.values())), sealer, self.settings.page_url)
        return House(
            self.database,
            self.words,
            self.packs,
            lambda: self.libraries,
            sealer,
            turns,
            self._clock,
            self.page_url,
            self.open_file,
        )

    def renew_directories(self) -> None:
        """Read the services anew, so that everybody sees from now on what the desk has changed."""
        directories = self._read_directories()
        if self._turns:
            self._turns.renew(directories)

    @property
    def page_url(self) -> str:
        """Where people open the web side."""
        return self.settings.page_url

    def now(self) -> datetime:
        """Tell the time."""
        return self._clock()

    def prepare(self) -> LoadReport:
        """Bring the database to the newest form and the directories of the territories into it."""
        if self.settings.database_url.startswith("sqlite:///"):
            Path(self.settings.database_url.removeprefix("sqlite:///")).parent.mkdir(
                parents=True, exist_ok=True
            )
        self.database.migrate()
        with self.database.write() as session:
            return together([load_services(session, edited(pack, session)) for pack in self.packs.values()])

    def start_working(self) -> None:
        """Begin to handle and to send, in threads."""
        days = self.settings.keep_requests_days
        worlds = worlds_of(self.packs, self.words, self._read_directories(), days)
        world = next(iter(worlds.values()))
        _tell_how_it_understands(world)
        turns = self._turns = Territories(world, self._sealer, self.settings.page_url)
        loop = Loop(
            self.database,
            self._senders,
            turns.handle,
            turns.apologise,
            turns.undeliverable,
            self._clock,
            alone=self._alone,
            prepare=turns.prepare,
            keep=self._keep,
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
        if not self._working:
            self._tasks.append(
                asyncio.create_task(self._once_it_answers(self.renew_directories, self.once_ready))
            )

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

    async def receive(self, message: Inbound) -> bool:
        """Make a message durable, unless its chat floods us; False when it was not taken."""
        now = self._clock()
        if not self._gate.is_open_for(message) and await asyncio.to_thread(
            self._gate.is_shut_for, message, now
        ):
            return False
        return await self._door.receive(message, now)

    async def acknowledge(self, channel: str, payload: Any) -> None:
        """Let the sender's phone stop waiting."""
        if self._telegram and channel == self._telegram.name:
            await self._telegram.acknowledge(payload)

    def web_messages(self, chat: str, after: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Give a web chat's messages."""
        return self.mailbox.after(chat, after)

    def forget_web_messages(self, chat: str) -> None:
        """Let go of everything that lies ready for a web chat."""
        self.mailbox.forget(chat)

    def keep_file(self, chat: str, content: Content) -> Media | None:
        """Keep a file for the other side of a web chat's request; None where nobody waits for it."""
        with self.database.read() as session:
            by = files.giver(session, "web", chat)
        if by is None:
            return None
        with self.database.write() as session:
            return files.keep_file(session, self._sealer, by, content, self._clock())

    async def open_file(self, media: Media) -> Content | None:
        """Open a file that is kept here or that Telegram keeps."""
        if media.kept:
            return await asyncio.to_thread(self._open_kept, media.file)
        data = await self._telegram.fetch(media) if self._telegram else None
        return files.fetched(media, data) if data else None

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

    def invite_worker(self, territory: str = "", role: Role = Role.WORKER, name: str = "") -> str:
        """Make an invitation for a territory ("" for the one that is served first); give the payload of its link.

        `name` is that of the team; without it, it is the team for trying out.
        """
        with self.database.write() as session:
            team_id = find_team(session, territory, name).id if name else None
            return link_code(territory, INVITATION + team.invite(session, self._clock(), role, team_id))

    async def telegram_link(self, payload: str) -> str:
        """Give the link that opens the Telegram bot with a payload; "" without Telegram."""
        return await self._telegram.link(payload) if self._telegram else ""

    def _open_kept(self, file_id: str) -> Content | None:
        with self.database.read() as session:
            return files.open_file(session, self._sealer, file_id)

    def _read_directories(self) -> Mapping[str, Directory]:
        """Read the services of the territories that have some in the database, and show them on the pages."""
        with self.database.read() as session:
            found = {code: read_directory(session, pack.territory) for code, pack in self.packs.items()}
        stored = {code: directory for code, directory in found.items() if directory.services}
        self._libraries = {
            code: replace(library, directory=stored.get(code, library.directory))
            for code, library in self.libraries.items()
        }
        return stored

    def _telegram_channel(self) -> TelegramChannel | None:
        token = self.settings.telegram_bot_token
        if not token:
            return None
        secret = hmac.digest(self.settings.secret_key.encode(), b"telegram webhook", "sha256").hex()
        address = self.settings.telegram_api_url or None
        return TelegramChannel(token, address, secret, open_kept=self._open_kept)

    def _translating(self, channels: dict[str, Channel]) -> dict[str, Channel]:
        """Put a translator before the senders, where the operator has one."""
        url = self.settings.translate_url
        return {name: TranslatingChannel(one, url) if url else one for name, one in channels.items()}

    def _channels(self, telegram: TelegramChannel | None) -> dict[str, Channel]:
        channels: dict[str, Channel] = {"web": WebChannel(self.mailbox.post, self._clock)}
        return channels | ({telegram.name: telegram} if telegram else {})

    async def _run(self) -> None:
        try:
            if self._working:
                await self._once_it_answers(self.before_work, self.start_working, self.once_ready)
            else:
                self._listener.start()
            if self._telegram and self._receiving:
                await self._follow_telegram(self._telegram)
        except Exception as error:
            logger.critical("this cannot go on: %s", without_words(error))
            self.failure = error
            os.kill(os.getpid(), signal.SIGTERM)

    async def _once_it_answers(self, *steps: Callable[[], object]) -> None:
        """Take steps as soon as the database answers."""
        trouble = Trouble("the database", LONGEST_WAIT)
        while True:
            try:
                for step in steps:
                    await asyncio.to_thread(step)
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
