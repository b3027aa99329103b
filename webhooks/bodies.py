"""Reads what was posted, never more than its reader can use."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 100


async def read_json(request: Request, most_bytes: int) -> Any:
    """Read a JSON body.

    Raises:
        HTTPException: 413 when it is too large, 400 when it is not JSON.
    """
    try:
        return json.loads(await read_body(request, most_bytes))
    except (ValueError, RecursionError, ClientDisconnect):
        raise HTTPException(400, "The body is not JSON.") from None


async def read_form(request: Request, most_bytes: int) -> dict[str, str]:
    """Read the fields of a form as a browser sends it; of a field that is there twice, the last one.

    Raises:
        HTTPException: 413 when it is too large, 400 when it is not a form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != FORM:
        raise HTTPException(400, "The body is not a form.")
    try:
        body = (await read_body(request, most_bytes)).decode()
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (ValueError, ClientDisconnect):
        raise HTTPException(400, "The body is not a form.") from None
    return {name: value.replace("\r\n", "\n") for name, value in fields}


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Read a body as it is.

    Raises:
        HTTPException: 413 when it is too large.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise HTTPException(413, "The body is too large.")
    return bytes(body)
