"""The printed matter of a meeting place: a poster, pocket cards; `bot.outreach.posters` draws them."""

from collections.abc import Mapping
from typing import Final

from fastapi import HTTPException, Response
from fastapi.concurrency import run_in_threadpool

from bot.channels.base import SendError
from bot.outreach.posters import PAPERS, CannotDraw, Form, draw, place_addresses, place_payload, read_sheet
from bot.outreach.schedule import read_place
from bot.storage.db import Database
from webhooks.services import WebServices

TYPES: Final[Mapping[Form, str]] = {Form.PDF: "application/pdf", Form.SVG: "image/svg+xml"}
# Drawn pictures carry their own looks in attributes; nothing is loaded.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Posters:
    """Draws for whoever asks."""

    def __init__(self, services: WebServices, database: Database) -> None:
        """Take what the doors share."""
        self._services = services
        self._database = database

    async def show(self, place: str, name: str, form: str) -> Response:
        """Give a poster or pocket cards as PDF or SVG."""
        if (name, form) not in PAPERS:
            raise HTTPException(404)
        payload = await run_in_threadpool(self._payload, place)
        try:
            telegram = await self._services.telegram_link(payload)
        except SendError as error:  # paper stays: rather none than one that lacks a code
            raise HTTPException(503, "Telegram cannot be reached; try again in a moment.") from error
        addresses = place_addresses(self._services.page_url, payload, telegram)
        return await run_in_threadpool(self._draw, place, name, Form(form), addresses)

    def _payload(self, place: str) -> str:
        with self._database.read() as session:
            if read_place(session, place) is None:
                raise HTTPException(404)
            return place_payload(session, self._services.libraries, place)

    def _draw(self, place: str, name: str, form: Form, addresses: tuple[str, ...]) -> Response:
        services = self._services
        with self._database.read() as session:
            sheet = read_sheet(session, services.libraries, services.words, place, addresses, services.now())
        if sheet is None:
            raise HTTPException(404)
        try:
            drawn = draw(sheet, PAPERS[name, form], form)
        except CannotDraw as error:
            raise HTTPException(422, str(error)) from error
        headers = {
            "Content-Security-Policy": POLICY,
            "Content-Disposition": f'inline; filename="{place}-{name}.{form}"',
        }
        return Response(drawn, media_type=TYPES[form], headers=headers)
