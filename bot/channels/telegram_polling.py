"""Fetches updates from Telegram, round after round.

Telegram keeps an update until a later fetch asks for those behind it, and we ask for those only once
`receive` has made it durable.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from telegram.error import TelegramError

from bot.channels.base import Unreadable
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_updates import read, update_id
from bot.messages import Inbound

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.2  # seconds, doubled after each failure
LONGEST_PAUSE: Final = 30.0


async def follow(
    fetch: Callable[[int], Awaitable[list[Any]]],
    receive: Callable[[Inbound], Awaitable[object]],
    acknowledge: Callable[[Any], Coroutine[Any, Any, None]],
) -> None:
    """Give every update to `receive`, until cancelled; while it raises, the same update is fetched again."""
    offset = failures = 0
    async with asyncio.TaskGroup() as errands:
        while True:
            try:
                for update in await fetch(offset):
                    await _take(update, receive)
                    offset = max(offset, update_id(update) + 1)
                    errands.create_task(acknowledge(update))
                failures = 0
            except TelegramError as error:
                failures += 1
                refusal = as_send_error(error)
                logger.warning("no updates from Telegram (%s), %d times in a row", refusal.reason, failures)
                await _pause(failures, refusal.retry_after or 0)
            except Exception as error:  # whatever kept `receive` from keeping it: Telegram still has it
                failures += 1
                logger.error("an update waits, it could not be kept: %s", type(error).__name__)
                await _pause(failures)


async def _take(update: Any, receive: Callable[[Inbound], Awaitable[object]]) -> None:
    try:
        inbound = read(update)
    except Unreadable as reason:
        logger.warning("update %d was left out: %s", update_id(update), reason)
        return
    if inbound:
        await receive(inbound)


async def _pause(failures: int, at_least: float = 0) -> None:
    await asyncio.sleep(max(at_least, min(FIRST_PAUSE * 2 ** min(failures - 1, 16), LONGEST_PAUSE)))
