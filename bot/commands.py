"""The commands that run something: all in one, the web side, a worker, the terminal, an invitation."""

import asyncio
import logging
import signal
import threading
from argparse import Namespace
from dataclasses import replace
from importlib import import_module

from bot.app import App
from bot.channels.base import SendError
from bot.curation import tell_load
from bot.settings import Settings, SettingsError, read_settings
from bot.terminal import talk

logger = logging.getLogger(__name__)


def run(options: Namespace) -> int:
    """Do all in one process."""
    settings = _settings(options)
    app = App(settings, alone=settings.database_url.startswith("sqlite:"))
    tell_load(app.prepare())
    _say_what_to_open(app)
    return _serve(app)


def web(options: Namespace) -> int:
    """Serve the web side only."""
    settings = _settings(options)
    if settings.telegram_bot_token and not settings.public_url:
        raise SettingsError(
            "`web` needs PUBLIC_URL for Telegram's webhook; or use `run`, which fetches messages itself."
        )
    return _serve(App(settings, working=False))


def worker(options: Namespace) -> int:
    """Handle and send until stopped."""
    app, stopping = App(_settings(options)), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    app.start_working()
    logger.info("handling and sending")
    stopping.wait()
    app.stop_working()
    return 0


def migrate(options: Namespace) -> int:
    """Bring the database to the newest form and load the directory."""
    tell_load(App(_settings(options), working=False).prepare())
    return 0


def chat(options: Namespace) -> int:
    """Talk in the terminal."""
    return talk(replace(_settings(options), log_level="ERROR"), options.lang, options.start)


def invite_worker(options: Namespace) -> int:
    """Print the links of a new invitation."""
    app = App(_settings(options), working=False)
    app.prepare()
    for line in _invitation_lines(app):
        print(line)
    return 0


def _settings(options: Namespace) -> Settings:
    settings = read_settings()
    settings = replace(settings, territory=options.territory or settings.territory)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(max(logging.WARNING, logging.getLogger().level))
    return settings


def _serve(app: App) -> int:
    # By name: the web side stands on the bot, not the bot on the web side.
    create_app = import_module("webhooks.app").create_app
    settings = app.settings
    logging.getLogger().setLevel(settings.log_level)
    server = import_module("webhooks.server").Server(
        create_app(app), settings.host, settings.port, behind_proxy=bool(settings.public_url)
    )
    server.run()
    return 0 if server.started else 1


def _say_what_to_open(app: App) -> None:
    settings = app.settings
    print(f"\nOpen the chat:    {settings.page_url}/")
    for line in _invitation_lines(app):
        print(line)
    if settings.telegram_bot_token:
        print(
            "Telegram:         "
            + ("webhook at " + settings.public_url if settings.public_url else "long polling")
        )
    else:
        print("Telegram:         ask @BotFather for a token, then: TELEGRAM_BOT_TOKEN=... make run")
    print("Talk right here:  passerelle chat   (in another terminal)\n", flush=True)


def _invitation_lines(app: App) -> list[str]:
    payload = app.invite_worker()
    lines = [f"Invite a worker:  {app.settings.page_url}/?start={payload}   (once, for 7 days)"]
    if app.settings.telegram_bot_token:
        try:
            lines.append(f"  on Telegram:    {asyncio.run(_telegram_link(app.settings, payload))}")
        except SendError as error:
            lines.append(f"  on Telegram:    not now, Telegram cannot be reached ({error.reason})")
    return lines


async def _telegram_link(settings: Settings, payload: str) -> str:
    return await App(settings, working=False).telegram_link(payload)
