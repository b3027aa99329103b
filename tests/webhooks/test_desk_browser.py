"""The desk in a real Chromium: by link, by thumb, by keyboard, without script, live, and open to everybody's eyes."""

import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from bot.conversation.effects import ChooseSlot
from bot.handoff.lifecycle import note
from bot.storage.models import (
    Appointment,
    Conversation,
    Correction,
    Meeting,
    RoundWorker,
    StopChange,
    Tally,
    ThreadMessage,
    WorkerPhoto,
)
from tests.databases import SqliteBackend
from tests.privacy.test_pictures import a_chunk
from tests.webhooks.office import Office, open_office

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PAGES = (
    "/desk",
    "/desk/mine",
    "/desk/requests/{held}",
    "/desk/requests/{offered}",
    "/desk/roster",
    "/desk/rounds",
    "/desk/rounds/{stop}",
    "/desk/places",
    "/desk/met",
    "/desk/met?place=parc-du-phare&theme=housing",
    "/desk/met/{met}",
    "/desk/notices",
    "/desk/notices/{notice}",
    "/desk/digest",
    "/desk/teams",
    "/desk/teams?change={team}",
    "/desk/promises",
    "/desk/corrections",
    "/desk/directory",
    "/desk/directory/aide-haute",
    "/desk/people",
    "/desk/audit",
    "/desk/requests/nothing",
)
PATIENCE = 8000  # milliseconds
expect.set_options(timeout=PATIENCE)


@dataclass
class Scene:
    """An office where something is going on, and the ids that the pages need."""

    office: Office
    chantal: int
    team: int
    ids: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def scene(sqlite_backend: SqliteBackend) -> Iterator[Scene]:
    with open_office(sqlite_backend.migrated()) as office:
        team = office.go_out()
        chantal = office.worker("Chantal", "coordinator", team_id=team)
        office.worker("Jean-Baptiste-Emmanuel", team_id=team, hours="Mo-Fr 09:00-17:00", on_duty=False)
        held = office.held(chantal, team_id=team, need="partner-violence", discreet=True, reach_how="write")
        offered = office.request(chantal, team_id=team, place="brumeville")
        asked = office.now - timedelta(days=7)
        office.held(
            office.worker("Amina", team_id=team),
            team_id=team,
            asked_at=asked,
            promised_until=asked + timedelta(hours=4),
            first_reply_at=asked + timedelta(minutes=47),
        )
        _fill(office, held, team)
        ids = {"held": held, "offered": offered, "team": str(team)} | _go_out(office, chantal, held)
        yield Scene(office, chantal, team, ids)


def _go_out(office: Office, chantal: int, held: str) -> dict[str, str]:
    """Fill the pages of going out: a meeting proposed, a photo, people met, a message to many."""
    browser = office.browser(chantal)
    browser.post(f"/desk/requests/{held}/meet", slot0=f"{office.now:%Y}-12-24T10:00", where="Café du Test")
    browser.client.post("/desk/photo", data={"csrf": browser.csrf}, files={"photo": ("moi.jpg", a_photo())})
    met = browser.post("/desk/met", place="parc-du-phare", theme="housing", people="4").headers["location"]
    notice = browser.post("/desk/notices", notice="heat").headers["location"]
    stop = re.findall(r'href="/desk/rounds/([\d.]+)"', browser.get("/desk/rounds").text)[0]
    return {"met": met.split("/")[-1], "notice": notice.split("/")[-1], "stop": stop}


def _fill(office: Office, held: str, team: int) -> None:
    with office.database.write() as session:
        for who, words in (("person", "هل يمكنك المجيء غدا؟"), ("worker", "Oui, demain à dix heures.")):
            sealed = office.app.desk.sealer.seal(words)
            said = ThreadMessage(
                handoff_id=held, team_id=team, said_by=who, sealed_words=sealed, said_at=office.now
            )
            session.add(said)
        session.add(Correction(service_id="aide-haute", reported_at=office.now))
        session.add(Tally(day=office.now, name="answer-missing", key="rent-arrears", count=7))


def a_photo(side: int = 8) -> bytes:
    """A real picture, one colour."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    dots = zlib.compress((b"\0" + b"\x20\x60\x60" * side) * side)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        a_chunk(*one) for one in ((b"IHDR", header), (b"IDAT", dots), (b"IEND", b""))
    )


def log_in(context: BrowserContext, office: Office, worker: int) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{office.address}/desk/login?code={office.link(worker)}")
    page.get_by_role("button").last.click()
    page.wait_for_url("**/desk")
    return page


@pytest.fixture(scope="module")
def desk(browser: Browser, scene: Scene) -> Iterator[Page]:
    """A coordinator's page; the policy of the pages is not in the way of axe."""
    context = browser.new_context(viewport=PHONE, locale="fr-BE", bypass_csp=True)
    yield log_in(context, scene.office, scene.chantal)
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_violation_and_nothing_is_wider_than_a_phone(
    scene: Scene, desk: Page, path: str
) -> None:
    desk.goto(scene.office.address + path.format(**scene.ids))
    desk.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for size in (DESK, PHONE):
        desk.set_viewport_size(size)  # type: ignore[arg-type]
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not desk.evaluate(wide), size
        _picture(desk, path, size["width"])
    found = Axe().run(desk).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    small = "all => all.map(e => e.getBoundingClientRect()).filter(r => r.width && r.height < 44).length"
    assert (
        desk.locator("button, select, summary, input:not([type=radio], [type=checkbox])").evaluate_all(small)
        == 0
    )


def _picture(page: Page, path: str, width: int) -> None:
    if folder := os.environ.get("DESK_PICTURES"):
        name = re.sub(r"\W+", "-", path).strip("-")
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_coordinator_and_a_worker_go_through_a_day(browser: Browser, scene: Scene) -> None:
    office, complaints, asked = scene.office, [], set()
    context = browser.new_context(viewport=PHONE, locale="fr-BE")  # type: ignore[arg-type]
    bruno = office.worker("Bruno", team_id=scene.team)
    page = log_in(context, office, bruno)
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(f"{office.address}/desk")
    expect(page.get_by_role("status")).to_contain_text("0")
    with page.expect_response("**/desk/events*"):
        page.reload()
    request = office.request(bruno, team_id=scene.team)
    with office.database.write() as session:
        note(session, request, "offer", office.now)
    accept = page.locator(f"#accept-{request}")
    expect(accept).to_be_visible()  # by itself
    expect(page.get_by_role("status")).to_contain_text("1")
    accept.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=accepted")
    page.locator("#words").fill("Je passe demain à dix heures.")
    page.locator("form[action$=reply] button").click()
    page.wait_for_url("**?done=sent")
    expect(page.locator("#talk .worker")).to_contain_text("Je passe demain")
    page.locator("details", has=page.locator("form[action$=close]")).locator("summary").click()
    page.locator("input[value=oriented]").check()
    page.locator("form[action$=close] button").click()
    page.wait_for_url("**/desk/mine?done=closed")
    assert office.the(request).outcome == "oriented"
    context.close()
    assert (complaints, asked) == ([], {urlsplit(office.address).netloc})


def test_new_words_appear_by_themselves_and_leave_what_is_being_written(
    browser: Browser, scene: Scene
) -> None:
    office = scene.office
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    bruno = office.worker("Bruno", team_id=scene.team)
    request = office.held(bruno, team_id=scene.team)
    page = log_in(context, office, bruno)
    with page.expect_response("**/desk/events*"):
        page.goto(f"{office.address}/desk/requests/{request}")
    page.locator("#words").fill("à moitié écr")
    sealed = office.app.desk.sealer.seal("Je suis là")
    with office.database.write() as session:
        said = ThreadMessage(
            handoff_id=request, team_id=scene.team, said_by="person", sealed_words=sealed, said_at=office.now
        )
        session.add(said)
    expect(page.locator("#talk .person")).to_contain_text("Je suis là")
    expect(page.locator("#words")).to_have_value("à moitié écr")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not any(words in kept for words in ("Je suis", "écr", "Zéphyrin", "csrf"))
    context.close()


def test_what_the_person_chooses_appears_by_itself(browser: Browser, scene: Scene) -> None:
    office = scene.office
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    bruno = office.worker("Bruno", team_id=scene.team)
    request = office.held(bruno, team_id=scene.team)
    office.browser(bruno).post(f"/desk/requests/{request}/meet", slot0=f"{office.now:%Y}-12-24T10:00")
    page = log_in(context, office, bruno)
    with page.expect_response("**/desk/events*"):
        page.goto(f"{office.address}/desk/requests/{request}")
    expect(page.locator("#meetings strong")).to_have_count(0)
    with office.database.write() as session:
        meeting = session.scalars(select(Appointment).where(Appointment.handoff_id == request)).one()
        person = session.get_one(Conversation, office.the(request).conversation_id)
        office.app.desk.act(session, person, ChooseSlot(meeting.id, "0"), office.now)
    expect(page.locator("#meetings strong")).to_contain_text("24")
    page.locator(f"#unmeet-{meeting.id}").click()
    page.wait_for_url("**?done=unmet")
    expect(page.locator("#meetings form")).to_have_count(0)
    context.close()


def test_everything_but_the_news_works_without_script(browser: Browser, scene: Scene) -> None:
    office = scene.office
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = log_in(context, office, office.worker("Bruno", team_id=scene.team, on_duty=False))
    page.goto(f"{office.address}/desk/roster")
    page.locator("form[action$=duty] button").click()
    page.wait_for_url("**?done=on-duty")
    page.locator("button[value=nl]").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    page.locator("form[action$='/logout'] button").click()
    page.goto(f"{office.address}/desk")
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()


def test_a_worker_goes_out_with_a_phone_and_without_script(browser: Browser, scene: Scene) -> None:
    office = scene.office
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en")  # type: ignore[arg-type]
    page = log_in(context, office, office.worker("Bruno", team_id=scene.team))
    page.goto(f"{office.address}/desk/rounds")
    page.locator("main article a").first.focus()
    page.keyboard.press("Enter")
    page.locator("button[value$=cancelled]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/rounds?done=round-noted")
    page.goto(f"{office.address}/desk/met")
    for choice in ("?place=parc-du-phare", "?place=parc-du-phare&theme=housing"):
        page.locator(f"main a[href='{choice}']").click()
    page.locator("button[name=people][value='3']").click()
    page.wait_for_url("**/desk/met/*")
    with office.database.read() as session:
        assert session.scalars(select(StopChange)).one().status == "cancelled"
        assert session.scalars(select(Meeting).order_by(Meeting.id.desc())).first().people == 3  # type: ignore[union-attr]
    context.close()


def test_a_large_photo_is_made_small_before_it_is_sent(browser: Browser, scene: Scene) -> None:
    office, complaints = scene.office, []
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    bruno = office.worker("Bruno", team_id=scene.team)
    page = log_in(context, office, bruno)
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{office.address}/desk/roster")
    large = {"name": "moi.png", "mimeType": "image/png", "buffer": a_photo(1000)}
    page.locator("#photo").set_input_files(files=[large])  # type: ignore[list-item]
    expect(page.locator("#photo")).to_have_value(re.compile(r"photo\.jpg$"))
    page.locator("form[action='/desk/photo'] button").click()
    page.wait_for_url("**/desk/roster?done=photo")
    width = page.locator(".face").evaluate("async image => (await image.decode(), image.naturalWidth)")
    with office.database.read() as session:
        assert session.get_one(WorkerPhoto, bruno).type == "image/jpeg"
    context.close()
    assert (width, complaints) == (480, [])


def test_the_page_of_a_place_shows_who_comes_to_everybody(browser: Browser, scene: Scene) -> None:
    office = scene.office
    with office.database.write() as session:
        session.add(RoundWorker(round_id="tournee-du-mercredi", worker_id=scene.chantal))
    context = browser.new_context(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    for language in ("fr", "ar"):
        page.goto(f"{office.address}/meet/parc-du-phare?lang={language}")
        expect(page.locator(".faces")).to_contain_text("Chantal")
        seen = page.locator(".faces img").evaluate("async one => (await one.decode(), one.naturalWidth)")
        assert seen == 8
        _picture(page, f"/meet-{language}", PHONE["width"])
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
    context.close()
