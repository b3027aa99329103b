"""Messages to many: reviewed texts, a second person, each once, at the channel's pace, within the limits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.channels.base import Capabilities
from bot.channels.telegram import TelegramChannel
from bot.conversation.effects import (
    Follow,
    MakeNotice,
    ShapeNotice,
    ShowTopics,
    Spread,
    StepNotice,
    StopTelling,
)
from bot.conversation.turn import World
from bot.delivery.outbox import claim, mark_sent
from bot.delivery.pace import overall
from bot.i18n import Words
from bot.outreach import broadcasts
from bot.outreach.notices import NOTICES
from bot.storage.models import (
    Broadcast,
    BroadcastReceipt,
    Conversation,
    HelpedContact,
    OutboxMessage,
    Subscription,
)
from tests.conversations.talk import Screen
from tests.outreach.conftest import MONDAY, Street

PEOPLE = 10_000


def a_notice(street: Street, notice: str = "heat", maker: int = 0, commune: str = "all") -> int:
    """Make and propose a message; give its number."""
    maker = maker or street.worker("Amina")
    street.does(maker, MakeNotice(notice))
    number: int = street.read(lambda session: session.scalar(select(func.max(Broadcast.id))))
    if notice == "right":
        street.does(maker, ShapeNotice(number, "about", "rent-arrears"))
    elif notice in ("new-place", "take-part", "what-we-do"):
        street.does(maker, ShapeNotice(number, "about", "parc-du-phare"))
    street.does(maker, ShapeNotice(number, "in", commune))
    street.does(maker, StepNotice(number, "propose"))
    return number


def approved(street: Street, notice: str = "heat", **more: object) -> int:
    """Make, propose and approve a message, and let its timer come until all is queued."""
    number = a_notice(street, notice, **more)  # type: ignore[arg-type]
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    run_timers(street, boss)
    return number


def run_timers(street: Street, who: int, until: timedelta = timedelta(days=2)) -> None:
    end = street.now + until
    while due := [timer for timer in street.timers if timer[2].startswith("spread:") and timer[3] <= end]:
        first = min(due, key=lambda timer: timer[3])
        street.timers.remove(first)
        street.now = max(street.now, first[3])
        street.does(who, Spread(int(first[2].removeprefix("spread:"))))


def got(street: Street) -> list[int]:
    query = (
        select(OutboxMessage.conversation_id).where(OutboxMessage.priority == 1).order_by(OutboxMessage.id)
    )
    return list(street.read(lambda session: session.scalars(query).all()))


def a_subscriber(street: Street, topic: str = "urgent", language: str = "fr", **more: object) -> int:
    person = street.person(language, **more)  # type: ignore[arg-type]
    street.does(person, Follow(topic, True))
    return person


def test_only_those_who_asked_get_it_in_their_language(street: Street) -> None:
    asked = {
        code: a_subscriber(street, language=code) for code in ("fr", "nl", "ar", "ti", "en", "es", "pl", "tr")
    }
    street.person("fr")
    approved(street)
    rows = street.read(lambda session: session.scalars(select(OutboxMessage)).all())
    texts = {
        row.conversation_id: row.payload["text"] for row in rows if row.conversation_id in asked.values()
    }
    assert set(texts) == set(asked.values())
    assert "Very hot days" in texts[asked["en"]]
    assert all(
        row.payload["language"] == code
        for code, id_ in asked.items()
        for row in rows
        if row.conversation_id == id_
    )


def test_workers_get_an_urgent_notice_too_and_a_right_goes_to_its_theme_only(street: Street) -> None:
    housing, food = a_subscriber(street, "theme:housing"), a_subscriber(street, "theme:food")
    approved(street, "right")
    assert got(street) == [housing]
    approved(street, "heat")
    assert len(got(street)) == 1 + 4  # the workers of both messages
    assert food not in got(street)


def test_a_second_person_who_coordinates_must_approve(street: Street) -> None:
    a_subscriber(street)
    maker = street.worker("Amina", role="coordinator")
    number = a_notice(street, maker=maker)
    for who in (maker, street.worker("Omar")):
        street.does(who, StepNotice(number, "approve"))
        assert street.timers == []
    assert street.read(lambda session: session.get_one(Broadcast, number).status) == "proposed"


def test_the_coordinator_is_shown_what_will_be_sent(street: Street) -> None:
    boss = street.worker("Berta", role="coordinator")
    a_notice(street)
    shown = [reply for whom, reply in street.told if whom == boss]
    assert "35" not in shown[0].text
    assert [row[0].data.split(":")[-1] for row in shown[0].buttons] == ["approve", "refuse"]


def test_the_preview_shows_every_language(street: Street) -> None:
    maker = street.worker()
    street.does(maker, MakeNotice("heat"))
    (said,) = street.does(maker, ShapeNotice(1, "in", "all"))
    assert all(language.name in said for language in Words().languages.values())


def test_a_broadcast_started_twice_sends_once(street: Street) -> None:
    person = a_subscriber(street)
    number = a_notice(street, "cold")
    first, second = (street.worker(name, role="coordinator") for name in ("Berta", "Chloé"))
    for boss in (first, second, first):
        street.does(boss, StepNotice(number, "approve"))
    for _ in range(3):
        street.does(first, Spread(number))
    with street.database.write() as session:  # as if somebody had begun anew by hand
        row = session.get_one(Broadcast, number)
        row.status, row.reached = "sending", 0
    street.does(second, Spread(number))
    assert got(street).count(person) == 1
    assert len(set(got(street))) == len(got(street))


def test_of_two_who_approve_at_once_one_does(street: Street) -> None:
    number = a_notice(street)

    def approve(_: int) -> bool:
        with street.database.write() as session:
            return broadcasts.step(session, number, "approve")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(approve, range(4))) == [False, False, False, True]


def test_the_second_message_within_seven_days_is_held_back_unless_it_is_urgent(street: Street) -> None:
    person = a_subscriber(street, "theme:housing")
    street.does(person, Follow("urgent", True))
    approved(street, "right")
    street.now += timedelta(days=2)
    number = approved(street, "right")
    row = street.read(lambda session: session.get_one(Broadcast, number))
    assert (row.queued, row.held_back, row.status) == (0, 1, "sent")
    approved(street, "heat")
    assert got(street).count(person) == 2


def test_an_invitation_reaches_nobody_before_there_is_trust(street: Street) -> None:
    person = a_subscriber(street, "activities")
    number = approved(street, "take-part")
    assert street.read(lambda session: session.get_one(Broadcast, number).held_back) == 1
    assert person not in got(street)


def test_trust_and_four_other_messages_let_an_invitation_through(street: Street) -> None:
    person = a_subscriber(street, "activities", met_at=MONDAY - timedelta(days=61))
    with street.database.write() as session:
        session.add_all(HelpedContact(conversation_id=person, said_at=MONDAY) for _ in range(3))
        for n in range(4):
            old = Broadcast(territory="testville", notice="right", topic="theme:housing", made_at=MONDAY)
            session.add(old)
            session.flush()
            at = MONDAY - timedelta(days=50 - 10 * n)
            session.add(
                BroadcastReceipt(
                    conversation_id=person, broadcast_id=old.id, kind="information", queued_at=at
                )
            )
    approved(street, "take-part")
    assert got(street) == [person]


def test_at_night_all_of_it_waits_for_the_morning(street: Street) -> None:
    a_subscriber(street)
    number = a_notice(street)
    street.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    run_timers(street, boss, timedelta(hours=1))
    assert got(street) == []
    run_timers(street, boss)
    assert street.now == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert len(got(street)) == 3


def test_a_pause_stops_it_and_going_on_reaches_the_rest_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "PART", 3)
    people = [a_subscriber(street) for _ in range(7)]
    number = a_notice(street)
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    street.does(boss, Spread(number))
    street.does(boss, StepNotice(number, "pause"))
    street.does(boss, Spread(number))
    assert len(got(street)) == 3
    street.does(boss, StepNotice(number, "go-on"))
    run_timers(street, boss)
    assert [one for one in got(street) if one in people] == people


def test_whoever_blocked_us_or_said_stop_gets_nothing(street: Street) -> None:
    blocked, stopped = a_subscriber(street), a_subscriber(street)
    street.does(stopped, StopTelling())
    with street.database.write() as session:
        session.get_one(Conversation, blocked).blocked = True
    approved(street)
    assert not {blocked, stopped} & set(got(street))


@pytest.mark.parametrize("code", sorted(Words().languages))
def test_one_word_stops_it_in_every_language(code: str, world: World) -> None:
    words = [word for word in world.words.languages[code].words["stop"] if " " not in word and word[0] != "/"]
    heard = [world.understander.understand(word, code) for word in words]
    assert [meaning.word for meaning in heard] == ["stop"] * len(words) != []


def test_a_person_chooses_what_to_be_told(street: Street) -> None:
    person = street.person("en")
    street.does(person, ShowTopics())
    assert "news:on:urgent" in street.buttons().values()
    street.does(person, Follow("urgent", True))
    street.does(person, ShowTopics())
    assert "news:off:urgent" in street.buttons().values()


def test_a_commune_narrows_it_down(street: Street) -> None:
    here = a_subscriber(street, commune="brumeville-haute")
    a_subscriber(street, commune="saint-exemple")
    approved(street, "right", commune="brumeville-haute")
    approved(street, "heat", commune="brumeville-haute")
    assert len([one for one in got(street) if one == here]) == 1
    assert len(got(street)) == 1 + 4


def test_every_text_is_short_and_of_a_kind() -> None:
    for notice in NOTICES.values():
        assert len(notice.text.split()) <= 30


def many(street: Street, people: int) -> None:
    with street.database.write() as session:
        rows = [
            {
                "channel": "test",
                "chat": f"m{n}",
                "language": "fr",
                "started_at": MONDAY,
                "last_seen_at": MONDAY,
            }
            for n in range(people)
        ]
        ids = session.scalars(insert(Conversation).returning(Conversation.id), rows).all()
        session.execute(
            insert(Subscription), [{"conversation_id": i, "topic": "urgent", "asked_at": MONDAY} for i in ids]
        )


def test_by_arithmetic_the_channel_and_not_we_decide_how_long_ten_thousand_take() -> None:
    """Telegram lets a bot write to about thirty chats a second; we keep to 24, so that no second holds more than 30.

    That is 7,200 people in five minutes and ten thousand in seven; five minutes would need 34 a second.
    """
    rate = overall(TelegramChannel("1:token").capabilities).per_second
    assert rate * 300 >= 7_200
    assert PEOPLE / rate <= 7 * 60
    assert PEOPLE / 34 <= 300


@pytest.mark.parametrize("rate", [30, 40])
def test_our_side_never_lets_the_channel_wait_for_ten_thousand(street: Street, rate: int) -> None:
    """A simulated run on a clock of its own; the channel takes `rate` messages each second."""
    if not street.database.is_sqlite:
        pytest.skip("the pace is the same there; one run is enough")
    street.worker()
    many(street, PEOPLE)
    number = a_notice(street)
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    began, seconds, sent = street.now, 0, 0
    while sent < PEOPLE + 3:
        street.now = began + timedelta(seconds=seconds)
        run_timers(street, boss, timedelta(0))
        sent += the_channel_takes(street, rate)
        seconds += 1
        assert sent == min(rate * seconds, PEOPLE + 3)
    assert seconds <= PEOPLE / rate + 2
    assert street.read(lambda session: session.get_one(Broadcast, number).queued) == PEOPLE + 3


def the_channel_takes(street: Street, most: int) -> int:
    with street.database.write() as session:
        waiting = select(OutboxMessage.id).where(OutboxMessage.status == "new", OutboxMessage.priority == 1)
        ids = session.scalars(waiting.order_by(OutboxMessage.id).limit(most)).all()
        session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(status="sent"))
        return len(ids)


def test_the_outbox_sends_them_at_the_pace_of_the_channel(street: Street) -> None:
    if not street.database.is_sqlite:
        pytest.skip("the pace is the same there; one run is enough")
    many(street, 400)
    approved(street)
    channel, began, sent = {"test": Screen(capabilities=Capabilities(rate=30.0))}, street.now, 0
    for tick in range(601):
        now = began + timedelta(seconds=tick / 60)
        arrived = claim(street.database, channel, now, limit=50)
        with street.database.write() as session:
            mark_sent(session, arrived, now)
        sent += len(arrived)
    assert 240 <= sent <= 250  # 24 a second and a short burst
