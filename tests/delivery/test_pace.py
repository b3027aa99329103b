"""The channels' limits hold whatever waits and however many send."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Capabilities
from bot.delivery import outbox, pace
from bot.delivery.waiting import BROADCAST, next_moment
from bot.messages import Reply
from bot.storage.db import Database
from tests.delivery.fakes import NOW, MemoryChannel, after, claim, claim_texts, meet, put, settle

CHANNELS = {"memory": MemoryChannel()}


def put_many(database: Database, chats: int, each: int = 1) -> None:
    ids = [meet(database, f"chat{number}") for number in range(chats)]
    with database.write() as session:
        for conversation_id in ids * each:
            outbox.queue(session, conversation_id, Reply("hello"), NOW)


def send_for(database: Database, seconds: float) -> list[tuple[datetime, str]]:
    """Two senders take turns, jumping to the next moment when something may go."""
    sent, now = [], NOW
    while now is not None and now <= after(seconds):
        for _ in range(2):
            for claimed in claim(database, now, limit=7):
                sent.append((now, claimed.chat))
                settle(database, claimed, now=now)
        later = next_moment(database, CHANNELS, now)
        if later is None:
            break
        now = max(later, now + timedelta(milliseconds=1))
    return sent


def most_in_a_second(moments: list[datetime]) -> int:
    return max(sum(start <= moment < start + timedelta(seconds=1) for moment in moments) for start in moments)


def test_a_channel_never_gets_more_than_its_rate_in_any_second(database: Database) -> None:
    put_many(database, chats=100)

    sent = send_for(database, seconds=3)

    assert most_in_a_second([moment for moment, _ in sent]) <= 30
    assert len(sent) >= 70


def test_a_chat_gets_one_message_a_second(database: Database) -> None:
    put_many(database, chats=2, each=4)

    sent = send_for(database, seconds=10)

    for chat in ("chat0", "chat1"):
        moments = [moment for moment, to in sent if to == chat]
        assert moments == [after(0), after(1), after(2), after(3)]


def test_a_busy_chat_does_not_use_up_the_others_time(database: Database) -> None:
    put_many(database, chats=1, each=50)
    put(database, "hello", "bea")

    assert claim_texts(database) == ["hello", "hello"]


def test_a_reply_and_a_broadcast_of_one_chat_share_its_pace(database: Database) -> None:
    put(database, "news", priority=BROADCAST)
    put(database, "answer")

    assert claim_texts(database) == ["answer"]
    assert claim_texts(database, after(1)) == ["news"]


def test_a_full_channel_leaves_room_to_the_others(database: Database) -> None:
    slow = MemoryChannel(capabilities=Capabilities(rate=1))
    fast = MemoryChannel(name="web")
    put_many(database, chats=3)
    with database.write() as session:
        for number in range(3):
            row = session.connection().exec_driver_sql(
                "INSERT INTO conversation (channel, chat, language, phone_language, place, state, blocked,"
                f" started_at, last_seen_at) VALUES ('web', 'web{number}', '', '', '', '{{}}', false,"
                " '2026-11-23', '2026-11-23') RETURNING id"
            )
            outbox.queue(session, row.scalar_one(), Reply("hello"), NOW)

    claimed = outbox.claim(database, {"memory": slow, "web": fast}, NOW, 3)

    assert sorted(message.channel for message in claimed) == ["memory", "web", "web"]


def test_the_next_moment_is_known(database: Database) -> None:
    assert next_moment(database, CHANNELS, NOW) is None

    put(database, "hello", not_before=after(60))
    assert next_moment(database, CHANNELS, NOW) == after(60)

    claim(database, after(60))
    assert next_moment(database, CHANNELS, after(60)) is None


def test_what_a_dead_sender_held_is_found_again(database: Database) -> None:
    put(database, "hello")
    claim(database)
    later = NOW + outbox.LEASE

    moment = next_moment(database, CHANNELS, later)

    assert moment is not None
    assert moment <= later


@given(
    rate=st.floats(min_value=0.5, max_value=200),
    gaps=st.lists(st.floats(min_value=0, max_value=0.2), min_size=1, max_size=200),
)
def test_no_limit_lets_more_through_than_its_rate(rate: float, gaps: list[float]) -> None:
    limit = pace.overall(Capabilities(rate=rate))
    now = free_at = NOW
    gone = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if limit.opens_at(free_at) <= now:
            free_at = limit.after_one(free_at, now)
            gone.append(now)

    assert not gone or most_in_a_second(gone) <= max(rate, 1) + 1
