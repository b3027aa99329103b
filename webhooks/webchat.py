"""The chat page and what it speaks with; a person is a random id in a strict cookie, nothing else.

`POST /chat/open` begins or takes up a talk, `POST /chat` says something, `GET /chat/events` streams what the
bot says and `GET /chat/messages` gives the same where streams do not pass. `POST /chat/files` hands over a file,
`GET /chat/files/MESSAGE` gives the one that came with a message, `POST /chat/leave` forgets what the page showed.
"""

import math
import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from bot.channels import web
from bot.channels.base import Unreadable
from bot.conversation.links import read_link
from bot.handoff import files
from bot.messages import Content, Inbound
from webhooks.bodies import read_body, read_json
from webhooks.chatwords import page_language, page_words
from webhooks.files import serve
from webhooks.flood import Limit, sender
from webhooks.services import WebServices
from webhooks.streams import Streams

TEMPLATES: Final = Path(__file__).parent / "templates"
MOST_BYTES: Final = 1 << 16
COOKIE_SECONDS: Final = 30 * 24 * 3600
POLL_SECONDS: Final = 0.3  # for what other processes post
KEEPALIVE_SECONDS: Final = 15.0
RETRY_MILLISECONDS: Final = 1000
READERS: Final = 8  # streams that look into the database at the same time
SEAT: Final = re.compile(r"[a-z]{0,12}")
MESSAGE_NUMBER: Final = re.compile(r"[0-9]{1,18}")
# A worker's invitation opens a talk of its own, so that one browser can be a resident and a worker.
TEAM_LINK, TEAM_SEAT = "w-", "team"
AWAY: Final = (
    "https://www.wikipedia.org/"  # where a quick exit leads: harmless, in every language, asked for then only
)


@dataclass(frozen=True)
class News:
    """What a page does not show yet; `erased` when what it shows is not kept any more."""

    messages: Sequence[tuple[int, Mapping[str, Any]]]
    erased: bool = False

    def to_json(self) -> dict[str, Any]:
        """Write it for the page."""
        messages = [{"id": number, **web.for_page(payload)} for number, payload in self.messages]
        return {"erased": self.erased, "messages": messages}


def router(services: WebServices, streams: Streams) -> APIRouter:
    """Open the chat page."""
    routes = APIRouter()
    door = _ChatDoor(services, streams)
    routes.get("/")(door.page)
    routes.post("/chat/open")(door.open)
    routes.post("/chat", status_code=204)(door.hear)
    routes.post("/chat/files", status_code=204)(door.take)
    routes.get("/chat/files/{number}")(door.give)
    routes.post("/chat/leave", status_code=204)(door.leave)
    routes.get("/chat/events")(door.events)
    routes.get("/chat/messages")(door.messages)
    return routes


class _ChatDoor:
    def __init__(self, services: WebServices, streams: Streams) -> None:
        self._services = services
        self._streams = streams
        self._channel = services.channels[web.NAME]
        self._templates = Jinja2Templates(directory=TEMPLATES)
        self._words = page_words(services.words)
        self._readers = CapacityLimiter(READERS)
        # A person writes a few lines a minute; a whole shelter may stand behind one address.
        self._per_chat = Limit(per_second=1, at_once=12)
        self._per_address = Limit(per_second=10, at_once=120)
        self._files_per_chat = Limit(per_second=0.1, at_once=6)

    async def page(self, request: Request, start: str = "", lang: str = "") -> Response:
        seat = _seat(request) or (TEAM_SEAT if read_link(start)[1].startswith(TEAM_LINK) else "")
        language = page_language(self._services.words, lang, request.headers.get("accept-language", ""))
        values = {"language": language, "words": self._words, "seat": seat, "away": AWAY}
        return self._templates.TemplateResponse(request, "chat.html", values)

    async def open(self, request: Request) -> Response:
        self._check_own_page(request)
        self._hold_back(self._per_address, _address(request))
        chat = _known_chat(request) or secrets.token_hex(16)
        response = JSONResponse((await self._news(chat, 0)).to_json())
        response.set_cookie(
            _cookie(request),
            chat,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def hear(self, request: Request) -> Response:
        self._check_own_page(request)
        chat = _chat(request)
        self._hold_back(self._per_address, _address(request))
        self._hold_back(self._per_chat, chat)
        payload = await read_json(request, MOST_BYTES)
        if not isinstance(payload, dict):
            raise HTTPException(400)
        if message := self._read(payload | {"chat": chat}):
            await self._services.receive(message)
        return Response(status_code=204)

    async def take(self, request: Request) -> Response:
        """Take a file; where nobody waits for it, it is only said that one was sent."""
        self._check_own_page(request)
        chat, given = _chat(request), request.query_params
        self._hold_back(self._per_address, _address(request))
        self._hold_back(self._files_per_chat, chat)
        message = self._read(
            {"chat": chat, "kind": "text", "id": given.get("id"), "language": given.get("language")}
        )
        data = await read_body(request, files.MOST_BYTES)
        try:
            content = await run_in_threadpool(files.read_upload, given.get("name", "")[:255], data)
        except files.NotTaken:
            raise HTTPException(415) from None
        if message:
            media = await run_in_threadpool(self._services.keep_file, message.chat, content)
            await self._services.receive(replace(message, kind=files.kind_of(content)[1], media=media))
        return Response(status_code=204)

    async def give(self, request: Request, number: str) -> Response:
        """Give the file that came with a message of this very chat, as long as the message lies here."""
        chat = _chat(request)
        self._hold_back(self._per_address, _address(request))
        wanted = int(number) if MESSAGE_NUMBER.fullmatch(number) else 0
        rows = await to_thread.run_sync(self._services.web_messages, chat, max(0, wanted - 1))
        file = web.held(rows[0][1]) if rows and rows[0][0] == wanted else None
        if file is None or isinstance(file, Content):
            return serve(file)
        return serve(await self._services.open_file(file))

    async def leave(self, request: Request) -> Response:
        """Forget what the page showed: whoever opens it again on this device reads nothing of it."""
        self._check_own_page(request)
        await run_in_threadpool(self._services.forget_web_messages, _chat(request))
        return Response(status_code=204)

    async def messages(self, request: Request) -> Response:
        chat = _chat(request)
        self._hold_back(self._per_address, _address(request))
        return JSONResponse((await self._news(chat, _after(request))).to_json())

    async def events(self, request: Request) -> Response:
        chat = _chat(request)
        self._hold_back(self._per_address, _address(request))
        headers = {"X-Accel-Buffering": "no"}
        return EventSourceResponse(self._stream(chat, _after(request)), headers=headers)

    async def _stream(self, chat: str, after: int) -> AsyncIterator[bytes]:
        """Give all news as events until the page leaves or the server stops."""
        yield format_sse_event(event="ready", data_str="{}", retry=RETRY_MILLISECONDS)
        quiet_since = time.monotonic()
        with self._streams.listening(chat) as bell:
            while not self._streams.closing:
                news = await self._news(chat, after)
                if news.erased:
                    after = 0
                    yield format_sse_event(event="erased", data_str="{}", id="0")
                for number, payload in news.messages:
                    after = number
                    yield _event(number, payload)
                if news.messages:
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since > KEEPALIVE_SECONDS:
                    quiet_since = time.monotonic()
                    yield KEEPALIVE_COMMENT
                await bell.wait(POLL_SECONDS)

    async def _news(self, chat: str, after: int) -> News:
        """Look for what came after a message; when that message itself is gone, the talk was erased."""
        look = self._services.web_messages
        rows = await to_thread.run_sync(look, chat, max(0, after - 1), limiter=self._readers)
        if not after:
            return News(rows)
        if rows and rows[0][0] == after:
            return News(rows[1:])
        return News(rows, erased=True)

    def _read(self, payload: dict[str, Any]) -> Inbound | None:
        try:
            return self._channel.parse(payload)
        except Unreadable:
            raise HTTPException(400) from None

    def _check_own_page(self, request: Request) -> None:
        if not self._channel.verify(request.headers):
            raise HTTPException(403)

    def _hold_back(self, limit: Limit, key: str) -> None:
        if wait := limit.seconds_to_wait(key, time.monotonic()):
            raise HTTPException(429, headers={"Retry-After": str(math.ceil(wait))})


def _event(number: int, payload: Mapping[str, Any]) -> bytes:
    data = JSONResponse({"id": number, **web.for_page(payload)}).body
    return format_sse_event(data_str=bytes(data).decode(), id=str(number))


def _address(request: Request) -> str:
    return sender(request.client.host if request.client else "")


def _seat(request: Request) -> str:
    """Tell which of the browser's talks this is; most have only one, without a name."""
    seat = request.query_params.get("seat", "")
    if not SEAT.fullmatch(seat):
        raise HTTPException(400)
    return seat


def _cookie(request: Request) -> str:
    return "-".join(filter(None, ("passerelle", _seat(request))))


def _known_chat(request: Request) -> str:
    chat = request.cookies.get(_cookie(request), "")
    return chat if web.CHAT.fullmatch(chat) else ""


def _chat(request: Request) -> str:
    chat = _known_chat(request)
    if not chat:
        raise HTTPException(401)
    return chat


def _after(request: Request) -> int:
    """Read the number of the last message that the page has; a reconnecting stream says it in a header."""
    given = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(given) if MESSAGE_NUMBER.fullmatch(given) else 0
