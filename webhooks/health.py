"""Tells a monitor how things are: `GET /health` in short, for anybody; `GET /metrics` in figures, for the house.

Figures go to this machine and to private networks only, never through a proxy: they say how busy a place is.
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Final, TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from webhooks.services import WebServices

T = TypeVar("T")

PATIENCE_SECONDS: Final = 4.0
ASKING: Final = 2  # threads that may hang on a database that does not answer
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SILENCE: Final = {"ok": False, "alive": True, "database": "does not answer"}
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def router(services: WebServices) -> APIRouter:
    """Open both doors."""
    routes = APIRouter()
    asking = CapacityLimiter(ASKING)

    async def ask(question: Callable[[], T]) -> T | None:
        """Ask in a thread; None when no answer comes in time."""
        with move_on_after(PATIENCE_SECONDS):
            return await to_thread.run_sync(question, limiter=asking, abandon_on_cancel=True)
        return None

    @routes.get("/health")
    async def health() -> JSONResponse:
        report = await ask(services.health) or SILENCE
        return JSONResponse(dict(report), 200 if report["ok"] else 503)

    @routes.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not _is_of_the_house(request):
            raise HTTPException(404)
        figures = await ask(services.metrics)
        if figures is None:
            raise HTTPException(503)
        return Response(figures, media_type=CONTENT_TYPE)

    return routes


def _is_of_the_house(request: Request) -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host if request.client else "").is_private
    except ValueError:
        return False
