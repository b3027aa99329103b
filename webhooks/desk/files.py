"""`GET /desk/requests/ID/files/MESSAGE`: a picture, voice note or document that was passed on in the reader's request.

What another channel keeps is fetched from there when somebody looks, and not kept here.
"""

from fastapi import HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.desk import requests
from bot.desk.house import House
from bot.desk.roles import Door
from bot.messages import Media
from webhooks.desk.gate import Gate
from webhooks.desk.visit import Refused
from webhooks.files import serve


class Files:
    """The files of the desk."""

    def __init__(self, house: House, gate: Gate) -> None:
        """Look into this house."""
        self._house = house
        self._gate = gate

    async def file(self, request: Request) -> Response:
        """Give a file to the one who holds the request, and to nobody else."""
        self._gate.hold_back(request)
        media = await run_in_threadpool(self._find, request)
        return serve(await self._house.open_file(media) if media else None)

    def _find(self, request: Request) -> Media | None:
        id_, number = request.path_params["id"], request.path_params["message"]
        try:
            with self._house.database.read() as session:
                entrance = self._gate.admit(session, request, Door.WORKER)
                opened = requests.thread(session, entrance, id_, self._house.sealer)
        except Refused as refused:
            raise HTTPException(refused.status) from None
        said = opened.said if opened else ()
        return next((line.media for line in said if str(line.id) == number and line.by != "note"), None)
