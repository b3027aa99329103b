"""A poster and a pocket card of a meeting place, drawn as SVG in the languages of the place.

SVG prints sharp and knows every script that the printing computer has letters for; a browser makes a PDF of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

import segno

from bot.i18n import Voice

MOST_LANGUAGES: Final = 6
FONT: Final = "system-ui, 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans Ethiopic', sans-serif"
INK, ACCENT, PAPER = "#1c2b2d", "#0b5f63", "#ffffff"


@dataclass(frozen=True)
class Sheet:
    """What is drawn: the place, when somebody comes, the address that the code holds, the voices in order."""

    place: str
    when: Sequence[Sequence[str]]  # lines for each voice
    address: str
    voices: Sequence[Voice]
    trial: bool = False


def poster(sheet: Sheet) -> str:
    """Draw a poster of an A4 page."""
    y, parts = 300, [_code(sheet.address, 197, 60, 200), _title(sheet.place, 297, 46, 26)]
    voices = sheet.voices[:MOST_LANGUAGES]
    room = (800 - y) / max(1, len(voices))
    for voice, when in zip(voices, sheet.when, strict=False):
        parts += _block(voice, when, y, 16 if len(voices) < 5 else 14)
        y += int(room)
    parts.append(_text(sheet.address, 297, 825, 10, anchor="middle"))
    return _svg(595, 842, "210mm", "297mm", parts, sheet)


def pocket_card(sheet: Sheet) -> str:
    """Draw a card of the size of a bank card."""
    parts = [_code(sheet.address, 12, 24, 92), _title(sheet.place, 121, 17, 9)]
    y = 34
    for voice in sheet.voices[:MOST_LANGUAGES]:
        right = voice.language.right_to_left
        parts.append(
            _text(_ask(voice), 234 if right else 110, y, 7.5, rtl=right, language=voice.language.code)
        )
        y += 14
    parts.append(_text(sheet.address, 121, 146, 4.6, anchor="middle"))
    return _svg(243, 153, "85.6mm", "54mm", parts, sheet)


def _block(voice: Voice, when: Sequence[str], y: int, size: int) -> list[str]:
    right, language = voice.language.right_to_left, voice.language.code
    x = 545 if right else 50
    most = 56 if size > 14 else 66
    question = voice.say("A question about your rights, your home, your papers?")
    scan = voice.say("Scan: free, without a name, in your language.")
    lines = [(line, size, True) for line in _wrapped(question, most)]
    lines += [(line, size, False) for line in _wrapped(scan, most)]
    lines += [(line, size - 2, False) for line in when[:2]]
    return [
        _text(line, x, y + n * (size + 4), high, rtl=right, bold=bold, language=language)
        for n, (line, high, bold) in enumerate(lines)
    ]


def _ask(voice: Voice) -> str:
    return voice.say("Your rights: free, no name")


def _wrapped(text: str, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _code(address: str, x: int, y: int, size: int) -> str:
    drawn = segno.make(address, error="m")
    side = drawn.symbol_size(border=2)[0]
    path = drawn.svg_inline(border=2, omitsize=True)
    begin = path.index(">") + 1
    inner = path[begin : path.rindex("</svg>")]
    return (
        f'<svg x="{x}" y="{y}" width="{size}" height="{size}" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="{PAPER}"/>{inner}</svg>'
    )


def _title(words: str, x: int, y: int, size: int) -> str:
    return _text(words, x, y, size, anchor="middle", bold=True, colour=ACCENT)


def _text(
    words: str,
    x: float,
    y: float,
    size: float,
    *,
    rtl: bool = False,
    bold: bool = False,
    anchor: str = "start",
    colour: str = INK,
    language: str = "",
) -> str:
    more = ' direction="rtl"' if rtl else ""
    more += f' xml:lang="{language}"' if language else ""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}{more}>'
        f"{escape(words)}</text>"
    )


def _svg(width: int, height: int, wide: str, high: str, parts: Sequence[str], sheet: Sheet) -> str:
    stamp = ""
    if sheet.trial:
        stamp = _text("DEMO", width - 8, height - 8, width / 30, anchor="end", colour="#b3470d", bold=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {width} {height}" '
        f'font-family="{FONT}" role="img" aria-label="{escape(sheet.place, {chr(34): "&quot;"})}">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>{"".join(parts)}{stamp}</svg>'
    )
