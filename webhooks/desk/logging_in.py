"""Logging in by a link of the bot, and out again: here, or everywhere.

Looking at the link's page uses nothing up, because programs look at links too; the button does.
"""

import secrets
from typing import Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from bot.conversation.vocabulary import mark
from bot.desk import access
from bot.desk.audit import write_down
from bot.desk.house import House
from bot.i18n import TEAM_LANGUAGES, Voice
from webhooks.bodies import read_form
from webhooks.chatwords import page_language
from webhooks.desk.gate import NOT_OUR_FORM, Gate
from webhooks.desk.visit import Refused, Visit, write_page

MOST_BYTES: Final = 4096
DOORBELL: Final = "passerelle-desk-door"  # ties the button to the browser that shows it
DOORBELL_SECONDS: Final = 15 * 60
TOO_OLD: Final = mark("This link was used already or is too old. Write “desk” to the bot for a new one.")


class Entry:
    """The page of a link."""

    def __init__(self, house: House, gate: Gate) -> None:
        """Log in at this house."""
        self._house = house
        self._gate = gate

    async def ask(self, request: Request) -> Response:
        """Show the button, if the link can still be used."""
        self._gate.hold_back(request)
        return await run_in_threadpool(self._ask, request)

    async def enter(self, request: Request) -> Response:
        """Use the link up."""
        self._gate.hold_back(request, logging_in=True)
        form = await read_form(request, MOST_BYTES)
        return await run_in_threadpool(self._enter, request, form)

    def _ask(self, request: Request) -> Response:
        code = request.query_params.get("code", "")[: access.MOST_CODE]
        with self._house.database.read() as session:
            valid = access.is_valid(session, code, self._house.now())
        if not valid:
            return self._refuse(request, Refused(410, TOO_OLD))
        doorbell = secrets.token_urlsafe(16)
        values = {"code": code, "doorbell": doorbell}
        response = write_page(request, "login", self._voice(request), values)
        self._set(request, response, DOORBELL, doorbell, DOORBELL_SECONDS, "/desk/login")
        return response

    def _enter(self, request: Request, form: dict[str, str]) -> Response:
        try:
            self._gate.check_own_page(request)
            token = self._log_in(request, form)
        except Refused as refused:
            return self._refuse(request, refused)
        response = RedirectResponse("/desk", 303)
        seconds = int(access.ENDS_AFTER.total_seconds())
        self._set(request, response, self._gate.cookie_name(request), token, seconds, "/")
        response.delete_cookie(DOORBELL, "/desk/login")
        return response

    def _log_in(self, request: Request, form: dict[str, str]) -> str:
        # Else another site could log somebody in as somebody else, who then reads what they write.
        shown, given = request.cookies.get(DOORBELL, ""), form.get("doorbell", "")
        if not shown or not secrets.compare_digest(shown.encode(), given.encode()):
            raise Refused(403, NOT_OUR_FORM)
        now = self._house.now()
        with self._house.database.write() as session:
            token = access.log_in(session, form.get("code", "")[: access.MOST_CODE], now)
            if token is None:
                raise Refused(410, TOO_OLD)
            session.flush()
            entrance = access.who(session, token, now)
            if entrance is None:
                raise Refused(410, TOO_OLD)
            write_down(session, entrance, "log-in", now)
        return token

    def _set(
        self, request: Request, response: Response, name: str, value: str, seconds: int, path: str
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=path,
            httponly=True,
            samesite="strict",
            secure=self._gate.is_secure(request),
        )

    def _refuse(self, request: Request, refused: Refused) -> Response:
        values = {"reason": refused.reason}
        return write_page(request, "refused", self._voice(request), values, refused.status)

    def _voice(self, request: Request) -> Voice:
        words = self._house.words
        return words.team_voice(page_language(words, "", request.headers.get("accept-language", "")))


def log_out(visit: Visit) -> Response:
    """End this session."""
    write_down(visit.session, visit.by, "log-out", visit.now)
    access.log_out(visit.session, visit.by.session_id)
    return visit.show("goodbye")


def log_out_everywhere(visit: Visit) -> Response:
    """End every session of the worker."""
    write_down(visit.session, visit.by, "log-out-everywhere", visit.now)
    access.log_out_everywhere(visit.session, visit.by.worker_id)
    return visit.show("goodbye")


def language(visit: Visit) -> Response:
    """Show the pages in another language, and go back to where the reader was."""
    chosen, back = visit.form.get("language", ""), visit.form.get("back", "")
    if chosen in TEAM_LANGUAGES:
        access.choose_language(visit.session, visit.by.session_id, chosen)
    inside = back.startswith("/desk") and "\\" not in back and not back.startswith("//")
    return visit.go(back if inside else "/desk")
