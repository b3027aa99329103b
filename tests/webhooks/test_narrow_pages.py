"""Answers on a narrow phone in the languages that look most different: nothing sticks out, every number stays whole."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.databases import SqliteBackend
from tests.running import Running, passerelle

PHONE = {"width": 360, "height": 740}
STICKS_OUT = """[...document.querySelectorAll("main *")].filter(element => {
  const box = element.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(element => element.outerHTML)"""
BROKEN_NUMBERS = """[...document.querySelectorAll('a[href^="tel:"]')]
  .filter(number => number.getClientRects().length > 1).map(number => number.textContent)"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sqlite_backend: SqliteBackend) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("pages")
    with passerelle(folder, "web", DATABASE_URL=sqlite_backend.migrated()) as program:
        yield program


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("fa", "rtl"), ("ps", "rtl"), ("ti", "ltr")]
)
def test_an_answer_fits_a_narrow_phone(language: str, direction: str, running: Running, page: Page) -> None:
    page.goto(f"{running.url}/answers/rent-arrears?lang={language}")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        language,
        direction,
    ]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate("document.querySelectorAll('a[href^=\"tel:\"]').length") > 0
    assert page.evaluate(BROKEN_NUMBERS) == []


def test_a_page_that_nobody_has_reviewed_leads_to_the_original(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/answers/rent-arrears?lang=ti")
    page.locator(".notice").get_by_role("link", name="Français").click()
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator(".notice").count() == 0
