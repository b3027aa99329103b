"""The public pages of places, calendars, posters and the report; the bad ones are simply not there."""

import asyncio
import csv
import io
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.base import SendError, SendOutcome
from bot.conversation.effects import ChangeStop, JoinRound
from bot.knowledge import Library
from tests.outreach.conftest import MONDAY, Street
from tests.outreach.test_figures import a_quarter_of_questions
from tests.outreach.test_rounds import KEY, stop_of
from webhooks import outreach


class Browser:
    """Asks the pages without a server."""

    def __init__(self, app: FastAPI) -> None:
        self.telegram_is_down = False
        self._transport = httpx.ASGITransport(app)

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._get(path))

    async def _get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport, base_url="https://passerelle.example"
        ) as client:
            return await client.get(path)


@pytest.fixture
def client(street: Street) -> Browser:
    world = street.world
    library = Library(world.territory, world.needs, world.directory, world.knowledge)
    services = SimpleNamespace(
        libraries={"testville": library},
        words=world.words,
        page_url="https://passerelle.example",
        now=lambda: street.now,
    )
    app = FastAPI()
    browser = Browser(app)

    async def telegram_link(payload: str) -> str:
        if browser.telegram_is_down:
            raise SendError(SendOutcome.LATER, "unreachable")
        return f"https://t.me/a_bot?start={payload}"

    services.telegram_link = telegram_link
    app.include_router(outreach.router(services, street.database))  # type: ignore[arg-type]
    return browser


def test_places_of_the_week_are_public(client: Browser, street: Street) -> None:
    street.does(street.worker("Amina"), JoinRound("tournee-du-mercredi", True))
    page = client.get("/meet?lang=en").text
    assert "Parc du Phare" in page
    assert "14:00–16:00" in page
    assert "Amina (French and Arabic)" in page
    assert "made up, for trying out" in page
    assert "Épicerie" not in client.get("/meet?lang=en&commune=brumeville-basse").text
    assert "Parc du Phare" not in client.get("/meet?lang=en&family=school").text


def test_a_place_has_its_own_page_with_a_code_to_scan(client: Browser) -> None:
    page = client.get("/meet/parc-du-phare?lang=ar").text
    assert 'dir="rtl"' in page
    assert "https://passerelle.example/?start=m-parc-du-phare" in page
    assert "<svg" in page


@pytest.mark.parametrize(
    "path",
    [
        "/meet/nowhere",
        "/meet/nowhere.ics",
        "/meet/nowhere/poster.svg",
        "/meet/nowhere/poster",
        "/meet/parc-du-phare/poster.png",
        "/meet/parc-du-phare/cards.pdf",
        "/meet/nö where/poster.pdf",
        "/meet/team/99.ics",
        "/meet/team/99999999999999999999.ics",
        "/report/2026-Q4",
        "/report/2026-Q9",
        "/report/last-week.csv",
    ],
)
def test_what_is_not_there_is_not_found(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 404


def unfolded(calendar: str) -> list[str]:
    return calendar.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize("path", ["/meet/parc-du-phare.ics", "/meet/team/1.ics"])
def test_a_calendar_can_be_followed(client: Browser, street: Street, path: str) -> None:
    street.does(street.worker(), ChangeStop(stop_of(street, "parc-du-phare"), KEY, "cancelled"))
    answer = client.get(path)
    lines = unfolded(answer.text)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    event = lines[lines.index("DTSTART:20261125T130000Z") - 3 :][:9]
    assert "STATUS:CANCELLED" in event
    assert "LOCATION:Parc du Phare\\, Allée du Phare 1" in event
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) > 8


def test_the_shared_calendar_shows_gaps_and_what_was_kept(client: Browser, street: Street) -> None:
    street.now = datetime(2026, 12, 2, 18, 0, tzinfo=UTC)
    street.does(street.worker(), ChangeStop(stop_of(street, "parc-du-phare"), KEY, "held"))
    page = client.get("/rounds?lang=en").text
    assert "Saint-Exemple" in page[page.index("Where nobody comes") :]
    assert re.search(r"1 of 1\d rounds took place", page)
    assert "/meet/team/1.ics" in page


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("poster.pdf", "application/pdf"),
        ("poster.svg", "image/svg+xml"),
        ("card.pdf", "application/pdf"),
        ("card.svg", "image/svg+xml"),
    ],
)
def test_posters_and_cards_can_be_printed(client: Browser, name: str, kind: str) -> None:
    answer = client.get(f"/meet/parc-du-phare/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.content.startswith(b"%PDF-" if kind.endswith("pdf") else b"<svg")
    assert f"/meet/parc-du-phare/{name}" in client.get("/meet/parc-du-phare/poster?lang=en").text


def test_without_telegram_for_the_moment_no_poster_goes_to_print_that_lacks_its_code(client: Browser) -> None:
    client.telegram_is_down = True
    assert client.get("/meet/parc-du-phare/poster.svg").status_code == 503


def test_the_report_shows_charts_with_a_table_and_the_same_as_csv(client: Browser, street: Street) -> None:
    a_quarter_of_questions(street)
    street.now = datetime(2027, 1, 5, tzinfo=UTC)
    assert "2026-Q4" in client.get("/report?lang=en").text
    page = client.get("/report/2026-Q4?lang=en").text
    assert page.count('role="img"') >= 2
    assert page.count("<table>") == 11
    rows = list(csv.DictReader(io.StringIO(client.get("/report/2026-Q4.csv?lang=en").text)))
    counts = {(row["table"], row["key"]): row["count"] for row in rows}
    assert counts["asked-language", "ti"] == ""
    assert all(count == "" or int(count) >= 10 for count in counts.values())


def test_a_running_quarter_cannot_be_read(client: Browser, street: Street) -> None:
    a_quarter_of_questions(street)
    street.now = MONDAY
    assert "No quarter is over yet." in client.get("/report?lang=en").text
