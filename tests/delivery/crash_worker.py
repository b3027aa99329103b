"""A worker process for the crash test: `python -m tests.delivery.crash_worker ADDRESS LEDGER` until it is killed.

It answers every message with its number and notes what it sends in the ledger. Its clock runs fast, so that
what a killed worker held is free again after a second and not after its whole lease.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.channels.base import Capabilities
from bot.delivery.loop import Loop
from bot.delivery.outbox import queue
from bot.delivery.timers import set_timer
from bot.messages import Inbound, Reply
from bot.storage.db import Database
from bot.storage.models import Conversation

SPEED = 60
CHAT_TIMERS = ("0", "7")  # after these messages a timer is set


class LedgerChannel:
    name = "memory"
    capabilities = Capabilities(rate=100_000, rate_per_chat=100_000)

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)

    def verify(self, headers: Mapping[str, str]) -> bool:
        return True

    def parse(self, payload: Any) -> Inbound | None:
        return None

    async def stop(self) -> None:
        pass

    async def send(self, chat: str, reply: Reply) -> None:
        os.write(self._file, f"{chat} {reply.text}\n".encode())


def fast_clock() -> datetime:
    return datetime.fromtimestamp(time.time() * SPEED % 4e9, UTC)


def answer(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
    heard = [*conversation.state.get("heard", []), inbound.text]
    conversation.state = {"heard": heard}
    queue(session, conversation.id, Reply(f"{len(heard)}:{inbound.text}"), now)
    session.flush()
    threading.Event().wait(random.random() * 0.004)  # leaves time to be killed halfway
    if inbound.text in CHAT_TIMERS:
        key = f"{conversation.id}:{inbound.text}"
        set_timer(session, conversation.id, key, f"timer{inbound.text}", now + timedelta(seconds=30))


def fail(session: Session, *_rest: object) -> None:
    raise AssertionError("nothing here is poisonous")


def main(address: str, ledger: str) -> None:
    database = Database(address)
    Loop(database, {"memory": LedgerChannel(ledger)}, answer, fail, fail, fast_clock).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
