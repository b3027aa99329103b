"""Every environment variable that Passerelle reads: once, at start, checked, frozen."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.mistakes import Mistake

TELEGRAM_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{5,}")
LEAST_SECRET = 32
DEFAULT_TERRITORY = "brussels"
KEEP_REQUESTS_DAYS = 30
MOST_KEEP_DAYS = 90


class SettingsError(Mistake):
    """A setting is missing or wrong; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs."""

    database_url: str
    territories: tuple[str, ...]  # codes of the packs that are served; the first one for whoever names none
    secret_key: str
    host: str
    port: int
    public_url: str = ""
    telegram_bot_token: str = ""
    telegram_api_url: str = ""
    translate_url: str = ""  # a LibreTranslate-compatible address; "" for no machine translation
    log_level: str = "INFO"
    old_secret_key: str = ""  # opens what was sealed before the key was changed
    keep_requests_days: int = KEEP_REQUESTS_DAYS  # after a request has ended, with all that was said in it

    @property
    def territory(self) -> str:
        """The territory that is served first."""
        return self.territories[0]

    @property
    def page_url(self) -> str:
        """Where the web chat can be opened."""
        return self.public_url or f"http://127.0.0.1:{self.port}"


def read_settings(environ: Mapping[str, str] | None = None, folder: Path = Path("var")) -> Settings:
    """Read and check the environment; what is not set gets the default for one machine.

    Raises:
        SettingsError: with one line that says what to do.
    """
    given = os.environ if environ is None else environ
    database_url = given.get("DATABASE_URL", "") or f"sqlite:///{folder / 'passerelle.db'}"
    return Settings(
        database_url=_database(database_url),
        territories=served(given.get("TERRITORY", "")),
        secret_key=_secret(given.get("SECRET_KEY", ""), database_url, folder),
        host=given.get("HOST", "") or "127.0.0.1",
        port=_port(given.get("PORT", "") or "8000"),
        public_url=_public(given.get("PUBLIC_URL", "")),
        translate_url=_web_address("TRANSLATE_URL", given.get("TRANSLATE_URL", ""), ("https", "http")),
        telegram_bot_token=_token(given.get("TELEGRAM_BOT_TOKEN", "")),
        telegram_api_url=_web_address(
            "TELEGRAM_API_URL", given.get("TELEGRAM_API_URL", ""), ("https", "http")
        ),
        log_level=_level(given.get("LOG_LEVEL", "") or "INFO"),
        old_secret_key=given.get("OLD_SECRET_KEY", ""),
        keep_requests_days=_days(given.get("KEEP_REQUESTS_DAYS", "") or str(KEEP_REQUESTS_DAYS)),
    )


def served(codes: str) -> tuple[str, ...]:
    """Read the codes of the territories to serve: one, or several with commas between."""
    listed = [code.strip() for code in codes.split(",") if code.strip()]
    if len(listed) > len(set(listed)):
        raise SettingsError("TERRITORY names a territory twice; write each code once, with commas between.")
    return tuple(listed) or (DEFAULT_TERRITORY,)


def _database(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
        raise SettingsError(
            "DATABASE_URL must start with sqlite:/// or postgresql://; leave it out for SQLite in var/."
        )
    return url


def _secret(secret: str, database_url: str, folder: Path) -> str:
    if secret:
        if len(secret) < LEAST_SECRET:
            raise SettingsError(
                f"SECRET_KEY must have at least {LEAST_SECRET} characters; make one with: openssl rand -hex 32"
            )
        return secret
    if not database_url.startswith("sqlite:"):
        raise SettingsError(
            "SECRET_KEY must be set when DATABASE_URL is PostgreSQL; make one with: openssl rand -hex 32"
        )
    return _own_secret(folder / "secret.key")


def _own_secret(path: Path) -> str:
    """Keep a secret beside the SQLite file, so that one machine needs no setting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    secret = path.read_text().strip()
    if len(secret) < LEAST_SECRET:
        raise SettingsError(
            f"{path} is damaged; put back its backup, or delete it: words sealed with it stay sealed."
        )
    return secret


def _port(port: str) -> int:
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return int(port)


def _days(days: str) -> int:
    if not days.isascii() or not days.isdigit() or not 1 <= int(days) <= MOST_KEEP_DAYS:
        raise SettingsError(f"KEEP_REQUESTS_DAYS must be a number from 1 to {MOST_KEEP_DAYS}, not {days!r}.")
    return int(days)


def _public(address: str) -> str:
    here = "//127.0.0.1" in address or "//localhost" in address  # to try it out
    return _web_address("PUBLIC_URL", address, ("https", "http") if here else ("https",))


def _web_address(name: str, address: str, schemes: tuple[str, ...]) -> str:
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        good = parts.scheme in schemes and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise SettingsError(f"{name} must be an address that starts with {' or '.join(schemes)}://.")
    return address.rstrip("/")


def _token(token: str) -> str:
    if token and not TELEGRAM_TOKEN.fullmatch(token):
        raise SettingsError("TELEGRAM_BOT_TOKEN does not look like a token; copy it again from @BotFather.")
    return token


def _level(level: str) -> str:
    if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingsError("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    return level.upper()
