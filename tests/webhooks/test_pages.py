"""The public pages: searchable, printable, whole without script, and open to everybody."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bot.i18n import Words
from bot.knowledge import Knowledge, Library
from directory.packs import directory_of, load_pack
from directory.services import Service
from tests.webhooks.conftest import serving
from tests.webhooks.services import InMemoryBot

PAGES = (
    "/directory?lang=fr",
    "/directory?lang=fr&need=rent-arrears&near=9902&q=imaginaire",
    "/directory?lang=ar&near=nowhere",
    "/services/aide-haute?lang=fr",
    "/services/refuge-maree?lang=ar",
    "/answers/rent-arrears?lang=fr",
    "/answers/rent-arrears?lang=ar",
    "/answers/nationality?lang=nl",
)


@pytest.fixture
def open_house() -> Iterator[tuple[str, InMemoryBot]]:
    """The doors with all languages of the bot."""
    bot = InMemoryBot(Words())
    with serving(bot) as address:
        yield address, bot


@pytest.fixture
def get(open_house: tuple[str, InMemoryBot]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=open_house[0]) as client:
        yield client


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    value: dict[str, object] = json.loads(found[1])
    return value


def test_a_search_finds_by_need_commune_and_words(get: httpx.Client) -> None:
    page = get.get(
        "/directory", params={"lang": "fr", "need": "rent-arrears", "near": "9902", "q": "syndicat"}
    ).text
    assert "Syndicat des locataires imaginaires" in page
    assert "Conseil Dettes" not in page


def test_an_unknown_commune_is_said(get: httpx.Client) -> None:
    page = get.get("/directory", params={"lang": "fr", "near": "Atlantis"}).text
    assert "Je ne connais pas cette commune" in page


def test_a_service_page_has_what_a_program_reads(get: httpx.Client) -> None:
    data = data_of(get.get("/services/aide-haute?lang=fr").text)
    assert data["@type"] == "Service"
    assert data["identifier"] == "aide-haute"
    assert data["dateModified"] == "2026-11-01"


def test_a_protected_address_is_nowhere_on_the_page(get: httpx.Client) -> None:
    page = get.get("/services/refuge-maree?lang=fr").text
    assert "serviceLocation" not in page
    assert "openstreetmap" not in page


def test_an_answer_says_its_source_date_and_the_way_back(get: httpx.Client) -> None:
    page = get.get("/answers/rent-arrears?lang=fr").text
    assert "1 novembre 2026" in page
    assert "https://passerelle.example/?start=n-rent-arrears" in page
    assert "<svg" in page


def test_what_is_true_for_now_only_does_not_go_on_paper(
    open_house: tuple[str, InMemoryBot], browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{open_house[0]}/services/syndicat-locataires?lang=fr")
    now, week, address = page.locator(".now"), page.locator(".week"), page.locator(".paper")
    assert (now.is_visible(), week.is_visible(), address.is_visible()) == (True, True, False)
    page.emulate_media(media="print")
    assert (now.is_visible(), week.is_visible(), address.is_visible()) == (False, True, True)
    assert not page.get_by_role("link", name="plan").is_visible()
    page.close()


def test_a_search_needs_no_mouse_and_no_script(open_house: tuple[str, InMemoryBot], browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{open_house[0]}/directory?lang=fr")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the head of the page
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("9902")
    page.keyboard.press("Tab")
    page.keyboard.type("syndicat")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=syndicat**")
    assert page.locator(".cards li").count() == 1
    assert "Syndicat des locataires imaginaires" in page.locator(".cards").inner_text()
    context.close()


def test_where_only_doors_of_other_communes_exist_the_page_says_so(get: httpx.Client) -> None:
    page = get.get("/directory", params={"lang": "fr", "need": "asylum", "near": "9901"}).text
    assert "Je ne connais pas de service pour votre commune" in page
    assert "Aide sociale de Saint-Exemple" in page
    other = get.get("/directory", params={"lang": "fr", "near": "9901", "q": "Saint-Exemple"}).text
    assert "Je ne connais pas de service pour votre commune" in other


def test_pages_follow_the_territory(open_house: tuple[str, InMemoryBot]) -> None:
    bot = open_house[1]
    for code in ("reunion", "quebec"):
        pack = load_pack(code)
        known = directory_of(pack)
        bot.more_libraries[code] = Library(
            pack.territory, pack.needs, known, Knowledge(pack, known, bot.words)
        )
    with serving(bot) as several, httpx.Client(base_url=several) as client:
        page = client.get("/directory?lang=fr&territory=reunion&near=97430&need=shelter-tonight").text
        assert "115" in page
        assert "Brumeville" not in page
        assert 'aria-current="true">La Réunion' in page
        assert 'name="territory" value="reunion"' in page
        assert 'href="/directory?lang=fr&amp;territory=quebec"' in page
        answer = client.get("/answers/shelter-tonight?lang=fr&territory=quebec").text
        assert "211" in answer
        assert "?start=t-quebec_n-shelter-tonight" in answer
        service = client.get("/services/qc-211?lang=fr").text  # an id says by itself where it is
        assert "/answers/food-aid?lang=fr&amp;territory=quebec" in service
        assert client.get("/directory?lang=fr&territory=atlantis").text.count("Testville") >= 1
        assert client.get("/hsds/quebec/services?per_page=1").json()["total_items"] == len(
            load_pack("quebec").services
        )
        assert client.get("/hsds/services?per_page=1").json()["total_items"] == 12
        assert client.get("/hsds/quebec/").json()["openapi_url"].endswith("/hsds/quebec/openapi.json")


def test_a_missing_page_is_a_404(get: httpx.Client) -> None:
    assert get.get("/services/nothing").status_code == 404
    assert get.get("/answers/nothing").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nothing_of_anybody_else_and_sets_no_cookie(path: str, get: httpx.Client) -> None:
    answer = get.get(path)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "script-src" not in answer.headers["content-security-policy"]
    assert not re.findall(r'(?:src|href)="(?!https?:|/|\?|tel:|#)', answer.text)
    assert not re.findall(r'<(?:img|link|script)[^>]+(?:src|href)="https?:', answer.text)


@pytest.mark.parametrize("page", ["0", "-3", "999999999"])
def test_an_absurd_page_is_harmless(page: str, get: httpx.Client) -> None:
    assert get.get("/directory", params={"page": page}).status_code == 200


def test_words_that_would_be_markup_are_shown_as_words(get: httpx.Client) -> None:
    page = get.get("/directory", params={"q": "<script>alert(1)</script>", "near": '"><b>'}).text
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_every_page_of_brussels_opens(open_house: tuple[str, InMemoryBot]) -> None:
    address, bot = open_house
    pack = load_pack("brussels")
    known = directory_of(pack)
    bot.library = Library(pack.territory, pack.needs, known, Knowledge(pack, known, bot.words))
    with httpx.Client(base_url=address) as client:
        for need in pack.needs:
            assert client.get(f"/answers/{need.id}?lang=ar").status_code == 200
        for service in _a_few(pack.services):
            assert service.id in client.get(f"/services/{service.id}?lang=en").text


def _a_few(services: tuple[Service, ...]) -> tuple[Service, ...]:
    return services[::10]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_violation(path: str, open_house: tuple[str, InMemoryBot], browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    page.goto(open_house[0] + path)
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    context.close()
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert not wide
