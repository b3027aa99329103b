"""How the HSDS door answers: a record, a page of records in the standard's envelope, or records line by line."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from fastapi import Response
from fastapi.responses import StreamingResponse

from directory.hsds_terms import Record

LINES_AT_ONCE: Final = 100
HEADERS: Final = {"Cache-Control": "public, max-age=300"}

Item = TypeVar("Item")


def listed(
    items: Sequence[Item], write: Callable[[Item], Record], page: int, size: int, form: str
) -> Response:
    """Write the page that is asked for, or with `ndjson` everything."""
    if form == "ndjson":
        return StreamingResponse(_lines(items, write), headers=HEADERS, media_type="application/x-ndjson")
    start, pages = (page - 1) * size, -(-len(items) // size)
    shown = items[start : start + size]
    return as_json(
        {
            "total_items": len(items),
            "total_pages": pages,
            "page_number": page,
            "size": len(shown),
            "first_page": page == 1,
            "last_page": page >= pages,
            "empty": not shown,
            "contents": [write(item) for item in shown],
        }
    )


def _lines(items: Sequence[Item], write: Callable[[Item], Record]) -> Iterator[str]:
    for start in range(0, len(items), LINES_AT_ONCE):
        records = (write(item) for item in items[start : start + LINES_AT_ONCE])
        yield "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def as_json(value: Record) -> Response:
    """Write one record; it may be kept for a while by whoever passes it on."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body, headers=HEADERS, media_type="application/json")
