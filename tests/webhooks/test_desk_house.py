"""What keeps the house in order: people and roles, teams, the directory with its history, the log, the promises."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bot.desk.edits import edited
from bot.storage.models import Correction, Invitation, ServiceEdit, Tally, Team, Worker
from directory.loading import read_directory
from tests.databases import PostgresqlBackend, SqliteBackend
from tests.webhooks.office import MORNING, Browser, Office, open_office


@pytest.fixture(scope="module")
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


@pytest.fixture
def team(office: Office) -> int:
    return office.team()


@pytest.fixture
def browser(office: Office) -> Browser:
    """A coordinator's."""
    return office.browser(office.worker("Chantal", "coordinator"))


def test_an_invitation_is_shown_once_and_carries_its_role(
    office: Office, team: int, browser: Browser
) -> None:
    page = browser.post("/desk/people/invite", role="coordinator", team=str(team)).text
    assert re.search(r"/\?start=w-[\w-]+", page)
    assert not re.search(r"start=w-", browser.get("/desk/people").text)
    with office.database.read() as session:
        last = session.scalars(select(Invitation).order_by(Invitation.id.desc())).first()
        assert last
        assert (last.role, last.team_id) == ("coordinator", team)
    assert browser.post("/desk/people/invite", role="king").status_code == 404
    assert browser.post("/desk/people/invite", role="worker", team="99999").status_code == 404


def test_a_new_role_begins_with_a_new_log_in(office: Office, browser: Browser) -> None:
    bruno = office.worker("Bruno")
    his = office.browser(bruno)
    assert his.get("/desk/people").status_code == 403
    assert browser.post(f"/desk/people/{bruno}/role", role="coordinator").status_code == 303
    assert his.get("/desk").status_code == 401
    assert office.browser(bruno).get("/desk/people").status_code == 200
    assert ("role", str(bruno)) in office.log()


def test_a_worker_with_requests_leaves_and_the_requests_stay(
    office: Office, team: int, browser: Browser
) -> None:
    bruno = office.worker("Bruno", team_id=team)
    amina = office.worker("Amina", team_id=team, languages=["fr", "ar"])
    request, his = office.held(bruno, team_id=team), office.browser(bruno)
    assert browser.post(f"/desk/people/{bruno}/remove").headers["location"] == "/desk/people?done=removed"
    assert his.get("/desk/mine").status_code == 401
    assert office.the(request).worker_id is None
    assert office.the(request).status in {"asked", "offered"}
    assert request in office.browser(amina).get("/desk").text


def test_the_last_coordinator_stays(sqlite_backend: SqliteBackend) -> None:
    with open_office(sqlite_backend.migrated()) as office:
        chantal = office.worker("Chantal", "coordinator")
        browser = office.browser(chantal)
        assert browser.post(f"/desk/people/{chantal}/remove").status_code == 409
        assert browser.post(f"/desk/people/{chantal}/role", role="worker").status_code == 409
        assert browser.get("/desk/people").status_code == 200


def in_english(office: Office, role: str = "coordinator") -> Browser:
    browser = office.browser(office.worker("Chantal", role))
    browser.post("/desk/language", language="en")
    return browser


TEAM = {
    "hours": "Mo-Fr 09:00-17:00",
    "fallback": "",
    "most_open": "20",
    "reply_minutes": "240",
    "urgent_minutes": "60",
}


def the_team(office: Office, name: str) -> Team:
    with office.database.read() as session:
        return session.scalars(select(Team).where(Team.name == name)).one()


def test_for_whom_a_team_is_can_be_ticked_and_changed(office: Office) -> None:
    browser = in_english(office)
    ticked = {
        "languages-fr": "on",
        "languages-so": "on",
        "communes-brumeville-haute": "on",
        "themes-housing": "on",
    }
    assert browser.post("/desk/teams", name="Équipe du Port", **TEAM, **ticked).status_code == 303
    team = the_team(office, "Équipe du Port")
    assert (team.languages, team.communes, team.themes) == (["fr", "so"], ["brumeville-haute"], ["housing"])
    page = unescape(browser.get("/desk/teams").text)
    card = page[page.index("Équipe du Port") :].split("</article>")[0]
    assert "French and Somali" in card
    assert "Missing before it can go live: a second worker" in card
    form = browser.get(f"/desk/teams?change={team.id}").text
    assert form.count(" checked") == len(ticked)
    assert 'name="languages-so" checked' in form
    assert 'value="Équipe du Port" maxlength="80" required readonly' in unescape(form)
    assert browser.post("/desk/teams", name="Équipe du Port", **TEAM).status_code == 303
    assert the_team(office, "Équipe du Port").languages == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "x" * 81, "Write a name"),
        ("hours", "sometimes", "cannot be read"),
        ("fallback", "nobody", "This line to call is not known"),
        ("urgent_minutes", "241", "The minutes for danger"),
        ("most_open", "0", "The requests at the same time"),
        ("communes-atlantis", "on", "This commune is not known"),
        ("themes-gold", "on", "This theme is not known"),
    ],
)
def test_what_is_wrong_in_a_team_is_said_in_the_readers_words(
    office: Office, field: str, value: str, reason: str
) -> None:
    answer = in_english(office).post("/desk/teams", **({"name": "Équipe du Quai"} | TEAM | {field: value}))
    assert answer.status_code == 422
    assert reason in unescape(answer.text)
    assert "Mo-Fr 09:00-17:00" in answer.text or field == "hours", "what they wrote is still there"


def test_a_team_of_elsewhere_is_not_changed_here(office: Office, browser: Browser) -> None:
    far = office.team("Loin", territory="elsewhere")
    for given in (str(far), "99999", "x", "9" * 60):
        assert browser.get(f"/desk/teams?change={given}").status_code == 404


def test_a_team_goes_live_only_when_it_can_be_relied_on(office: Office, browser: Browser) -> None:
    form = {"name": "Équipe du Parc", "hours": "Mo-Fr 09:00-17:00", "fallback": "", "most_open": "20"}
    minutes = {"reply_minutes": "240", "urgent_minutes": "60"}
    assert browser.post("/desk/teams", **(form | minutes | {"hours": "sometimes"})).status_code == 422
    assert browser.post("/desk/teams", **(form | minutes | {"most_open": "many"})).status_code == 422
    assert browser.post("/desk/teams", **form, **minutes).headers["location"] == "/desk/teams?done=saved"
    with office.database.read() as session:
        team = session.scalars(select(Team).where(Team.name == "Équipe du Parc")).one()
    assert browser.post(f"/desk/teams/{team.id}/live", live="on").status_code == 409
    line = office.app.pack.territory.lines[0].id
    browser.post("/desk/teams", **(form | minutes | {"fallback": line}))
    for name in ("Amina", "Bruno"):
        office.worker(name, team_id=team.id)
    assert browser.post(f"/desk/teams/{team.id}/live", live="on").status_code == 303
    with office.database.read() as session:
        assert session.get_one(Team, team.id).live


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_service_is_changed_with_its_history_and_everybody_sees_it(
    office: Office, browser: Browser
) -> None:
    page = browser.get("/desk/directory/aide-haute").text
    saved = browser.post("/desk/directory/aide-haute", version=version(page), phones="02 555 00 99")
    assert saved.headers["location"] == "/desk/directory/aide-haute?done=saved"
    history = unescape(browser.get("/desk/directory/aide-haute").text)
    assert "02 555 00 99" in history
    assert "<code>phones</code>" in history
    assert "Chantal" not in history.split("<table>")[1], "who = a role, never a name"
    assert "02 555 00 99" in browser.get("/services/aide-haute?lang=fr").text
    with office.database.read() as session:
        service = read_directory(session, office.app.pack.territory).service("aide-haute")
        assert service
        assert service.phones == ("02 555 00 99",)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("phones", "call me", "is not a phone number"),
        ("hours", "when we feel like it", "opening_hours"),
        ("source", "", "is empty"),
        ("checked_on", "yesterday", "is not a date"),
        ("needs", "gold", "is not a need"),
        ("name", "=HYPERLINK(1)", "formula"),
    ],
)
def test_what_services_csv_refuses_the_desk_refuses_too(
    office: Office, field: str, value: str, reason: str
) -> None:
    browser = in_english(office)
    page = browser.get("/desk/directory/conseil-dettes").text
    answer = browser.post("/desk/directory/conseil-dettes", version=version(page), **{field: value})
    assert answer.status_code == 422
    assert reason in unescape(answer.text)
    assert f'<a href="#f-{field}"' in answer.text
    assert ("directory", "conseil-dettes") not in office.log()


def test_an_address_that_is_protected_cannot_be_written_down(browser: Browser) -> None:
    page = browser.get("/desk/directory/refuge-maree").text
    answer = browser.post("/desk/directory/refuge-maree", version=version(page), address="Rue du Secret 1")
    assert answer.status_code == 422


def test_of_two_who_change_a_service_the_second_looks_again(browser: Browser) -> None:
    page = browser.get("/desk/directory/syndicat-locataires").text
    first = browser.post("/desk/directory/syndicat-locataires", version=version(page), notice="Porte B")
    assert first.status_code == 303
    late = browser.post("/desk/directory/syndicat-locataires", version=version(page), notice="Porte C")
    assert late.status_code == 409
    assert "Porte C" in late.text, "what they wrote is still there"
    assert browser.post("/desk/directory/nowhere", version="x", name="x").status_code == 404


def test_a_change_outlives_a_reload_until_the_pack_says_something_newer(
    office: Office, browser: Browser
) -> None:
    page = browser.get("/desk/directory/conseil-dettes").text
    saved = browser.post("/desk/directory/conseil-dettes", version=version(page), notice="Sonnez deux fois")
    assert saved.headers["location"].endswith("?done=saved")
    assert notice_of(office) == "Sonnez deux fois"
    assert office.app.prepare().changed == ()
    with office.database.write() as session:
        session.get_one(ServiceEdit, ("conseil-dettes", "notice")).base = "what the pack said then"
    assert notice_of(office) == ""


def notice_of(office: Office) -> str:
    with office.database.read() as session:
        services = edited(office.app.pack, session).services
    return next(service.notice for service in services if service.id == "conseil-dettes")


def test_corrections_and_gaps_are_counts_and_can_be_settled(office: Office, browser: Browser) -> None:
    with office.database.write() as session:
        session.add_all(Correction(service_id="aide-haute", reported_at=office.now) for _ in range(3))
        session.add(Tally(day=office.now, name="answer-missing", key="rent-arrears", count=7))
        session.add(Tally(day=office.now, name="danger", key="suicide", count=9))
    page = unescape(browser.get("/desk/corrections").text)
    assert "/desk/directory/aide-haute" in page
    assert "<td>7</td>" in page
    assert "<td>9</td>" not in page, "danger is nobody's to count on this page"
    assert (
        browser.post("/desk/corrections/aide-haute").headers["location"] == "/desk/corrections?done=settled"
    )
    assert "/desk/directory/aide-haute" not in browser.get("/desk/corrections").text
    assert browser.post("/desk/corrections/aide-haute").status_code == 404


def test_promises_are_drawn_and_written(office: Office, team: int, browser: Browser) -> None:
    amina = office.worker(team_id=team)
    asked = MORNING - timedelta(days=7)
    for minutes, kept in ((30, True), (90, True), (600, False)):
        office.held(
            amina,
            team_id=team,
            asked_at=asked,
            promised_until=asked + timedelta(hours=4),
            first_reply_at=asked + timedelta(minutes=minutes),
            missed_at=None if kept else asked + timedelta(hours=4),
        )
    page = unescape(browser.get("/desk/promises").text)
    assert "<td>3</td><td>2</td><td>67" in page
    assert page.count("<svg") == 2
    assert page.count("<rect") == 10


def test_the_log_tells_who_did_what_and_can_be_narrowed(office: Office, browser: Browser) -> None:
    browser.post("/desk/duty", duty="on")
    page = unescape(browser.get("/desk/audit?action=duty").text)
    assert "Chantal" in page
    assert browser.get("/desk/audit?action=%27x&page=-4").status_code == 200
    assert browser.get("/desk/audit?page=99999999").status_code == 200


def test_who_left_is_nameless_in_the_log(office: Office, browser: Browser) -> None:
    bruno = office.worker("Brunissende")
    office.browser(bruno).post("/desk/duty", duty="off")
    assert "Brunissende" in browser.get("/desk/audit").text
    with office.database.write() as session:
        session.delete(session.get_one(Worker, bruno))
    assert "Brunissende" not in browser.get("/desk/audit").text


def test_it_is_the_same_on_postgresql(postgresql_backend: PostgresqlBackend) -> None:
    with open_office(postgresql_backend.migrated()) as office:
        team = office.team()
        chantal = office.worker("Chantal", "coordinator", team_id=team)
        browser, request = office.browser(chantal), office.request(chantal, team_id=team)
        assert browser.post(f"/desk/requests/{request}/accept").headers["location"].endswith("accepted")
        assert browser.post(f"/desk/requests/{request}/reply", words="Bonjour").status_code == 303
        page = browser.get("/desk/directory/aide-haute").text
        saved = browser.post("/desk/directory/aide-haute", version=version(page), phones="02 555 00 99")
        assert saved.headers["location"].endswith("saved")
        for path in ("", "/mine", "/roster", "/teams", "/promises", "/corrections", "/people", "/audit"):
            assert browser.get(f"/desk{path}").status_code == 200
        assert browser.post(f"/desk/people/{chantal}/remove").status_code == 409
