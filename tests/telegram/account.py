"""What the stand-in knows of one bot: its chats, what it sent, what waits for it, what will go wrong next."""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from aiogram.types import InlineKeyboardMarkup, MessageEntity, ReplyKeyboardMarkup, ReplyKeyboardRemove

from tests.telegram.strict import UPDATE_KINDS

NOT_BY_DEFAULT: Final = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Sent:
    """A message that the bot sent."""

    message_id: int
    chat: int
    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: Any
    at: float
    media: tuple[str, str] = ("", "")  # its kind, and the file's number or name

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """The buttons under the message: label, and data or address."""
        rows = self.keyboard.inline_keyboard if isinstance(self.keyboard, InlineKeyboardMarkup) else []
        return [(button.text, button.callback_data or button.url or "") for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [label for label, _ in self.buttons]

    @property
    def location_label(self) -> str:
        """The words of the key that shares a position."""
        rows = self.keyboard.keyboard if isinstance(self.keyboard, ReplyKeyboardMarkup) else []
        return next((key.text for row in rows for key in row if key.request_location), "")

    @property
    def clears_keyboard(self) -> bool:
        return isinstance(self.keyboard, ReplyKeyboardRemove)

    def styled(self, kind: str) -> list[str]:
        """The words that stand in one look, as a phone cuts them out of the text."""
        raw = self.text.encode("utf-16-le")
        cut = (raw[2 * e.offset : 2 * (e.offset + e.length)] for e in self.entities if e.type == kind)
        return [piece.decode("utf-16-le") for piece in cut]


@dataclass(frozen=True)
class Failure:
    """What goes wrong with one call; `happens` when the call has its effect all the same."""

    status: int = 200
    description: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    happens: bool = False
    seconds: float = 0.0
    drops: bool = False


def throttled(retry_after: int) -> Failure:
    words = f"Too Many Requests: retry after {retry_after}"
    return Failure(429, words, {"retry_after": retry_after})


def server_error(status: int = 500) -> Failure:
    return Failure(status, "Internal Server Error")


def migrated(chat: int) -> Failure:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Failure(400, words, {"migrate_to_chat_id": chat})


def dropped(*, happens: bool = False) -> Failure:
    return Failure(happens=happens, drops=True)


def late(seconds: float) -> Failure:
    return Failure(happens=True, seconds=seconds)


class Bell:
    """Wakes the server's loop from any thread."""

    def __init__(self) -> None:
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        for loop, event in tuple(self._listeners):
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                loop.call_soon_threadsafe(event.set)

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        listener = (asyncio.get_running_loop(), asyncio.Event())
        self._listeners.add(listener)
        try:
            yield listener[1]
        finally:
            self._listeners.discard(listener)


@dataclass(frozen=True)
class Webhook:
    url: str
    secret: str | None
    max_connections: int


class Account:
    """The state of one bot; every method may be called from any thread."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.me = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "Stand-in",
            "username": "standin_bot",
        }
        self.lock = threading.Condition()
        self.bell = Bell()
        self.closed = False
        self.webhook: Webhook | None = None
        self.wanted: set[str] | None = None
        self.pollers = 0
        self.people: dict[int, dict[str, Any]] = {}
        self.blocked: dict[int, str] = {}
        self.sent: list[Sent] = []
        self.pending: dict[int, dict[str, Any]] = {}
        self.arrivals: deque[dict[str, Any]] = deque()  # what no webhook task has taken up yet
        self.open_queries: set[str] = set()
        self.files: dict[str, bytes] = {}  # what Telegram keeps, by its number
        self.settings: dict[tuple[str, str], Any] = {}
        self.queues: dict[Any, list[dict[str, Any]]] = {}  # what the webhook has to bring, by chat
        self.refusals: list[tuple[str, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.deliveries: list[tuple[int, int]] = []
        self.repeats: Callable[[int], bool] = lambda update_id: False
        self.trouble: Callable[[str], Failure | None] = lambda method: None
        self._connections: asyncio.Semaphore | None = None
        self._failures: dict[str, deque[Failure]] = {}
        self._update_id, self._message_id = 100, 1000

    def fail_next(self, method: str, *failures: Failure) -> None:
        with self.lock:
            self._failures.setdefault(method.lower(), deque()).extend(failures)

    def next_failure(self, method: str) -> Failure | None:
        with self.lock:
            planned = self._failures.get(method.lower())
            return planned.popleft() if planned else self.trouble(method)

    def next_message_id(self) -> int:
        with self.lock:
            self._message_id += 1
            return self._message_id

    def enqueue(self, update: dict[str, Any]) -> int:
        """Let an update wait for the bot; its own number is kept when it has one."""
        with self.lock:
            self._update_id += 1
            update = {"update_id": self._update_id} | update
            kinds = update.keys() - {"update_id"}
            if not kinds or not kinds <= self._unwanted():
                self.pending[update["update_id"]] = update
                self.arrivals.append(update)
        self.bell.ring()
        return int(update["update_id"])

    def _unwanted(self) -> set[str]:
        return NOT_BY_DEFAULT if self.wanted is None else set(UPDATE_KINDS) - self.wanted

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; a negative one keeps only the last few."""
        with self.lock:
            ids = sorted(self.pending)
            gone = ids[:offset] if offset < 0 else [number for number in ids if number < offset]
            for number in gone:
                del self.pending[number]
            self.lock.notify_all()

    def forget(self, number: int) -> None:
        with self.lock:
            self.pending.pop(number, None)
            self.lock.notify_all()

    def delivered(self, number: int, status: int) -> None:
        with self.lock:
            self.deliveries.append((number, status))
            self.lock.notify_all()

    def next_poller(self) -> int:
        """Let a poll begin; it ends the one before."""
        with self.lock:
            self.pollers += 1
            self.lock.notify_all()
        self.bell.ring()
        return self.pollers

    def note_call(self, method: str, fields: dict[str, Any]) -> None:
        with self.lock:
            self.calls.append((method, fields))
            self.lock.notify_all()

    def connections(self, number: int) -> asyncio.Semaphore:
        """Hold the webhook to its number of connections at a time."""
        self._connections = self._connections or asyncio.Semaphore(number)
        return self._connections

    def waiting(self, limit: int = 100) -> list[dict[str, Any]]:
        with self.lock:
            batch = [self.pending[number] for number in sorted(self.pending)][:limit]
            return [u for update in batch for u in [update] * (1 + self.repeats(update["update_id"]))]

    def keep(
        self,
        chat: int,
        text: str,
        entities: list[MessageEntity],
        keyboard: Any,
        media: tuple[str, str] = ("", ""),
    ) -> Sent:
        """Show a message of the bot in its chat."""
        message = Sent(self.next_message_id(), chat, text, tuple(entities), keyboard, time.monotonic(), media)
        with self.lock:
            self.sent.append(message)
            self.lock.notify_all()
        return message

    def replace_keyboard(self, message: Sent, keyboard: Any) -> Sent:
        changed = Sent(message.message_id, message.chat, message.text, message.entities, keyboard, message.at)
        with self.lock:
            self.sent[self.sent.index(message)] = changed
            self.lock.notify_all()
        return changed
