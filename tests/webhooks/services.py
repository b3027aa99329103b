"""An in-memory bot behind the doors: it keeps what it receives and answers with what a test tells it to."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.desk.house import House
from bot.i18n import Words
from bot.knowledge import Knowledge, Library
from bot.messages import Content, Inbound, Media, Reply
from directory.packs import directory_of, load_pack
from tests.paths import TESTVILLE

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECRET = "a-secret"

LANGUAGES = {"en": ("English", "ltr"), "fr": ("Français", "ltr"), "ar": ("العربية", "rtl")}
CATALOGUES = {
    "fr": {"Write here": "Écrivez ici", "You are writing with a robot.": "Vous écrivez à un robot."},
    "ar": {"Write here": "اكتب هنا"},
}


def write_locales(folder: Path) -> Words:
    """Three languages with a few words."""
    for code, (name, direction) in LANGUAGES.items():
        catalogue = folder / code / "LC_MESSAGES" / "passerelle.po"
        catalogue.parent.mkdir(parents=True)
        language = f'name = "{name}"\ndirection = "{direction}"\nreview = "reviewed"\n'
        (folder / code / "language.toml").write_text(language, "utf-8")
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        entries = [
            f'msgid "{source}"\nmsgstr "{said}"\n' for source, said in CATALOGUES.get(code, {}).items()
        ]
        catalogue.write_text("\n".join([head, *entries]), "utf-8")
    return Words(folder)


class InMemoryBot:
    """What the doors need, in memory."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.received: list[Inbound] = []
        self.acknowledged: list[tuple[str, Any]] = []
        self.broken: Exception | None = None
        self.answer: Callable[[Inbound], Iterable[Reply]] = lambda _: ()
        self.report: dict[str, Any] = {"ok": True, "waiting": 0}
        self.web = WebChannel(self.post, lambda: NOW)
        telegram = TelegramChannel("1:token", secret=SECRET)
        self.channels: Mapping[str, Channel] = {"web": self.web, "telegram": telegram}
        self.given: list[Content] = []
        self.keeps: Callable[[Content], Media | None] = lambda _: None
        self.files: dict[str, Content] = {}
        self.running = False
        self.desk: House | None = None
        self.page_url = "https://passerelle.example"
        pack = load_pack(TESTVILLE)
        known = directory_of(pack)
        self.library = Library(pack.territory, pack.needs, known, Knowledge(pack, known, words))
        self.more_libraries: dict[str, Library] = {}
        self._rows: list[tuple[int, str, dict[str, Any]]] = []
        self._next = 1
        self._known: set[str] = set()
        self._ring: Callable[[str], None] = lambda _: None
        self._lock = threading.Lock()

    @property
    def libraries(self) -> Mapping[str, Library]:
        return {self.library.territory.code: self.library} | self.more_libraries

    def now(self) -> datetime:
        return NOW

    async def receive(self, message: Inbound) -> bool:
        if self.broken:
            raise self.broken
        with self._lock:
            if message.external_id in self._known:
                return False
            self._known.add(message.external_id)
            self.received.append(message)
        for reply in self.answer(message):
            self.say(message.chat, reply)
        return True

    async def acknowledge(self, channel: str, payload: Any) -> None:
        self.acknowledged.append((channel, payload))

    def say(self, chat: str, reply: Reply) -> None:
        """Have the bot say something to a page."""
        saying = threading.Thread(target=lambda: asyncio.run(self.web.send(chat, reply)))
        saying.start()  # a test in a browser has its thread's event loop taken
        saying.join()

    def post(self, chat: str, payload: dict[str, Any]) -> None:
        with self._lock:
            self._rows.append((self._next, chat, payload))
            self._next += 1
        self._ring(chat)

    def erase(self, chat: str) -> None:
        with self._lock:
            self._rows = [row for row in self._rows if row[1] != chat]

    def forget_web_messages(self, chat: str) -> None:
        self.erase(chat)
        self._ring(chat)

    def keep_file(self, chat: str, content: Content) -> Media | None:
        self.given.append(content)
        return self.keeps(content)

    async def open_file(self, media: Media) -> Content | None:
        return self.files.get(media.file)

    def web_messages(self, chat: str, after: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
        if self.broken:
            raise self.broken
        return [
            (number, payload) for number, whose, payload in self._rows if whose == chat and number > after
        ]

    def on_web_message(self, ring: Callable[[str], None]) -> None:
        self._ring = ring

    def health(self) -> Mapping[str, Any]:
        if self.broken:
            raise self.broken
        return self.report

    def metrics(self) -> bytes:
        return b"passerelle_handled_total 1.0\n"

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False
