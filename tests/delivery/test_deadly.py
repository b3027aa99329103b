"""A message that kills the process takes nobody with it for long: it is parked, and ordinary ones cost no more."""

import subprocess
import sys
from datetime import datetime

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.delivery.handling import MOST_TRIES, handle_next
from bot.delivery.inbox import any_waits_up_to, newest, receive
from bot.messages import Inbound
from bot.storage.db import Database
from bot.storage.models import Conversation
from tests.delivery.fakes import NOW, a_message, apologise, conversation, echo, inbox_rows, outbox_rows


class Killed(BaseException):
    """As near as a test comes to the death of its own process: nothing catches it, all is rolled back."""


def deadly(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
    echo(session, conversation, inbound, now)
    session.flush()
    if inbound.text == "deadly":
        raise Killed


def states(database: Database) -> list[tuple[str, int]]:
    return [(row.status, row.attempts) for row in inbox_rows(database)]


def live_once(database: Database) -> bool:
    """One life of a process: it begins, handles, and maybe dies; True when it came to rest."""
    up_to = newest(database)
    try:
        while handle_next(database, deadly, apologise, NOW, up_to):
            pass
    except Killed:
        return False
    return True


def test_it_is_parked_and_the_chat_and_the_others_go_on(database: Database) -> None:
    for text, chat in [("before", "anna"), ("deadly", "anna"), ("after", "anna"), ("hello", "bea")]:
        receive(database, a_message(text, chat), NOW)

    lives = 1
    while not live_once(database):
        lives += 1

    assert lives == MOST_TRIES + 1
    assert [status for status, _ in states(database)] == ["done", "parked", "done", "done"]
    found = conversation(database)
    assert found is not None
    assert found.state == {"heard": ["before", "after"]}
    said = [row.payload["text"] for row in outbox_rows(database) if row.payload]
    assert said == ["you said before", "sorry", "you said after", "you said hello"]


def test_one_that_came_after_the_start_is_counted_from_the_next_life_on(database: Database) -> None:
    receive(database, a_message("deadly"), NOW)
    with pytest.raises(Killed):
        handle_next(database, deadly, apologise, NOW)
    assert states(database) == [("open", 0)]

    assert [live_once(database) for _ in range(MOST_TRIES)] == [False] * MOST_TRIES
    assert states(database) == [("open", MOST_TRIES)]
    assert live_once(database)
    assert states(database) == [("parked", MOST_TRIES)]


def test_a_death_beside_it_parks_no_good_message(database: Database) -> None:
    receive(database, a_message("hello"), NOW)
    with pytest.raises(Killed):
        handle_next(database, killed_meanwhile, apologise, NOW, newest(database))

    assert live_once(database)
    assert states(database) == [("done", 2)]


def killed_meanwhile(*_: object) -> None:
    raise Killed


def test_a_database_that_fails_is_not_the_messages_fault(database: Database) -> None:
    receive(database, a_message("hello"), NOW)

    class Deadlock(Exception):
        sqlstate = "40P01"

    def unlucky(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Deadlock())

    for _ in range(5):
        with pytest.raises(OperationalError):
            handle_next(database, unlucky, apologise, NOW, newest(database))

    assert states(database) == [("open", 0)]


def test_one_that_fails_and_lives_is_parked_after_as_many_tries(database: Database) -> None:
    receive(database, a_message("poison"), NOW)
    assert live_once(database)
    assert states(database) == [("parked", MOST_TRIES)]


def test_ordinary_messages_are_committed_once(database: Database) -> None:
    up_to = newest(database)
    commits = []
    for number in range(3):
        receive(database, a_message(str(number), f"chat{number}"), NOW)
    event.listen(database.engine, "commit", commits.append)
    while handle_next(database, echo, apologise, NOW, up_to):
        pass

    assert not any_waits_up_to(database, up_to)
    # The last look finds nobody; it commits too, where looking is a transaction of its own.
    assert len(commits) <= 4


def test_a_real_process_that_is_killed_again_and_again_ends_with_an_apology(database: Database) -> None:
    for text, chat in [("deadly", "anna"), ("after", "anna"), ("hello", "bea")]:
        receive(database, a_message(text, chat), NOW)
    address = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.delivery.deadly_worker", address]

    ends = [subprocess.run(command, timeout=60, check=False).returncode for _ in range(MOST_TRIES + 1)]

    assert ends == [-9] * MOST_TRIES + [0]
    assert [status for status, _ in states(database)] == ["parked", "done", "done"]
    said = {row.payload["text"] for row in outbox_rows(database) if row.payload}
    assert said == {"sorry", "you said after", "you said hello"}
