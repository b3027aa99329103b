"""The public pages: a searchable directory, a page to print for each service and each answer.

They need no script, set no cookie and ask nothing of any other site; what they say is what the chat says.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from bot.conversation.cards import tell_service
from bot.conversation.engine import NEED_LINK
from bot.conversation.links import link_code
from bot.conversation.vocabulary import HEADINGS, place_name
from bot.i18n import Language, Voice, Words
from bot.knowledge import Library, Told
from directory import places
from directory.hours import week_of
from directory.search import Directory, Found, Match, find_services, look_at_service
from directory.services import Service
from webhooks.chatwords import page_language
from webhooks.jsonld import describe
from webhooks.services import WebServices

TEMPLATES: Final = Path(__file__).parent / "templates"
ON_A_PAGE: Final = 20
MOST_PAGES: Final = 1000
LANGUAGES_AT_HAND: Final = 4  # the others unfold
WORD: Final = re.compile(r"\w+")
# As everywhere (webhooks.edge), but the search form may be sent to us.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def router(services: WebServices) -> APIRouter:
    """Open the public pages."""
    routes = APIRouter()
    pages = _Pages(services)
    routes.get("/directory", include_in_schema=False)(pages.directory)
    routes.get("/services/{service_id}", include_in_schema=False)(pages.service)
    routes.get("/answers/{need_id}", include_in_schema=False)(pages.answer)
    return routes


class _Pages:
    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._templates = Jinja2Templates(directory=TEMPLATES)

    def directory(
        self, request: Request, need: str = "", near: str = "", q: str = "", page: int = 1
    ) -> Response:
        """Search by need, commune and words."""
        here, page = self._here(request), max(1, min(page, MOST_PAGES))
        place = places.find_place(near[:80], here.library.territory).place if near else None
        found = _search(here, need, place, q[:80], page)
        cards = [
            (match.service, here.card(match, number), _is_fleeting(match))
            for number, match in enumerate(found.services)
        ]
        values: dict[str, Any] = {"need": need, "near": near, "q": q, "page": page, "cards": cards}
        values |= {"total": found.total, "needs": here.library.needs, "lost": bool(near) and place is None}
        values |= {"more": page * ON_A_PAGE < found.total, "widened": found.widened}
        return self._show(request, "directory", here, values)

    def service(self, request: Request, service_id: str) -> Response:
        """Show one service, to print."""
        known = self._services.libraries.items()
        found = ((code, library.directory.service(service_id)) for code, library in known)
        code, service = next(((code, service) for code, service in found if service), ("", None))
        if service is None:
            raise HTTPException(404)
        here = self._here(request, code)
        library, language = here.library, here.voice.language.code
        match = look_at_service(library.directory, service, here.now)
        values: dict[str, Any] = {
            "service": service,
            "title": service.name_in(language),
            "card": here.card(match, 0),
            "needs": [library.needs.need(need) for need in service.needs if need in library.needs],
            "week": _week(service, here),
            "fleeting": _is_fleeting(match),
            "data": Markup(describe(service, library.territory)),  # noqa: S704  written by json
        }
        return self._show(request, "service", here, values | self._way_back(service.needs[0], here))

    def answer(self, request: Request, need_id: str) -> Response:
        """Show one answer whole, to print."""
        here = self._here(request)
        library, voice = here.library, here.voice
        if need_id not in library.needs:
            raise HTTPException(404)
        need = library.needs.need(need_id)
        told = library.knowledge.answer(need_id, voice.language.code)
        values: dict[str, Any] = {
            "need": need,
            "title": voice.label(need.label),
            "told": told,
            "sections": _sections(told) if told else [],
            "other": told is not None and told.language != voice.language.code,
            "original": self._services.words.known[told.original].name if told and told.original else "",
        }
        return self._show(request, "answer", here, values | self._way_back(need_id, here))

    def _here(self, request: Request, code: str = "") -> "_Here":
        """Read from the address which territory is shown, and in which language."""
        libraries = self._services.libraries
        wanted = code or request.query_params.get("territory", "")
        first = next(iter(libraries))
        library = libraries.get(wanted) or libraries[first]
        shown = "" if wanted == first or wanted not in libraries else wanted
        now = self._services.now().astimezone(library.territory.zone)
        return _Here(library, shown, self._voice(request), now)

    def _voice(self, request: Request) -> Voice:
        words = self._services.words
        asked, accepted = request.query_params.get("lang", ""), request.headers.get("accept-language", "")
        return words.voice(page_language(words, asked, accepted))

    def _way_back(self, need: str, here: "_Here") -> dict[str, Any]:
        address = f"{self._services.page_url}/?start={link_code(here.code, NEED_LINK + need)}"
        code = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=False)
        return {"address": address, "code": Markup(code)}  # noqa: S704  drawn by the library from our own address

    def _show(self, request: Request, name: str, here: "_Here", values: dict[str, Any]) -> Response:
        voice, territory, libraries = here.voice, here.library.territory, self._services.libraries

        def say(message: str, **more: object) -> Markup:
            return Markup(voice.say(message, **more))  # noqa: S704  `say` escapes every value

        first = next(iter(libraries))
        common: dict[str, Any] = {
            "say": say,
            "say_n": voice.say_n,
            "voice": voice,
            "switch": lambda code: urlencode({**request.query_params, "lang": code}),
            "to": here.address,
            "languages": _ordered(self._services.words, voice),
            "at_hand": LANGUAGES_AT_HAND,
            "direction": "rtl" if voice.language.right_to_left else "ltr",
            "territory": voice.label(territory.name),
            "territory_code": here.code,
            "territories": [
                ("" if code == first else code, voice.label(library.territory.name))
                for code, library in libraries.items()
            ],
            "communes": sorted(
                (place_name(place.id, voice, territory), place.id) for place in territory.places
            ),
        }
        response = self._templates.TemplateResponse(request, f"pages/{name}.html", common | values)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "public, max-age=300"
        return response


@dataclass(frozen=True)
class _Here:
    """What a page is about: a territory (`code` is "" for the one that is served first), a language, a moment."""

    library: Library
    code: str
    voice: Voice
    now: datetime

    def card(self, match: Match, number: int) -> list[Markup]:
        """Write a service as the chat does, a line at a time."""
        text = tell_service(match, number, self.voice, self.library.territory, self.now)
        return [Markup(line) for line in text.split("\n")]  # noqa: S704  every value in it is escaped

    def address(self, path: str, **values: object) -> str:
        """Give the address of another page in the same language and territory."""
        query = {"lang": self.voice.language.code, "territory": self.code, **values}
        return f"{path}?{urlencode({name: value for name, value in query.items() if value})}"


def _is_fleeting(match: Match) -> bool:
    """Tell whether what is said of the hours is true for now only: on paper it would soon be wrong."""
    return bool(match.open_status.until or match.open_status.next_opening)


def _week(service: Service, here: _Here) -> list[tuple[str, str]]:
    """Write the days of an ordinary week with their hours; closed days are left out."""
    names = here.voice.locale.days["format"]["wide"]  # "stand-alone" is another language's where one has none
    days = week_of(service.hours, here.now, here.library.territory)
    return [
        (names[day], ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in openings))
        for day, openings in enumerate(days)
        if openings
    ]


def _ordered(words: Words, voice: Voice) -> list[Language]:
    """Give the languages as the chat offers them, the page's own first."""
    return sorted(words.languages.values(), key=lambda one: (one != voice.language, one.order))


def _search(here: _Here, need: str, place: str | None, q: str, page: int) -> Found:
    directory, offset = here.library.directory, (page - 1) * ON_A_PAGE
    if q:
        wanted = tuple(word.lower() for word in WORD.findall(q))
        chosen = [service for service in directory.services if _is_about(service, wanted)]
        directory = Directory(directory.territory, tuple(chosen))
    if need in here.library.needs:
        language = here.voice.language.code
        return find_services(directory, need, place, here.now, language, ON_A_PAGE, offset)
    near = [service for service in directory.services if place is None or service.serves_place(place)]
    chosen = near or list(directory.services)
    chosen.sort(key=lambda service: (place is not None and service.place != place, service.name.casefold()))
    shown = chosen[offset : offset + ON_A_PAGE]
    matches = tuple(look_at_service(directory, service, here.now) for service in shown)
    return Found(matches, len(chosen), widened=bool(chosen) and not near)


def _is_about(service: Service, wanted: tuple[str, ...]) -> bool:
    text = " ".join((service.name, *service.names.values(), service.organization, service.address)).lower()
    return all(word in text for word in wanted)


def _sections(told: Told) -> list[tuple[str, str, list[Markup]]]:
    shown = []
    for section, paragraphs in told.paragraphs.items():
        heading = told.voice.say(HEADINGS[section]) if section in HEADINGS else ""
        lines = [Markup(paragraph.removeprefix("• ")) for paragraph in paragraphs]  # noqa: S704  escaped
        shown.append((section, heading, lines))
    return shown
