"""Reads what was posted, never more than its reader can use."""

import json
from typing import Any

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect


async def read_json(request: Request, most_bytes: int) -> Any:
    """Read a JSON body.

    Raises:
        HTTPException: 413 when it is too large, 400 when it is not JSON.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise HTTPException(413, "The body is too large.")
        return json.loads(bytes(body))
    except (ValueError, RecursionError, ClientDisconnect):
        raise HTTPException(400, "The body is not JSON.") from None
