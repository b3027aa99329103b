"""Every door of the desk in one table: its address, who may come through, and what is behind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.desk.access import touch
from bot.desk.house import House
from bot.desk.requests import pulse
from bot.desk.roles import Door
from webhooks.bodies import read_form
from webhooks.chatwords import page_language
from webhooks.desk import correcting, live, logging_in, people, requests, teams, thread, watching
from webhooks.desk.gate import Gate
from webhooks.desk.visit import Refused, Visit, write_page
from webhooks.streams import Streams

Page: TypeAlias = Callable[[Visit], Response]
MOST_BYTES: Final = 1 << 17  # ten thousand characters of any writing, as a form sends them
GET, POST = "GET", "POST"


@dataclass(frozen=True)
class Route:
    """One door."""

    method: str
    path: str
    door: Door
    page: Page = field(repr=False)


ROUTES: Final = (
    Route(GET, "/desk", Door.WORKER, requests.queue),
    Route(GET, "/desk/mine", Door.WORKER, requests.mine),
    Route(GET, "/desk/requests/{id}", Door.WORKER, thread.thread),
    Route(POST, "/desk/requests/{id}/accept", Door.WORKER, requests.accept),
    Route(POST, "/desk/requests/{id}/decline", Door.WORKER, requests.decline),
    Route(POST, "/desk/requests/{id}/reply", Door.WORKER, thread.reply),
    Route(POST, "/desk/requests/{id}/phrase", Door.WORKER, thread.phrase),
    Route(POST, "/desk/requests/{id}/note", Door.WORKER, thread.note),
    Route(POST, "/desk/requests/{id}/meet", Door.WORKER, thread.meet),
    Route(POST, "/desk/requests/{id}/pass-on", Door.WORKER, thread.pass_on),
    Route(POST, "/desk/requests/{id}/close", Door.WORKER, thread.close),
    Route(GET, "/desk/roster", Door.WORKER, people.roster),
    Route(POST, "/desk/duty", Door.WORKER, people.duty),
    Route(POST, "/desk/language", Door.WORKER, logging_in.language),
    Route(POST, "/desk/logout", Door.WORKER, logging_in.log_out),
    Route(POST, "/desk/logout-everywhere", Door.WORKER, logging_in.log_out_everywhere),
    Route(GET, "/desk/teams", Door.COORDINATOR, teams.teams),
    Route(POST, "/desk/teams", Door.COORDINATOR, teams.write),
    Route(POST, "/desk/teams/{id}/live", Door.COORDINATOR, teams.set_live),
    Route(GET, "/desk/promises", Door.COORDINATOR, watching.promises),
    Route(GET, "/desk/corrections", Door.COORDINATOR, correcting.corrections),
    Route(POST, "/desk/corrections/{id}", Door.COORDINATOR, correcting.settle),
    Route(GET, "/desk/directory", Door.COORDINATOR, correcting.services),
    Route(GET, "/desk/directory/{id}", Door.COORDINATOR, correcting.service),
    Route(POST, "/desk/directory/{id}", Door.COORDINATOR, correcting.save),
    Route(GET, "/desk/people", Door.COORDINATOR, people.people),
    Route(POST, "/desk/people/invite", Door.COORDINATOR, people.invite),
    Route(POST, "/desk/people/{id}/role", Door.COORDINATOR, people.change_role),
    Route(POST, "/desk/people/{id}/remove", Door.COORDINATOR, people.remove),
    Route(GET, "/desk/audit", Door.COORDINATOR, watching.audit),
)


def router(house: House, streams: Streams) -> APIRouter:
    """Open the doors of the desk."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(house)
    entry = logging_in.Entry(house, desk.gate)
    routes.get("/desk/login")(entry.ask)
    routes.post("/desk/login")(entry.enter)
    routes.get("/desk/events")(live.Live(house, desk.gate, streams).events)
    for route in ROUTES:
        routes.add_api_route(route.path, desk.endpoint(route), methods=[route.method])
    return routes


class _Desk:
    def __init__(self, house: House) -> None:
        self._house = house
        self.gate = Gate(house)

    def endpoint(self, route: Route) -> Callable[[Request], object]:
        async def serve(request: Request) -> Response:
            self.gate.hold_back(request)
            form = await read_form(request, MOST_BYTES) if route.method == POST else {}
            return await run_in_threadpool(self._answer, route, request, form)

        return serve

    def _answer(self, route: Route, request: Request, form: Mapping[str, str]) -> Response:
        try:
            return self._change(route, request, form) if route.method == POST else self._show(route, request)
        except Refused as refused:
            return self._refuse(request, refused)

    def _show(self, route: Route, request: Request) -> Response:
        house = self._house
        with house.database.read() as session:
            entrance = self.gate.admit(session, request, route.door)
            visit = Visit(house, request, session, entrance, house.now(), since=pulse(session))
            response = route.page(visit)
        # A page that looks for news by itself keeps nobody logged in.
        if entrance.is_stale(house.now()) and "hx-request" not in request.headers:
            with house.database.write() as session:
                touch(session, entrance.session_id, house.now())
        return response

    def _change(self, route: Route, request: Request, form: Mapping[str, str]) -> Response:
        self.gate.check_own_page(request)
        house = self._house
        with house.database.write() as session:
            entrance = self.gate.admit(session, request, route.door)
            self.gate.check_form(entrance, form.get("csrf", ""))
            touch(session, entrance.session_id, house.now())
            return route.page(Visit(house, request, session, entrance, house.now(), form))

    def _refuse(self, request: Request, refused: Refused) -> Response:
        code = page_language(self._house.words, "", request.headers.get("accept-language", ""))
        voice = self._house.words.team_voice(code)
        return write_page(request, "refused", voice, {"reason": refused.reason}, refused.status)
