"""Programs under measurement: started, watched from outside, stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from tests.paths import PROJECT
from tests.running import free_port
from tests.telegram.standin import BotApi

SECRET = "a secret of the benchmarks, 32 and more"
PATIENCE = 60.0


@dataclass
class Program:
    """One or several processes that do one job together; `url` is the door of the first."""

    url: str
    processes: list[psutil.Process]

    def cpu_seconds(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self.processes)

    def resident_bytes(self) -> int:
        return sum(process.memory_info().rss for process in self.processes)

    def busy(self, seconds: float) -> float:
        """Give the part of a core that it uses while nothing happens."""
        before = self.cpu_seconds()
        time.sleep(seconds)
        return (self.cpu_seconds() - before) / seconds


@contextmanager
def programs(folder: Path, commands: list[list[str]], bot_api: BotApi, **environ: str) -> Iterator[Program]:
    """Run `python -m` with each list of words; the first serves the web and is waited for."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    wanted = {
        "PYTHONPATH": str(PROJECT),
        "PORT": str(port),
        "SECRET_KEY": SECRET,
        "TELEGRAM_BOT_TOKEN": bot_api.token,
        "TELEGRAM_API_URL": bot_api.url,
        "PUBLIC_URL": url,
        "LOG_LEVEL": "WARNING",
    }
    with ExitStack() as stack:
        log = stack.enter_context((folder / "output.log").open("ab"))
        running = []
        for words in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=folder,
                env=clean | wanted | environ,
                stdout=log,
                stderr=log,
            )
            stack.callback(_stop, process)
            running.append(process)
        _wait_until_it_answers(url, running[0])
        yield Program(url, [psutil.Process(process.pid) for process in running])


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        assert process.poll() is None, "it ended at once"
        try:
            httpx.get(url + "/health", timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("it does not answer")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(PATIENCE)
