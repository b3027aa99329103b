"""Sends on what Telegram itself keeps, by its number there; what came through the web is handed to it.

Of a message that somebody replied to, it reads which buttons stood under it.
"""

from typing import Any, Final

from telegram import Bot, InputFile
from telegram.error import TelegramError

from bot.channels.base import SendError, SendOutcome
from bot.channels.telegram_keyboard import Keyboard
from bot.channels.telegram_text import Part, mended, units
from bot.messages import Content, Document, Media

CAPTION_LIMIT: Final = 1024  # UTF-16 units, core.telegram.org/bots/api#sendphoto
LONGEST_ID: Final = 256
LONGEST_NAME: Final = 200
MOST_BUTTONS: Final = 100
METHODS: Final = {
    "voice": "sendVoice",
    "audio": "sendAudio",
    "video_note": "sendVideoNote",
    "animation": "sendAnimation",
    "photo": "sendPhoto",
    "video": "sendVideo",
    "document": "sendDocument",
}
WITHOUT_CAPTION: Final = ("video_note", "location")


def media_of(message: dict[str, Any]) -> Media | None:
    """Read what came beside the words, if it can be sent on."""
    for field in METHODS:
        value = message.get(field)
        if isinstance(value, list):  # a photo comes in several sizes, the largest last
            value = value[-1] if value else None
        if isinstance(value, dict) and isinstance(value.get("file_id"), str):
            file, name, size = value["file_id"], value.get("file_name"), value.get("file_size")
            if not 0 < len(file) <= LONGEST_ID:
                return None
            name = mended(name.replace("\0", ""))[:LONGEST_NAME] if isinstance(name, str) else ""
            return Media(field, file, name, size if isinstance(size, int) else 0)
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


def of_media(
    media: Media, content: Content | None, part: Part | None = None, keyboard: Keyboard | None = None
) -> tuple[str, dict[str, Any]]:
    """Give the call that sends one thing on, with words under it where there are some.

    `content` is what Telegram does not have.

    Raises:
        SendError: it is nothing that Telegram sends on.
    """
    below = {"reply_markup": keyboard} if keyboard else {}
    if media.kind == "location":
        latitude, _, longitude = media.file.partition(",")
        return "sendLocation", {"latitude": float(latitude), "longitude": float(longitude)} | below
    if media.kind not in METHODS:
        raise SendError(SendOutcome.REJECTED, "media")
    words = {"caption": part.text, "caption_entities": part.entities()} if part else {}
    file = InputFile(content.data, content.name) if content else media.file
    return METHODS[media.kind], {media.kind: file} | words | below


def of_document(document: Document) -> tuple[str, dict[str, Any]]:
    """Give the call that sends a small file of ours."""
    return "sendDocument", {"document": InputFile(document.text.encode(), document.name)}


async def fetch_media(bot: Bot, media: Media) -> bytes | None:
    """Fetch what Telegram keeps; None when it no longer gives it."""
    try:
        file = await bot.get_file(media.file)
        return bytes(await file.download_as_bytearray())
    except TelegramError:
        return None
