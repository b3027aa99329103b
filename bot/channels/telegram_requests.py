"""The library's HTTP client, once for each connection.

One client with many connections looks at all of them before each request, and asks the system whether each is
still open: with a dozen, that took half the time of sending.
"""

import asyncio
from typing import Any, Final

import httpx
from telegram.request import BaseRequest, HTTPXRequest

CONNECTIONS: Final = 16


class Connections(BaseRequest):
    """A stack of clients with one connection each; the one used last is warm and goes first."""

    __slots__ = ("_all", "_free", "_timeout")

    def __init__(self, timeout: float, count: int = CONNECTIONS) -> None:
        """Prepare without any network; `timeout` in seconds, for each of connecting, writing and reading."""
        trusted = httpx.create_ssl_context()
        self._timeout = timeout
        self._all = [
            HTTPXRequest(1, timeout, timeout, timeout, pool_timeout=timeout, httpx_kwargs={"verify": trusted})
            for _ in range(count)
        ]
        self._free: asyncio.LifoQueue[HTTPXRequest] = asyncio.LifoQueue()
        for client in reversed(self._all):
            self._free.put_nowait(client)

    @property
    def read_timeout(self) -> float:
        """Give the seconds that an answer may take."""
        return self._timeout

    async def initialize(self) -> None:
        """Open the clients."""
        for client in self._all:
            await client.initialize()

    async def shutdown(self) -> None:
        """Close the connections."""
        for client in self._all:
            await client.shutdown()

    async def do_request(self, *request: Any, **options: Any) -> tuple[int, bytes]:
        """Send one request over a free connection, or as soon as there is one."""
        client = await self._free.get()
        try:
            return await client.do_request(*request, **options)
        finally:
            self._free.put_nowait(client)
