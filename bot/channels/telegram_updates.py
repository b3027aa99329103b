"""Reads one Telegram update into an `Inbound`.

It reads only the fields it needs and believes none of them: a person is not left without an answer because
some other field is new, missing or absurd.
"""

import math
import re
from typing import Any, Final

from bot.channels.base import Unreadable
from bot.channels.telegram_media import buttons_replied_to, media_of
from bot.channels.telegram_text import mended
from bot.messages import Inbound, Kind, Media

NAME: Final = "telegram"
WANTED: Final = ("message", "edited_message", "callback_query", "my_chat_member")
# Nobody waits for an answer to these, or the answer would go to somebody else's conversation.
SILENT: Final = (
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "channel_post",
    "edited_channel_post",
    "message_reaction",
    "message_reaction_count",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
)
# An animation carries a document too, a venue a location, a live photo a photo: the order matters.
MEDIA: Final = (
    ("location", Kind.LOCATION),
    ("voice", Kind.VOICE),
    ("audio", Kind.VOICE),
    ("video_note", Kind.VOICE),
    ("animation", Kind.PICTURE),
    ("photo", Kind.PICTURE),
    ("video", Kind.PICTURE),
    ("document", Kind.FILE),
    ("contact", Kind.CONTACT),
    ("sticker", Kind.STICKER),
    ("dice", Kind.STICKER),
)
COMMAND: Final = re.compile(r"/(\w{1,32})(?:@\w+)?(?!\S)")
DEEPEST_RICH_TEXT: Final = 16
DECIMALS: Final = 3  # of a degree: about 100 metres, enough for the way to a door
LARGEST: Final = 2**63


def read(payload: Any) -> Inbound | None:
    """Read an update; None when nobody waits for an answer to it.

    Raises:
        Unreadable: the payload has not the form of an update.
    """
    update = _object(payload)
    update_id(update)
    for kind in (*WANTED, *update):
        if (kind in WANTED and kind in update) or isinstance(update.get(kind), dict):
            return None if kind in SILENT else _read_kind(kind, update)
    return None


def update_id(payload: Any) -> int:
    """Give the number that Telegram counts this update by."""
    number = _object(payload).get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= LARGEST:
        raise Unreadable("update_id is not a number")
    return number


def _read_kind(kind: str, update: dict[str, Any]) -> Inbound | None:
    value = _object(update[kind], kind)
    holder = _part(value, "message") if kind == "callback_query" else value
    chat, person = _part(holder, "chat"), _part(value, "from")
    if chat.get("type") != "private" or person.get("is_bot") is True:
        return None
    found = _meaning(kind, value)
    if found is None:
        return None
    return Inbound(
        channel=NAME,
        external_id=str(update_id(update)),
        chat=_address(chat),
        kind=found[0],
        text=found[1],
        language=_words(person, "language_code")[:35],
        position=(position := _position(value) if found[0] is Kind.LOCATION else None),
        media=Media("location", "{},{}".format(*position)) if position else _media(kind, value),
        about=buttons_replied_to(value) if kind == "message" else (),
    )


def _media(kind: str, value: dict[str, Any]) -> Media | None:
    return media_of(value) if kind == "message" else None


def _meaning(kind: str, value: dict[str, Any]) -> tuple[Kind, str] | None:
    if kind == "message":
        return _message(value)
    if kind == "edited_message":  # a live location is edited every few seconds
        return None if "location" in value else (Kind.EDIT, _written(value))
    if kind == "callback_query":
        return (Kind.CHOICE if "data" in value else Kind.UNKNOWN), _words(value, "data")
    if kind == "my_chat_member":  # who comes back presses start, and that is a message
        status = _part(value, "new_chat_member").get("status")
        return (Kind.LEFT, "") if status in ("kicked", "left") else None
    return Kind.UNKNOWN, ""


def _message(message: dict[str, Any]) -> tuple[Kind, str]:
    for field, kind in MEDIA:
        if field in message:
            return kind, _words(message, "caption")
    if text := _written(message):
        return _typed(text)
    return Kind.UNKNOWN, ""


def _typed(text: str) -> tuple[Kind, str]:
    command = COMMAND.match(text)
    if not command:
        return Kind.TEXT, text
    rest = text[command.end() :].strip()
    if command[1].lower() == "start":
        return Kind.START, rest
    return Kind.TEXT, f"/{command[1]} {rest}".strip()


def _written(message: dict[str, Any]) -> str:
    if "rich_message" in message:
        return _clean("\n".join(_rich(message["rich_message"]))).strip()
    return _words(message, "text") or _words(message, "caption")


def _rich(value: Any, depth: int = 0) -> list[str]:
    """Collect the words of a formatted message, one line a block."""
    if depth > DEEPEST_RICH_TEXT:
        return []
    if isinstance(value, list):
        return [line for item in value for line in _rich(item, depth + 1)]
    if not isinstance(value, dict):
        return []
    words = [_rich_run(value["text"], depth)] if "text" in value else []
    return words + [line for key, item in value.items() if key != "text" for line in _rich(item, depth + 1)]


def _rich_run(value: Any, depth: int) -> str:
    if isinstance(value, str) or depth > DEEPEST_RICH_TEXT:
        return value if isinstance(value, str) else ""
    if isinstance(value, list):
        return "".join(_rich_run(item, depth + 1) for item in value)
    return _rich_run(value.get("text"), depth + 1) if isinstance(value, dict) else ""


def _position(message: dict[str, Any]) -> tuple[float, float]:
    location = _part(message, "location")
    return _degrees(location.get("latitude"), 90), _degrees(location.get("longitude"), 180)


def _degrees(value: Any, limit: int) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or abs(value) > limit:
        raise Unreadable("a location outside the world")
    return round(float(value), DECIMALS)


def _address(chat: dict[str, Any]) -> str:
    number = chat.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= LARGEST:
        raise Unreadable("chat.id is not a number")
    return str(number)


def _words(holder: dict[str, Any], field: str) -> str:
    value = holder.get(field, "")
    if not isinstance(value, str):
        raise Unreadable(f"{field} is not a text")
    return _clean(value)


def _clean(text: str) -> str:
    """Leave out what no database or channel takes: NUL and half characters."""
    return mended(text.replace("\0", ""))


def _part(holder: dict[str, Any], field: str) -> dict[str, Any]:
    value = holder.get(field)
    return {} if value is None else _object(value, field)


def _object(value: Any, name: str = "the update") -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is not an object")
    return value
