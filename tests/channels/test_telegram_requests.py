"""Connections to Telegram: few and warm, one request at a time on each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.channels.telegram_requests import Connections

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Counts connections and the requests that it has at the same moment."""

    def __init__(self) -> None:
        self.connections = 0
        self.most_at_once = 0
        self._now = 0
        self.at_work: list[asyncio.Task[None]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self.at_work.append(task)
        with suppress(asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                await self.go_on.wait()
                self._now -= 1
                writer.write(ANSWER)
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def running(server: Server, count: int) -> AsyncIterator[tuple[Connections, str]]:
    here = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    client = Connections(5.0, count)
    await client.initialize()
    try:
        yield client, f"http://127.0.0.1:{here.sockets[0].getsockname()[1]}/"
    finally:
        await client.shutdown()
        here.close()
        await asyncio.gather(*server.at_work)
        await here.wait_closed()


def test_one_request_after_the_other_takes_one_connection() -> None:
    server = asyncio.run(_some_requests(together=False))

    assert server.connections == 1


def test_more_requests_than_connections_wait_for_their_turn() -> None:
    server = asyncio.run(_some_requests(together=True))

    assert server.connections == server.most_at_once == 3


async def _some_requests(*, together: bool) -> Server:
    server = Server()
    async with running(server, 3) as (client, url):
        if together:
            server.go_on.clear()
            tasks = [asyncio.create_task(client.do_request(url, "GET")) for _ in range(8)]
            while server.most_at_once < 3:
                await asyncio.sleep(0)
            server.go_on.set()
            answers = await asyncio.gather(*tasks)
        else:
            answers = [await client.do_request(url, "GET") for _ in range(8)]
    assert answers == [(200, b"{}")] * 8
    return server
