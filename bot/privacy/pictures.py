"""What a file is, told by its own first bytes; and pictures without what cameras write beside them.

A JPEG or PNG keeps its picture, its colours and which side is up; the place, the moment, the device and whatever
stands behind the picture go. Other kinds cannot be cleaned here.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
PDF: Final = "application/pdf"
# Of each type that is taken: how it begins.
TYPES: Final[Mapping[str, re.Pattern[bytes]]] = MappingProxyType(
    {
        JPEG: re.compile(rb"\xff\xd8\xff"),
        PNG: re.compile(rb"\x89PNG\r\n\x1a\n"),
        PDF: re.compile(rb"%PDF-[12]"),
        "audio/ogg": re.compile(rb"OggS"),
        "audio/mpeg": re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"),
        "audio/mp4": re.compile(rb"....ftypM4A ", re.DOTALL),
    }
)
SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", "audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a"}
)
_SCAN, _END = 0xDA, 0xD9
_APP, _COMMENT = range(0xE0, 0xF0), 0xFE
_KEPT_APPS: Final = (b"JFIF\0", b"Adobe", b"ICC_PROFILE\0")  # how to read the colours
_NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_KEPT_CHUNKS: Final = frozenset(
    (
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
    )
)
_ORIENTATION: Final = 0x0112


def type_of(data: bytes) -> str:
    """Tell the type of a file that is taken; "" for any other."""
    return next((name for name, begins in TYPES.items() if begins.match(data)), "")


def without_traces(data: bytes) -> bytes:
    """Give a picture without what stands beside it; anything else as it is.

    Raises:
        ValueError: it is no whole picture.
    """
    clean = {JPEG: _clean_jpeg, PNG: _clean_png}.get(type_of(data))
    if clean is None:
        return data
    try:
        return b"".join(clean(data))
    except (struct.error, IndexError) as error:
        raise ValueError("the picture breaks off") from error


def _clean_jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        found = _NEXT_MARKER.match(data, at)
        if not found:
            raise ValueError("not a JPEG inside")
        marker, at = found[0][-1], found.end()
        if marker == _END:
            yield b"\xff\xd9"
            return
        end = at + struct.unpack_from(">H", data, at)[0]
        body = data[at + 2 : end]
        if marker == _SCAN:
            following = _NEXT_MARKER.search(data, end)
            if not following:
                raise ValueError("the picture breaks off")
            end = following.start()
            yield b"\xff\xda" + data[at:end]
        elif body.startswith(b"Exif\0\0"):
            yield _upright(body[6:])
        elif body.startswith(_KEPT_APPS) or (marker not in _APP and marker != _COMMENT):
            yield bytes((0xFF, marker)) + data[at:end]
        at = end


def _upright(tiff: bytes) -> bytes:
    """Write only which side is up of what a camera has written."""
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        entries = (struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * n) for n in range(count))
        side = next((value for tag, _, _, value in entries if tag == _ORIENTATION), 1)
    except struct.error:
        return b""
    if not 1 < side <= 8:
        return b""
    # One directory with one entry: the orientation, a short.
    body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, side, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _clean_png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at, name = 8, b""
    while name != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise ValueError("the picture breaks off")
        if name in _KEPT_CHUNKS:
            yield data[at:end]
        at = end
