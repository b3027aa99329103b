"""The door for other services' servers: `POST /in/{channel}`, durable before the 200.

403 is not from the channel, 400 not of its form, 413 too large, 503 not kept and to be sent again; 200 is
kept, or authentic and of no use to anybody.
"""

import logging
from typing import Final

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import web
from bot.channels.base import Unreadable
from webhooks.bodies import read_json
from webhooks.services import WebServices

logger = logging.getLogger(__name__)

MOST_BYTES: Final = 1 << 20


def route(services: WebServices) -> Route:
    """Open `POST /in/{channel}` for every channel but the web chat, which has its own door.

    A bare route: it takes nothing of what FastAPI does around others, a third of the time of a message at the door.
    """

    async def take(request: Request) -> Response:
        name = request.path_params["name"]
        channel = services.channels.get(name)
        if channel is None or name == web.NAME:
            raise HTTPException(404)
        if not channel.verify(request.headers):
            raise HTTPException(403)
        payload = await read_json(request, MOST_BYTES)
        try:
            message = channel.parse(payload)
        except Unreadable as reason:
            logger.warning("something from %s was not readable: %s", name, reason)
            raise HTTPException(400) from None
        if message is None:
            logger.info("something from %s needs no answer", name)
        else:
            await services.receive(message)
        return Response(background=BackgroundTask(services.acknowledge, name, payload))

    return Route("/in/{name}", take, methods=["POST"])
