"""The public pages of going towards people: where to meet us, calendars to follow, posters, the open report."""

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from bot.conversation.dialogues.followup import OUTCOMES, REASONS
from bot.conversation.vocabulary import mark, place_name
from bot.desk.photos import faces_at
from bot.i18n import Voice
from bot.knowledge import Library
from bot.outreach import schedule
from bot.outreach.figures import UNKNOWN, By, Figure, Grounds, Quarter, quarters_with_figures, read_figures
from bot.outreach.ics import write_calendar
from bot.outreach.occurrences import Occurrence, clashes, diversity, gaps, kept_rate, of_the_week
from bot.outreach.places import PlaceSheet
from bot.outreach.posters import place_payload
from bot.outreach.telling import tell_sheet, tell_time
from bot.storage.db import Database
from bot.storage.models import Team
from webhooks.chatwords import page_language
from webhooks.pages import POLICY, TEMPLATES
from webhooks.posters import Posters
from webhooks.services import WebServices

AHEAD: Final = timedelta(days=56)
BEHIND: Final = timedelta(days=28)
TITLES: Final[Mapping[str, str]] = {
    "asked-theme": mark("Questions by theme"),
    "asked-commune": mark("Questions by commune"),
    "asked-language": mark("Questions by language"),
    "asked-week": mark("Questions by week"),
    "unanswered": mark("Questions without a text of ours, by theme"),
    "turned-away": mark("People who were refused or gave up, by theme"),
    "why-not": mark("Why people did not get what is theirs"),
    "did-it-work": mark("Did it work?"),
    "met-theme": mark("People met outside, by theme"),
    "met-language": mark("People met outside, by language"),
    "met-place": mark("People met outside, by place"),
}


def router(services: WebServices, database: Database) -> APIRouter:
    """Open the pages."""
    routes = APIRouter()
    pages = _Pages(services, database)
    for path, page in (
        ("/meet", pages.places),
        ("/meet/team/{team}.ics", pages.team_calendar),
        ("/meet/{place}.ics", pages.place_calendar),
        ("/meet/{place}/{name}.{form}", Posters(services, database).show),
        ("/meet/{place}/poster", pages.print_page),
        ("/meet/{place}", pages.place),
        ("/rounds", pages.rounds),
        ("/report", pages.reports),
        ("/report/{quarter}.csv", pages.report_csv),
        ("/report/{quarter}", pages.report),
    ):
        routes.get(path, include_in_schema=False)(page)
    return routes


class _Pages:
    def __init__(self, services: WebServices, database: Database) -> None:
        self._services = services
        self._database = database
        self._templates = Jinja2Templates(directory=TEMPLATES)

    def places(self, request: Request, commune: str = "", family: str = "") -> Response:
        """Show where somebody can be met this week."""
        library, voice, now = self._here(request)
        with self._database.read() as session:
            known = schedule.read_places(session, library.territory)
            found = of_the_week(self._calendar(session, library, now), now)
        shown = [
            (place, tell_sheet(place, voice, library.territory).split("\n"), self._times(found, place, voice))
            for place in known.values()
            if commune in ("", place.commune) and family in ("", place.family)
        ]
        shown.sort(key=lambda one: (not one[2], one[0].name))
        return self._show(request, "places", {"shown": [_marked(one) for one in shown], "commune": commune})

    def place(self, request: Request, place: str) -> Response:
        """Show one place: its sheet, its times, how often the rounds were kept."""
        library, voice, now = self._here(request, place)
        sheet = self._sheet(place)
        with self._database.read() as session:
            found = self._calendar(session, library, now, place=place)
            met = schedule.noted_meetings(session, (now - BEHIND).date(), now.date() + timedelta(days=1))
            faces = faces_at(session, place)
        held, planned = kept_rate(found, met, now)
        values = {
            "place": sheet,
            "faces": faces,
            "lines": [Markup(line) for line in tell_sheet(sheet, voice, library.territory).split("\n")[1:]],  # noqa: S704
            "times": self._times(of_the_week(found, now, 28), sheet, voice),
            "held": held,
            "planned": planned,
            "needs": [library.needs.need(need) for need in sheet.asked_there if need in library.needs],
            "address": self._address(place),
            "code": self._drawn(self._address(place)),
        }
        return self._show(request, "place", values, place)

    def rounds(self, request: Request) -> Response:
        """Show the shared calendar of all teams: clashes, gaps, what was kept, how diverse the places are."""
        library, voice, now = self._here(request)
        with self._database.read() as session:
            known = schedule.read_places(session, library.territory)
            found = self._calendar(session, library, now)
            met = schedule.noted_meetings(session, (now - BEHIND).date(), now.date() + timedelta(days=1))
            teams = {row.id: row.name for row in session.query(Team)}
        coming, past = of_the_week(found, now, 14), [one for one in found if one.ends <= now]
        communes = [place.id for place in library.territory.places]
        commune_of = {place.id: place.commune for place in known.values()}
        empty = gaps(coming, communes, commune_of)
        held, planned = kept_rate(past, met, now)
        visited = [
            str(known[one.place].family) for one in past if not one.is_cancelled and one.place in known
        ]
        values = {
            "coming": [
                (time, known[one.place], teams.get(one.stop.team or 0, ""))
                for one, time in zip(coming, _written(coming, voice), strict=True)
            ],
            "clashes": [
                (known[a.place].name, known[b.place].name, voice.weekday(b.begins))
                for a, b in clashes(coming)
            ],
            "gaps": sorted(place_name(commune, voice, library.territory) for commune in empty),
            "held": held,
            "planned": planned,
            "diversity": voice.number(diversity(visited)),
            "teams": sorted(
                {(one.stop.team, teams[one.stop.team]) for one in found if one.stop.team in teams}
            ),
        }
        return self._show(request, "rounds", values)

    def place_calendar(self, request: Request, place: str) -> Response:
        """Give the calendar of a place to follow."""
        library, _, now = self._here(request, place)
        sheet = self._sheet(place)
        with self._database.read() as session:
            found = self._calendar(session, library, now, place=place)
            return self._ics(sheet.name, found, schedule.read_places(session, library.territory), now)

    def team_calendar(self, request: Request, team: int) -> Response:
        """Give the calendar of a team to follow."""
        with self._database.read() as session:
            row = session.get(Team, team) if team < 2**31 else None
            if row is None:
                raise HTTPException(404)
            library = self._services.libraries.get(row.territory) or self._first
            now = self._services.now().astimezone(library.territory.zone)
            found = self._calendar(session, library, now, team=team)
            return self._ics(row.name, found, schedule.read_places(session, library.territory), now)

    def print_page(self, request: Request, place: str) -> Response:
        """Show poster and card, to print or to keep."""
        return self._show(request, "poster", {"place": self._sheet(place)}, place)

    def reports(self, request: Request) -> Response:
        """List the quarters that can be read."""
        with self._database.read() as session:
            found = quarters_with_figures(session, self._services.now())
        return self._show(request, "reports", {"quarters": [str(one) for one in found]})

    def report(self, request: Request, quarter: str) -> Response:
        """Show what the territory said in a quarter."""
        figures, labels = self._figures(request, quarter)
        shown = [
            (one.name, TITLES[one.name], [(labels(one.by, key), n) for key, n in one.cells.items()], one)
            for one in figures
        ]
        tables = [
            (name, title, rows, max([n for _, n in rows if n] or [1])) for name, title, rows, _ in shown
        ]
        return self._show(request, "report", {"quarter": quarter, "tables": tables})

    def report_csv(self, request: Request, quarter: str) -> Response:
        """Give the same as a table for other programs; a hidden cell is empty."""
        figures, labels = self._figures(request, quarter)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["quarter", "table", "by", "key", "label", "count"])
        for one in figures:
            for key, n in one.cells.items():
                writer.writerow([quarter, one.name, one.by, key, labels(one.by, key), "" if n is None else n])
        name = f'attachment; filename="passerelle-{quarter}.csv"'
        return Response(
            out.getvalue(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
        )

    def _figures(self, request: Request, written: str) -> tuple[list[Figure], Any]:
        library, voice, _ = self._here(request)
        quarter = Quarter.read(written)
        grounds = Grounds(library.territory, library.needs, tuple(self._services.words.languages))
        with self._database.read() as session:
            figures = read_figures(session, grounds, quarter, self._services.now()) if quarter else []
            places = schedule.read_places(session, library.territory)
        if not figures:
            raise HTTPException(404)

        def label(by: By, key: str) -> str:
            return _label(by, key, library, voice, places)

        return figures, label

    def _calendar(self, session: Any, library: Library, now: datetime, **narrower: Any) -> list[Occurrence]:
        return schedule.read_calendar(session, library.territory, now - BEHIND, now + AHEAD, **narrower)

    def _times(self, found: Sequence[Occurrence], place: PlaceSheet, voice: Voice) -> list[Markup]:
        here = [one for one in found if place.id in (one.place, one.stop.place)]
        return _written(here, voice)

    def _sheet(self, place: str) -> PlaceSheet:
        with self._database.read() as session:
            sheet = schedule.read_place(session, place)
        if sheet is None:
            raise HTTPException(404)
        return sheet

    def _ics(
        self, name: str, found: Sequence[Occurrence], places: Mapping[str, PlaceSheet], now: datetime
    ) -> Response:
        host = urlsplit(self._services.page_url).hostname or "passerelle"
        return Response(
            write_calendar(name, found, places, host, now), media_type="text/calendar; charset=utf-8"
        )

    def _address(self, place: str) -> str:
        with self._database.read() as session:
            payload = place_payload(session, self._services.libraries, place)
        return f"{self._services.page_url}/?start={payload}"

    def _drawn(self, address: str) -> Markup:
        return Markup(segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=False))  # noqa: S704

    @property
    def _first(self) -> Library:
        return next(iter(self._services.libraries.values()))

    def _here(self, request: Request, place: str = "") -> tuple[Library, Voice, datetime]:
        code = request.query_params.get("territory", "")
        if place:
            with self._database.read() as session:
                code = schedule.territory_of(session, place)
        library = self._services.libraries.get(code) or self._first
        words = self._services.words
        asked, accepted = request.query_params.get("lang", ""), request.headers.get("accept-language", "")
        voice = words.voice(page_language(words, asked, accepted))
        return library, voice, self._services.now().astimezone(library.territory.zone)

    def _show(self, request: Request, name: str, values: dict[str, Any], place: str = "") -> Response:
        library, voice, _ = self._here(request, place)

        def say(message: str, **more: object) -> Markup:
            return Markup(voice.say(message, **more))  # noqa: S704  `say` escapes every value

        languages = self._services.words.languages.values()
        common = {
            "say": say,
            "say_n": voice.say_n,
            "voice": voice,
            "direction": "rtl" if voice.language.right_to_left else "ltr",
            "languages": sorted(languages, key=lambda one: (one != voice.language, one.order)),
            "to": lambda path: f"{path}?lang={voice.language.code}",
            "territory": voice.label(library.territory.name),
            "communes": sorted(
                (place_name(p.id, voice, library.territory), p.id) for p in library.territory.places
            ),
        }
        response = self._templates.TemplateResponse(request, f"outreach/{name}.html", common | values)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "public, max-age=60"
        return response


def _marked(one: tuple[PlaceSheet, list[str], list[Markup]]) -> tuple[PlaceSheet, list[Markup], list[Markup]]:
    place, lines, times = one
    return place, [Markup(line) for line in lines[1:]], times  # noqa: S704  every value in it is escaped


def _written(found: Sequence[Occurrence], voice: Voice) -> list[Markup]:
    return [Markup(tell_time(one, voice)) for one in found]  # noqa: S704  every value in it is escaped


def _label(by: By, key: str, library: Library, voice: Voice, places: Mapping[str, PlaceSheet]) -> str:
    if key == UNKNOWN:
        return voice.say("not known")
    if by is By.THEME:
        return voice.label(library.needs.theme(key).label)
    if by is By.COMMUNE:
        return place_name(key, voice, library.territory)
    if by is By.LANGUAGE:
        return voice.language_name(key)
    if by is By.PLACE:
        return places[key].name if key in places else key
    with suppress(KeyError):
        return voice.say((REASONS if by is By.REASON else OUTCOMES)[key])
    return key
