"""A whole Passerelle in several processes, any of which can be killed and is started again."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.balancer import balanced
from tests.paths import PROJECT
from tests.running import free_port
from tests.telegram.standin import BotApi

SECRET = "a secret of the crash test, 32 and more"


@dataclass
class Role:
    """One process, whoever plays it at the moment."""

    command: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = None


@dataclass
class Installation:
    """What runs; `kills` holds when each process was killed."""

    folder: Path
    module: str
    environ: Mapping[str, str]
    roles: list[Role]
    kills: list[tuple[float, str]] = field(default_factory=list)

    def start(self, role: Role) -> None:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        port = {"PORT": str(role.port)} if role.port else {}
        with (self.folder / "output.log").open("ab") as log:
            role.process = subprocess.Popen(
                [sys.executable, "-m", self.module, role.command],
                cwd=self.folder,
                env=clean | {"PYTHONPATH": str(PROJECT)} | port | dict(self.environ),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill_one(self, dice: random.Random) -> None:
        """Kill any process, at once and without a word, and start it again."""
        role = dice.choice(self.roles)
        self._kill(role)
        self.kills.append((time.monotonic(), role.command))
        self.start(role)

    def end(self) -> None:
        for role in self.roles:
            self._kill(role)

    @property
    def fallen(self) -> list[str]:
        """The processes that ended without being killed."""
        return [role.command for role in self.roles if role.process and role.process.poll() is not None]

    @property
    def said(self) -> str:
        return (self.folder / "output.log").read_text("utf-8", "replace")

    @staticmethod
    def _kill(role: Role) -> None:
        if role.process:
            role.process.kill()
            role.process.wait()


@contextmanager
def installed(
    folder: Path, module: str, database_url: str, bot_api: BotApi, commands: list[str]
) -> Iterator[Installation]:
    """Run Passerelle in webhook mode, one process a command, the web ones behind one address."""
    roles = [Role(command, 0 if command == "worker" else free_port()) for command in commands]
    front = free_port()
    environ = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "TELEGRAM_BOT_TOKEN": bot_api.token,
        "TELEGRAM_API_URL": bot_api.url,
        "PUBLIC_URL": f"http://127.0.0.1:{front}",
    }
    installation = Installation(folder, module, environ, roles)
    with balanced(front, [role.port for role in roles if role.port]):
        try:
            for role in roles:
                installation.start(role)
            yield installation
        finally:
            installation.end()
