"""Live news: `GET /desk/events` says that something changed; the page then asks for itself anew.

No content travels in the stream. It ends with the session, so that a worker who was removed sees nothing more.
"""

import time
from collections.abc import AsyncIterator
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import HTTPException, Request, Response
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from bot.desk import requests
from bot.desk.house import House
from webhooks.desk.gate import Gate
from webhooks.streams import Streams

LOOK_SECONDS: Final = 1.0
KEEPALIVE_SECONDS: Final = 15.0
RETRY_MILLISECONDS: Final = 3000
READERS: Final = 4  # streams that look into the database at the same time
EVERYBODY: Final = "desk"


class Live:
    """The streams of the desk."""

    def __init__(self, house: House, gate: Gate, streams: Streams) -> None:
        """Look into this house."""
        self._house = house
        self._gate = gate
        self._streams = streams
        self._readers = CapacityLimiter(READERS)

    async def events(self, request: Request) -> Response:
        """Stream news to somebody who is logged in."""
        self._gate.hold_back(request)
        if await self._look(request) is None:
            raise HTTPException(401)
        return EventSourceResponse(self._stream(request), headers={"X-Accel-Buffering": "no"})

    async def _stream(self, request: Request) -> AsyncIterator[bytes]:
        known = request.query_params.get("since", "") or await self._look(request)
        yield format_sse_event(event="ready", data_str="{}", retry=RETRY_MILLISECONDS)
        quiet_since = time.monotonic()
        with self._streams.listening(EVERYBODY) as bell:
            while not self._streams.closing:
                now = await self._look(request)
                if now is None:
                    return
                if now != known:
                    known, quiet_since = now, time.monotonic()
                    yield format_sse_event(event="changed", data_str="{}")
                elif time.monotonic() - quiet_since > KEEPALIVE_SECONDS:
                    quiet_since = time.monotonic()
                    yield KEEPALIVE_COMMENT
                await bell.wait(LOOK_SECONDS)

    async def _look(self, request: Request) -> str | None:
        return await to_thread.run_sync(self._pulse, request, limiter=self._readers)

    def _pulse(self, request: Request) -> str | None:
        with self._house.database.read() as session:
            return requests.pulse(session) if self._gate.look(session, request) else None
