"""The gate of the desk: pace, our own page, the session, the role, the form, in this order."""

import math
import time
from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from sqlalchemy.orm import Session

from bot.conversation.vocabulary import mark
from bot.desk.access import Entrance, is_own_form, who
from bot.desk.house import House
from bot.desk.roles import Door, may_enter
from webhooks.desk.visit import Refused
from webhooks.flood import Limit, sender

COOKIE: Final = "passerelle-desk"
SECURE_COOKIE: Final = "__Host-passerelle-desk"  # a browser takes it from https only, and for this host alone
LOG_IN_FIRST: Final = mark("Log in first: write “desk” to the bot in your own chat, it sends you a link.")
NOT_FOR_YOU: Final = mark("This page is not for your role.")
NOT_OUR_FORM: Final = mark("This form is too old or was not sent by our own page. Go back and try again.")
NOT_FOUND: Final = mark("This is not here, or it is not for you.")


class Gate:
    """Lets in whom the desk is for."""

    def __init__(self, house: House) -> None:
        """Begin with everybody free."""
        self._house = house
        # A whole team may sit behind one address; nobody has ten links to try.
        self._pages = Limit(per_second=20, at_once=400)
        self._logins = Limit(per_second=0.2, at_once=20)

    def hold_back(self, request: Request, *, logging_in: bool = False) -> None:
        """Let nobody ask too much at once."""
        limit = self._logins if logging_in else self._pages
        if wait := limit.seconds_to_wait(_address(request), time.monotonic()):
            raise HTTPException(429, headers={"Retry-After": str(math.ceil(wait))})

    def check_own_page(self, request: Request) -> None:
        """Refuse what another site has a browser send here."""
        site = request.headers.get("sec-fetch-site")
        origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
        own = site == "same-origin" if site else bool(host) and urlsplit(origin).netloc == host
        if not own:
            raise Refused(403, NOT_OUR_FORM)

    def look(self, session: Session, request: Request) -> Entrance | None:
        """Tell who comes; None for nobody."""
        token = request.cookies.get(self.cookie_name(request), "")
        return who(session, token[:100], self._house.now()) if token else None

    def admit(self, session: Session, request: Request, door: Door) -> Entrance:
        """Let somebody through a door.

        Raises:
            Refused: nobody is logged in, or the door is not for their role.
        """
        entrance = self.look(session, request)
        if entrance is None:
            raise Refused(401, LOG_IN_FIRST)
        if not may_enter(entrance.role, door):
            raise Refused(403, NOT_FOR_YOU)
        return entrance

    def check_form(self, entrance: Entrance, given: str) -> None:
        """Refuse a form that is not of this session."""
        if not is_own_form(entrance, given):
            raise Refused(403, NOT_OUR_FORM)

    def cookie_name(self, request: Request) -> str:
        """Name the cookie as safely as the connection allows."""
        return SECURE_COOKIE if self.is_secure(request) else COOKIE

    def is_secure(self, request: Request) -> bool:
        """Tell whether browsers come by https."""
        return request.url.scheme == "https" or self._house.page_url.startswith("https:")


def _address(request: Request) -> str:
    return sender(request.client.host if request.client else "")
