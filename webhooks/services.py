"""What the doors on the web need of the bot."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.channels.base import Channel
from bot.desk.house import House
from bot.i18n import Words
from bot.knowledge import Library
from bot.messages import Content, Inbound, Media


class WebServices(Protocol):
    """The bot as the doors see it; blocking methods are called in threads."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The channels by name; with "web" there is a chat page."""
        ...

    @property
    def words(self) -> Words:
        """The languages of the chat page."""
        ...

    @property
    def libraries(self) -> Mapping[str, Library]:
        """What the public pages show of each territory, by its code; the first one for whoever names none."""
        ...

    @property
    def page_url(self) -> str:
        """Where people open the web side."""
        ...

    @property
    def desk(self) -> House | None:
        """What the team's pages stand on; None for doors without a desk."""
        ...

    def now(self) -> datetime:
        """Tell the time."""
        ...

    async def receive(self, message: Inbound) -> bool:
        """Make a message durable; False for a repeat. Whatever it raises becomes a 503."""
        ...

    async def acknowledge(self, channel: str, payload: Any) -> None:
        """Let the sender's phone stop waiting, after the answer; runs in the server's event loop."""
        ...

    def web_messages(self, chat: str, after: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Give a chat's messages with an id above `after`, oldest first. Blocking."""
        ...

    def forget_web_messages(self, chat: str) -> None:
        """Let go of everything that lies ready for a chat. Blocking."""
        ...

    def keep_file(self, chat: str, content: Content) -> Media | None:
        """Keep a file for the other side of a chat's request; None where nobody waits for it. Blocking."""
        ...

    async def open_file(self, media: Media) -> Content | None:
        """Open a file, wherever it lies; None when it is there no more."""
        ...

    def on_web_message(self, ring: Callable[[str], None]) -> None:
        """Have `ring(chat)` called, from any thread, when a web message was kept in this process."""
        ...

    def health(self) -> Mapping[str, Any]:
        """Tell how things are; "ok" is true or false. Blocking; whatever it raises becomes a 503."""
        ...

    def metrics(self) -> bytes:
        """Write the figures of this process in Prometheus' text format. Blocking."""
        ...

    async def telegram_link(self, payload: str) -> str:
        """Give the link that opens the Telegram bot with a payload; "" without Telegram."""
        ...

    async def start(self) -> None:
        """Begin work, in the server's event loop, before the first request."""
        ...

    async def stop(self) -> None:
        """Finish work, after the last request."""
        ...
