"""Going out, from the desk: rounds, people met, messages to many; the rules are those of the worker's chat."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bot.conversation.effects import Spread
from bot.storage.models import (
    Broadcast,
    Conversation,
    Meeting,
    OutboxMessage,
    RoundWorker,
    Stop,
    StopChange,
    Subscription,
    Timer,
)
from tests.databases import SqliteBackend
from tests.webhooks.office import Browser, Office, open_office

PARK = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # Wednesday, 14:00 in the town


@pytest.fixture
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        office.go_out()
        yield office


def in_english(office: Office, name: str = "Amina", role: str = "worker", team: int | None = 1) -> Browser:
    browser = office.browser(office.worker(name, role, team_id=team, languages=["fr", "ar"]))
    browser.post("/desk/language", language="en")
    return browser


def key_of(office: Office, place: str, begins: datetime) -> str:
    with office.database.read() as session:
        stop = session.scalar(select(Stop.id).where(Stop.place_id == place))
    return f"{stop}.{int(begins.timestamp()) // 60}"


def follow(office: Office, topic: str, people: int = 1) -> None:
    for _ in range(people):
        request = office.request()
        with office.database.write() as session:
            here = office.the(request).conversation_id
            session.add(Subscription(conversation_id=here, topic=topic, asked_at=office.now))


def waiting(office: Office) -> list[str]:
    with office.database.read() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [row.payload["text"] for row in rows if row.payload]


def press(key: str, what: str) -> dict[str, str]:
    return {"press": f"stop-is:{key}:{what}"}


def test_a_round_is_cancelled_and_whoever_follows_the_place_is_told(office: Office) -> None:
    browser, key = in_english(office), key_of(office, "parc-du-phare", PARK)
    follow(office, "place:parc-du-phare")
    assert f"/desk/rounds/{key}" in browser.get("/desk/rounds").text
    page = browser.get(f"/desk/rounds/{key}").text
    assert f"stop-is:{key}:cancelled" in page
    assert f"stop-is:{key}:held" not in page, "it has not begun"
    assert "Cancel it" in page
    done = browser.post(f"/desk/rounds/{key}", **press(key, "cancelled"))
    assert done.headers["location"] == "/desk/rounds?done=round-noted"
    assert "cancelled: nobody comes" in browser.get("/desk/rounds").text
    (news,) = waiting(office)
    assert "Parc du Phare" in news
    assert office.log()[-1] == ("round", key)
    browser.post(f"/desk/rounds/{key}", **press(key, "planned"))
    assert len(waiting(office)) == 2


def test_a_round_is_moved_to_another_hour_and_noted_as_held(office: Office) -> None:
    browser, key = in_english(office), key_of(office, "parc-du-phare", PARK)
    browser.post(f"/desk/rounds/{key}", **press(key, "later-60"))
    assert "15:00" in browser.get("/desk/rounds").text
    office.now = PARK + timedelta(hours=4)
    browser = in_english(office)
    assert "Were you there? Note it." in browser.get("/desk/rounds").text
    browser.post(f"/desk/rounds/{key}", **press(key, "held"))
    assert "You were there." in browser.get("/desk/rounds").text
    with office.database.read() as session:
        assert session.scalars(select(StopChange)).one().status == "held"


def test_who_comes_is_each_workers_own_choice(office: Office) -> None:
    browser, key = in_english(office), key_of(office, "parc-du-phare", PARK)
    with office.database.read() as session:
        round_ = session.scalars(select(Stop).where(Stop.place_id == "parc-du-phare")).one().round_id
    browser.post(f"/desk/rounds/{key}", press=f"come:yes:{round_}")
    assert "Amina" in browser.get("/meet/parc-du-phare?lang=en").text
    browser.post(f"/desk/rounds/{key}", press=f"come:no:{round_}")
    with office.database.read() as session:
        assert session.scalars(select(RoundWorker)).all() == []


def test_another_teams_round_and_what_was_not_offered_cannot_be_pressed(office: Office) -> None:
    key = key_of(office, "parc-du-phare", PARK)
    stranger, browser = in_english(office, "Omar", team=office.team("Autre")), in_english(office)
    assert f"/desk/rounds/{key}" not in stranger.get("/desk/rounds").text
    assert stranger.get(f"/desk/rounds/{key}").status_code == 404
    assert stranger.post(f"/desk/rounds/{key}", **press(key, "cancelled")).status_code == 404
    for what in ("held", "later-31", "at-nowhere", "", "cancelled:x"):
        assert browser.post(f"/desk/rounds/{key}", **press(key, what)).status_code == 404
    for strange in ("1", "x.y", "1.99999999999", "9" * 40, "1.1"):
        assert browser.get(f"/desk/rounds/{strange}").status_code == 404
    with office.database.read() as session:
        assert session.scalars(select(StopChange)).all() == []


def test_a_meeting_is_noted_in_three_presses_and_corrected(office: Office) -> None:
    browser = in_english(office)
    assert "?place=parc-du-phare" in browser.get("/desk/met").text
    assert "theme=housing" in browser.get("/desk/met?place=parc-du-phare").text
    assert 'name="people" value="4"' in browser.get("/desk/met?place=parc-du-phare&theme=housing").text
    noted = browser.post("/desk/met", place="parc-du-phare", theme="housing", people="4")
    page = unescape(browser.get(noted.headers["location"]).text)
    assert "Noted: Parc du Phare, November 23, 2026" in page
    assert "4 people, French" in page
    number = noted.headers["location"].split("/")[-1]
    for what in ("ar", "yesterday"):
        assert browser.post(f"/desk/met/{number}", press=f"met-fix:{number}:{what}").status_code == 303
    with office.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        assert (meeting.language, meeting.day.day, meeting.people, meeting.team_id) == ("ar", 22, 4, 1)
    assert (
        browser.post(f"/desk/met/{number}", press=f"met-fix:{number}:undo")
        .headers["location"]
        .endswith("unnoted")
    )
    with office.database.read() as session:
        assert session.scalars(select(Meeting)).all() == []


def test_a_meeting_that_cannot_be_is_not_noted_and_another_teams_is_not_changed(office: Office) -> None:
    browser = in_english(office)
    for form in (
        {"place": "nowhere", "theme": "housing", "people": "4"},
        {"place": "parc-du-phare", "theme": "gold", "people": "4"},
        {"place": "parc-du-phare", "theme": "housing", "people": "7000"},
        {},
    ):
        assert browser.post("/desk/met", **form).status_code == 404
    noted = browser.post("/desk/met", place="parc-du-phare", theme="housing", people="2").headers["location"]
    number = noted.split("/")[-1]
    stranger = in_english(office, "Omar", team=office.team("Autre"))
    assert stranger.get(noted).status_code == 404
    assert stranger.post(noted, press=f"met-fix:{number}:undo").status_code == 404
    assert browser.post(noted, press="met-fix:1:gold").status_code == 404
    office.now += timedelta(hours=1, minutes=1)
    assert in_english(office).get(noted).status_code == 404, "after an hour it stands"


def test_places_show_their_sheet_and_what_is_missing_on_it(office: Office) -> None:
    follow(office, "place:parc-du-phare", 10)
    follow(office, "place:ecole-des-vagues", 3)
    page = unescape(in_english(office).get("/desk/places").text)
    park, school = (page[page.index(name) :].split("</article>")[0] for name in ("Parc du", "École des"))
    assert "families with children and young people" in park
    assert "<dd>10</dd>" in park
    assert "fewer than 10" in school
    assert "Not whole" in school
    assert "Not whole" not in park


def the_notice(office: Office) -> Broadcast:
    with office.database.read() as session:
        return session.scalars(select(Broadcast).order_by(Broadcast.id.desc())).first() or Broadcast()


def spread(office: Office) -> None:
    """Let the timer of a message to many ring."""
    with office.database.write() as session:
        timer = session.scalars(select(Timer).where(Timer.text.startswith("spread:"))).one()
        chat = session.get_one(Conversation, timer.conversation_id)
        office.app.desk.act(session, chat, Spread(the_notice(office).id), office.now)


def test_a_message_to_many_goes_from_one_worker_to_another_and_out(office: Office) -> None:
    amina, chantal = in_english(office), in_english(office, "Chantal", "coordinator")
    follow(office, "urgent", 2)
    made = amina.post("/desk/notices", notice="heat", about="", commune="").headers["location"]
    page = unescape(amina.get(made).text)
    assert "Very hot days are coming." in page
    assert page.count("<article lang=") == len(office.app.words.languages)
    assert re.search(r"<dd>\d+</dd>", page)
    assert amina.post(made, step="approve").status_code == 409
    assert chantal.get(made).status_code == 404, "a draft is its maker's"
    assert amina.post(made, step="propose").status_code == 303
    (proposal,) = waiting(office)
    assert "Amina" in proposal, "the coordinators read it in their chat too"
    assert "A coordinator who is not you" in amina.get(made).text
    assert amina.post(made, step="approve").status_code == 409
    assert the_notice(office).status == "proposed"
    assert chantal.post(made, step="approve").headers["location"] == f"{made}?done=notice-stepped"
    assert the_notice(office).status == "sending"
    assert chantal.post(made, step="approve").status_code == 409
    assert 'hx-trigger="every 5s"' in amina.get(made).text, "the page shows by itself how far it is"
    spread(office)
    assert len(waiting(office)) > 2
    for step, status in (("pause", "paused"), ("go-on", "sending"), ("stop", "stopped")):
        assert amina.post(made, step=step).status_code == 303
        assert the_notice(office).status == status
    assert amina.post(made, step="go-on").status_code == 409
    assert [action for action, subject in office.log() if action == "notice"] == ["notice"] * 6


def test_nobody_approves_their_own_message(office: Office) -> None:
    chantal = in_english(office, "Chantal", "coordinator")
    made = chantal.post("/desk/notices", notice="cold", commune="brumeville-haute").headers["location"]
    assert chantal.post(made, step="propose").status_code == 303
    assert 'value="approve"' not in chantal.get(made).text
    assert chantal.post(made, step="approve").status_code == 409
    assert (the_notice(office).status, the_notice(office).commune) == ("proposed", "brumeville-haute")


def test_a_text_about_a_right_or_a_place_needs_one_and_nothing_else_can_be_sent(office: Office) -> None:
    amina = in_english(office)
    for about in ("", "place:parc-du-phare", "need:gold", "need:", "rent-arrears"):
        answer = amina.post("/desk/notices", notice="right", about=about)
        assert answer.status_code == 422
        assert "Choose what this text is about." in answer.text
    assert amina.post("/desk/notices", notice="my own words").status_code == 404
    assert amina.post("/desk/notices", notice="heat", commune="atlantis").status_code == 404, "not everywhere"
    assert amina.post("/desk/notices", notice="heat", language="xx").status_code == 404, (
        "not in every language"
    )
    assert the_notice(office).id is None
    assert amina.post("/desk/notices", notice="right", about="need:rent-arrears").status_code == 303
    assert (the_notice(office).topic, the_notice(office).about) == ("theme:housing", "rent-arrears")
    assert amina.post("/desk/notices", notice="new-place", about="place:parc-du-phare").status_code == 303


def test_a_message_of_another_territory_is_not_here(office: Office) -> None:
    amina = in_english(office)
    made = amina.post("/desk/notices", notice="heat").headers["location"]
    with office.database.write() as session:
        session.get_one(Broadcast, the_notice(office).id).territory = "elsewhere"
    assert amina.get(made).status_code == 404
    assert amina.post(made, step="propose").status_code == 404


def test_how_many_asked_for_what_is_counted_and_never_few(office: Office) -> None:
    follow(office, "urgent", 11)
    follow(office, "theme:housing", 9)
    with office.database.write() as session:
        session.get_one(Conversation, 1).blocked = True
    page = unescape(in_english(office).get("/desk/notices").text)
    asked = page[page.index('id="asked"') :]
    assert "<td>10</td>" in asked
    assert "<td>fewer than 10</td>" in asked
    assert "<td>9</td>" not in asked


def test_the_last_month_comes_with_questions(office: Office) -> None:
    page = unescape(in_english(office).get("/desk/digest").text)
    assert "Your team's last month." in page
    assert "What did you hear outside that no text of ours answers?" in page


def test_the_chat_of_whoever_works_on_the_page_stays_quiet(office: Office) -> None:
    browser, key = in_english(office), key_of(office, "parc-du-phare", PARK)
    browser.post(f"/desk/rounds/{key}", **press(key, "cancelled"))
    browser.post("/desk/met", place="parc-du-phare", theme="housing", people="2")
    browser.post("/desk/notices", notice="heat")
    browser.get("/desk/digest")
    assert waiting(office) == []
