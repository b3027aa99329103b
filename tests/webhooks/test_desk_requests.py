"""Requests on the desk: one has it, only they read and write in it, and nothing of it shows anywhere else."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bot.storage.models import AuditEvent, Conversation, Note, OutboxMessage, ThreadMessage, Worker
from tests.databases import SqliteBackend
from tests.webhooks.office import WORDS, Office, open_office


@pytest.fixture(scope="module")
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


@pytest.fixture
def team(office: Office) -> int:
    return office.team()


def sent_to_the_person(office: Office, request: str) -> list[str]:
    with office.database.read() as session:
        query = select(OutboxMessage).where(
            OutboxMessage.conversation_id == office.the(request).conversation_id
        )
        return [row.payload["text"] for row in session.scalars(query) if row.payload]


def test_a_worker_accepts_answers_and_closes(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    browser, request = office.browser(amina), office.request(amina, team_id=team)
    assert f"/desk/requests/{request}/accept" in browser.get("/desk").text
    taken = browser.post(f"/desk/requests/{request}/accept")
    assert (taken.status_code, taken.headers["location"]) == (303, f"/desk/requests/{request}?done=accepted")
    assert office.the(request).worker_id == amina
    page = browser.get(f"/desk/requests/{request}").text
    assert WORDS in unescape(page)
    browser.post(f"/desk/requests/{request}/reply", words="Je passe demain <b>à dix heures</b>.")
    assert any("Je passe demain &lt;b&gt;" in text for text in sent_to_the_person(office, request))
    closed = browser.post(f"/desk/requests/{request}/close", outcome="oriented")
    assert closed.headers["location"] == "/desk/mine?done=closed"
    assert (office.the(request).status, office.the(request).outcome) == ("closed", "oriented")
    assert [action for action, subject in office.log() if subject == request] == ["accept", "reply", "close"]


def test_of_two_who_accept_one_has_it(office: Office, team: int) -> None:
    amina, bruno = office.worker(team_id=team), office.worker("Bruno", team_id=team)
    request = office.request(amina, bruno, team_id=team)
    office.browser(amina).post(f"/desk/requests/{request}/accept")
    late = office.browser(bruno).post(f"/desk/requests/{request}/accept")
    assert late.headers["location"] == "/desk?done=gone"
    assert office.the(request).worker_id == amina


def test_who_is_full_is_told_so(office: Office, team: int) -> None:
    amina = office.worker(team_id=team, most_open=1)
    office.held(amina, team_id=team)
    request = office.request(amina, team_id=team)
    answer = office.browser(amina).post(f"/desk/requests/{request}/accept")
    assert answer.headers["location"] == "/desk?done=full"
    assert office.the(request).worker_id is None


def test_before_it_is_theirs_nobody_reads_the_words(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.request(amina, team_id=team)
    for path in ("/desk", f"/desk/requests/{request}"):
        page = office.browser(amina).get(path)
        assert page.status_code == 200
        assert "Zéphyrin" not in unescape(page.text)


@pytest.mark.parametrize("role", ["worker", "coordinator"])
def test_a_colleagues_request_stays_shut(office: Office, team: int, role: str) -> None:
    amina, other = office.worker(team_id=team), office.worker("Bruno", role, team_id=team)
    request = office.held(amina, team_id=team)
    browser = office.browser(other)
    page = browser.get(f"/desk/requests/{request}")
    assert page.status_code == 404
    assert "Zéphyrin" not in unescape(page.text)
    for step, form in (
        ("reply", {"words": "Bonjour, donnez-moi votre adresse"}),
        ("note", {"note": "curieux"}),
        ("close", {"outcome": "oriented"}),
        ("decline", {}),
    ):
        assert browser.post(f"/desk/requests/{request}/{step}", **form).status_code == 404
    assert browser.post(f"/desk/requests/{request}/accept").headers["location"] == "/desk?done=gone"
    assert (office.the(request).status, office.the(request).worker_id) == ("accepted", amina)
    assert sent_to_the_person(office, request) == []


@pytest.mark.parametrize("request_id", ["nothing", "../people", "%2e%2e", "x" * 500, "1 OR 1=1"])
def test_an_id_that_is_none_is_not_found(office: Office, request_id: str) -> None:
    browser = office.browser(office.worker())
    assert browser.get(f"/desk/requests/{request_id}").status_code in {403, 404}
    assert browser.post(f"/desk/requests/{request_id}/reply", words="x").status_code in {404, 405}


def test_a_reply_that_is_too_long_stays_in_the_field_and_is_not_sent(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    words = "ዓ" * 10_000
    answer = office.browser(amina).post(f"/desk/requests/{request}/reply", words=words)
    assert answer.status_code == 422
    assert words in answer.text
    assert sent_to_the_person(office, request) == []


def test_an_empty_reply_and_a_closing_without_outcome_are_asked_again(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    browser = office.browser(amina)
    assert browser.post(f"/desk/requests/{request}/reply", words=" \n ").status_code == 422
    assert browser.post(f"/desk/requests/{request}/close", outcome="forget").status_code == 422
    assert office.the(request).status == "accepted"


def test_too_large_a_form_is_refused(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    answer = office.browser(amina).post(f"/desk/requests/{request}/note", note="x" * 200_000)
    assert answer.status_code == 413
    broken = office.browser(amina).client.post(
        "/desk/duty", content=b"\xff\xfe", headers={"Content-Type": "text/x"}
    )
    assert broken.status_code == 400


def test_a_note_is_sealed_and_shown_to_who_holds_the_request(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    browser = office.browser(amina)
    browser.post(f"/desk/requests/{request}/note", note="Elle préfère le matin")
    assert "Elle préfère le matin" in unescape(browser.get(f"/desk/requests/{request}").text)
    with office.database.read() as session:
        note = session.scalars(select(Note).where(Note.handoff_id == request)).one()
        assert "matin" not in note.sealed_words
        assert not [row for row in session.scalars(select(AuditEvent)) if "matin" in row.old + row.new]


def test_what_was_said_to_another_team_stays_with_it_unless_the_person_agreed(
    office: Office, team: int
) -> None:
    amina, other = office.worker(team_id=team), office.team("Une autre équipe")
    request = office.held(amina, team_id=team)
    with office.database.write() as session:
        for whose, words in ((other, "dit aux autres"), (team, "dit à vous")):
            sealed = office.app.desk.sealer.seal(words)
            session.add(
                ThreadMessage(
                    handoff_id=request,
                    team_id=whose,
                    said_by="person",
                    sealed_words=sealed,
                    said_at=office.now,
                )
            )
    page = unescape(office.browser(amina).get(f"/desk/requests/{request}").text)
    assert "dit à vous" in page
    assert "dit aux autres" not in page


def test_danger_comes_first_then_what_was_promised_soonest(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    late = office.request(amina, team_id=team, promised_until=office.now + timedelta(hours=5))
    soon = office.request(amina, team_id=team, promised_until=office.now + timedelta(hours=1))
    danger = office.request(amina, team_id=team, need="partner-violence")
    page = office.browser(amina).get("/desk").text
    assert [page.index(one) for one in (danger, soon, late)] == sorted(
        page.index(one) for one in (danger, soon, late)
    )


def test_a_coordinator_sees_that_people_wait_and_not_what_they_said(office: Office, team: int) -> None:
    amina, chantal = (
        office.worker("Amina-Lou", team_id=team),
        office.worker("Chantal", "coordinator", team_id=team),
    )
    office.held(amina, team_id=team)
    waiting = office.request(amina, team_id=team)
    page = unescape(office.browser(chantal).get("/desk").text)
    assert "Amina-Lou" in page
    assert "Zéphyrin" not in page
    assert f"/desk/requests/{waiting}/accept" not in page, "it was not offered to them"


def test_requests_of_another_territory_are_not_shown(office: Office, team: int) -> None:
    chantal, far = office.worker("Chantal", "coordinator", team_id=team), office.worker("Loin", team_id=team)
    request = office.request(far, team_id=team, need="food-aid")
    with office.database.write() as session:
        for id_ in (session.get_one(Worker, far).conversation_id, office.the(request).conversation_id):
            session.get_one(Conversation, id_).territory = "elsewhere"
    assert "Loin" not in office.browser(chantal).get("/desk/roster").text
    assert request not in office.browser(chantal).get("/desk").text


def test_a_worker_removed_in_the_middle_sends_nothing_more(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    browser = office.browser(amina)
    csrf = browser.csrf
    with office.database.write() as session:
        session.delete(session.get_one(Worker, amina))
    assert browser.post(f"/desk/requests/{request}/reply", csrf, words="Encore un mot").status_code == 401
    assert sent_to_the_person(office, request) == []


def test_duty_begins_and_ends_on_the_page(office: Office, team: int) -> None:
    amina = office.worker(team_id=team, on_duty=False)
    browser = office.browser(amina)
    for on in ("on", "off"):
        assert browser.post("/desk/duty", duty=on).headers["location"] == f"/desk/roster?done={on}-duty"
        with office.database.read() as session:
            assert session.get_one(Worker, amina).on_duty == (on == "on")
