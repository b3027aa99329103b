"""Turns what Telegram answered, or did not answer, into a decision for the outbox.

Telegram has no key against repeats: only a request that surely did not arrive is safe to send again.
"""

import os
from datetime import timedelta
from typing import Final

from aiohttp import ClientConnectorError, ClientError, ClientHttpProxyError, ConnectionTimeoutError
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import SendError, SendOutcome

# The library's own opt-in to durations as `timedelta`; without it, every RetryAfter warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")

NOT_SENT: Final = (ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError)
# Telegram's own words, lower case: there are no codes for these.
NOBODY_THERE: Final = (
    "chat not found",
    "user not found",
    "deactivated",
    "peer_id_invalid",
    "user_is_blocked",
)
REJECTIONS: Final = {
    "message is too long": "too-long",
    "text is empty": "empty",
    "button_data_invalid": "button-data",
    "button_url_invalid": "button-url",
    "button url": "button-url",
    "entit": "entities",
}
THROTTLED: Final = "too many requests"


def as_send_error(error: TelegramError) -> SendError:
    """Decide what to do after a failed request."""
    if isinstance(error, RetryAfter):
        return SendError(SendOutcome.LATER, "throttled", retry_after=_seconds(error))
    if isinstance(error, ChatMigrated):
        return SendError(SendOutcome.MOVED, "moved", moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return SendError(SendOutcome.BLOCKED, "blocked")
    if isinstance(error, BadRequest):
        return _refused(error.message.lower())
    if isinstance(error, InvalidToken):  # an operator can mend it: the message waits
        return SendError(SendOutcome.LATER, "token-refused")
    if isinstance(error, Conflict):
        return SendError(SendOutcome.LATER, "conflict")
    return _unconfirmed(error)


def _refused(message: str) -> SendError:
    if any(words in message for words in NOBODY_THERE):
        return SendError(SendOutcome.BLOCKED, "gone")
    reason = next((reason for words, reason in REJECTIONS.items() if words in message), "bad-request")
    return SendError(SendOutcome.REJECTED, reason)


def _unconfirmed(error: TelegramError) -> SendError:
    if isinstance(error.__cause__, NOT_SENT):
        return SendError(SendOutcome.LATER, "unreachable")
    if error.message.lower().startswith(THROTTLED):
        return SendError(SendOutcome.LATER, "throttled")
    if isinstance(error.__cause__, TimeoutError):
        return SendError(SendOutcome.MAYBE, "timed-out")
    if isinstance(error.__cause__, ClientError):
        return SendError(SendOutcome.MAYBE, "connection-lost")
    return SendError(SendOutcome.MAYBE, "server-error" if isinstance(error, NetworkError) else "bad-answer")


def _seconds(error: RetryAfter) -> float:
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
