"""Who watches sees what waits, what was done, what failed and when work stands still."""

import logging
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from bot import metrics
from bot.channels.base import SendError, SendOutcome
from bot.delivery.backlog import Backlog, look
from bot.delivery.failures import Trouble
from bot.delivery.handling import handle_next
from bot.delivery.inbox import receive
from bot.delivery.loop import Loop
from bot.delivery.waiting import BROADCAST
from bot.delivery.watchdog import HANDLING, SENDING, STALLED_AFTER, Watchdog
from bot.storage.db import Database
from tests.delivery.fakes import NOW, MemoryChannel, a_message, after, apologise, echo, put, undeliverable

MINUTE = timedelta(minutes=1)


def figures(backlog: Backlog | None = None) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(metrics.exposition(backlog).decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_what_waits_is_counted_over_all_processes(database: Database) -> None:
    assert look(database, NOW) == Backlog()
    for text, chat in [("done", "anna"), ("one", "bea"), ("two", "bea"), ("three", "cleo")]:
        receive(database, a_message(text, chat), NOW)
        if text == "done":
            handle_next(database, echo, apologise, NOW)
    put(database, "news", "anna", priority=BROADCAST)
    put(database, "tomorrow", "anna", not_before=after(24 * 3600))

    assert look(database, after(90)) == Backlog(
        conversations=2, messages=3, replies=2, broadcasts=1, oldest_message=90, oldest_reply=90
    )


def test_what_is_only_for_later_is_not_late(database: Database) -> None:
    put(database, "tomorrow", not_before=after(24 * 3600))
    assert look(database, after(3600)).oldest_reply == 0


def test_counting_what_waits_does_not_read_what_was_handled(sqlite_database: Database) -> None:
    plans: list[str] = []

    def note(_connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    asked: list[tuple[str, object]] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    look(sqlite_database, NOW)
    with sqlite_database.read() as session:
        for statement, values in list(asked):
            rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
            plans += [row.detail for row in rows]
    assert len(asked) == 4
    assert not [plan for plan in plans if plan in ("SCAN inbox", "SCAN outbox", "SCAN conversation")]


def test_every_step_is_counted(database: Database) -> None:
    before = figures()
    channel = MemoryChannel()
    loop = Loop(database, {"memory": channel}, echo, apologise, undeliverable, lambda: NOW)
    channel.troubles = [SendError(SendOutcome.LATER, "unreachable")]
    for text in ("hello", "hello", "poison"):
        receive(database, a_message(text), NOW)
    loop.drain(after(2))
    now = figures()

    def more(*name: str) -> float:
        return now.get(name, 0) - before.get(name, 0)

    assert more("passerelle_received_total", "memory", "false") == 2
    assert more("passerelle_received_total", "memory", "true") == 1
    assert more("passerelle_handled_total", "done") == 1
    assert more("passerelle_handled_total", "parked") == 1
    assert more("passerelle_handling_failed_total") == 3
    assert more("passerelle_sent_total", "memory", "reply") == 2
    assert more("passerelle_sending_failed_total", "memory", "later", "unreachable") == 1
    assert more("passerelle_received_to_handled_seconds_count") == 2
    assert 4 <= more("passerelle_received_to_handled_seconds_sum") < 30
    assert more("passerelle_queued_to_sent_seconds_count", "reply") == 2


def test_the_figures_say_when_the_database_is_silent() -> None:
    silent, well = figures(None), figures(Backlog(messages=3, oldest_message=7))
    assert silent["passerelle_database_up",] == 0
    assert (
        silent["passerelle_waiting", "messages"] != silent["passerelle_waiting", "messages"]
    )  # unknown, not 0
    assert (well["passerelle_database_up",], well["passerelle_waiting", "messages"]) == (1, 3)
    assert well["passerelle_oldest_waiting_seconds", "message"] == 7
    assert well["process_resident_memory_bytes",] > 0


def test_no_figure_names_a_person(database: Database) -> None:
    receive(database, a_message("my rent", "chat-of-anna"), NOW)
    handle_next(database, echo, apologise, NOW)
    written = metrics.exposition(look(database, NOW)).decode()
    assert "anna" not in written
    assert "rent" not in written


def test_work_that_stands_still_is_told_and_so_is_its_end(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    watchdog = Watchdog(database)
    receive(database, a_message("hello"), NOW)
    put(database, "answer", "bea")
    watchdog.look(NOW)
    watchdog.look(NOW + STALLED_AFTER)
    assert watchdog.stalled == ()

    for minutes in (1, 2, 3):
        watchdog.look(NOW + STALLED_AFTER + minutes * MINUTE)
    assert watchdog.stalled == (HANDLING, SENDING)
    assert figures()["passerelle_stalled", HANDLING] == 1
    assert caplog.text.count("handling stands still: 1 messages wait, the oldest for 360 s") == 1

    handle_next(database, echo, apologise, NOW)
    watchdog.look(NOW + STALLED_AFTER + 4 * MINUTE)
    assert watchdog.stalled == (SENDING,)
    assert figures()["passerelle_stalled", HANDLING] == 0


def test_a_long_queue_that_moves_does_not_stand_still(database: Database) -> None:
    watchdog = Watchdog(database)
    receive(database, a_message("hello"), NOW)
    for minute in range(20):
        watchdog.done(HANDLING, NOW + minute * MINUTE)
        watchdog.look(NOW + minute * MINUTE)
        assert watchdog.stalled == ()


def test_a_lasting_trouble_is_told_once_and_waited_for_longer_and_longer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    trouble = Trouble("the outbox", longest=3)
    with caplog.at_level(logging.WARNING):
        assert [trouble.after(OSError()) for _ in range(5)] == [0.5, 1, 2, 3, 3]
        trouble.over()
        trouble.over()
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "the outbox is in trouble",
        "the outbox is well again after 5 tries",
    ]
