"""Sends on what Telegram itself keeps: a picture or voice note by its number there, never through our disk.

Of a message that somebody replied to, it reads which buttons stood under it.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from telegram import Bot, InputFile

from bot.channels.base import SendError, SendOutcome
from bot.channels.telegram_keyboard import Keyboard
from bot.channels.telegram_text import Part, units
from bot.messages import Document, Media

CAPTION_LIMIT: Final = 1024  # UTF-16 units, core.telegram.org/bots/api#sendphoto
LONGEST_ID: Final = 256
MOST_BUTTONS: Final = 100
FIELDS: Final = ("voice", "audio", "video_note", "animation", "photo", "video", "document")
WITHOUT_CAPTION: Final = ("video_note", "location")


def media_of(message: dict[str, Any]) -> Media | None:
    """Read what came beside the words, if it can be sent on."""
    for field in FIELDS:
        value = message.get(field)
        if isinstance(value, list):  # a photo comes in several sizes, the largest last
            value = value[-1] if value else None
        if isinstance(value, dict) and isinstance(value.get("file_id"), str):
            file = value["file_id"]
            return Media(field, file) if 0 < len(file) <= LONGEST_ID else None
    return None


def buttons_replied_to(message: dict[str, Any]) -> tuple[str, ...]:
    """Give the data of the buttons under the message that this one replies to."""
    replied = message.get("reply_to_message")
    markup = replied.get("reply_markup") if isinstance(replied, dict) else None
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list):
        return ()
    buttons = [button for row in rows if isinstance(row, list) for button in row if isinstance(button, dict)]
    data = (button.get("callback_data") for button in buttons[:MOST_BUTTONS])
    return tuple(value for value in data if isinstance(value, str) and len(value) <= CAPTION_LIMIT)


def takes_caption(media: Media | None, part: Part) -> bool:
    """Tell whether the words can stand under the picture itself."""
    return media is not None and media.kind not in WITHOUT_CAPTION and units(part.text) <= CAPTION_LIMIT


async def send_media(bot: Bot, chat: int, media: Media, part: Part | None, keyboard: Keyboard | None) -> None:
    """Send one thing on, with words under it where there are some.

    Raises:
        SendError: it is nothing that Telegram sends on.
    """
    if media.kind == "location":
        latitude, _, longitude = media.file.partition(",")
        await bot.send_location(chat, float(latitude), float(longitude), reply_markup=keyboard)
        return
    send = _senders(bot).get(media.kind)
    if send is None:
        raise SendError(SendOutcome.REJECTED, "media")
    words = {"caption": part.text, "caption_entities": part.entities()} if part else {}
    await send(chat, media.file, reply_markup=keyboard, **words)


async def send_document(bot: Bot, chat: int, document: Document) -> None:
    """Send a small file of ours."""
    await bot.send_document(chat, InputFile(document.text.encode(), document.name))


def _senders(bot: Bot) -> Mapping[str, Callable[..., Awaitable[object]]]:
    return MappingProxyType(
        {
            "photo": bot.send_photo,
            "voice": bot.send_voice,
            "audio": bot.send_audio,
            "video_note": bot.send_video_note,
            "animation": bot.send_animation,
            "video": bot.send_video,
            "document": bot.send_document,
        }
    )
