"""What every answer carries, and what becomes of a request that broke something.

A failure is logged without its message, which may hold a person's words, and answered with 503: whoever asked
may try again, and the others notice nothing.
"""

import logging
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.delivery.failures import without_words

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Edge:
    """The outermost layer of the doors."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _keeping(scope["path"]))
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            logger.error("a request failed: %s", without_words(error))
            if not begun:
                await _out_of_order()(scope, receive, send_with_headers)


def _keeping(path: str) -> str:
    return "no-cache" if path.startswith("/static/") else "no-store"


def _out_of_order() -> JSONResponse:
    return JSONResponse({"ok": False}, 503, {"Retry-After": str(RETRY_SECONDS)})
