"""Meetings on the page of a request: proposed, chosen, called off; the place of one is sealed and stays in its team."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation.effects import ChooseSlot
from bot.storage.models import Appointment, Conversation, Handoff, OutboxMessage
from tests.databases import SqliteBackend
from tests.webhooks.office import Browser, Office, open_office


@pytest.fixture(scope="module")
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


@pytest.fixture
def team(office: Office) -> int:
    return office.team()


def slot(office: Office, **ahead: int) -> str:
    return f"{office.now + timedelta(**ahead):%Y-%m-%dT%H:%M}"


def the_meeting(office: Office, request: str) -> Appointment:
    with office.database.read() as session:
        return session.scalars(select(Appointment).where(Appointment.handoff_id == request)).one()


def chooses(office: Office, request: str, choice: str) -> None:
    """Let the person of a request press one of the moments."""
    meeting = the_meeting(office, request)
    with office.database.write() as session:
        person = session.get_one(Conversation, office.the(request).conversation_id)
        office.app.desk.act(session, person, ChooseSlot(meeting.id, choice), office.now)


def told(office: Office, request: str) -> list[str]:
    with office.database.read() as session:
        here = OutboxMessage.conversation_id == office.the(request).conversation_id
        rows = session.scalars(select(OutboxMessage).where(here).order_by(OutboxMessage.id))
        return [row.payload["text"] for row in rows if row.payload]


def in_english(office: Office, worker: int) -> Browser:
    browser = office.browser(worker)
    browser.post("/desk/language", language="en")
    return browser


def test_a_meeting_is_proposed_chosen_and_called_off_on_the_page(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request, browser = office.held(amina, team_id=team), in_english(office, amina)
    page = f"/desk/requests/{request}"
    moments = {"slot0": slot(office, days=2), "slot1": slot(office, days=3), "slot2": ""}
    proposed = browser.post(f"{page}/meet", where="Café <b>", **moments)
    assert proposed.headers["location"] == f"{page}?done=proposed"
    assert len(the_meeting(office, request).slots) == 2
    assert "The person has not chosen yet." in browser.get(page).text
    assert "Café &lt;b&gt;" in browser.get(page).text
    chooses(office, request, "1")
    assert the_meeting(office, request).chosen_for
    assert "The person chose:" in browser.get(page).text
    called_off = browser.post(f"{page}/unmeet", meeting=the_meeting(office, request).id)
    assert called_off.headers["location"] == f"{page}?done=unmet"
    assert the_meeting(office, request).status == "cancelled"
    assert told(office, request)[-1] != told(office, request)[-2], "the person hears that nobody waits there"
    assert f"{page}/unmeet" not in browser.get(page).text, "there is nothing more to call off"
    assert [action for action, subject in office.log() if subject == request] == ["meet", "unmeet"]


def test_when_no_moment_suits_the_page_says_so(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request, browser = office.held(amina, team_id=team), in_english(office, amina)
    browser.post(f"/desk/requests/{request}/meet", slot0=slot(office, days=1), where="")
    chooses(office, request, "none")
    assert "None of the moments suits the person." in browser.get(f"/desk/requests/{request}").text


def test_a_meeting_without_a_moment_ahead_is_asked_again(office: Office, team: int) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    browser = office.browser(amina)
    for given in ("", "tomorrow", slot(office, days=-1), "9999-99-99T99:99"):
        assert browser.post(f"/desk/requests/{request}/meet", slot0=given).status_code == 422


def test_nobody_else_calls_a_meeting_off(office: Office, team: int) -> None:
    amina, bruno = office.worker(team_id=team), office.worker("Bruno", "coordinator", team_id=team)
    request, other = office.held(amina, team_id=team), office.held(bruno, team_id=team)
    office.browser(amina).post(f"/desk/requests/{request}/meet", slot0=slot(office, days=1))
    meeting = the_meeting(office, request).id
    for path in (request, other):
        answer = office.browser(bruno).post(f"/desk/requests/{path}/unmeet", meeting=meeting)
        assert answer.status_code == 404
    for given in ("", "nothing", "x" * 500):
        answer = office.browser(amina).post(f"/desk/requests/{request}/unmeet", meeting=given)
        assert answer.status_code == 404
    assert the_meeting(office, request).status == "proposed"


@pytest.mark.parametrize(
    ("same_team", "agreed", "sees"), [(True, False, True), (False, False, False), (False, True, True)]
)
def test_whoever_takes_over_sees_a_meeting_as_far_as_the_person_agreed(
    office: Office, team: int, same_team: bool, agreed: bool, sees: bool
) -> None:
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    office.browser(amina).post(
        f"/desk/requests/{request}/meet", slot0=slot(office, days=1), where="Rue du Secret"
    )
    theirs = team if same_team else office.team("Une autre équipe")
    bruno = office.worker("Bruno", team_id=theirs)
    with office.database.write() as session:
        handoff = session.get_one(Handoff, request)
        handoff.worker_id, handoff.team_id, handoff.history_goes = bruno, theirs, agreed
    page = office.browser(bruno).get(f"/desk/requests/{request}").text
    assert ("Rue du Secret" in page) is sees
    assert "/unmeet" not in page, "only who proposed it calls it off"
