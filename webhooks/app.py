"""The doors on the web, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from webhooks import desk, health, hsds, inbound, outreach, pages, photos, webchat
from webhooks.edge import Edge
from webhooks.services import WebServices
from webhooks.streams import Streams

__all__ = ["WebServices", "create_app", "create_status_app"]

STATIC = Path(__file__).parent / "static"


def create_app(services: WebServices) -> FastAPI:
    """Open every door."""
    app = create_status_app(services)
    streams: Streams = app.state.streams
    services.on_web_message(streams.ring)
    app.router.routes.append(inbound.route(services))
    if services.desk:
        app.include_router(desk.router(services.desk, streams))
    if "web" in services.channels:
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        app.include_router(webchat.router(services, streams))
        app.include_router(pages.router(services))
        if services.desk:
            app.include_router(outreach.router(services, services.desk.database))
            app.include_router(photos.router(services.desk.database))
        for code in list(services.libraries)[1:]:
            app.mount(f"/hsds/{code}", hsds.create_hsds(services, code))
        app.mount("/hsds", hsds.create_hsds(services))
    return app


def create_status_app(services: WebServices) -> FastAPI:
    """Open the doors for those who watch, and no others."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await services.start()
        try:
            yield
        finally:
            await services.stop()

    app = FastAPI(title="Passerelle", lifespan=lifespan, openapi_url=None)
    app.state.streams = Streams()
    app.include_router(health.router(services))
    app.add_middleware(Edge)
    return app
