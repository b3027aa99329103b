"""The public pages: a searchable directory, a page to print for each service and each answer.

They need no script, set no cookie and ask nothing of any other site; what they say is what the chat says.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from bot.conversation.vocabulary import HEADINGS, place_name, tell_service
from bot.i18n import Voice
from bot.knowledge import Library, Told
from directory import places
from directory.search import Directory, Found, Match, find_services, look_at_service
from directory.services import Service
from webhooks.chatwords import page_language
from webhooks.jsonld import describe
from webhooks.services import WebServices

TEMPLATES: Final = Path(__file__).parent / "templates"
ON_A_PAGE: Final = 20
MOST_PAGES: Final = 1000
WORDS: Final = re.compile(r"\w+")
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
        library, voice, page = self._library, self._voice(request), max(1, min(page, MOST_PAGES))
        place = places.find_place(near[:80], library.territory).place if near else None
        found = _search(library, need, place, q[:80], voice.language.code, page, self._now())
        cards = [
            (match.service, self._card(match, number, voice)) for number, match in enumerate(found.services)
        ]
        values: dict[str, Any] = {"need": need, "near": near, "q": q, "page": page, "cards": cards}
        values |= {"total": found.total, "needs": library.needs, "lost": bool(near) and place is None}
        values["more"] = page * ON_A_PAGE < found.total
        return self._show(request, "directory", voice, values)

    def service(self, request: Request, service_id: str) -> Response:
        """Show one service, to print."""
        library, voice = self._library, self._voice(request)
        service = library.directory.service(service_id)
        if service is None:
            raise HTTPException(404)
        match = look_at_service(library.directory, service, self._now())
        values: dict[str, Any] = {
            "service": service,
            "title": service.name_in(voice.language.code),
            "card": self._card(match, 0, voice),
            "needs": [library.needs.need(need) for need in service.needs if need in library.needs],
            "data": Markup(describe(service, library.territory)),  # noqa: S704  written by json
        }
        return self._show(request, "service", voice, values | self._way_back(service.needs[0]))

    def answer(self, request: Request, need_id: str) -> Response:
        """Show one answer whole, to print."""
        library, voice = self._library, self._voice(request)
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
        }
        return self._show(request, "answer", voice, values | self._way_back(need_id))

    @property
    def _library(self) -> Library:
        return self._services.library

    def _now(self) -> datetime:
        return self._services.now().astimezone(self._library.territory.zone)

    def _voice(self, request: Request) -> Voice:
        words = self._services.words
        asked, accepted = request.query_params.get("lang", ""), request.headers.get("accept-language", "")
        return words.voice(page_language(words, asked, accepted))

    def _card(self, match: Match, number: int, voice: Voice) -> list[Markup]:
        text = tell_service(match, number, voice, self._library.territory, self._now())
        return [Markup(line) for line in text.split("\n")]  # noqa: S704  every value in it is escaped

    def _way_back(self, need: str) -> dict[str, Any]:
        address = f"{self._services.page_url}/?start=n-{need}"
        code = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=False)
        return {"address": address, "code": Markup(code)}  # noqa: S704  drawn by the library from our own address

    def _show(self, request: Request, name: str, voice: Voice, values: dict[str, Any]) -> Response:
        def say(message: str, **more: object) -> Markup:
            return Markup(voice.say(message, **more))  # noqa: S704  `say` escapes every value

        words = self._services.words
        territory = self._library.territory
        common: dict[str, Any] = {
            "say": say,
            "say_n": voice.say_n,
            "voice": voice,
            "switch": lambda code: urlencode({**request.query_params, "lang": code}),
            "languages": words.languages.values(),
            "direction": "rtl" if voice.language.right_to_left else "ltr",
            "territory": voice.label(territory.name),
            "communes": sorted(
                (place_name(place.id, voice, territory), place.id) for place in territory.places
            ),
        }
        response = self._templates.TemplateResponse(request, f"pages/{name}.html", common | values)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "public, max-age=300"
        return response


def _search(
    library: Library, need: str, place: str | None, q: str, language: str, page: int, now: datetime
) -> Found:
    directory, offset = library.directory, (page - 1) * ON_A_PAGE
    if q:
        wanted = tuple(word.lower() for word in WORDS.findall(q))
        chosen = [service for service in directory.services if _is_about(service, wanted)]
        directory = Directory(directory.territory, tuple(chosen))
    if need in library.needs:
        return find_services(directory, need, place, now, language, ON_A_PAGE, offset)
    chosen = [service for service in directory.services if place is None or service.serves_place(place)]
    chosen.sort(key=lambda service: (place is not None and service.place != place, service.name.casefold()))
    shown = chosen[offset : offset + ON_A_PAGE]
    return Found(tuple(look_at_service(directory, service, now) for service in shown), len(chosen))


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
