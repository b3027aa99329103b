"""Tells a monitor how things are."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from webhooks.services import WebServices


def router(services: WebServices) -> APIRouter:
    """Open `GET /health`."""
    routes = APIRouter()

    @routes.get("/health")
    def health() -> JSONResponse:
        report = services.health()
        return JSONResponse(dict(report), 200 if report["ok"] else 503)

    return routes
