"""Posts updates to the bot as Telegram does: one at a time per chat, again and again until it says 2xx."""

import asyncio
import contextlib
from typing import Any, Final

import aiohttp

from tests.telegram.account import Account, Webhook

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0


async def deliver(account: Account) -> None:
    """Serve one account's webhook, whenever it has one, until the account is closed."""
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as client,
        asyncio.TaskGroup() as tasks,
    ):
        with account.bell.listening() as bell:
            while not account.closed:
                bell.clear()
                if account.webhook:
                    _start_queues(account, account.webhook, client, tasks)
                await bell.wait()


def _start_queues(
    account: Account, webhook: Webhook, client: aiohttp.ClientSession, tasks: asyncio.TaskGroup
) -> None:
    while account.arrivals:
        update = account.arrivals.popleft()
        queue = account.queues.setdefault(_chat(update), [])
        queue.append(update)
        if len(queue) == 1:
            tasks.create_task(_empty(account, webhook, client, queue))


async def _empty(
    account: Account, webhook: Webhook, client: aiohttp.ClientSession, queue: list[dict[str, Any]]
) -> None:
    while queue:
        await _deliver_one(account, webhook, client, queue[0])
        queue.pop(0)


async def _deliver_one(
    account: Account, webhook: Webhook, client: aiohttp.ClientSession, update: dict[str, Any]
) -> None:
    number, pause, left = update["update_id"], FIRST_PAUSE, 1 + account.repeats(update["update_id"])
    while account.webhook == webhook and number in account.pending and not account.closed:
        async with account.connections(webhook.max_connections):
            status = await _post(webhook, client, update)
        account.delivered(number, status)
        if 200 <= status < 300:
            left -= 1
            if not left:
                return account.forget(number)
            continue
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    return None


async def _post(webhook: Webhook, client: aiohttp.ClientSession, update: dict[str, Any]) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with client.post(webhook.url, json=update, headers=headers, allow_redirects=False) as answer:
            return answer.status
    return 0


def _chat(update: dict[str, Any]) -> Any:
    """Find what Telegram orders an update by: its chat, else its person, else itself."""
    value: Any = next((item for item in update.values() if isinstance(item, dict)), {})
    for holder in (value, value.get("message"), value.get("from")):
        if isinstance(holder, dict):
            chat = holder.get("chat")
            number = chat.get("id") if isinstance(chat, dict) else None
            if isinstance(number, int):
                return number
    return ("update", update["update_id"])
