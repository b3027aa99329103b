"""Speaks with people in private Telegram chats, by long polling or by webhook.

Of python-telegram-bot it uses the client alone: order, memory and pace are the durable part's business.
Updates are read by `telegram_updates`, texts written by `telegram_text` and `telegram_keyboard`.
"""

import asyncio
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Capabilities, SendError, SendOutcome
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_keyboard import (
    NO_KEYBOARD,
    Keyboard,
    inline_keyboard,
    location_keyboard,
    location_label,
)
from bot.channels.telegram_media import fetch_media, of_document, of_media, takes_caption
from bot.channels.telegram_polling import follow
from bot.channels.telegram_requests import Connections
from bot.channels.telegram_text import TEXT_LIMIT, Part, parts
from bot.channels.telegram_updates import NAME, WANTED, read
from bot.messages import Content, Inbound, Media, Reply

logger = logging.getLogger(__name__)

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105  the name of a header
TELEGRAM: Final = "https://api.telegram.org"
LINK_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")  # core.telegram.org/bots/features#deep-linking
POLL_SECONDS: Final = 25

# These write addresses, which hold the token, and payloads, which hold what people say.
for _name, _level in (
    ("httpx", logging.WARNING),
    ("httpcore", logging.WARNING),
    ("telegram", logging.CRITICAL),
):
    logging.getLogger(_name).setLevel(_level)


class TelegramChannel:
    """One bot's account; start it, use it and stop it in one event loop."""

    name = NAME
    capabilities = Capabilities(text_limit=TEXT_LIMIT, location_request=True, group_prefix="-", media=True)

    def __init__(
        self,
        token: str,
        api_url: str | None = None,
        secret: str = "",
        *,
        timeout: float = 10.0,
        open_kept: Callable[[str], Content | None] = lambda file: None,
    ) -> None:
        """Prepare without any network.

        Args:
            token: the bot's token, as BotFather gave it.
            api_url: another Bot API server.
            secret: what Telegram repeats in each webhook request; none is accepted without it.
            timeout: how many seconds an answer of the server may take.
            open_kept: opens a file that is kept with us, by its name there; it may block.
        """
        address = (api_url or TELEGRAM).rstrip("/")
        self._sending, self._polling = Connections(timeout), Connections(timeout, 1)
        self._bot = Bot(
            token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )
        self._secret = secret
        self._open_kept = open_kept
        self._timeout = timeout
        self._username = ""

    async def start(self) -> None:
        """Learn the bot's own name.

        Raises:
            SendError: Telegram cannot be reached or refuses the token; starting again may help.
        """
        try:
            self._username = (await self._bot.get_me()).username or ""
        except TelegramError as error:
            raise as_send_error(error) from error

    async def stop(self) -> None:
        """Close the connections."""
        await asyncio.gather(self._sending.shutdown(), self._polling.shutdown())

    def verify(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a webhook request carries our secret; none does while there is no secret."""
        given = headers.get(SECRET_HEADER, "")
        return bool(self._secret) and hmac.compare_digest(given.encode(), self._secret.encode())

    def parse(self, payload: Any) -> Inbound | None:
        """Read one update; None when nobody waits for an answer to it.

        Raises:
            Unreadable: the payload is malformed.
        """
        return read(payload)

    async def send(self, chat: str, reply: Reply) -> None:
        """Send one reply as as few messages as it takes; the buttons stand under the last.

        Raises:
            SendError: with the decision what to do next.
        """
        begun, number = False, _chat_id(chat)
        content = await self._kept(reply.media) if reply.media and reply.media.kept else None
        for method, values in list(_calls(reply, content)):
            try:
                await self._sending.call(self._address(method), {"chat_id": number} | values)
            except TelegramError as error:
                raise _after(begun, as_send_error(error)) from error
            begun = True

    async def fetch(self, media: Media) -> bytes | None:
        """Fetch what Telegram keeps of a message; None when it no longer gives it."""
        return await fetch_media(self._bot, media)

    async def _kept(self, media: Media) -> Content:
        content = await asyncio.to_thread(self._open_kept, media.file)
        if content is None:
            raise SendError(SendOutcome.REJECTED, "gone")
        return content

    async def acknowledge(self, payload: Any) -> None:
        """Let the phone stop waiting after a button was pressed; a failure changes nothing else."""
        query = payload.get("callback_query") if isinstance(payload, dict) else None
        query_id = query.get("id") if isinstance(query, dict) else None
        if not isinstance(query_id, str):
            return
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError as error:
            logger.info("a button press was not acknowledged: %s", as_send_error(error).reason)

    async def poll(self, receive: Callable[[Inbound], Awaitable[object]]) -> None:
        """Fetch updates until cancelled; each is given to `receive` before Telegram may forget it.

        Args:
            receive: ends once the message is durable; while it raises, the update is fetched again.
        """
        await follow(self._fetch, receive, self.acknowledge)

    async def set_webhook(self, url: str) -> None:
        """Ask Telegram to post updates to `url`, with our secret.

        Raises:
            SendError: Telegram did not confirm.
            ValueError: there is no secret to know Telegram by.
        """
        if not self._secret:
            raise ValueError("a webhook needs a secret")
        await self._call(self._bot.set_webhook(url, secret_token=self._secret, allowed_updates=WANTED))

    async def delete_webhook(self) -> None:
        """Go back to polling; what waits at Telegram stays.

        Raises:
            SendError: Telegram did not confirm.
        """
        await self._call(self._bot.delete_webhook())

    async def set_commands(self, languages: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Show these commands and descriptions in each language's menu; language "" is for all others.

        Raises:
            SendError: Telegram did not confirm.
        """
        for language, commands in languages.items():
            await self._call(self._bot.set_my_commands(commands, language_code=language or None))

    async def link(self, payload: str) -> str:
        """Give the address that opens this bot and starts it with `payload`.

        Raises:
            SendError: the bot's name is not known yet.
            ValueError: Telegram does not take the payload.
        """
        if not LINK_PAYLOAD.fullmatch(payload):
            raise ValueError("a link carries 1 to 64 letters, digits, _ and - only")
        if not self._username:
            await self.start()
        return f"https://t.me/{self._username}?start={payload}"

    def _address(self, method: str) -> str:
        return f"{self._bot.base_url}/{method}"

    async def _call(self, request: Awaitable[object]) -> None:
        try:
            await request
        except TelegramError as error:
            raise as_send_error(error) from error

    async def _fetch(self, offset: int) -> list[Any]:
        """Fetch raw updates: the library's own way fails on all of them for one that it cannot read."""
        wish = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": WANTED}
        seconds = self._timeout + POLL_SECONDS
        updates = await self._polling.call(self._address("getUpdates"), wish, seconds)
        return updates if isinstance(updates, list) else []


def _calls(reply: Reply, content: Content | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Lay a reply out as calls of the Bot API, made one after the other."""
    messages, media = list(_messages(reply)), reply.media
    if media and len(messages) == 1 and takes_caption(media, messages[0][0]):
        yield of_media(media, content, *messages[0])
    else:
        for part, keyboard in messages:
            yield "sendMessage", _of_text(part, keyboard)
        if media:
            yield of_media(media, content)
    if reply.document:
        yield of_document(reply.document)


def _of_text(part: Part, keyboard: Keyboard) -> dict[str, Any]:
    # No preview: Telegram would open a link before the person does, and some links work once.
    unopened = {"is_disabled": True}
    return {
        "text": part.text,
        "entities": part.entities(),
        "reply_markup": keyboard,
        "link_preview_options": unopened,
    }


def _messages(reply: Reply) -> Iterator[tuple[Part, Keyboard]]:
    """Lay a reply out as messages, each with the keyboard under it."""
    texts, buttons, label = parts(reply.text), inline_keyboard(reply), location_label(reply)
    if not texts:
        raise SendError(SendOutcome.REJECTED, "empty")
    for part in texts[:-1]:
        yield part, NO_KEYBOARD
    if buttons and label:  # two keyboards, so a second message, which says what its key does
        yield texts[-1], buttons
        yield Part(label), location_keyboard(label)
    else:
        yield texts[-1], buttons or (location_keyboard(label) if label else NO_KEYBOARD)


def _chat_id(chat: str) -> int:
    try:
        return int(chat)
    except ValueError:
        raise SendError(SendOutcome.REJECTED, "address") from None


def _after(begun: bool, error: SendError) -> SendError:
    """Once a first message of a reply stands, "surely not sent" is no longer true of the whole."""
    if begun and error.outcome is SendOutcome.LATER:
        return SendError(SendOutcome.MAYBE, error.reason, retry_after=error.retry_after)
    return error
