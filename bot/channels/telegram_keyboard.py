"""Draws a reply's buttons as Telegram keyboards.

A message holds one keyboard: buttons under it, or the one key that shares a position, or none, which also
clears away that key. What Telegram would refuse is refused here, with a word that says why.
"""

from typing import Final, TypeAlias

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.base import SendError, SendOutcome
from bot.channels.telegram_text import mended
from bot.messages import SHARE_LOCATION, Button, Reply

Keyboard: TypeAlias = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

DATA_LIMIT: Final = 64  # bytes, core.telegram.org/bots/api#inlinekeyboardbutton
TAPPABLE_AS_TEXT: Final = ("tel:", "mailto:")  # no button may open them; in a text they can be tapped
OPENABLE: Final = ("http://", "https://", "tg://")


def inline_keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Draw the buttons that stand under the message; None without any."""
    rows = ([_inline(button) for button in row if _stands_below(button)] for row in reply.buttons)
    drawn = [row for row in rows if row]
    return InlineKeyboardMarkup(drawn) if drawn else None


def location_label(reply: Reply) -> str:
    """Give the words for sharing a position; empty when the reply does not offer it."""
    labels = (button.label for row in reply.buttons for button in row if button.data == SHARE_LOCATION)
    return mended(next(labels, "")).strip() if reply.ask_location else ""


def location_keyboard(label: str) -> ReplyKeyboardMarkup:
    """Draw the key that shares a position; it leaves once it is pressed."""
    key = KeyboardButton(label, request_location=True)
    return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)


def _stands_below(button: Button) -> bool:
    return button.data != SHARE_LOCATION and not button.url.lower().startswith(TAPPABLE_AS_TEXT)


def _inline(button: Button) -> InlineKeyboardButton:
    label = mended(button.label).strip()
    if not label:
        raise SendError(SendOutcome.REJECTED, "button-label")
    if button.url:
        if not button.url.lower().startswith(OPENABLE):
            raise SendError(SendOutcome.REJECTED, "button-url")
        return InlineKeyboardButton(label, url=button.url)
    if not 1 <= len(mended(button.data).encode()) <= DATA_LIMIT:
        raise SendError(SendOutcome.REJECTED, "button-data")
    return InlineKeyboardButton(label, callback_data=mended(button.data))
