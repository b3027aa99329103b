"""Sent in order and at least once, broadcasts at most once, and every refusal has its consequence."""

import logging
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.channels.base import SendOutcome
from bot.delivery.outbox import LEASE, queue
from bot.delivery.outcomes import LONGEST_DELAY, MOST_MAYBES
from bot.delivery.waiting import BROADCAST
from bot.messages import Button, Reply
from bot.storage.db import Database
from tests.delivery.fakes import (
    NOW,
    after,
    claim,
    claim_texts,
    conversation,
    meet,
    outbox_rows,
    outbox_states,
    put,
    settle,
)

DEAD = NOW + LEASE


def test_a_message_comes_out_as_it_went_in(database: Database) -> None:
    reply = Reply(
        "<b>hello</b>", ((Button("yes", "y"), Button("map", url="https://example.org")),), "fr", True
    )
    conversation_id = meet(database)
    with database.write() as session:
        queue(session, conversation_id, reply, NOW)

    (claimed,) = claim(database)

    assert (claimed.reply, claimed.channel, claimed.chat, claimed.tries) == (reply, "memory", "anna", 1)


def test_nothing_leaves_when_the_turn_is_rolled_back(database: Database) -> None:
    conversation_id = meet(database)
    with suppress(KeyError), database.write() as session:
        queue(session, conversation_id, Reply("hello"), NOW)
        raise KeyError

    assert claim(database) == []


def test_what_is_for_later_waits(database: Database) -> None:
    put(database, "hello", not_before=after(60))

    assert claim(database) == []
    assert claim_texts(database, after(60)) == ["hello"]


def test_nobody_else_gets_what_is_claimed(database: Database) -> None:
    put(database, "hello")

    assert claim_texts(database) == ["hello"]
    assert claim_texts(database, after(10)) == []


def test_the_second_message_of_a_chat_waits_for_the_first(database: Database) -> None:
    put(database, "first")
    put(database, "second")

    (first,) = claim(database)
    assert claim(database, after(5)) == []

    settle(database, first, now=after(5))
    assert claim_texts(database, after(5)) == ["second"]


def test_a_delayed_message_keeps_its_place(database: Database) -> None:
    put(database, "first")
    put(database, "second")
    settle(database, claim(database)[0], SendOutcome.LATER, retry_after=30)

    assert claim(database, after(29)) == []
    assert claim_texts(database, after(31)) == ["first"]


def test_replies_overtake_broadcasts(database: Database) -> None:
    put(database, "news", "anna", priority=BROADCAST)
    put(database, "answer", "bea")

    assert claim_texts(database) == ["answer", "news"]


def test_a_waiting_broadcast_does_not_hold_up_a_reply_of_its_chat(database: Database) -> None:
    put(database, "news", priority=BROADCAST, not_before=after(3600))
    put(database, "answer")

    assert claim_texts(database) == ["answer"]


def test_words_are_erased_once_sent(database: Database) -> None:
    put(database, "hello")
    settle(database, claim(database)[0], now=after(1))

    (row,) = outbox_rows(database)
    assert (row.status, row.payload, row.sent_at) == ("sent", None, after(1))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM outbox WHERE payload IS NOT NULL")) == 0


def test_a_reply_whose_sender_died_goes_again(database: Database) -> None:
    put(database, "hello")
    claim(database)

    assert [claimed.tries for claimed in claim(database, DEAD)] == [2]


def test_a_broadcast_whose_sender_died_never_goes_again(database: Database) -> None:
    put(database, "news", priority=BROADCAST)
    claim(database)

    assert claim(database, DEAD) == []
    assert outbox_states(database) == [("failed", "unconfirmed")]
    assert outbox_rows(database)[0].payload is None


def test_the_next_broadcast_goes_when_the_sender_of_one_died(database: Database) -> None:
    put(database, "news", priority=BROADCAST)
    put(database, "more news", priority=BROADCAST)
    claim(database)

    assert claim_texts(database, DEAD) == ["more news"]


def test_a_throttled_chat_is_left_alone_as_long_as_the_channel_asks(database: Database) -> None:
    put(database, "news", priority=BROADCAST)
    settle(database, claim(database)[0], SendOutcome.LATER, retry_after=30)
    put(database, "answer")

    assert claim(database, after(29)) == []
    assert claim_texts(database, after(31)) == ["answer"]


def test_an_unreachable_channel_is_tried_less_and_less_often(database: Database) -> None:
    put(database, "hello")
    now, delays = NOW, []
    for _ in range(12):
        (claimed,) = claim(database, now)
        settle(database, claimed, SendOutcome.LATER, now)
        not_before = outbox_rows(database)[0].not_before
        delays.append(not_before - now)
        now = not_before

    assert delays[:4] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]
    assert delays[-1] == LONGEST_DELAY


def test_a_message_of_yesterday_is_given_up_and_its_author_told(database: Database) -> None:
    author = meet(database, "bea")
    put(database, "hello", relay_from=author)
    (claimed,) = claim(database, after(25 * 3600))
    settle(database, claimed, SendOutcome.LATER, after(25 * 3600))

    assert outbox_states(database)[0] == ("failed", "too-late")
    assert claim_texts(database, after(25 * 3600)) == ["it did not arrive"]


def test_a_reply_that_may_have_arrived_goes_again_but_not_for_ever(database: Database) -> None:
    put(database, "hello")
    now = NOW
    for _ in range(MOST_MAYBES):
        (claimed,) = claim(database, now)
        settle(database, claimed, SendOutcome.MAYBE, now)
        now += timedelta(minutes=1)

    assert claim(database, now) == []
    assert outbox_states(database) == [("failed", "unconfirmed")]


def test_a_broadcast_that_may_have_arrived_never_goes_again(database: Database) -> None:
    put(database, "news", priority=BROADCAST)
    settle(database, claim(database)[0], SendOutcome.MAYBE)

    assert claim(database, after(3600)) == []
    assert outbox_states(database) == [("failed", "unconfirmed")]


def test_who_blocked_us_is_written_to_no_more(database: Database) -> None:
    author = meet(database, "bea")
    put(database, "first", relay_from=author)
    put(database, "second", relay_from=author)
    put(database, "news", priority=BROADCAST)
    settle(database, claim(database)[0], SendOutcome.BLOCKED)

    found = conversation(database)
    assert found is not None
    assert found.blocked
    assert outbox_states(database)[:3] == [("failed", "blocked")] * 3
    assert [row.payload for row in outbox_rows(database)[:3]] == [None] * 3
    assert claim_texts(database, after(5)) == ["it did not arrive"]


def test_what_is_queued_for_somebody_who_blocked_us_is_not_sent(database: Database) -> None:
    put(database, "first")
    settle(database, claim(database)[0], SendOutcome.BLOCKED)
    put_to_blocked(database, "second")

    (claimed,) = claim(database, after(5))

    assert claimed.unreachable


def put_to_blocked(database: Database, words: str) -> None:
    found = conversation(database)
    assert found is not None
    with database.write() as session:
        queue(session, found.id, Reply(words), NOW)


def test_a_chat_that_moved_gets_its_message_at_the_new_address(database: Database) -> None:
    put(database, "hello")
    settle(database, claim(database)[0], SendOutcome.MOVED, moved_to="anna-2")

    assert [(c.chat, c.reply.text) for c in claim(database, after(1))] == [("anna-2", "hello")]


def test_a_chat_that_moved_to_a_known_one_writes_there(database: Database) -> None:
    known = meet(database, "anna-2")
    put(database, "hello")
    settle(database, claim(database)[0], SendOutcome.MOVED, moved_to="anna-2")

    assert [(c.conversation_id, c.chat) for c in claim(database, after(1))] == [(known, "anna-2")]


def test_a_chat_that_moves_in_circles_is_given_up(database: Database) -> None:
    put(database, "hello")
    for number in range(MOST_MAYBES):
        (claimed,) = claim(database, after(number))
        settle(database, claimed, SendOutcome.MOVED, after(number), moved_to=f"anna-{number % 2}")

    assert outbox_states(database) == [("failed", "moved-away")]


def test_a_rejected_message_is_recorded_and_its_author_told(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    author = meet(database, "bea")
    put(database, "private words", relay_from=author)
    put(database, "next")

    with caplog.at_level(logging.DEBUG):
        settle(database, claim(database)[0], SendOutcome.REJECTED)

    assert outbox_states(database)[0] == ("failed", "reason")
    assert outbox_rows(database)[0].payload is None
    assert sorted(claim_texts(database, after(2))) == ["it did not arrive", "next"]
    assert "failed: reason" in caplog.text
    assert "private" not in caplog.text


def test_a_sender_that_comes_too_late_changes_nothing(database: Database) -> None:
    put(database, "hello")
    (slow,) = claim(database)
    (second,) = claim(database, DEAD)

    settle(database, slow, SendOutcome.REJECTED, DEAD)
    assert outbox_states(database) == [("sending", "")]

    settle(database, second, now=DEAD)
    assert outbox_states(database) == [("sent", "")]


def test_what_arrived_late_is_not_sent_once_more(database: Database) -> None:
    put(database, "hello")
    (slow,) = claim(database)
    (second,) = claim(database, DEAD)
    settle(database, slow, now=DEAD)

    settle(database, second, SendOutcome.LATER, DEAD)

    assert outbox_states(database) == [("sent", "")]


def test_an_erasure_while_a_message_travels_is_respected(database: Database) -> None:
    conversation_id = put(database, "hello", relay_from=None)
    (claimed,) = claim(database)
    with database.write() as session:
        session.execute(text("DELETE FROM conversation WHERE id = :id"), {"id": conversation_id})

    for outcome in [None, *SendOutcome]:
        settle(database, claimed, outcome, moved_to="elsewhere")

    assert outbox_rows(database) == []
    assert conversation(database, "elsewhere") is None


def test_a_channel_without_a_sender_here_does_not_hold_up_the_others(database: Database) -> None:
    put(database, "hello")
    with database.write() as session:
        session.execute(text("UPDATE conversation SET channel = 'other'"))
    put(database, "hello", "bea")

    assert [claimed.chat for claimed in claim(database)] == ["bea"]
