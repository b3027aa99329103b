"""Draws a reply's buttons as Telegram keyboards.

A message holds one keyboard: buttons under it, or the one key that shares a position, or none, which also
clears away that key. What Telegram would refuse is refused here, with a word that says why.
"""

from typing import Any, Final, TypeAlias

from bot.channels.base import SendError, SendOutcome
from bot.channels.telegram_text import mended
from bot.messages import SHARE_LOCATION, Button, Reply

# A `reply_markup` as the Bot API writes it: core.telegram.org/bots/api#inlinekeyboardmarkup
Keyboard: TypeAlias = dict[str, Any]

NO_KEYBOARD: Final[Keyboard] = {"remove_keyboard": True}

DATA_LIMIT: Final = 64  # bytes, core.telegram.org/bots/api#inlinekeyboardbutton
TAPPABLE_AS_TEXT: Final = ("tel:", "mailto:")  # no button may open them; in a text they can be tapped
OPENABLE: Final = ("http://", "https://", "tg://")


def inline_keyboard(reply: Reply) -> Keyboard | None:
    """Draw the buttons that stand under the message; None without any."""
    rows = ([_inline(button) for button in row if _stands_below(button)] for row in reply.buttons)
    drawn = [row for row in rows if row]
    return {"inline_keyboard": drawn} if drawn else None


def location_label(reply: Reply) -> str:
    """Give the words for sharing a position; empty when the reply does not offer it."""
    labels = (button.label for row in reply.buttons for button in row if button.data == SHARE_LOCATION)
    return mended(next(labels, "")).strip() if reply.ask_location else ""


def location_keyboard(label: str) -> Keyboard:
    """Draw the key that shares a position; it leaves once it is pressed."""
    key = {"text": label, "request_location": True}
    return {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}


def _stands_below(button: Button) -> bool:
    return button.data != SHARE_LOCATION and not button.url.lower().startswith(TAPPABLE_AS_TEXT)


def _inline(button: Button) -> dict[str, str]:
    label = mended(button.label).strip()
    if not label:
        raise SendError(SendOutcome.REJECTED, "button-label")
    if button.url:
        if not button.url.lower().startswith(OPENABLE):
            raise SendError(SendOutcome.REJECTED, "button-url")
        return {"text": label, "url": button.url}
    if not 1 <= len(mended(button.data).encode()) <= DATA_LIMIT:
        raise SendError(SendOutcome.REJECTED, "button-data")
    return {"text": label, "callback_data": mended(button.data)}
