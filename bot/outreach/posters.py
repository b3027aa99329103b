"""Posters and pocket cards of a meeting place, as PDF and SVG, in the languages of the place.

Typst sets them from `poster.typ`: it joins Arabic letters, turns lines to the left, makes the letters as big as
fits, and refuses a letter that the fonts beside it do not have.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import segno
from sqlalchemy.orm import Session

from bot.conversation.dialogues.meeting import PLACE_LINK
from bot.conversation.links import link_code
from bot.i18n import Voice, Words
from bot.knowledge import Library
from bot.outreach import schedule
from bot.outreach.occurrences import every_week

MOST_LANGUAGES: Final = 8
MOST_TIMES: Final = 2
AHEAD: Final = timedelta(days=56)
HERE: Final = Path(__file__).parent
FONTS: Final = HERE / "fonts"


class Paper(StrEnum):
    """What is drawn on."""

    POSTER = "poster"
    CARD = "card"
    CARDS = "cards"  # ten on a sheet, to cut


class Form(StrEnum):
    """How it is written down."""

    PDF = "pdf"
    SVG = "svg"


TELEGRAM_LINKS: Final = "https://t.me/"


# A printing shop wants one card, an office printer a sheet.
PAPERS: Final[Mapping[tuple[str, str], Paper]] = {
    ("poster", Form.PDF): Paper.POSTER,
    ("poster", Form.SVG): Paper.POSTER,
    ("card", Form.PDF): Paper.CARDS,
    ("card", Form.SVG): Paper.CARD,
}


class CannotDraw(Exception):
    """A poster cannot be drawn."""


@dataclass(frozen=True)
class Sheet:
    """What is drawn: the place, when somebody comes (lines for each voice), the addresses that codes hold."""

    place: str
    when: Sequence[Sequence[str]]
    addresses: Sequence[str]
    voices: Sequence[Voice]
    trial: bool = False


def place_payload(session: Session, libraries: Mapping[str, Library], place: str) -> str:
    """Write what a link carries to open the talk at a place."""
    territory = schedule.territory_of(session, place)
    return link_code("" if territory == next(iter(libraries)) else territory, PLACE_LINK + place)


def read_sheet(
    session: Session,
    libraries: Mapping[str, Library],
    words: Words,
    place: str,
    addresses: Sequence[str],
    now: datetime,
) -> Sheet | None:
    """Read what stands on the paper of a place, in its languages; None for an unknown place.

    Args:
        addresses: where its codes lead.
    """
    known = schedule.read_place(session, place)
    if known is None:
        return None
    first = next(iter(libraries.values()))
    territory = libraries.get(schedule.territory_of(session, place), first).territory
    codes = [code for code in known.languages if code in words.languages] or territory.languages
    voices = [words.voice(code) for code in codes[:MOST_LANGUAGES]]
    coming = schedule.read_calendar(session, territory, now, now + AHEAD, place=place)
    weekly = every_week(one for one in coming if one.begins >= now)[:MOST_TIMES]
    when = [[_on_paper(*time, voice) for time in weekly] for voice in voices]
    return Sheet(known.name, when, addresses, voices, known.trial)


def place_addresses(page_url: str, payload: str, telegram: str) -> tuple[str, ...]:
    """Give what opens the talk with a payload: in Telegram, on the web where others can open that too, or both."""
    web = f"{page_url}/?start={payload}"
    is_public = page_url.startswith("https://") or not telegram
    return tuple(address for address in (telegram, web if is_public else "") if address)


def draw(sheet: Sheet, paper: Paper, form: Form) -> bytes:
    """Draw it; a PDF is one that screen readers can read (PDF/UA).

    Raises:
        CannotDraw: it does not fit, or paper would show an empty box for a letter that the fonts do not have.
    """
    return _drawn(json.dumps(_written(sheet)), paper, form)


@lru_cache(maxsize=16)
def _drawn(sheet: str, paper: Paper, form: Form) -> bytes:
    import typst  # large, and nothing else needs it

    inputs = {"paper": paper.value, "sheet": sheet}
    compiler = typst.Compiler(
        HERE / "poster.typ", font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=inputs
    )
    try:
        # Both, whichever is wanted: the one refuses letters that the fonts do not have, the other counts pages.
        pdf = compiler.compile(format="pdf", pdf_standards="ua-1")
        svg = compiler.compile(format="svg")
    except typst.TypstError as error:
        raise CannotDraw(str(error)) from error
    if not isinstance(pdf, bytes) or not isinstance(svg, bytes):
        raise CannotDraw("It does not fit on one page.")
    return pdf if form is Form.PDF else svg


def _written(sheet: Sheet) -> dict[str, Any]:
    return {
        "place": sheet.place,
        "trial": sheet.trial,
        "ways": [_way(address, sheet.voices) for address in sheet.addresses],
        "voices": [
            _in(
                voice,
                question=voice.say("A question about your rights, your home, your papers?"),
                scan=voice.say("Scan: free, without a name, in your language."),
                ask=voice.say("Your rights: free, no name"),
                when=when,
            )
            for voice, when in zip(sheet.voices, sheet.when, strict=True)
        ],
    }


def _way(address: str, voices: Sequence[Voice]) -> dict[str, Any]:
    """Say where a code leads; whoever has no camera can type it."""
    at, is_telegram = urlsplit(address), address.startswith(TELEGRAM_LINKS)
    # TRANSLATORS: stands under a code to scan that opens a web page; beside it stands one that opens Telegram
    labels = [] if is_telegram else [_in(voice, words=voice.say("Without an app")) for voice in voices]
    shown = at.netloc + at.path.rstrip("/")
    return {
        "code": _code(address),
        "name": "Telegram" if is_telegram else at.hostname,
        "address": shown,
        "labels": labels,
    }


def _in(voice: Voice, **values: Any) -> dict[str, Any]:
    return {"code": voice.language.code, "rtl": voice.language.right_to_left, **values}


def _code(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, light="white")
    return drawn.getvalue().decode()


def _on_paper(day: int, begins: str, ends: str, voice: Voice) -> str:
    """Write a day of every week: a date would soon be over on paper."""
    # Not "stand-alone": Babel gives those of the language that it read last, where a language has none of its own.
    return f"{voice.locale.days['format']['wide'][day]} {voice.isolate(f'{begins}–{ends}')}"
