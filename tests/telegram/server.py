"""Serves the stand-in on 127.0.0.1: any number of bots, each with its own token and state."""

import asyncio
import json
import socket
import threading
from email import message_from_bytes
from email.message import Message
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from tests.telegram.account import Account, Failure
from tests.telegram.methods import METHODS
from tests.telegram.strict import Refused, bad, checked
from tests.telegram.webhook import deliver

LARGEST_BODY: Final = 1 << 20


class Server:
    """The stand-in's process half; `BotApi` is the half that tests hold."""

    def __init__(self) -> None:
        # asyncio sends small packets at once only on sockets that say they are TCP
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._accounts: dict[str, Account] = {}
        self._postmen: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10), "the stand-in did not start"

    def stop(self) -> None:
        for token in list(self._accounts):
            self.remove(token)
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)
        self._socket.close()

    def add(self, account: Account) -> None:
        self._accounts[account.token] = account
        asyncio.run_coroutine_threadsafe(self._post_for(account), self._loop).result(10)

    def remove(self, token: str) -> None:
        account = self._accounts.pop(token)
        account.closed = True
        account.bell.ring()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        app = web.Application(client_max_size=2 * LARGEST_BODY)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/files/{number}", self._file)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        self._ready.set()
        await self._stopping.wait()
        await runner.cleanup()

    async def _post_for(self, account: Account) -> None:
        task = asyncio.create_task(deliver(account))
        self._postmen.add(task)
        task.add_done_callback(self._postmen.discard)

    async def _file(self, request: web.Request) -> web.Response:
        account = self._accounts.get(request.match_info["token"])
        content = account.files.get(request.match_info["number"]) if account else None
        return web.Response(body=content) if content is not None else _refusal(Refused(404, "Not Found"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        account, method = self._accounts.get(request.match_info["token"]), request.match_info["method"]
        if account is None:
            return _refusal(Refused(401, "Unauthorized"))
        failure = account.next_failure(method) or Failure(happens=True)
        answer = await self._carry_out(account, method, request) if failure.happens else _failed(failure)
        if failure.seconds:
            await asyncio.sleep(failure.seconds)
        return await _dropped(request) if failure.drops else answer

    async def _carry_out(self, account: Account, method: str, request: web.Request) -> web.Response:
        try:
            fields = await _fields(request)
            call = checked(method, fields)
            name = type(call).__api_method__
            account.note_call(name, fields)
            if name not in METHODS:
                raise Refused(404, "Not Found: the stand-in does not know this method")
            return web.json_response({"ok": True, "result": await METHODS[name](account, call)})
        except Refused as refusal:
            account.refusals.append((method, refusal.description))
            return _refusal(refusal)


async def _dropped(request: web.Request) -> web.StreamResponse:
    """End the connection in the middle of the answer."""
    answer = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await answer.prepare(request)
    if request.transport:
        request.transport.close()
    return answer


async def _fields(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    if len(body) > LARGEST_BODY:
        raise Refused(413, "Request Entity Too Large")
    kind = request.headers.get("content-type", "").partition(";")[0]
    query = dict(request.query)
    if kind == "application/json":
        try:
            return query | dict(json.loads(body))
        except (TypeError, ValueError):
            raise bad("can't parse JSON object") from None
    if kind == "multipart/form-data":
        return query | _parts(request.headers["content-type"], body)
    if kind not in ("", "application/x-www-form-urlencoded"):
        raise bad(f"the stand-in does not read {kind}")
    return query | dict(parse_qsl(body.decode(), keep_blank_values=True))


def _parts(content_type: str, body: bytes) -> dict[str, Any]:
    """Read fields, and of each file its name."""
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_filename()
        or bytes(part.get_payload(decode=True) or b"").decode()  # type: ignore[arg-type]
        for part in parts
        if isinstance(part, Message)
    }


def _failed(failure: Failure) -> web.Response:
    return _refusal(Refused(failure.status, failure.description, **failure.parameters))


def _refusal(refusal: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)
