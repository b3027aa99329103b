"""Files on their way to a browser: pictures and sounds to be shown, everything else only to be downloaded."""

from typing import Final
from urllib.parse import quote

from fastapi import HTTPException, Response

from bot.messages import Content

# What a browser may show by itself, as its own bytes tell it; whatever could hold script is downloaded.
SHOWN: Final = frozenset({"image/jpeg", "image/png", "audio/ogg", "audio/mpeg", "audio/mp4"})
DOWNLOADED: Final = frozenset({"application/pdf", "text/calendar"})


def serve(content: Content | None) -> Response:
    """Hand a file to a browser, in which nothing of it can run.

    Raises:
        HTTPException: 404 when it is not there any more.
    """
    if content is None:
        raise HTTPException(404)
    how = "inline" if content.type in SHOWN else "attachment"
    known = content.type in SHOWN | DOWNLOADED
    return Response(
        content.data,
        media_type=content.type if known else "application/octet-stream",
        headers={
            "Content-Disposition": f"{how}; filename*=utf-8''{quote(content.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
