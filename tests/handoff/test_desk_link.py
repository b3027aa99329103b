"""A worker's way to the team's pages, and a person's way to what is kept about them, in the middle of a request."""

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, select

from bot.conversation.effects import ForgetMe, OpenDesk, RelayToPerson, RelayToWorker, SendEverything
from bot.conversation.turn import Effect, World
from bot.storage.db import Database
from bot.storage.models import Conversation, Handoff, Note, OutboxMessage, ThreadMessage, Worker
from tests.conversations.talk import Talk
from tests.databases import SqliteBackend
from tests.webhooks.office import MORNING, WORDS, Office, open_office
from tests.worlds import small_town


@pytest.fixture(scope="module")
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


@pytest.fixture(scope="module")
def world() -> World:
    return small_town()


def act(office: Office, conversation_id: int, effect: Effect) -> list[str]:
    """Do something; give what this conversation is told."""
    with office.database.write() as session:
        known = session.scalar(select(func.max(OutboxMessage.id))) or 0
        office.app.desk.act(session, session.get_one(Conversation, conversation_id), effect, office.now)
    with office.database.read() as session:
        query = select(OutboxMessage).where(
            OutboxMessage.id > known, OutboxMessage.conversation_id == conversation_id
        )
        return [row.payload["text"] for row in session.scalars(query) if row.payload]


def chat_of(office: Office, worker: int) -> int:
    with office.database.read() as session:
        return session.get_one(Worker, worker).conversation_id


def test_the_word_desk_gives_a_worker_a_link_that_works(office: Office) -> None:
    (text,) = act(office, chat_of(office, office.worker()), OpenDesk())
    code = re.search(r"/desk/login\?code=([\w-]+)", text)
    assert code
    page = httpx.get(f"{office.address}/desk/login", params={"code": code[1]})
    assert page.status_code == 200


@pytest.mark.parametrize("written", ["desk", "Desk ", "/desk"])
def test_the_word_is_for_workers(sqlite_database: Database, world: World, written: str) -> None:
    talk = Talk(sqlite_database, world, "fr", MORNING)
    talk.say("w", "/start {invitation}")
    talk.say("w", "Amina")
    for step in ("next:languages", "next:communes", "next:themes"):
        talk.say("w", f"[{next(label for label, data in _buttons(talk, 'w') if data == step)}]")
    told = talk.say("w", written)
    assert len(told) == 1
    assert "/duty" in told[0][1].text, "these pages are not there: the talk has no web side"
    assert all("/duty" not in reply.text for _, reply in talk.say("r", written))


def _buttons(talk: Talk, chat: str) -> list[tuple[str, str]]:
    replies = [reply for whose, reply in talk.screen.shown if whose == chat]
    return [(button.label, button.data) for row in replies[-1].buttons for button in row]


@pytest.fixture
def talking(office: Office) -> tuple[str, int, int]:
    """A request in which both have written; its id and the two conversations."""
    team = office.team()
    amina = office.worker(team_id=team)
    request = office.held(amina, team_id=team)
    person, hers = office.the(request).conversation_id, chat_of(office, amina)
    assert person
    act(office, person, RelayToWorker("je suis chez ma soeur"))
    act(office, hers, RelayToPerson(request, "Je passe demain"))
    with office.database.write() as session:
        sealed = office.app.desk.sealer.seal("note de l'équipe")
        session.add(Note(handoff_id=request, team_id=team, sealed_words=sealed, written_at=office.now))
    return request, person, hers


def test_a_person_reads_all_that_is_kept_in_the_middle_of_a_request(
    office: Office, talking: tuple[str, int, int]
) -> None:
    told = "\n".join(act(office, talking[1], SendEverything()))
    for words in (WORDS, "je suis chez ma soeur", "Je passe demain", "Amina"):
        assert words in told
    assert "note de l" not in told


def test_a_long_talk_comes_in_several_messages(office: Office, talking: tuple[str, int, int]) -> None:
    for number in range(5):
        act(office, talking[1], RelayToWorker(f"{number} " + "x" * 1000))
    told = act(office, talking[1], SendEverything())
    assert len(told) > 1
    assert max(map(len, told)) < 4096


def test_erasing_in_the_middle_leaves_no_word_and_shuts_the_thread(
    office: Office, talking: tuple[str, int, int]
) -> None:
    request, person, hers = talking
    with office.database.read() as session:
        worker = session.scalars(select(Worker.id).where(Worker.conversation_id == hers)).one()
    browser = office.browser(worker)
    assert browser.get(f"/desk/requests/{request}").status_code == 200
    act(office, person, ForgetMe())
    assert browser.get(f"/desk/requests/{request}").status_code == 404
    with office.database.read() as session:
        handoff = session.get_one(Handoff, request)
        assert (handoff.conversation_id, handoff.sealed_words) == (None, "")
        for model in (ThreadMessage, Note):
            assert not session.scalars(select(model).where(model.handoff_id == request)).all()
