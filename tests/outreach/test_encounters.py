"""Links of places, codes from hand to hand, and meetings that leave no trace of who was met."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest
from sqlalchemy import inspect, select

from bot.conversation.effects import ArriveAtPlace, FixMeeting, GiveCode, GreetEncounter, NoteMeeting
from bot.outreach.encounters import CODE_LENGTH, MOST_OPEN_CODES, VALID_FOR, make_code, use_code
from bot.storage.db import Database
from bot.storage.models import EncounterCode, Meeting, Tally, Worker
from tests.outreach.conftest import MONDAY, Street


def a_code(street: Street, place: str = "parc-du-phare") -> str:
    (said,) = street.does(street.worker("Amina"), GiveCode(place))
    return said.split("/start e-")[1][:CODE_LENGTH]


def tallies(street: Street) -> list[tuple[str, str, int]]:
    rows = street.read(lambda session: session.scalars(select(Tally)).all())
    return [(row.name, row.key, row.count) for row in rows]


def test_the_link_of_a_place_opens_the_talk_there(street: Street) -> None:
    (said,) = street.does(street.person("en"), ArriveAtPlace("parc-du-phare"))
    assert "Parc du Phare" in said
    assert "14:00–16:00" in said
    assert list(street.buttons().values())[:4] == ["language:fr", "language:nl", "language:ar", "language:ti"]
    assert {"need:rent-arrears", "need:food-aid", "follow:parc-du-phare"} <= set(street.buttons().values())
    assert tallies(street) == [("reached", "link:parc-du-phare", 1)]


@pytest.mark.parametrize("place", ["", "an-old-place", "../../etc", "x" * 64])
def test_an_unknown_link_adds_nothing_and_counts_nothing(street: Street, place: str) -> None:
    assert street.does(street.person(), ArriveAtPlace(place)) == []
    assert tallies(street) == []


def test_a_code_greets_by_the_encounter_once(street: Street) -> None:
    code, person = a_code(street), street.person("en")
    (said,) = street.does(person, GreetEncounter(code))
    assert said.startswith("You met Amina at Parc du Phare.")
    assert street.does(person, GreetEncounter(code)) == []
    assert tallies(street) == [("reached", "code:parc-du-phare", 1)]


def test_a_code_without_a_place_greets_too(street: Street) -> None:
    (said,) = street.does(street.person("en"), GreetEncounter(a_code(street, "")))
    assert said.startswith("You met Amina. Write your question")


def test_a_code_ends_after_two_days_and_an_invented_one_says_nothing(street: Street) -> None:
    code, person = a_code(street), street.person("en")
    street.now = MONDAY + VALID_FOR
    assert street.does(person, GreetEncounter(code)) == []
    assert street.does(person, GreetEncounter("abcdefghjk")) == []


def test_only_the_hash_of_a_code_is_kept(street: Street) -> None:
    code = a_code(street)
    (row,) = street.read(lambda session: session.scalars(select(EncounterCode)).all())
    assert code not in str(vars(row))


def test_of_two_who_use_one_code_at_once_one_is_greeted(database: Database, street: Street) -> None:
    street.worker("Amina")
    with database.write() as session:
        worker = session.scalars(select(Worker)).one()
        code = make_code(session, worker.id, None, MONDAY)

    def use(_: int) -> bool:
        with database.write() as session:
            return use_code(session, code or "", MONDAY) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_a_worker_cannot_print_codes_by_the_hundred(street: Street) -> None:
    worker = street.worker()
    for _ in range(MOST_OPEN_CODES):
        street.does(worker, GiveCode())
    (said,) = street.does(worker, GiveCode())
    assert "/start" not in said
    assert street.read(lambda session: session.query(EncounterCode).count()) == MOST_OPEN_CODES


def test_a_meeting_is_noted_in_three_taps(street: Street) -> None:
    worker = street.worker()
    street.does(worker, NoteMeeting())
    taps = 0
    for label in ("Parc du Phare", "🏠 Logement", "3"):
        found = {name.split(" ")[-1]: data for name, data in street.buttons().items()}
        data = found[label.split(" ")[-1]]
        place, theme, people = (*data.removeprefix("met:").split(":"), "", "")[:3]
        (said,) = street.does(worker, NoteMeeting(place, theme, int(people or 0)))
        taps += 1
    (row,) = street.read(lambda session: session.scalars(select(Meeting)).all())
    assert taps == 3
    assert (row.place_id, row.theme, row.people, row.language) == ("parc-du-phare", "housing", 3, "fr")
    assert row.day == MONDAY.date()
    assert "Parc du Phare" in said


def test_the_places_of_today_come_first(street: Street) -> None:
    street.now = MONDAY.astimezone(UTC) + timedelta(days=1, hours=5)
    street.does(street.worker(), NoteMeeting())
    assert next(iter(street.buttons().values())) == "met:epicerie-de-la-cloche"


def test_language_and_day_can_be_mended_and_the_note_deleted(street: Street) -> None:
    worker = street.worker()
    street.does(worker, NoteMeeting("parc-du-phare", "housing", 3))
    street.does(worker, FixMeeting(1, "ti"))
    street.does(worker, FixMeeting(1, "yesterday"))
    (row,) = street.read(lambda session: session.scalars(select(Meeting)).all())
    assert (row.language, row.day) == ("ti", MONDAY.date() - timedelta(days=1))
    street.does(worker, FixMeeting(1, "undo"))
    assert street.read(lambda session: session.query(Meeting).count()) == 0


def test_another_team_and_another_day_cannot_change_a_note(street: Street) -> None:
    worker, stranger = street.worker(), street.worker("Omar", team="Autre")
    street.does(worker, NoteMeeting("parc-du-phare", "housing", 3))
    street.does(stranger, FixMeeting(1, "undo"))
    street.now = MONDAY + timedelta(hours=2)
    street.does(worker, FixMeeting(1, "undo"))
    street.does(worker, FixMeeting(2, "undo"))
    assert street.read(lambda session: session.query(Meeting).count()) == 1


def test_no_field_of_a_meeting_can_hold_an_identity(database: Database) -> None:
    """Ids of the place and team, a day, two words of closed lists, a number: nothing that takes free words."""
    columns = {column["name"] for column in inspect(database.engine).get_columns("meeting")}
    assert columns == {"id", "place_id", "team_id", "day", "theme", "people", "language", "noted_at"}


def test_a_resident_cannot_note_anything(street: Street) -> None:
    person = street.person()
    assert street.does(person, NoteMeeting("parc-du-phare", "housing", 3)) == []
    assert street.does(person, GiveCode()) == []


@pytest.mark.parametrize("people", [0, -1, 7, 999])
def test_a_number_that_no_button_offers_is_asked_again(street: Street, people: int) -> None:
    street.does(street.worker(), NoteMeeting("parc-du-phare", "housing", people))
    assert street.read(lambda session: session.query(Meeting).count()) == 0
