"""Who floods a chat is told once and then left alone; what was accepted is answered, and nobody else notices."""

from datetime import timedelta

import pytest

from bot import metrics
from bot.delivery.floods import AT_ONCE, MOST_WAITING, TELL_AGAIN_AFTER, Gate
from bot.delivery.inbox import receive
from bot.i18n import Words
from bot.limit import MOST_KEYS
from bot.messages import Inbound, Kind
from bot.storage.db import Database
from tests.delivery.fakes import NOW, a_message, conversation, handle_all, inbox_rows, outbox_rows

WAIT = "Too many messages at once. Please wait a moment."


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


class Door:
    """Takes messages in as the app does, at a time of its own."""

    def __init__(self, database: Database, words: Words) -> None:
        self.database = database
        self.seconds = 0.0
        self.gate = Gate(database, words, lambda: self.seconds)
        self.count = 0

    def take(self, chat: str = "anna", kind: Kind = Kind.TEXT, language: str = "") -> bool:
        self.count += 1
        now = NOW + timedelta(seconds=self.seconds)
        message = Inbound("memory", str(self.count), chat, kind, str(self.count), language)
        if not self.gate.is_open_for(message) and self.gate.is_shut_for(message, now):
            return False
        return receive(self.database, message, now)


@pytest.fixture
def door(database: Database, words: Words) -> Door:
    return Door(database, words)


def said(database: Database) -> list[str]:
    return [row.payload["text"] for row in outbox_rows(database) if row.payload]


def test_a_flood_is_taken_up_to_what_may_wait_and_told_once(database: Database, door: Door) -> None:
    held_back = metrics.HELD_BACK.labels("memory")
    before = held_back._value.get()
    taken = [door.take() for _ in range(200)]

    assert taken == [True] * MOST_WAITING + [False] * (200 - MOST_WAITING)
    assert said(database) == [WAIT]
    assert held_back._value.get() - before == 200 - MOST_WAITING
    handle_all(database)
    assert said(database) == [WAIT, *(f"you said {number}" for number in range(1, MOST_WAITING + 1))]
    assert {row.status for row in inbox_rows(database)} == {"done"}


def test_nobody_else_notices(database: Database, door: Door) -> None:
    for number in range(150):
        door.take("flooder")
        if number % 10 == 0:
            assert door.take(f"neighbour{number % 3}")
    handle_all(database)

    assert len([text for text in said(database) if text != WAIT]) == MOST_WAITING + 15


def test_the_chat_goes_on_once_its_answers_have_left(database: Database, door: Door) -> None:
    for _ in range(100):
        door.take()
    handle_all(database)
    with database.write() as session:
        for row in session.query(type(outbox_rows(database)[0])):
            row.status, row.payload = "sent", None
    door.seconds = 60

    assert door.take()


def test_all_that_somebody_wrote_while_we_were_down_is_taken(door: Door) -> None:
    assert all(door.take() for _ in range(MOST_WAITING))
    assert MOST_WAITING > AT_ONCE


def test_who_is_told_is_told_again_only_much_later(database: Database, door: Door, words: Words) -> None:
    for _ in range(60):
        door.take()
    other_process = Door(database, words)
    other_process.count = 1000
    for _ in range(60):
        other_process.take()
    assert said(database) == [WAIT]

    door.seconds = TELL_AGAIN_AFTER.total_seconds() + 1
    for _ in range(60):
        door.take()
    assert said(database) == [WAIT, WAIT]


def test_it_is_said_in_the_language_of_the_person(database: Database, door: Door) -> None:
    for _ in range(60):
        door.take(language="fr-BE")
    assert said(database) == ["Trop de messages à la fois. Attendez un instant."]


def test_that_somebody_left_is_always_taken(database: Database, door: Door) -> None:
    for _ in range(60):
        door.take()
    assert door.take(kind=Kind.LEFT)
    found = conversation(database)
    assert found is not None
    assert found.blocked


def test_a_flood_of_strangers_does_not_fill_the_memory(door: Door) -> None:
    for number in range(3 * MOST_KEYS):
        door.gate.is_open_for(a_message(chat=str(number)))
    assert len(door.gate._pace._free_at) <= MOST_KEYS
