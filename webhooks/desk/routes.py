"""Every door of the desk in one table: its address, who may come through, and what is behind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.conversation.vocabulary import mark
from bot.desk.access import touch
from bot.desk.house import House
from bot.desk.photos import MOST_BYTES as MOST_PHOTO
from bot.desk.requests import pulse
from bot.desk.roles import Door
from bot.handoff.files import MOST_BYTES as MOST_FILE
from webhooks.chatwords import page_language
from webhooks.desk import (
    correcting,
    files,
    live,
    logging_in,
    meeting,
    notices,
    people,
    photos,
    requests,
    rounds,
    teams,
    thread,
    watching,
)
from webhooks.desk.gate import Gate
from webhooks.desk.visit import Refused, Visit, write_page
from webhooks.streams import Streams
from webhooks.uploads import read_upload

Page: TypeAlias = Callable[[Visit], Response]
MOST_BYTES: Final = 1 << 17  # ten thousand characters of any writing, as a form sends them
GET, POST = "GET", "POST"
TOO_LARGE: Final = 413
TOO_MUCH: Final = mark("This is too large to be sent.")


@dataclass(frozen=True)
class Route:
    """One door."""

    method: str
    path: str
    door: Door
    page: Page = field(repr=False)
    most_bytes: int = MOST_BYTES


ROUTES: Final = (
    Route(GET, "/desk", Door.WORKER, requests.queue),
    Route(GET, "/desk/mine", Door.WORKER, requests.mine),
    Route(GET, "/desk/requests/{id}", Door.WORKER, thread.thread),
    Route(POST, "/desk/requests/{id}/accept", Door.WORKER, requests.accept),
    Route(POST, "/desk/requests/{id}/decline", Door.WORKER, requests.decline),
    Route(POST, "/desk/requests/{id}/reply", Door.WORKER, thread.reply, MOST_FILE),
    Route(POST, "/desk/requests/{id}/phrase", Door.WORKER, thread.phrase),
    Route(POST, "/desk/requests/{id}/note", Door.WORKER, thread.note),
    Route(POST, "/desk/requests/{id}/meet", Door.WORKER, thread.meet),
    Route(POST, "/desk/requests/{id}/unmeet", Door.WORKER, meeting.cancel),
    Route(POST, "/desk/requests/{id}/pass-on", Door.WORKER, thread.pass_on),
    Route(POST, "/desk/requests/{id}/close", Door.WORKER, thread.close),
    Route(GET, "/desk/roster", Door.WORKER, people.roster),
    Route(POST, "/desk/duty", Door.WORKER, people.duty),
    Route(GET, "/desk/photo", Door.WORKER, photos.photo),
    Route(POST, "/desk/photo", Door.WORKER, photos.keep, MOST_PHOTO),
    Route(POST, "/desk/photo/remove", Door.WORKER, photos.remove),
    Route(GET, "/desk/rounds", Door.WORKER, rounds.rounds),
    Route(GET, "/desk/rounds/{key}", Door.WORKER, rounds.stop),
    Route(POST, "/desk/rounds/{key}", Door.WORKER, rounds.change_stop),
    Route(GET, "/desk/places", Door.WORKER, rounds.places),
    Route(GET, "/desk/met", Door.WORKER, rounds.met),
    Route(POST, "/desk/met", Door.WORKER, rounds.note_met),
    Route(GET, "/desk/met/{id}", Door.WORKER, rounds.noted),
    Route(POST, "/desk/met/{id}", Door.WORKER, rounds.fix_met),
    Route(GET, "/desk/digest", Door.WORKER, rounds.digest),
    Route(GET, "/desk/notices", Door.WORKER, notices.notices),
    Route(POST, "/desk/notices", Door.WORKER, notices.make),
    Route(GET, "/desk/notices/{id}", Door.WORKER, notices.notice),
    Route(POST, "/desk/notices/{id}", Door.WORKER, notices.step),
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
    routes.get("/desk/requests/{id}/files/{message}")(files.Files(house, desk.gate).file)
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
            try:
                form, file = await _read(request, route)
            except Refused as refused:
                return self._refuse(request, refused)
            return await run_in_threadpool(self._answer, route, request, form, file)

        return serve

    def _answer(self, route: Route, request: Request, form: Mapping[str, str], file: bytes) -> Response:
        try:
            if route.method == POST:
                return self._change(route, request, form, file)
            return self._show(route, request)
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

    def _change(self, route: Route, request: Request, form: Mapping[str, str], file: bytes) -> Response:
        self.gate.check_own_page(request)
        house = self._house
        with house.database.write() as session:
            entrance = self.gate.admit(session, request, route.door)
            self.gate.check_form(entrance, form.get("csrf", ""))
            touch(session, entrance.session_id, house.now())
            return route.page(Visit(house, request, session, entrance, house.now(), form, file))

    def _refuse(self, request: Request, refused: Refused) -> Response:
        code = page_language(self._house.words, "", request.headers.get("accept-language", ""))
        voice = self._house.words.team_voice(code)
        return write_page(request, "refused", voice, {"reason": refused.reason}, refused.status)


async def _read(request: Request, route: Route) -> tuple[Mapping[str, str], bytes]:
    if route.method != POST:
        return {}, b""
    try:
        return await read_upload(request, route.most_bytes)
    except HTTPException as error:
        if error.status_code != TOO_LARGE:
            raise
        raise Refused(TOO_LARGE, TOO_MUCH) from error
