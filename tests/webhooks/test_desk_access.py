"""In by a link that works once, out by time, by choice or with the worker; nothing that opens is kept in clear."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.desk.access import ENDS_AFTER, IDLE_AFTER, LINK_VALID
from bot.storage.models import Conversation, DeskLink, DeskSession, Worker
from tests.databases import SqliteBackend
from tests.webhooks.office import Browser, Office, open_office


@pytest.fixture(scope="module")
def shared(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


@pytest.fixture
def office(shared: Office) -> Iterator[Office]:
    now = shared.now
    yield shared
    shared.now = now


def press(browser: Browser, code: str) -> int:
    """Open the page of a link and press its button."""
    page = browser.get("/desk/login", params={"code": code})
    found = re.search(r'name="doorbell" value="([\w-]+)"', page.text)
    if page.status_code != 200 or not found:
        return page.status_code
    return browser.client.post("/desk/login", data={"code": code, "doorbell": found[1]}).status_code


def is_in(browser: Browser) -> bool:
    return browser.get("/desk").status_code == 200


def test_a_link_opens_the_desk_once(office: Office) -> None:
    code = office.link(office.worker())
    first, second = office.browser(), office.browser()
    assert press(first, code) == 303
    assert is_in(first)
    assert press(second, code) == 410
    assert not is_in(second)


def test_looking_at_a_link_does_not_use_it_up(office: Office) -> None:
    code = office.link(office.worker())
    for _ in range(3):
        assert office.browser().get("/desk/login", params={"code": code}).status_code == 200
    assert press(office.browser(), code) == 303


@pytest.mark.parametrize("code", ["", "never-given", "x" * 10_000, "\u0000", "é' OR 1=1 --"])
def test_a_foreign_code_opens_nothing(office: Office, code: str) -> None:
    assert office.browser().get("/desk/login", params={"code": code}).status_code == 410


def test_a_link_gets_too_old(office: Office) -> None:
    code = office.link(office.worker())
    office.now += LINK_VALID
    assert press(office.browser(), code) == 410


def test_a_new_link_takes_the_place_of_the_one_before(office: Office) -> None:
    worker = office.worker()
    old = office.link(worker)
    new = office.link(worker)
    assert press(office.browser(), old) == 410
    assert press(office.browser(), new) == 303


def test_another_site_cannot_log_somebody_in(office: Office) -> None:
    code = office.link(office.worker())
    strange = office.browser()
    assert strange.client.post("/desk/login", data={"code": code, "doorbell": ""}).status_code == 403
    assert strange.client.post("/desk/login", data={"code": code, "doorbell": "guess"}).status_code == 403
    strange.get("/desk/login", params={"code": code})
    from_elsewhere = strange.client.post(
        "/desk/login", data={"code": code}, headers={"Origin": "https://evil.example"}
    )
    assert from_elsewhere.status_code == 403
    assert press(office.browser(), code) == 303, "nothing of that used the link up"


def test_the_cookie_is_strict(office: Office) -> None:
    code = office.link(office.worker())
    browser = office.browser()
    page = browser.get("/desk/login", params={"code": code})
    bell = re.search(r'name="doorbell" value="([\w-]+)"', page.text)
    assert bell
    answer = browser.client.post("/desk/login", data={"code": code, "doorbell": bell[1]})
    cookie = next(line for line in answer.headers.get_list("set-cookie") if "passerelle-desk=" in line)
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie, "this machine has no https"


def test_no_code_and_no_token_stands_in_the_database(office: Office) -> None:
    worker = office.worker()
    token, code = office.token(worker), office.link(worker)
    with office.database.read() as session:
        kept = [row.code_hash for row in session.scalars(select(DeskLink))]
        kept += [row.token_hash for row in session.scalars(select(DeskSession))]
    assert kept
    assert not {token, code} & set(kept)


def test_a_session_falls_asleep_and_ends(office: Office) -> None:
    worker = office.worker()
    idle, busy = office.browser(worker), office.browser(worker)
    began = office.now
    while office.now < began + ENDS_AFTER - timedelta(minutes=30):
        assert is_in(busy)
        office.now += IDLE_AFTER - timedelta(minutes=1)
    assert not is_in(idle)
    office.now = began + ENDS_AFTER
    assert not is_in(busy)


def test_a_page_that_renews_itself_keeps_nobody_logged_in(office: Office) -> None:
    browser = office.browser(office.worker())
    office.now += IDLE_AFTER - timedelta(minutes=10)
    assert browser.get("/desk", headers={"HX-Request": "true"}).status_code == 200
    office.now += timedelta(minutes=11)
    assert not is_in(browser)


def test_logging_out_ends_one_session_or_all(office: Office) -> None:
    worker = office.worker()
    here, there, elsewhere = (office.browser(worker) for _ in range(3))
    link = office.link(worker)
    goodbye = here.post("/desk/logout")
    assert goodbye.status_code == 200
    assert "/desk/logout" not in goodbye.text, "the page knows that nobody is logged in"
    assert (is_in(here), is_in(there)) == (False, True)
    there.post("/desk/logout-everywhere")
    assert (is_in(there), is_in(elsewhere)) == (False, False)
    assert press(office.browser(), link) == 410


def test_a_stolen_cookie_is_of_no_use_after_logging_out(office: Office) -> None:
    mine = office.browser(office.worker())
    thief = office.browser()
    thief.client.cookies.update(mine.client.cookies)
    assert is_in(thief)
    mine.post("/desk/logout")
    assert not is_in(thief)


def test_a_worker_who_was_removed_is_out_at_once(office: Office) -> None:
    worker = office.worker()
    browser = office.browser(worker)
    csrf = browser.csrf
    with office.database.write() as session:
        session.delete(session.get_one(Worker, worker))
    assert not is_in(browser)
    assert browser.post("/desk/duty", csrf, duty="on").status_code == 401


def test_who_erases_themselves_is_out_too(office: Office) -> None:
    worker = office.worker()
    browser = office.browser(worker)
    with office.database.write() as session:
        chat = session.get_one(Conversation, session.get_one(Worker, worker).conversation_id)
        session.delete(chat)
    assert not is_in(browser)


@pytest.mark.parametrize("cookie", ["x", "x" * 9000, "%00", "é".encode().decode("latin-1")])
def test_a_cookie_that_nobody_gave_opens_nothing(office: Office, cookie: str) -> None:
    answer = office.browser().get("/desk", headers={"Cookie": f"passerelle-desk={cookie}".encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 401


def test_pages_say_what_a_browser_may_do_with_them(office: Office) -> None:
    for browser in (office.browser(), office.browser(office.worker())):
        headers = browser.get("/desk").headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"


def test_who_tries_many_links_is_held_back(sqlite_backend: SqliteBackend) -> None:
    with open_office(sqlite_backend.migrated()) as office:
        browser = office.browser()
        answers = [browser.client.post("/desk/login", data={"code": str(n)}).status_code for n in range(25)]
    assert answers[-1] == 429
    assert set(answers) == {403, 429}


def test_a_language_is_chosen_for_the_session_and_leads_nowhere_else(office: Office) -> None:
    browser = office.browser(office.worker())
    assert '<html lang="fr">' in browser.get("/desk").text
    for back in ("https://evil.example", "//evil.example", "/desk\\evil", "javascript:alert(1)"):
        answer = browser.post("/desk/language", language="nl", back=back)
        assert answer.headers["location"] == "/desk"
    assert '<html lang="nl">' in browser.get("/desk").text
    browser.post("/desk/language", language="xx", back="/desk/mine")
    assert '<html lang="nl">' in browser.get("/desk").text


def test_behind_https_the_cookie_is_for_https_and_this_host_alone(sqlite_backend: SqliteBackend) -> None:
    with open_office(sqlite_backend.migrated(), "https://passerelle.example") as office:
        browser, code = office.browser(), office.link(office.worker())
        page = browser.get("/desk/login", params={"code": code})
        bell = re.search(r'name="doorbell" value="([\w-]+)"', page.text)
        assert bell
        shown = {"Cookie": f"passerelle-desk-door={bell[1]}"}
        answer = browser.client.post("/desk/login", data={"code": code, "doorbell": bell[1]}, headers=shown)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-passerelle-desk=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie


def test_the_stream_ends_with_the_worker(office: Office) -> None:
    worker = office.worker()
    browser = office.browser(worker)
    with browser.client.stream("GET", "/desk/events") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("event: ready")
        with office.database.write() as session:
            session.delete(session.get_one(Worker, worker))
        assert "event: changed" not in list(lines)
