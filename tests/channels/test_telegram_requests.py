"""Connections to Telegram: few and warm, one request at a time on each."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from telegram import InputFile
from telegram.error import NetworkError, TimedOut

from bot.channels.base import SendOutcome
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_requests import Connections

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"result": "a"}'
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"


class Server:
    """Counts connections and the requests that it has at the same moment, and keeps what they say."""

    def __init__(self, answer: bytes = ANSWER, *, closes: bool = False) -> None:
        self.connections = 0
        self.most_at_once = 0
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self._answer = answer
        self._closes = closes
        self._now = 0
        self.at_work: list[asyncio.Task[None]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self.at_work.append(task)
        with suppress(asyncio.IncompleteReadError, ConnectionResetError):
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                length = self.heads[-1].lower().partition(b"content-length: ")[2].partition(b"\r")[0]
                self.bodies.append(await reader.readexactly(int(length or 0)))
                await self.go_on.wait()
                self._now -= 1
                writer.write(self._answer)
                if self._closes:
                    break
        writer.close()
        with suppress(ConnectionResetError, ssl.SSLError):
            await writer.wait_closed()


@asynccontextmanager
async def running(
    server: Server, count: int = 3, timeout: float = 5.0, secured: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Connections, str]]:
    here = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=secured)
    client = Connections(timeout, count)
    await client.initialize()
    try:
        scheme = "https" if secured else "http"
        yield client, f"{scheme}://127.0.0.1:{here.sockets[0].getsockname()[1]}/"
    finally:
        await client.shutdown()
        here.close()
        server.go_on.set()
        await asyncio.gather(*server.at_work)
        await here.wait_closed()


def use(server: Server, story: Callable[[Connections, str], Awaitable[None]], timeout: float = 5.0) -> None:
    async def whole() -> None:
        async with running(server, timeout=timeout) as (client, url):
            await story(client, url)

    asyncio.run(whole())


def test_one_request_after_the_other_takes_one_connection() -> None:
    server = asyncio.run(_some_requests(together=False))

    assert server.connections == 1


def test_more_requests_than_connections_wait_for_their_turn() -> None:
    server = asyncio.run(_some_requests(together=True))

    assert server.connections == server.most_at_once == 3


async def _some_requests(*, together: bool) -> Server:
    server = Server()
    async with running(server) as (client, url):
        if together:
            server.go_on.clear()
            tasks = [asyncio.create_task(client.call(url, {"chat_id": 7})) for _ in range(8)]
            while server.most_at_once < 3:
                await asyncio.sleep(0)
            server.go_on.set()
            answers = await asyncio.gather(*tasks)
        else:
            answers = [await client.call(url, {"chat_id": 7}) for _ in range(8)]
    assert answers == ["a"] * 8
    return server


def test_after_a_stop_the_next_request_opens_a_connection_again() -> None:
    async def story(client: Connections, url: str) -> None:
        for _ in range(2):
            assert await client.call(url, {}) == "a"
            await client.shutdown()

    server = Server()
    use(server, story)
    assert server.connections == 2


def test_values_go_as_json_and_what_is_missing_stays_out() -> None:
    async def story(client: Connections, url: str) -> None:
        await client.call(url, {"text": "é", "reply_markup": {"remove_keyboard": True}, "nothing": None})

    server = Server()
    use(server, story)
    assert server.bodies == [b'{"text": "\\u00e9", "reply_markup": {"remove_keyboard": true}}']


def test_a_file_goes_with_its_name_in_any_script() -> None:
    async def story(client: Connections, url: str) -> None:
        await client.call(url, {"chat_id": 7, "document": InputFile(b"words", "رسالة.pdf")})

    server = Server()
    use(server, story)
    (body,) = server.bodies
    assert 'filename="رسالة.pdf"'.encode() in body
    assert b'name="chat_id"\r\n\r\n7\r\n' in body
    assert b"application/pdf" in body
    assert b"\r\nwords\r\n" in body


def test_nobody_is_followed_to_another_address() -> None:
    async def story(client: Connections, url: str) -> None:
        with pytest.raises(NetworkError) as caught:
            await client.call(url, {"text": "a"})
        assert as_send_error(caught.value).outcome is SendOutcome.MAYBE

    server = Server(MOVED)
    use(server, story)
    assert len(server.heads) == 1


def test_who_does_not_answer_in_time_may_have_taken_it() -> None:
    async def story(client: Connections, url: str) -> None:
        server.go_on.clear()
        with pytest.raises(TimedOut) as caught:
            await client.call(url, {"text": "a"})
        assert as_send_error(caught.value).outcome is SendOutcome.MAYBE

    server = Server()
    use(server, story, timeout=0.2)


def test_whoever_gets_no_connection_in_time_surely_sent_nothing() -> None:
    async def story(client: Connections, url: str) -> None:
        server.go_on.clear()
        tasks = [asyncio.create_task(client.call(url, {}, seconds=5)) for _ in range(4)]
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        (error,) = [task.exception() for task in done]
        assert isinstance(error, TimedOut)
        assert as_send_error(error).outcome is SendOutcome.LATER
        server.go_on.set()
        assert await asyncio.gather(*others) == ["a"] * 3

    server = Server()
    use(server, story, timeout=0.3)


def test_a_connection_that_ends_without_an_answer_may_have_carried_it() -> None:
    async def story(client: Connections, url: str) -> None:
        with pytest.raises(NetworkError) as caught:
            await client.call(url, {"text": "a"})
        error = as_send_error(caught.value)
        assert (error.outcome, error.reason) == (SendOutcome.MAYBE, "connection-lost")

    use(Server(b"", closes=True), story)


def test_somebody_who_only_says_that_he_is_telegram_gets_no_word(tmp_path: Path) -> None:
    server = Server()

    async def whole() -> None:
        async with running(server, secured=_self_signed(tmp_path)) as (client, url):
            with pytest.raises(NetworkError) as caught:
                await client.call(url, {"text": "a secret"})
            assert as_send_error(caught.value).outcome is SendOutcome.LATER

    asyncio.run(whole())
    assert server.heads == []


def test_the_operators_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(client: Connections, url: str) -> None:
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("no_proxy", "")
        assert await client.call("http://telegram.example/botTOKEN/getMe", {}) == "a"

    server = Server()
    use(server, story)
    assert server.heads[0].startswith(b"POST http://telegram.example/botTOKEN/getMe HTTP/1.1\r\n")


def _self_signed(folder: Path) -> ssl.SSLContext:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]),
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    file = folder / "pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
