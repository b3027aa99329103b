"""What is for later comes in its time, once, and in order with what people say."""

from concurrent.futures import ThreadPoolExecutor

from bot.delivery.inbox import receive
from bot.delivery.timers import cancel_timer, fire_due, next_due, set_timer
from bot.messages import Inbound, Kind
from bot.storage.db import Database
from tests.delivery.fakes import NOW, a_message, after, conversation, handle_all, inbox_rows, meet


def set_one(
    database: Database, key: str = "follow-up:1", text: str = "follow-up", seconds: float = 60
) -> None:
    conversation_id = meet(database)
    with database.write() as session:
        set_timer(session, conversation_id, key, text, after(seconds))


def coming(database: Database) -> list[Inbound]:
    return [Inbound.from_json(row.payload) for row in inbox_rows(database) if row.payload]


def test_a_timer_comes_in_like_a_message_when_it_is_due(database: Database) -> None:
    set_one(database)

    assert fire_due(database, after(59)) == 0
    assert fire_due(database, after(60)) == 1

    (inbound,) = coming(database)
    assert (inbound.channel, inbound.chat, inbound.kind, inbound.text) == (
        "memory",
        "anna",
        Kind.TIMER,
        "follow-up",
    )


def test_a_timer_comes_once(database: Database) -> None:
    set_one(database)
    with ThreadPoolExecutor(4) as pool:
        fired = list(pool.map(lambda _: fire_due(database, after(60)), range(4)))

    assert sum(fired) == 1
    assert len(coming(database)) == 1


def test_a_timer_is_handled_after_what_was_said_before(database: Database) -> None:
    set_one(database)
    receive(database, a_message("hello"), after(59))
    fire_due(database, after(60))
    handle_all(database)

    found = conversation(database)
    assert found is not None
    assert found.state == {"heard": ["hello", "follow-up"]}


def test_a_cancelled_timer_never_comes(database: Database) -> None:
    set_one(database)
    with database.write() as session:
        cancel_timer(session, "follow-up:1")

    assert fire_due(database, after(60)) == 0


def test_a_timer_set_again_comes_at_its_new_time_only(database: Database) -> None:
    set_one(database, seconds=60)
    set_one(database, text="later", seconds=120)

    assert fire_due(database, after(60)) == 0
    assert fire_due(database, after(120)) == 1
    assert [inbound.text for inbound in coming(database)] == ["later"]


def test_a_timer_set_after_another_came_is_not_taken_for_a_repeat(database: Database) -> None:
    for _ in range(3):
        set_one(database)
        assert fire_due(database, after(60)) == 1

    assert len(coming(database)) == 3


def test_timers_come_in_the_order_of_their_times(database: Database) -> None:
    set_one(database, "b", "second", 50)
    set_one(database, "a", "first", 40)
    fire_due(database, after(60))

    assert [inbound.text for inbound in coming(database)] == ["first", "second"]


def test_an_erased_conversation_has_no_timers(database: Database) -> None:
    set_one(database)
    receive(database, a_message("erase"), NOW)
    handle_all(database)

    assert next_due(database) is None


def test_a_timer_does_not_make_the_person_look_present(database: Database) -> None:
    set_one(database)
    fire_due(database, after(3600))

    found = conversation(database)
    assert found is not None
    assert found.last_seen_at == NOW
