"""A real Passerelle in a process of its own, as `passerelle run` starts it."""

import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.paths import PROJECT

PATIENCE = 30.0
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
# Below those that systems give to outgoing connections: Linux from 32768 on, gVisor from 16000 on.
OWN_PORTS = random.sample(span := range(10_000 + WORKER, 16_000, WORKERS), len(span))


@dataclass
class Running:
    """A running process: its web address and all that it prints."""

    url: str
    output: Path
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        return self.output.read_text("utf-8")

    @property
    def invitation(self) -> str:
        found = re.search(r"start=(w-[\w-]+)", self.said)
        assert found, self.said
        return found[1]


def free_port() -> int:
    """Give a port that nobody listens on, and that nobody else is given a moment later."""
    while True:
        port = OWN_PORTS.pop()
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def passerelle(folder: Path, command: str = "run", port: int = 0, **environ: str) -> Iterator[Running]:
    """Start it, wait until it answers, and stop it as a service manager would."""
    port = port or free_port()
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    output = folder / f"{command}.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", command],
            cwd=folder,
            env=clean | {"PYTHONPATH": str(PROJECT), "PORT": str(port), "PYTHONUNBUFFERED": "1"} | environ,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Running(f"http://127.0.0.1:{port}", output, process)
    try:
        wait_until(lambda: _answers(running), "it answers", running)
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until(happened: object, what: str, running: Running) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():  # type: ignore[operator]
        assert running.process.poll() is None, running.said
        assert time.monotonic() < until, f"waited in vain until {what}:\n{running.said}"
        time.sleep(0.05)


def _answers(running: Running) -> bool:
    try:
        return httpx.get(running.url + "/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
