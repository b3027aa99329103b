"""In a request on the web: pictures both ways, one chosen place or answer under its name, words that did not arrive."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict

import httpx
import pytest
from sqlalchemy import select, update

from bot.conversation.ready import id_of
from bot.desk.requests import pulse
from bot.handoff import files
from bot.messages import Content, Media
from bot.storage.models import Conversation, KeptFile, OutboxMessage, ThreadMessage
from tests.databases import SqliteBackend
from tests.privacy.test_pictures import PLACE, a_jpeg
from tests.webhooks.office import Browser, Office, open_office


@pytest.fixture(scope="module")
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


@pytest.fixture(scope="module")
def team(office: Office) -> int:
    return office.team()


@pytest.fixture
def amina(office: Office, team: int) -> int:
    return office.worker(team_id=team)


def send(browser: Browser, request: str, data: bytes, words: str = "") -> httpx.Response:
    return browser.client.post(
        f"/desk/requests/{request}/reply",
        data={"csrf": browser.csrf, "words": words},
        files={"file": ("lettre.html", data, "text/html")},
    )


def said(office: Office, request: str) -> list[ThreadMessage]:
    with office.database.read() as session:
        query = select(ThreadMessage).where(ThreadMessage.handoff_id == request).order_by(ThreadMessage.id)
        return list(session.scalars(query))


def last_sent(office: Office) -> dict[str, object]:
    with office.database.read() as session:
        row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert row
        assert row.payload
        return row.payload


def test_a_picture_goes_out_clean_and_is_seen_by_whoever_holds_the_request_alone(
    office: Office, team: int, amina: int
) -> None:
    request, browser = office.held(amina, team_id=team), office.browser(amina)
    assert send(browser, request, a_jpeg(), "le plan").status_code == 303
    (message,) = said(office, request)
    assert last_sent(office)["media"]["kept"] is True  # type: ignore[index]
    address = f"/desk/requests/{request}/files/{message.id}"
    assert f'<img src="{address}"' in browser.get(f"/desk/requests/{request}").text
    file = browser.get(address)
    assert (file.status_code, file.headers["content-type"]) == (200, "image/jpeg")
    assert file.content.startswith(b"\xff\xd8")
    assert PLACE not in file.content
    assert office.browser(office.worker(team_id=team)).get(address).status_code == 404
    assert office.browser().get(address).status_code == 401
    assert browser.get(address + "0").status_code == 404


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"<!doctype html>", a_jpeg()[:40]])
def test_what_could_run_or_is_broken_is_not_sent(office: Office, team: int, amina: int, data: bytes) -> None:
    request = office.held(amina, team_id=team)
    answer = send(office.browser(amina), request, data, "voici")
    assert answer.status_code == 422
    assert "voici" in answer.text
    assert said(office, request) == []


def test_a_file_too_many_is_said_and_the_words_stay_in_the_field(
    office: Office, team: int, amina: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_A_DAY", 0)
    request = office.held(amina, team_id=team)
    answer = send(office.browser(amina), request, a_jpeg(), "voici")
    assert (answer.status_code, "voici" in answer.text) == (422, True)
    assert said(office, request) == []


def test_nothing_at_all_is_not_sent(office: Office, team: int, amina: int) -> None:
    request = office.held(amina, team_id=team)
    assert send(office.browser(amina), request, b"").status_code == 422


def test_what_another_channel_keeps_and_cannot_be_fetched_is_not_found(
    office: Office, team: int, amina: int
) -> None:
    request = office.held(amina, team_id=team)
    sealer = office.app.desk.sealer
    media = {"voice": Media("voice", "n"), "location": Media("location", "50.8,4.3")}
    with office.database.write() as session:
        for kind, one in media.items():
            sealed = sealer.seal(json.dumps(asdict(one)))
            row = ThreadMessage(
                handoff_id=request,
                team_id=team,
                said_by="person",
                kind=kind,
                sealed_media=sealed,
                said_at=office.now,
            )
            session.add(row)
    browser = office.browser(amina)
    page = browser.get(f"/desk/requests/{request}").text
    assert "<audio" in page
    assert "mlat=50.8&amp;mlon=4.3" in page
    voice = said(office, request)[0]
    assert browser.get(f"/desk/requests/{request}/files/{voice.id}").status_code == 404


def test_one_place_is_found_by_its_name_and_sent_in_the_persons_language(
    office: Office, team: int, amina: int
) -> None:
    request, browser = office.held(amina, team_id=team), office.browser(amina)
    service = next(iter(office.app.libraries.values())).directory.services[0]
    page = browser.get(f"/desk/requests/{request}?place={service.name}").text
    assert f'<option value="{id_of(service)}">' in page
    answer = browser.post(f"/desk/requests/{request}/phrase", phrase=id_of(service))
    assert answer.status_code == 303
    (message,) = said(office, request)
    words = office.app.desk.sealer.open(message.sealed_words)
    assert office.app.words.voice("ar").say("Checked on {date}", date="")[:4] in words
    assert (message.ready, message.kind) == (id_of(service), "phrase")
    assert service.name_in("fr") in browser.get(f"/desk/requests/{request}").text


@pytest.mark.parametrize("place", ["brumeville-haute", "a commune of before", ""])
@pytest.mark.parametrize("what", ["answer", "papers", "places", "bring-letter"])
def test_an_answer_papers_or_a_sentence_goes_under_its_name(
    office: Office, team: int, amina: int, what: str, place: str
) -> None:
    request, browser = office.held(amina, team_id=team, place=place), office.browser(amina)
    assert browser.post(f"/desk/requests/{request}/phrase", phrase=what).status_code == 303
    assert [one.ready for one in said(office, request)] == [what]


@pytest.mark.parametrize("what", ["", "s-000000000000", "nothing"])
def test_what_is_not_known_is_not_sent(office: Office, team: int, amina: int, what: str) -> None:
    request, browser = office.held(amina, team_id=team), office.browser(amina)
    assert browser.post(f"/desk/requests/{request}/phrase", phrase=what).status_code == 422
    assert said(office, request) == []


def test_words_that_did_not_arrive_say_so_beside_them_and_the_page_hears_of_it(
    office: Office, team: int, amina: int
) -> None:
    request, browser = office.held(amina, team_id=team), office.browser(amina)
    browser.post(f"/desk/requests/{request}/reply", words="demain à dix heures")
    page = browser.get(f"/desk/requests/{request}").text
    failed = office.app.words.team_voice("fr").say("could not be delivered")
    assert failed not in page
    with office.database.read() as session:
        before = pulse(session)
    with office.database.write() as session:
        session.execute(update(ThreadMessage).where(ThreadMessage.handoff_id == request).values(failed=True))
        assert pulse(session) != before
    assert failed in browser.get(f"/desk/requests/{request}").text


def test_a_file_dies_with_its_request(office: Office, team: int, amina: int) -> None:
    request = office.held(amina, team_id=team)
    send(office.browser(amina), request, a_jpeg())
    with office.database.write() as session:
        query = select(KeptFile).where(KeptFile.handoff_id == request)
        assert session.scalars(query).all()
        session.delete(session.get_one(type(office.the(request)), request))
        session.flush()
        assert session.scalars(query).all() == []


def test_the_web_chat_keeps_a_file_for_whom_a_worker_has_accepted_and_for_nobody_else(
    office: Office, team: int, amina: int
) -> None:
    request, chat = office.held(amina, team_id=team), "c" * 32
    content = Content("bail.pdf", "application/pdf", b"%PDF-1.7")
    assert office.app.keep_file(chat, content) is None
    with office.database.write() as session:
        person = session.get_one(Conversation, office.the(request).conversation_id)
        person.channel, person.chat = "web", chat
    media = office.app.keep_file(chat, content)
    assert media
    assert asyncio.run(office.app.open_file(media)) == content
    assert asyncio.run(office.app.open_file(Media("photo", "gone", kept=True))) is None
    assert asyncio.run(office.app.open_file(Media("photo", "at-telegram"))) is None


def test_who_leaves_quickly_is_forgotten_in_the_database_too(office: Office) -> None:
    chat = "d" * 32
    office.app.mailbox.post(chat, {"spans": []})
    office.app.forget_web_messages(chat)
    assert office.app.web_messages(chat, 0) == []
