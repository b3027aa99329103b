"""The commands that run something: all in one, the web side, a worker, the terminal, an invitation."""

import asyncio
import gc
import logging
import signal
import socket
from argparse import Namespace
from dataclasses import replace
from importlib import import_module

from bot.app import App
from bot.backup import keep, put_back
from bot.channels.base import SendError
from bot.curation import tell_load
from bot.desk.roles import Role
from bot.privacy.rotation import rotate
from bot.privacy.sealing import Sealer
from bot.settings import Settings, SettingsError, read_settings, served
from bot.storage.db import Database
from bot.terminal import talk

logger = logging.getLogger(__name__)

GARBAGE_AFTER = 10_000  # new objects; Python's own 700 cost a message 5 % more
QUIET = {"alembic": logging.WARNING, "sqlalchemy": logging.WARNING, "sqlalchemy.pool": logging.CRITICAL}


def run(options: Namespace) -> int:
    """Do all in one process."""
    settings = _settings(options)
    app = App(settings, alone=settings.database_url.startswith("sqlite:"))
    logger.info("for %s", ", ".join(app.packs))  # a broken pack stops here, before anything else

    def open_the_house() -> None:
        tell_load(app.prepare())
        _say_what_to_open(app)

    app.before_work = open_the_house
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
    app = App(_settings(options), receiving=False)
    logger.info("for %s", ", ".join(app.packs))
    if options.status_port:
        return _serve(app, "create_status_app", options.status_port)
    return asyncio.run(_work(app))


async def _work(app: App) -> int:
    app.once_ready = _look_no_more_at_what_stays
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    await app.start()
    await stopping.wait()
    await app.stop()
    return 1 if app.failure else 0


def migrate(options: Namespace) -> int:
    """Bring the database to the newest form and load the directory."""
    tell_load(App(_settings(options), working=False).prepare())
    return 0


def backup(options: Namespace) -> int:
    """Copy the database into a file, while it is in use."""
    copied = keep(_settings(options).database_url, options.file, force=options.force)
    print(f"{copied} written. It holds what people confided: keep it safe, and delete it within 30 days.")
    print("Keep SECRET_KEY, or var/secret.key, apart from it: without it, words said to workers stay sealed.")
    return 0


def restore(options: Namespace) -> int:
    """Put a copy back."""
    restored = put_back(options.file, _settings(options).database_url, force=options.force)
    print(f"{restored} is as it was. `passerelle run` and `passerelle migrate` bring it to the newest form.")
    return 0


def chat(options: Namespace) -> int:
    """Talk in the terminal."""
    return talk(replace(_settings(options), log_level="ERROR"), options.lang, options.start)


def invite_worker(options: Namespace) -> int:
    """Print the links of a new invitation."""
    app = App(_settings(options), working=False)
    app.prepare()
    for line in _invitation_lines(
        app, Role.COORDINATOR if options.coordinator else Role.WORKER, options.team
    ):
        print(line)
    return 0


def rotate_key(options: Namespace) -> int:
    """Seal everything with the SECRET_KEY of now; OLD_SECRET_KEY opens what was sealed before."""
    settings = _settings(options)
    if not settings.old_secret_key:
        raise SettingsError("OLD_SECRET_KEY must hold the key of before; SECRET_KEY holds the new one.")
    database = Database(settings.database_url)
    done = rotate(database, Sealer(settings.secret_key, settings.old_secret_key))
    database.close()
    print(f"{done.changed} sealed texts have the new key now, {done.unchanged} had it already.")
    if done.lost:
        print(f"{done.lost} open with neither key and were left as they are: is OLD_SECRET_KEY right?")
        return 1
    print("Restart everything without OLD_SECRET_KEY, and destroy the old key.")
    return 0


def _settings(options: Namespace) -> Settings:
    settings = read_settings()
    if options.territory:
        settings = replace(settings, territories=served(options.territory))
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # These write parameters and addresses, which hold what people say, or repeat what is told where it is used.
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))
    return settings


def _look_no_more_at_what_stays() -> None:
    """Let Python look for garbage among what comes and goes only: a look at all took a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def _serve(app: App, doors: str = "create_app", port: int = 0) -> int:
    # By name: the web side stands on the bot, not the bot on the web side.
    create_app = getattr(import_module("webhooks.app"), doors)
    settings = app.settings
    app.once_ready = _look_no_more_at_what_stays
    _look_whether_free(settings.host, port or settings.port)
    logging.getLogger().setLevel(settings.log_level)
    # The server repeats a signal to itself once it has stopped; to be told to stop is no failure.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server = import_module("webhooks.server").Server(
        create_app(app), settings.host, port or settings.port, behind_proxy=bool(settings.public_url)
    )
    try:
        server.run()
    except KeyboardInterrupt:
        print()
    except SystemExit:  # it has said why, for example that the port is taken
        return 1
    return 0 if server.started and not app.failure else 1


def _look_whether_free(host: str, port: int) -> None:
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(
            f"Cannot listen at {host}:{port} ({error.strerror}); set another HOST or PORT."
        ) from error


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
    print("Talk right here:  make chat   (in another terminal)\n", flush=True)


def _invitation_lines(app: App, role: Role = Role.WORKER, name: str = "") -> list[str]:
    code, usual = app.pack.territory.code, read_settings().territories
    payload = app.invite_worker(code if code in usual[1:] else "", role, name)
    lines = [f"{f'Invite a {role}:':<17} {app.settings.page_url}/?start={payload}   (once, for 7 days)"]
    if app.settings.telegram_bot_token:
        try:
            lines.append(f"  on Telegram:    {asyncio.run(_telegram_link(app.settings, payload))}")
        except SendError as error:
            lines.append(f"  on Telegram:    not now, Telegram cannot be reached ({error.reason})")
    return lines


async def _telegram_link(settings: Settings, payload: str) -> str:
    return await App(settings, working=False).telegram_link(payload)
