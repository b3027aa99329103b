"""One address in front of several web processes, as a reverse proxy is: a connection goes to one that listens."""

import asyncio
import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress


@contextmanager
def balanced(port: int, behind: Sequence[int]) -> Iterator[None]:
    """Serve `port` as long as the block lasts."""
    balancer = _Balancer(behind)
    loop, ready = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(balancer.serve(port, ready)))
    thread.start()
    try:
        assert ready.wait(10), "the balancer did not start"
        yield
    finally:
        loop.call_soon_threadsafe(balancer.ended.set)
        thread.join()
        loop.close()


class _Balancer:
    def __init__(self, behind: Sequence[int]) -> None:
        self.ended = asyncio.Event()
        self._turns = itertools.cycle(behind)
        self._count = len(behind)
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, port: int, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connect, "127.0.0.1", port)
        ready.set()
        await self.ended.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        with closing(writer), suppress(OSError, asyncio.CancelledError):
            for port in itertools.islice(self._turns, self._count):
                with suppress(ConnectionRefusedError):
                    there = await asyncio.open_connection("127.0.0.1", port)
                    await _both_ways((reader, writer), there)
                    break
        self._open.discard(task)


async def _both_ways(
    here: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    there: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Pass everything on until one side ends, then end the other."""
    with closing(there[1]):
        ways = [
            asyncio.create_task(_pass_on(here[0], there[1])),
            asyncio.create_task(_pass_on(there[0], here[1])),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
