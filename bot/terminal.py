"""The terminal chat: one person, one database, the same road as everywhere else."""

import asyncio
import sys
import time
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import exists, select, text

from bot.app import App
from bot.channels.console import ConsoleChannel
from bot.messages import Inbound, Kind
from bot.settings import Settings
from bot.storage.models import Conversation, OutboxMessage

WAIT_SECONDS = 10.0
LEAVE = ("/quit", "/exit")
HOW = "Write and press Enter. A number presses that button. /quit leaves.\n"


def talk(settings: Settings, language: str, start: str) -> int:
    """Talk until the person leaves; lines may also be piped in."""
    console = ConsoleChannel(lambda said: print(f"\n{said}", flush=True))
    app = App(settings, more_channels={console.name: console})
    app.prepare()
    app.start_working()
    try:
        print(HOW)
        _pass_on(app, Inbound(console.name, str(uuid4()), console.chat, Kind.START, start, language))
        for line in sys.stdin:
            if line.strip() in LEAVE:
                break
            message = console.parse(line[:4096])
            if message:
                _pass_on(app, replace(message, language=language))
    except KeyboardInterrupt:
        print()
    finally:
        app.stop_working()
        app.database.close()
    return 0


def _pass_on(app: App, message: Inbound) -> None:
    asyncio.run(app.receive(message))
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until and _is_busy(app, message):
        time.sleep(0.01)


def _is_busy(app: App, message: Inbound) -> bool:
    """Tell whether the message is still being answered."""
    here = (Conversation.channel == message.channel, Conversation.chat == message.chat)
    waiting = exists().where(
        OutboxMessage.conversation_id == Conversation.id, text("outbox.status IN ('new', 'sending')")
    )
    with app.database.read() as session:
        return bool(session.scalar(select(Conversation.pending.is_not(None) | waiting).where(*here)))
