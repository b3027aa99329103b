"""A picture that a person sends says what is on it, and nothing else."""

import struct
import zlib

import pytest

from bot.privacy.pictures import type_of, without_traces

PLACE = b"GPS 50.8466 4.3528"


def a_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def a_jpeg(side: int = 6, order: str = ">") -> bytes:
    """A small camera's file: which side is up, where it was, a comment, two scans, and something behind."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(order + "HHIHH", 0x0112, 3, 1, side, 0) + struct.pack(
        order + "HHII", 0x8825, 4, 1, 99
    )
    tiff = mark + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0) + PLACE
    return b"".join(
        [
            b"\xff\xd8",
            a_segment(0xE0, b"JFIF\0 1 1"),
            a_segment(0xE1, b"Exif\0\0" + tiff),
            a_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
            a_segment(0xE2, b"ICC_PROFILE\0 colours"),
            a_segment(0xE2, b"MPF\0" + PLACE),
            a_segment(0xED, b"Photoshop " + PLACE),
            a_segment(0xFE, PLACE),
            a_segment(0xDB, b"tables"),
            a_segment(0xDA, b"scan") + b"one\xff\x00\xff\xd0two",
            a_segment(0xC4, b"more tables"),
            a_segment(0xDA, b"scan") + b"three",
            b"\xff\xd9",
            b"a film behind the picture " + PLACE,
        ]
    )


def a_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png() -> bytes:
    chunks = [(b"IHDR", b"x" * 13), (b"eXIf", PLACE), (b"tEXt", PLACE), (b"IDAT", b"dots"), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(a_chunk(*one) for one in chunks) + PLACE


@pytest.mark.parametrize("picture", [a_jpeg(), a_jpeg(1), a_jpeg(3, "<"), a_png()])
def test_a_picture_no_longer_says_where_it_was_taken(picture: bytes) -> None:
    assert PLACE in picture
    clean = without_traces(picture)
    assert b"GPS" not in clean
    assert type_of(clean) == type_of(picture)
    assert without_traces(clean) == clean


def test_a_photo_keeps_its_colours_its_dots_and_which_side_is_up() -> None:
    clean = without_traces(a_jpeg(6, "<"))
    for part in (b"JFIF", b"ICC_PROFILE", b"tables", b"one\xff\x00\xff\xd0two", b"more tables", b"three"):
        assert part in clean
    assert clean.endswith(b"three\xff\xd9")
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in clean
    assert b"Exif" not in without_traces(a_jpeg(1))


@pytest.mark.parametrize("cut", [3, 20, 60, 150, 260])
def test_a_picture_that_breaks_off_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match=r"breaks off|not a JPEG"):
        without_traces(a_jpeg()[:cut])
    with pytest.raises(ValueError, match="breaks off"):
        without_traces(a_png()[: 8 + cut // 5])


@pytest.mark.parametrize(
    "data", [b"", b"<svg onload='x'>", b"<!doctype html>", b"PK\x03\x04", b"MZ", b"GIF89a", b"\x00" * 40]
)
def test_what_is_not_taken_has_no_type(data: bytes) -> None:
    assert type_of(data) == ""
