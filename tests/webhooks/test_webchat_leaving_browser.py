"""In a real Chromium: leaving at once, with nothing left behind; pictures and files that come and go."""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.messages import Button, Content, Document, Inbound, Kind, Media, Reply
from tests.webhooks.services import InMemoryBot

PHONE = {"width": 360, "height": 740}
AWAY = "https://www.wikipedia.org/"
SECRET = "mon secret"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
expect.set_options(timeout=5000)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="fr-BE", accept_downloads=True)
    context.route(
        AWAY, lambda route: route.fulfill(body="<title>Encyclopedia</title>", content_type="text/html")
    )
    yield context
    context.close()


@pytest.fixture
def asked(context: BrowserContext) -> set[str]:
    """The servers that the browser has asked for something."""
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    return asked


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    return said


@pytest.fixture
def page(
    context: BrowserContext, asked: set[str], complaints: list[str], bot: InMemoryBot, address: str
) -> Page:
    """Somebody has said something that nobody at home may read."""
    bot.answer = answer
    page = context.new_page()
    page.goto(address)
    page.get_by_role("textbox").fill(SECRET)
    page.keyboard.press("Enter")
    expect(page.locator(".bot", has_text=SECRET)).to_be_visible()
    return page


def answer(message: Inbound) -> list[Reply]:
    if message.kind is Kind.START:
        return [Reply("Bonjour !", ((Button("Logement", "theme:housing"),),), "fr")]
    return [Reply(f"Reçu {message.kind} : {message.text}", language="fr")]


def by_button(page: Page) -> None:
    page.get_by_role("button", name="Leave quickly").click()


def by_keyboard(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("leave", [by_button, by_keyboard])
def test_one_press_leads_to_a_harmless_page_and_no_way_leads_back(
    page: Page, address: str, asked: set[str], leave: Any
) -> None:
    assert asked == {urlsplit(address).netloc}
    leave(page)
    expect(page).to_have_title("Encyclopedia")
    assert page.evaluate("history.length") <= 2  # the empty tab it began with, and the harmless page
    page.go_back()
    assert address not in page.url
    assert SECRET not in page.content()


def test_whoever_opens_the_page_again_reads_nothing_of_the_talk(page: Page, address: str) -> None:
    with page.expect_request("**/chat/leave"):
        by_button(page)
    expect(page).to_have_title("Encyclopedia")
    page.goto(address)
    expect(page.locator(".bot", has_text="Bonjour !")).to_be_visible()
    assert SECRET not in page.content()
    assert SECRET not in page.evaluate("JSON.stringify(sessionStorage)")


def test_another_tab_forgets_too(page: Page, context: BrowserContext, address: str) -> None:
    other = context.new_page()
    other.goto(address)
    expect(other.locator(".bot", has_text=SECRET)).to_be_visible()
    by_button(page)
    expect(other.locator(".bot", has_text=SECRET)).to_have_count(0)


def test_the_page_leaves_also_when_the_harmless_one_cannot_be_reached(
    page: Page, context: BrowserContext, address: str
) -> None:
    context.unroute(AWAY)
    context.route(AWAY, lambda route: route.abort("internetdisconnected"))
    by_button(page)
    page.wait_for_url("chrome-error://**")
    page.go_back()
    assert address not in page.url
    assert SECRET not in page.content()


def test_a_single_escape_leaves_nothing(page: Page) -> None:
    page.keyboard.press("Escape")
    page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 1100))")
    page.keyboard.press("Escape")
    expect(page.locator(".bot", has_text=SECRET)).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_page_with_its_exit_is_open_to_everybody(
    page: Page, address: str, bot: InMemoryBot, language: str
) -> None:
    bot.files["dot"] = Content("lettre.png", "image/png", DOT)
    page.goto(f"{address}/?lang={language}")
    for media in (Media("photo", "dot"), Media("voice", "none"), Media("document", "none", "bail.pdf")):
        bot.say(bot.received[0].chat, Reply("Amina", language=language, media=media))
    expect(page.locator(".file")).to_have_count(3)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    expect(page.get_by_role("button", name="Leave quickly")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_calendar_file_is_downloaded_from_our_own_server(
    page: Page, bot: InMemoryBot, address: str, asked: set[str], complaints: list[str]
) -> None:
    file = Document("rendez-vous.ics", "text/calendar", "BEGIN:VCALENDAR")
    bot.say(bot.received[0].chat, Reply("Rendez-vous", language="fr", document=file))
    with page.expect_download() as download:
        page.get_by_role("link", name="File: rendez-vous.ics").click()
    assert download.value.suggested_filename == "rendez-vous.ics"
    assert download.value.path().read_text() == "BEGIN:VCALENDAR"
    assert asked == {urlsplit(address).netloc}
    assert complaints == []


def test_a_picture_that_came_is_shown(page: Page, bot: InMemoryBot, complaints: list[str]) -> None:
    bot.files["dot"] = Content("lettre.png", "image/png", DOT)
    bot.say(bot.received[0].chat, Reply("Amina", language="fr", media=Media("photo", "dot")))
    picture = page.get_by_role("img", name="Picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("async it => { await it.decode(); return it.naturalWidth; }") == 1
    assert complaints == []


def test_a_picture_leaves_smaller_and_without_what_stood_beside_it(page: Page, bot: InMemoryBot) -> None:
    large = page.evaluate(
        """async () => {
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [4000, 1000];
          canvas.getContext("2d").fillRect(0, 0, 9, 9);
          return canvas.toDataURL("image/png").split(",")[1];
        }"""
    )
    chosen = {"name": "lettre.png", "mimeType": "image/png", "buffer": base64.b64decode(large)}
    page.locator("#file").set_input_files([chosen])
    expect(page.locator(".bot", has_text="Reçu picture")).to_be_visible()
    (given,) = bot.given
    assert (given.name, given.type) == ("lettre.jpg", "image/jpeg")
    assert given.data.startswith(b"\xff\xd8")
    expect(page.locator(".own", has_text="File: lettre.png")).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_file_that_is_not_taken_is_said_so(page: Page, bot: InMemoryBot) -> None:
    chosen = {"name": "page.html", "mimeType": "text/html", "buffer": b"<script>"}
    page.locator("#file").set_input_files([chosen])
    expect(page.get_by_role("status")).to_contain_text("Only pictures, PDF and sound files")
    expect(page.locator(".own .failed")).to_be_visible()
    assert bot.given == []
