"""Speaks with the browsers of our own web chat.

A reply lies ready as plain values (`post` keeps it) until the page fetches it; no HTML ever travels. A file is
named there, and where it lies stands under HELD, which never leaves the server: whoever has the message may fetch it.
The page's address of a person is the random id in its cookie: `webhooks.webchat` puts it into the payload.
"""

import asyncio
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from bot.channels.base import Capabilities, SendError, SendOutcome, Unreadable
from bot.messages import SHARE_LOCATION, Button, Content, Document, Inbound, Kind, Media, Reply, spans

NAME: Final = "web"
TEXT_LIMIT: Final = 4096  # characters that a person may write at once, as elsewhere
DATA_LIMIT: Final = 64  # bytes, see bot.messages.Button
LANGUAGE_LIMIT: Final = 16
DECIMALS: Final = 3  # of a degree: about 100 metres, enough for the way to a door
CHAT: Final = re.compile(r"[0-9a-f]{32}")
MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
LANGUAGE: Final = re.compile(r"[A-Za-z0-9]{2,8}(-[A-Za-z0-9]{1,8})*")
START: Final = re.compile(r"/start(?!\S)\s*")
HELD: Final = "held"
SHOWN: Final = {"photo": "picture", "voice": "sound", "audio": "sound"}  # the others are for downloading
OPENABLE: Final = ("https://", "http://", "tel:")
KINDS: Final = (Kind.TEXT, Kind.CHOICE, Kind.START, Kind.LOCATION)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WebChannel:
    """The web chat behind the contract of all channels."""

    name = NAME
    capabilities = Capabilities(text_limit=65536, location_request=True, rate=500.0, rate_per_chat=20.0)

    def __init__(
        self, post: Callable[[str, dict[str, Any]], None], clock: Callable[[], datetime] = _utc_now
    ) -> None:
        """Write through `post(chat, payload)`; it may block and returns once the message is kept."""
        self._post = post
        self._clock = clock

    def verify(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a request comes from our own page and not from another site."""
        if "sec-fetch-site" in headers:
            return headers["sec-fetch-site"] == "same-origin"
        host = headers.get("host", "")
        return bool(host) and urlsplit(headers.get("origin", "")).netloc == host

    def parse(self, payload: Any) -> Inbound | None:
        """Read what the page sent.

        Raises:
            Unreadable: the payload is malformed.
        """
        if not isinstance(payload, dict):
            raise Unreadable("not an object")
        kind, text = _kind(payload), _text(payload)
        if kind is Kind.TEXT and (command := START.match(text)):
            kind, text = Kind.START, text[command.end() :].strip()
        if kind is Kind.CHOICE and not 1 <= len(text.encode()) <= DATA_LIMIT:
            raise Unreadable("a choice without data, or with too much")
        chat = _word(payload, "chat", CHAT)
        position = _position(payload) if kind is Kind.LOCATION else None
        return Inbound(
            channel=NAME,
            external_id=f"{chat}:{_word(payload, 'id', MESSAGE_ID)}",
            chat=chat,
            kind=kind,
            text="" if kind is Kind.LOCATION else text,
            language=_language(payload),
            position=position,
            media=Media("location", "{},{}".format(*position)) if position else None,
        )

    async def send(self, chat: str, reply: Reply) -> None:
        """Lay a reply ready for the page.

        Raises:
            SendError: with the decision what to do next.
        """
        if not CHAT.fullmatch(chat):
            raise SendError(SendOutcome.REJECTED, "address")
        payload = render(reply, self._clock())
        if not payload["spans"]:
            raise SendError(SendOutcome.REJECTED, "empty")
        await asyncio.to_thread(self._post, chat, payload)

    async def stop(self) -> None:
        """Do nothing: there are no connections."""


def render(reply: Reply, now: datetime) -> dict[str, Any]:
    """Write a reply as the page reads it; an address that it should not open is left out."""
    return {
        "spans": [
            asdict(span) | {"href": span.href if _openable(span.href) else ""}
            for span in spans(reply.text.strip())
        ],
        "buttons": [
            drawn
            for row in (*reply.buttons, *_map(reply.media))
            if (drawn := _row(row, ask_location=reply.ask_location))
        ],
        "language": reply.language,
        "direction": _direction(reply.language),
        "ask_location": reply.ask_location,
        "time": now.isoformat(timespec="seconds"),
    } | _file(reply)


def for_page(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the page may see of a message."""
    return {name: value for name, value in payload.items() if name != HELD}


def held(payload: Mapping[str, Any]) -> Media | Content | None:
    """Give the file that came with a message: our own words, or where it lies."""
    kept = payload.get(HELD, {})
    if "document" in kept:
        document = Document(**kept["document"])
        return Content(document.name, document.type, document.text.encode())
    return Media(**kept["media"]) if "media" in kept else None


def _file(reply: Reply) -> dict[str, Any]:
    if reply.document:
        return {
            "file": {"name": reply.document.name, "shown": ""},
            HELD: {"document": asdict(reply.document)},
        }
    media = reply.media
    if media is None or media.kind == "location":
        return {}
    return {
        "file": {"name": media.name, "shown": SHOWN.get(media.kind, "")},
        HELD: {"media": asdict(media)},
    }


def map_address(media: Media) -> str:
    """Give the address of a map that shows a place."""
    latitude, _, longitude = media.file.partition(",")
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"


def _map(media: Media | None) -> tuple[tuple[Button, ...], ...]:
    if media is None or media.kind != "location":
        return ()
    return ((Button(f"📍 {media.file}", url=map_address(media)),),)


def _row(row: tuple[Button, ...], *, ask_location: bool) -> list[dict[str, str]]:
    shown = (button for button in row if ask_location or button.data != SHARE_LOCATION)
    return [asdict(button) for button in shown if not button.url or _openable(button.url)]


def _openable(address: str) -> bool:
    return address.lower().startswith(OPENABLE)


def _direction(language: str) -> str:
    try:
        return Locale.parse(language).text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def _kind(payload: dict[str, Any]) -> Kind:
    kind = payload.get("kind")
    if kind not in KINDS:
        raise Unreadable("kind is none of " + ", ".join(KINDS))
    return Kind(kind)


def _text(payload: dict[str, Any]) -> str:
    text = payload.get("text", "")
    if not isinstance(text, str) or len(text) > TEXT_LIMIT:
        raise Unreadable("text is not a text, or too long")
    # No database takes NUL or half characters.
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _word(payload: dict[str, Any], field: str, form: re.Pattern[str]) -> str:
    value = payload.get(field)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Unreadable(f"{field} has not the right form")
    return value


def _language(payload: dict[str, Any]) -> str:
    tag = payload.get("language")
    if not isinstance(tag, str) or not LANGUAGE.fullmatch(tag):
        return ""
    return tag if len(tag) <= LANGUAGE_LIMIT else tag.split("-")[0]


def _position(payload: dict[str, Any]) -> tuple[float, float]:
    position = payload.get("position")
    if not isinstance(position, list) or len(position) != 2:
        raise Unreadable("position is not a pair")
    return _degrees(position[0], 90), _degrees(position[1], 180)


def _degrees(value: Any, limit: int) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or abs(value) > limit:
        raise Unreadable("a position outside the world")
    return round(float(value), DECIMALS)
