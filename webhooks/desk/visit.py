"""One visit to a page of the desk: who looks, with what, and how the page is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from bot.conversation.turn import Effect
from bot.conversation.vocabulary import mark, place_name
from bot.desk import outreach
from bot.desk.access import Entrance
from bot.desk.house import House
from bot.desk.roles import Door, Role, may_enter
from bot.handoff.context import Context
from bot.i18n import TEAM_LANGUAGES, Voice
from bot.knowledge import Library
from bot.messages import Reply
from bot.storage.models import Conversation

TEMPLATES: Final = Jinja2Templates(directory=Path(__file__).parent.parent / "templates")
# As everywhere (webhooks.edge), but forms may be sent to us.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What a page says first, after something was done.
NOTICES: Final[Mapping[str, str]] = {
    "accepted": mark("This request is yours."),
    "gone": mark("Somebody else has this request already, or it has ended."),
    "full": mark("You have as many requests as you can hold. Close one first."),
    "declined": mark("You left this request to the others."),
    "sent": mark("Your words are on their way."),
    "proposed": mark("They choose one of the moments."),
    "unmet": mark("The meeting is cancelled. The person hears it now."),
    "passed": mark("The request looks for its place. You do not hold it any more once it has found one."),
    "live": mark("The team is live: residents are offered it."),
    "not-live": mark("The team is not live any more. What waited looks for another door."),
    "noted": mark("Your note is kept."),
    "closed": mark("The request is closed."),
    "on-duty": mark("You are on duty."),
    "off-duty": mark("Your duty has ended. Open requests stay with you."),
    "saved": mark("Saved."),
    "unchanged": mark("Nothing was changed."),
    "round-noted": mark("Noted. Whoever follows the place is told what has changed."),
    "unnoted": mark("The note is deleted."),
    "notice-stepped": mark("Done."),
    "photo": mark("Your photo is kept. People see it where you show that you come."),
    "no-photo": mark("Your photo is deleted."),
    "removed": mark("They are not in the team any more."),
    "settled": mark("Settled."),
}


class Refused(Exception):
    """The page is not shown and nothing is done; `reason` is said to whoever asked."""

    def __init__(self, status: int, reason: str) -> None:
        """Keep the HTTP status and the reason, an English msgid."""
        super().__init__(status)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Visit:
    """Everything that a page may use."""

    house: House
    request: Request
    session: Session
    by: Entrance
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    file: bytes = b""  # sent with the form
    since: str = ""  # the pulse when the page was asked for: news since then are news

    @property
    def voice(self) -> Voice:
        """Speak the reader's language."""
        return self.house.words.team_voice(self.by.language)

    @property
    def library(self) -> Library:
        """What is public of the reader's territory."""
        libraries = self.house.libraries()
        return libraries.get(self.by.territory) or next(iter(libraries.values()))

    @property
    def local_now(self) -> datetime:
        """Give the time on the clocks of the territory."""
        return self.now.astimezone(self.library.territory.zone)

    def act(self, effect: Effect) -> None:
        """Do what the reader asked for, as if they had pressed a button in their chat."""
        self.house.acting.act(self.session, self._chat, effect, self.now)
        self.session.flush()
        self.session.expire_all()

    def ask(self, effect: Effect) -> list[Reply]:
        """Do what the reader asked for; what their chat would show comes back, in the language of the page."""
        heard = outreach.ask(self.surroundings(), self.voice, effect)
        self.session.flush()
        self.session.expire_all()
        return heard

    def surroundings(self) -> Context:
        """Give what the steps of a handoff work with."""
        return self.house.acting.surroundings(self.session, self._chat, self.now)

    @property
    def _chat(self) -> Conversation:
        return self.session.get_one(Conversation, self.by.conversation_id)

    def part(self, name: str) -> str:
        """Give a part of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """Give a value of the address, never a long one."""
        return self.request.query_params.get(name, "")[:80]

    def page_number(self) -> int:
        """Give the page of a list that is asked for."""
        return max(1, min(read_number(self.query("page")), 1000))

    def show(self, name: str, status: int = 200, **values: Any) -> Response:
        """Write a page."""
        notice = NOTICES.get(self.query("done"), "") if status == 200 else ""
        common = {
            "by": self.by,
            "csrf": self.by.csrf,
            "notice": notice,
            "since": self.since,
            "here": self.request.url.path,
            "languages": [
                self.house.words.languages[code]
                for code in TEAM_LANGUAGES
                if code in self.house.words.languages
            ],
            "coordinates": may_enter(self.by.role, Door.COORDINATOR),
            "roles": ROLES,
            "when": self.when,
            "place": self.place,
            "need": self.need,
            "language": self.voice.language_name,
        }
        return write_page(self.request, name, self.voice, common | values, status)

    def go(self, address: str, done: str = "") -> Response:
        """Lead to another page, which says what was done."""
        return RedirectResponse(f"{address}?done={done}" if done else address, 303)

    def when(self, moment: datetime) -> str:
        """Write a moment as the clocks of the territory show it."""
        local = moment.astimezone(self.library.territory.zone)
        if local.date() == self.local_now.date():
            return self.voice.say("today {time}", time=self.voice.time(local))
        return self.voice.weekday(local)

    def place(self, place: str) -> str:
        """Name a commune."""
        known = any(one.id == place for one in self.library.territory.places)
        return place_name(place, self.voice, self.library.territory) if known else ""

    def need(self, need: str) -> str:
        """Name a need."""
        needs = self.library.needs
        return self.voice.label(needs.need(need).label) if need in needs else ""


def read_number(given: str, most_digits: int = 9) -> int:
    """Read a number as forms and addresses hold it; 0, which nothing here has, where there is none."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= most_digits else 0


ROLES: Final[Mapping[str, str]] = {
    Role.WORKER: mark("worker"),
    Role.COORDINATOR: mark("coordinator"),
}


def write_page(
    request: Request, name: str, voice: Voice, values: Mapping[str, Any], status: int = 200
) -> Response:
    """Write a page with or without somebody logged in; nothing of it is kept by the browser."""

    def say(message: str, **more: object) -> Markup:
        return Markup(voice.say(message, **more))  # noqa: S704  `say` escapes every value

    def say_n(one: str, many: str, n: int, **more: object) -> Markup:
        return Markup(voice.say_n(one, many, n, **more))  # noqa: S704  the same

    common = {"say": say, "say_n": say_n, "voice": voice, "by": None}
    response = TEMPLATES.TemplateResponse(request, f"desk/{name}.html", common | dict(values), status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    # With "no-referrer" a browser says of no form where it comes from, and older ones have no other way to say it.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
