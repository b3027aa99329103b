"""Accepted once, handled once, in order, and nobody's words stay behind."""

import logging
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.delivery.handling import handle_next
from bot.delivery.inbox import receive
from bot.messages import Inbound, Kind
from bot.storage.db import Database
from bot.storage.models import Conversation
from tests.delivery.fakes import (
    NOW,
    a_message,
    after,
    apologise,
    conversation,
    echo,
    handle_all,
    inbox_rows,
    outbox_rows,
)


def heard(database: Database, chat: str = "anna") -> list[str]:
    found = conversation(database, chat)
    assert found is not None
    return list(found.state.get("heard", []))


def replies(database: Database) -> list[str]:
    return [row.payload["text"] for row in outbox_rows(database) if row.payload]


def test_a_repeat_is_dropped(database: Database) -> None:
    assert receive(database, a_message("hello"), NOW)
    assert not receive(database, a_message("hello"), after(1))

    handle_all(database)

    assert replies(database) == ["you said hello"]


def test_a_repeat_after_the_answer_is_dropped_too(database: Database) -> None:
    receive(database, a_message("hello"), NOW)
    handle_all(database)

    assert not receive(database, a_message("hello"), after(60))
    assert not handle_next(database, echo, apologise, after(60))


def test_the_same_id_in_another_channel_is_another_message(database: Database) -> None:
    assert receive(database, Inbound("memory", "1", "anna", Kind.TEXT, "hello"), NOW)
    assert receive(database, Inbound("web", "1", "anna", Kind.TEXT, "hello"), NOW)


def test_a_chat_is_handled_in_order_even_across_transactions(database: Database) -> None:
    texts = [str(number) for number in range(50)]
    for word in texts:
        receive(database, a_message(word), NOW)

    handle_all(database)

    assert heard(database) == texts
    assert replies(database) == [f"you said {word}" for word in texts]


def test_who_waits_longest_comes_first(database: Database) -> None:
    for chat in ("anna", "bea", "anna"):
        receive(database, a_message(f"{chat}{len(inbox_rows(database))}", chat), NOW)

    handle_next(database, echo, apologise, NOW)
    assert (heard(database, "anna"), heard(database, "bea")) == (["anna0"], [])

    handle_next(database, echo, apologise, NOW)
    assert (heard(database, "anna"), heard(database, "bea")) == (["anna0"], ["bea1"])


def test_words_are_erased_once_handled(database: Database) -> None:
    receive(database, a_message("my rent"), NOW)
    handle_all(database)

    assert [(row.status, row.payload) for row in inbox_rows(database)] == [("done", None)]
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM inbox WHERE payload IS NOT NULL")) == 0


def test_nobody_waits_when_all_is_handled(database: Database) -> None:
    receive(database, a_message(), NOW)

    assert handle_next(database, echo, apologise, NOW)
    assert not handle_next(database, echo, apologise, NOW)


def test_a_message_that_fails_is_parked_and_the_chat_goes_on(database: Database) -> None:
    for word in ("before", "poison", "after"):
        receive(database, a_message(word), NOW)

    handle_all(database)

    assert [(row.status, row.attempts) for row in inbox_rows(database)] == [
        ("done", 1),
        ("parked", 3),
        ("done", 1),
    ]
    assert heard(database) == ["before", "after"]
    assert replies(database) == ["you said before", "sorry", "you said after"]
    assert all(row.payload is None for row in inbox_rows(database))


def test_one_that_fails_costs_those_taken_with_it_nothing(database: Database) -> None:
    for chat, word in (("anna", "hello"), ("bert", "poison"), ("carl", "hello")):
        receive(database, a_message(word, chat), NOW)

    handle_next(database, echo, apologise, NOW, chats=8)

    assert [(row.status, row.attempts) for row in inbox_rows(database)] == [
        ("done", 1),
        ("open", 1),
        ("done", 1),
    ]
    assert replies(database) == ["you said hello", "you said hello"]


def test_tries_are_counted_across_restarts(database: Database) -> None:
    receive(database, a_message("poison"), NOW)

    handle_next(database, echo, apologise, NOW)

    assert [(row.status, row.attempts) for row in inbox_rows(database)] == [("open", 1)]
    assert replies(database) == []


def test_the_chat_goes_on_when_even_the_apology_fails(database: Database) -> None:
    for word in ("poison", "hello"):
        receive(database, a_message(word), NOW)

    def broken(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
        raise KeyError(inbound.text)

    while handle_next(database, echo, broken, NOW):
        pass

    assert replies(database) == ["you said hello"]


def test_an_unreadable_row_is_parked(database: Database) -> None:
    receive(database, a_message("hello"), NOW)
    with database.write() as session:
        session.execute(text('UPDATE inbox SET payload = \'{"kind": "telepathy"}\''))

    handle_all(database)

    assert [row.status for row in inbox_rows(database)] == ["parked"]


def test_failures_are_logged_without_words(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    receive(database, a_message("poison secret words", "chat-of-anna"), NOW)

    with caplog.at_level(logging.DEBUG):
        handle_all(database)

    assert "ValueError" in caplog.text
    assert "parked after 3 tries" in caplog.text
    assert "secret" not in caplog.text
    assert "chat-of-anna" not in caplog.text


def test_what_is_the_databases_fault_is_not_the_messages(database: Database) -> None:
    receive(database, a_message("hello"), NOW)

    class Deadlock(Exception):
        sqlstate = "40P01"

    def unlucky(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
        raise OperationalError("UPDATE", {}, Deadlock())

    with pytest.raises(OperationalError):
        handle_next(database, unlucky, apologise, NOW)
    handle_all(database)

    assert [(row.status, row.attempts) for row in inbox_rows(database)] == [("done", 1)]


def test_a_conversation_can_erase_itself(database: Database) -> None:
    for word in ("hello", "erase", "again"):
        receive(database, a_message(word), NOW)

    handle_all(database)

    assert conversation(database) is None
    assert inbox_rows(database) == []
    assert outbox_rows(database) == []


def test_who_comes_back_after_an_erasure_starts_anew(database: Database) -> None:
    receive(database, a_message("erase"), NOW)
    handle_all(database)

    receive(database, a_message("hello"), NOW)
    handle_all(database)

    assert heard(database) == ["hello"]


def test_a_new_conversation_never_gets_the_id_of_an_erased_one(database: Database) -> None:
    receive(database, a_message("erase"), NOW)
    first = conversation(database)
    handle_all(database)
    receive(database, a_message("hello"), NOW)
    second = conversation(database)

    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_who_left_is_not_written_to_until_they_come_back(database: Database) -> None:
    def blocked() -> bool:
        found = conversation(database)
        return found is not None and found.blocked

    receive(database, a_message("gone", kind=Kind.LEFT), NOW)
    assert blocked()

    receive(database, a_message("back"), NOW)
    assert not blocked()


def test_the_phones_language_is_kept_when_a_message_brings_none(database: Database) -> None:
    receive(database, Inbound("memory", "1", "anna", Kind.START, language="ar"), NOW)
    receive(database, Inbound("memory", "2", "anna", Kind.TEXT), NOW)

    found = conversation(database)
    assert found is not None
    assert found.phone_language == "ar"


def test_many_workers_and_repeats_keep_every_chat_whole_and_in_order(database: Database) -> None:
    chats = [f"chat{number}" for number in range(10)]
    done = threading.Event()

    def bring(chat: str) -> None:
        for number in range(20):
            receive(database, a_message(str(number), chat), NOW)
            receive(database, a_message(str(number), chat), NOW)

    def work() -> None:
        while not done.is_set() or inbox_waits():
            handle_next(database, echo, apologise, NOW)

    def inbox_waits() -> bool:
        return any(row.status == "open" for row in inbox_rows(database))

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(work) for _ in range(3)]
        list(pool.map(bring, chats))
        done.set()
        for worker in workers:
            worker.result()

    expected = [str(number) for number in range(20)]
    said = defaultdict(list)
    for row in outbox_rows(database):
        said[row.conversation_id].append((row.payload or {})["text"])
    assert [heard(database, chat) for chat in chats] == [expected] * len(chats)
    assert list(said.values()) == [[f"you said {word}" for word in expected]] * len(chats)


def test_a_chat_in_the_hands_of_one_worker_is_left_alone_and_others_are_not(
    postgresql_database: Database,
) -> None:
    database = postgresql_database
    receive(database, a_message("hello", "anna"), NOW)
    taken, go_on = threading.Event(), threading.Event()

    def slow(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
        taken.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(handle_next, database, slow, apologise, NOW)
        assert taken.wait(10)
        assert not handle_next(database, echo, apologise, NOW)
        receive(database, a_message("hello", "bea"), NOW)
        assert handle_next(database, echo, apologise, NOW)
        go_on.set()
        assert first.result()

    assert heard(database, "bea") == ["hello"]


def test_turns_of_two_chats_may_write_to_each_other(postgresql_database: Database) -> None:
    database = postgresql_database
    for chat in ("anna", "bea"):
        receive(database, a_message("hello", chat), NOW)
    ids = {chat: found.id for chat in ("anna", "bea") if (found := conversation(database, chat))}
    both = threading.Barrier(2, timeout=10)

    def relay(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
        both.wait()
        other = ids["bea" if conversation.chat == "anna" else "anna"]
        session.execute(
            text(
                "INSERT INTO outbox (conversation_id, priority, status, not_before, tries, failure, created_at)"
                " VALUES (:other, 0, 'new', now(), 0, '', now())"
            ),
            {"other": other},
        )
        both.wait()

    with ThreadPoolExecutor(2) as pool:
        turns = [pool.submit(handle_next, database, relay, apologise, NOW) for _ in ids]
        assert all(turn.result() for turn in turns)

    assert len(outbox_rows(database)) == 2
