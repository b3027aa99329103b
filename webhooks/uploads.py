"""Reads a form with a file in it, as a browser sends it without any script."""

import re
from typing import Final

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from webhooks.bodies import read_body, read_form

MOST_PARTS: Final = 10
ROOM: Final = 4096  # for what stands around the file
KIND: Final = re.compile(r"multipart/form-data; *boundary=([\w'()+,./:=?-]{1,70})")
NAME: Final = re.compile(rb'(?i)content-disposition: *form-data; *name="([^"\r\n]*)"(; *filename=)?')


async def read_upload(request: Request, most_bytes: int) -> tuple[dict[str, str], bytes]:
    """Read the fields of a form and the file in it; b"" where there is none.

    Raises:
        HTTPException: 413 when it is too large, 400 when it is not a form.
    """
    kind = KIND.fullmatch(request.headers.get("content-type", "").strip())
    if kind is None:
        return await read_form(request, most_bytes), b""
    fields: dict[str, str] = {}
    file = b""
    try:
        body = await read_body(request, most_bytes + ROOM)
        for name, data, is_file in _parts(body, kind[1].encode()):
            if is_file:
                file = data
            else:
                fields[name] = data.decode()
    except (ValueError, ClientDisconnect):
        raise HTTPException(400, "The body is not a form.") from None
    return fields, file


def _parts(body: bytes, boundary: bytes) -> list[tuple[str, bytes, bool]]:
    before, *parts, after = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_PARTS + 1)
    if before or not after.startswith(b"--"):
        raise ValueError("it breaks off")
    found = []
    for part in parts:
        head, _, data = part.partition(b"\r\n\r\n")
        named = NAME.search(head)
        if named is None:
            raise ValueError("a part has no name")
        found.append((named[1].decode(), data, named[2] is not None))
    return found
