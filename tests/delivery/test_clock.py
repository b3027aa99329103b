"""A clock that is set back holds nothing up, and a killed process's messages are found at once."""

from datetime import timedelta

import pytest

from bot.channels.base import SendOutcome
from bot.delivery import inbox, outbox, timers
from bot.delivery.clock import ClockWatch
from bot.delivery.waiting import BROADCAST
from bot.messages import Reply
from bot.storage.db import Database
from tests.delivery.fakes import NOW, a_message, after, claim, claim_texts, meet, outbox_states, put, settle

HOUR = 3600


class Watched:
    """A watch over a clock that can be set, and the seconds that really pass."""

    def __init__(self, database: Database) -> None:
        self.passed = 0.0
        self.watch = ClockWatch(database, NOW, lambda: self.passed)


@pytest.fixture
def watched(database: Database) -> Watched:
    return Watched(database)


def test_replies_queued_before_the_clock_was_set_back_leave_at_once(
    database: Database, watched: Watched
) -> None:
    put(database, "hello")
    assert claim_texts(database, after(-HOUR)) == []

    watched.watch.look(after(-HOUR))

    assert claim_texts(database, after(-HOUR)) == ["hello"]


def test_the_pace_of_the_old_clock_holds_nobody_up(database: Database, watched: Watched) -> None:
    put(database, "one")
    settle(database, claim(database)[0])
    watched.watch.look(after(-HOUR))
    put_at(database, "two", -HOUR)

    assert claim_texts(database, after(-HOUR)) == ["two"]


def test_what_was_put_off_for_a_moment_does_not_wait_for_an_hour(
    database: Database, watched: Watched
) -> None:
    put(database, "one")
    settle(database, claim(database)[0], SendOutcome.LATER, retry_after=30)

    watched.watch.look(after(-HOUR))

    assert claim_texts(database, after(-HOUR)) == ["one"]


def test_a_broadcast_for_tomorrow_stays_one_for_tomorrow(database: Database, watched: Watched) -> None:
    put(database, "news", priority=BROADCAST, not_before=after(24 * HOUR))

    watched.watch.look(after(-HOUR))

    assert claim_texts(database, after(-HOUR)) == []
    assert claim_texts(database, after(24 * HOUR)) == ["news"]


def test_a_reminder_is_due_when_the_clock_says_so(database: Database, watched: Watched) -> None:
    conversation_id = meet(database)
    with database.write() as session:
        timers.set_timer(session, conversation_id, "reminder", "remind", after(60))

    watched.watch.look(after(-HOUR))

    assert timers.fire_due(database, after(59)) == 0
    assert timers.fire_due(database, after(60)) == 1


def test_a_clock_set_back_while_nobody_was_there_is_noticed_at_the_start(database: Database) -> None:
    put(database, "hello")

    ClockWatch(database, after(-HOUR))

    assert claim_texts(database, after(-HOUR)) == ["hello"]


def test_time_that_passes_frees_nothing_before_its_moment(database: Database, watched: Watched) -> None:
    put(database, "hello")
    settle(database, claim(database)[0], SendOutcome.LATER, retry_after=30)

    watched.passed += 10
    watched.watch.look(after(10))

    assert claim_texts(database, after(10)) == []


def test_what_a_killed_sender_held_goes_on_without_waiting_for_its_lease(database: Database) -> None:
    put(database, "hello")
    claim(database)
    assert claim_texts(database, after(1)) == []

    outbox.let_go(database, after(1))

    assert claim_texts(database, after(1)) == ["hello"]


def test_a_reply_survives_any_number_of_refusals_that_surely_did_not_send_it(database: Database) -> None:
    put(database, "hello")
    now = NOW
    for outcome in [SendOutcome.LATER] * 9 + [SendOutcome.MAYBE]:
        settle(database, claim(database, now)[0], outcome, now)
        now += timedelta(minutes=6)

    assert outbox_states(database) == [("new", "reason")]


def test_who_blocked_us_and_came_back_gets_what_was_queued_since(database: Database) -> None:
    put(database, "old")
    (claimed,) = claim(database)
    put_at(database, "new", 2)

    settle(database, claimed, SendOutcome.BLOCKED, after(3))

    assert outbox_states(database) == [("failed", "blocked"), ("new", "")]
    assert claim_texts(database, after(4)) == ["new"]


def meet_at(database: Database, seconds: float) -> int:
    """Let the person write, at a moment; give the conversation."""
    with database.write() as session:
        return inbox.meet(session, a_message(), after(seconds))


def put_at(database: Database, words: str, seconds: float) -> None:
    conversation_id = meet_at(database, seconds)
    with database.write() as session:
        outbox.queue(session, conversation_id, Reply(words), after(seconds))
