"""Messages in great number: posted straight to a webhook, or brought by the stand-in as Telegram brings them."""

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tests.telegram.standin import BotApi

CONNECTIONS = 16
FIRST_CHAT = 8_400_000_000
_updates = itertools.count(1_000_000)


def message(bot_api: BotApi, chat: int, text: str) -> dict[str, Any]:
    """Write an update as Telegram would."""
    bot_api.meet(chat, language_code="fr")
    return {"message": bot_api.message(chat, text=text)}


def post_all(url: str, secret: str, bodies: Sequence[dict[str, Any]]) -> float:
    """Post updates over a few connections; give how many a second were taken."""
    requests = iter([_request(url, secret, body | {"update_id": next(_updates)}) for body in bodies])
    begun = time.perf_counter()
    asyncio.run(_post(url, requests))
    return len(bodies) / (time.perf_counter() - begun)


async def _post(url: str, requests: Iterator[bytes]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(_post_on_one_connection(url, requests))


async def _post_on_one_connection(url: str, requests: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(
            (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), b":0"
        )
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()


def _request(url: str, secret: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    head = (
        f"POST /in/telegram HTTP/1.1\r\nHost: {url.rpartition('/')[2]}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def answered_per_second(bot_api: BotApi, chats: int, each: int, texts: Sequence[str]) -> float:
    """Let people write all at once, and wait for as many replies; give how many a second were answered."""
    some = itertools.cycle(texts)
    updates = [message(bot_api, FIRST_CHAT + chat, next(some)) for _ in range(each) for chat in range(chats)]
    before, begun = len(bot_api.account.sent), time.monotonic()
    for update in updates:
        bot_api.account.enqueue(update)
    _wait_for(bot_api, before + len(updates))
    return len(updates) / (bot_api.account.sent[-1].at - begun)


def reply_seconds(
    bot_api: BotApi, rate: float, seconds: float, chats: int, texts: Sequence[str]
) -> list[float]:
    """Let messages come at an even rate, each chat in its turn; give how long each waited for its reply."""
    some = itertools.cycle(texts)
    updates = [
        (FIRST_CHAT + n % chats, message(bot_api, FIRST_CHAT + n % chats, next(some)))
        for n in range(int(rate * seconds))
    ]
    before, begun = len(bot_api.account.sent), time.monotonic()
    written = defaultdict(list)
    for number, (chat, update) in enumerate(updates):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        written[chat].append(time.monotonic())
        bot_api.account.enqueue(update)
    _wait_for(bot_api, before + len(updates))
    replies = bot_api.account.sent[before:]
    return [reply.at - written[reply.chat].pop(0) for reply in replies if written[reply.chat]]


def _wait_for(bot_api: BotApi, count: int) -> None:
    account = bot_api.account
    with account.lock:
        assert account.lock.wait_for(lambda: len(account.sent) >= count, 120), (len(account.sent), count)
