"""Messages to many: reviewed texts, a second person, each once, at the channel's pace, within the limits."""

import random
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
from bot.delivery.outbox import claim, mark_sent, queue
from bot.delivery.pace import overall
from bot.delivery.waiting import BROADCAST, REPLY, URGENT
from bot.i18n import Words
from bot.messages import Reply
from bot.outreach import broadcasts
from bot.outreach.limits import is_quiet
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


def run_timers(street: Street, who: int, until: timedelta = timedelta(hours=2)) -> None:
    end = street.now + until
    while due := [timer for timer in street.timers if timer[2].startswith("spread:") and timer[3] <= end]:
        first = min(due, key=lambda timer: timer[3])
        street.timers.remove(first)
        street.now = max(street.now, first[3])
        street.does(who, Spread(int(first[2].removeprefix("spread:"))))


def the_channel_takes(street: Street, most: int = PEOPLE) -> list[int]:
    """Let the channel send; give whom it wrote to."""
    with street.database.write() as session:
        waiting = select(OutboxMessage).where(OutboxMessage.status == "new", OutboxMessage.priority != REPLY)
        rows = session.scalars(waiting.order_by(OutboxMessage.priority, OutboxMessage.id).limit(most)).all()
        ids = [row.id for row in rows]
        session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(status="sent"))
        return [row.conversation_id for row in rows]


def got(street: Street) -> list[int]:
    query = (
        select(OutboxMessage.conversation_id)
        .where(OutboxMessage.priority != REPLY)
        .order_by(OutboxMessage.id)
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


def test_a_message_can_be_for_those_who_use_one_language(street: Street) -> None:
    asked = {code: a_subscriber(street, language=code) for code in ("ar", "nl")}
    maker, boss = street.worker("Amina"), street.worker("Berta", role="coordinator")
    street.does(maker, MakeNotice("cold"))
    street.does(maker, ShapeNotice(1, "in", "all"))
    street.does(maker, ShapeNotice(1, "speaking", ""))
    assert street.buttons()["Nederlands"] == "notice-set:1:speaking:nl"
    street.does(maker, ShapeNotice(1, "speaking", "nl"))
    street.does(maker, StepNotice(1, "propose"))
    street.does(boss, StepNotice(1, "approve"))
    run_timers(street, boss)

    got = street.read(lambda session: set(session.scalars(select(OutboxMessage.conversation_id))))
    assert asked["nl"] in got
    assert asked["ar"] not in got


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
    run_timers(street, boss, timedelta(hours=10))
    assert street.now == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert len(got(street)) == 3


def test_a_pause_holds_at_once_what_is_queued_and_going_on_reaches_the_rest_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "PART", 3)
    people = [a_subscriber(street) for _ in range(7)]
    number = a_notice(street)
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    street.does(boss, Spread(number))
    reached = the_channel_takes(street, 1)
    (said,) = street.does(boss, StepNotice(number, "pause"))
    street.does(boss, Spread(number))
    assert the_channel_takes(street) == []
    assert "1 person" in said or "1 personne" in said
    street.does(boss, StepNotice(number, "go-on"))
    run_timers(street, boss)
    reached += the_channel_takes(street)
    assert [one for one in reached if one in people] == people


def test_what_a_sender_holds_when_the_pause_comes_is_sent_once(street: Street) -> None:
    person = a_subscriber(street)
    number = approved(street)
    with street.database.write() as session:
        of_person = update(OutboxMessage).where(OutboxMessage.conversation_id == person)
        session.execute(of_person.values(status="sending"))
    boss = street.worker("Chloé", role="coordinator")
    street.does(boss, StepNotice(number, "pause"))
    assert got(street) == [person]
    street.does(boss, StepNotice(number, "go-on"))
    run_timers(street, boss)
    assert got(street).count(person) == 1


def test_a_stop_drops_what_is_queued_and_it_counts_for_nobody(street: Street) -> None:
    person = a_subscriber(street, "theme:housing")
    number = approved(street, "right")
    street.does(street.worker("Chloé", role="coordinator"), StepNotice(number, "stop"))
    assert the_channel_takes(street) == []
    assert street.read(lambda session: session.get_one(Broadcast, number).queued) == 0
    approved(street, "right")
    assert the_channel_takes(street) == [person]


def test_whoever_says_stop_gets_nothing_more_of_what_is_queued_either(street: Street) -> None:
    person, other = a_subscriber(street, "theme:housing"), a_subscriber(street, "theme:housing")
    approved(street, "right")
    street.does(person, StopTelling())
    assert the_channel_takes(street) == [other]


def test_during_a_pause_people_may_change_their_mind(street: Street) -> None:
    person, other = a_subscriber(street, "theme:housing"), a_subscriber(street, "theme:housing")
    number = approved(street, "right")
    boss = street.worker("Chloé", role="coordinator")
    street.does(boss, StepNotice(number, "pause"))
    street.does(person, Follow("theme:housing", False))
    street.does(boss, StepNotice(number, "go-on"))
    run_timers(street, boss)
    assert the_channel_takes(street) == [other]


def test_an_urgent_message_overtakes_all_others(street: Street) -> None:
    calm = {a_subscriber(street, "theme:housing") for _ in range(5)}
    approved(street, "right")
    urgent = {a_subscriber(street) for _ in range(2)}
    approved(street, "heat")
    workers = 4
    sent = the_channel_takes(street)
    assert urgent <= set(sent[: workers + 2])
    assert set(sent[workers + 2 :]) == calm


def test_a_reply_overtakes_an_urgent_message_and_that_overtakes_the_others(street: Street) -> None:
    calm, urgent, waiting = (street.person() for _ in range(3))
    with street.database.write() as session:
        for person, priority in ((calm, BROADCAST), (urgent, URGENT), (waiting, REPLY)):
            queue(session, person, Reply("hello"), street.now, priority)
    claimed = claim(street.database, {"test": Screen()}, street.now, limit=3)
    assert [one.conversation_id for one in claimed] == [waiting, urgent, calm]


def test_an_urgent_message_reaches_all_teams_wherever_they_go_and_whatever_they_speak(street: Street) -> None:
    here = a_subscriber(street, language="nl", commune="brumeville-haute")
    french = a_subscriber(street, language="fr", commune="brumeville-haute")
    elsewhere = a_subscriber(street, language="nl", commune="saint-exemple")
    teams = [street.worker(team="Équipe du Phare"), street.worker("Omar", team="")]
    number = a_notice(street, "danger", commune="brumeville-haute")
    with street.database.write() as session:
        session.get_one(Broadcast, number).language = "nl"
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    run_timers(street, boss)
    assert {here, *teams, boss} <= set(got(street))
    assert not {french, elsewhere} & set(got(street))


def test_what_a_channel_that_stood_still_has_not_sent_by_night_waits_for_the_morning(street: Street) -> None:
    person = a_subscriber(street)
    number = approved(street)
    boss = street.worker("Chloé", role="coordinator")
    run_timers(street, boss, timedelta(hours=12))
    assert street.now == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # nine in the evening
    assert the_channel_takes(street) == []
    run_timers(street, boss, timedelta(hours=11))
    assert street.now == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert the_channel_takes(street).count(person) == 1
    run_timers(street, boss, timedelta(days=2))
    assert street.timers == []
    assert street.read(lambda session: session.get_one(Broadcast, number).status) == "sent"


def test_a_message_that_is_approved_just_before_eight_is_not_lost(street: Street) -> None:
    person = a_subscriber(street)
    number = a_notice(street)
    street.now = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    run_timers(street, boss)
    assert person in got(street)


@pytest.mark.parametrize("hour", [19, 21, 5])
def test_the_page_says_at_once_when_it_goes_out(street: Street, hour: int) -> None:
    maker, boss = street.worker(), street.worker("Berta", role="coordinator")
    street.now = datetime(2026, 11, 23, hour, 59, tzinfo=UTC)
    street.does(maker, MakeNotice("heat"))
    number = street.read(lambda session: session.scalar(select(func.max(Broadcast.id))))
    said = street.does(maker, ShapeNotice(number, "in", "all"))
    street.does(maker, StepNotice(number, "propose"))
    asked = [reply.text for whom, reply in street.told if whom == boss]
    said += street.does(boss, StepNotice(number, "approve"))
    assert len(said + asked) == 3
    assert all("21:00" in text and "08:00" in text for text in said + asked)


def test_by_day_nobody_is_told_of_the_night(street: Street) -> None:
    number = a_notice(street)
    boss = street.worker("Berta", role="coordinator")
    assert "08:00" not in "".join(street.does(boss, StepNotice(number, "approve")))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nobody_gets_it_twice_at_night_or_after_a_no(
    street: Street, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Pauses, stops and goes on at any moment, over two days, while the channel sends or stands still."""
    if not street.database.is_sqlite:
        pytest.skip("the same statements; one database is enough for the random walk")
    monkeypatch.setattr(broadcasts, "PART", 2)
    dice = random.Random(seed)
    people = [a_subscriber(street) for _ in range(9)]
    number = a_notice(street)
    boss = street.worker("Berta", role="coordinator")
    street.does(boss, StepNotice(number, "approve"))
    reached: list[int] = []
    left: set[int] = set()
    for _ in range(60):
        match dice.choice(["timers", "timers", "send", "send", "pause", "go-on", "leave", "wait"]):
            case "timers":
                run_timers(street, boss, timedelta(seconds=5))
            case "send":
                zone = street.world.territory.zone
                run_timers(street, boss, timedelta(0))
                sent = the_channel_takes(street, dice.randrange(4))
                assert not (sent and is_quiet(street.now, zone))
                assert not left & set(sent)
                reached += sent
            case "leave" if dice.random() < 0.2:
                person = dice.choice(people)
                street.does(person, StopTelling())
                left.add(person)
            case "wait":
                street.now += timedelta(minutes=dice.choice([1, 60, 240]))
            case step:
                street.does(boss, StepNotice(number, step))
        assert len(reached) == len(set(reached))
    street.now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    street.does(boss, StepNotice(number, "go-on"))
    run_timers(street, boss)
    reached += the_channel_takes(street)
    assert len(reached) == len(set(reached))
    assert set(people) - left <= set(reached)
    assert street.read(lambda session: session.get_one(Broadcast, number).status) == "sent"


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
    """Telegram lets a bot write to about thirty chats a second, so that ten thousand take 333 seconds at best.

    We let 29 a second go, so that no second ever holds more than 30: 345 seconds, and 8,700 people in five minutes.
    """
    telegram = TelegramChannel("1:token").capabilities
    assert telegram.rate == 30
    assert PEOPLE / overall(telegram).per_second == pytest.approx(345, abs=1)
    assert PEOPLE / telegram.rate == pytest.approx(333, abs=1)


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
        sent += len(the_channel_takes(street, rate))
        seconds += 1
        assert sent == min(rate * seconds, PEOPLE + 3)
    assert seconds <= PEOPLE / rate + 2
    assert street.read(lambda session: session.get_one(Broadcast, number).queued) == PEOPLE + 3


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
    assert 290 <= sent <= 300  # all that the channel states
