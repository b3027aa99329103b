"""`python -m tests.delivery.deadly_worker ADDRESS`: a worker that some messages kill; it ends when none wait."""

import os
import signal
import sys
import threading
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.delivery.inbox import anyone_waits
from bot.delivery.loop import Loop
from bot.messages import Inbound
from bot.storage.db import Database
from bot.storage.models import Conversation
from tests.delivery.fakes import apologise, echo, undeliverable


def answer(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
    if inbound.text == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    echo(session, conversation, inbound, now)


def main(address: str) -> None:
    database, pause = Database(address), threading.Event()
    loop = Loop(database, {}, answer, apologise, undeliverable, lambda: datetime.now(UTC))
    loop.start()
    while anyone_waits(database):
        pause.wait(0.02)
    loop.stop()


if __name__ == "__main__":
    main(sys.argv[1])
