"""What a coordinator is told about the state of the directory."""

from dataclasses import replace
from datetime import UTC, date, datetime

from directory.freshness import is_due, is_old
from directory.needs import load_needs
from directory.packs import directory_of, load_pack
from directory.quality import look_at
from directory.search import Directory, Reason, find_services
from directory.services import Service
from tests.paths import TESTVILLE

PACK = load_pack(TESTVILLE)
DIRECTORY = directory_of(PACK)
TODAY = date(2026, 11, 23)


def with_services(*more: Service) -> Directory:
    return Directory(DIRECTORY.territory, (*DIRECTORY.services, *more))


def test_an_entry_past_its_time_is_listed_oldest_first() -> None:
    food = next(service for service in DIRECTORY.services if service.needs[0] == "food-aid")
    old = replace(food, id="old", checked_on=date(2024, 1, 1))
    older = replace(food, id="older", checked_on=date(2023, 1, 1))
    found = look_at(with_services(old, older), load_needs(), TODAY)
    assert [one for one, _ in found.due][:2] == ["older", "old"]
    assert found.due[0][1] == (TODAY - date(2023, 1, 1)).days


def test_meals_must_be_checked_sooner_than_advice() -> None:
    food = next(service for service in DIRECTORY.services if service.needs[0] == "food-aid")
    seven_months_ago = date(2026, 4, 20)
    assert is_due(replace(food, checked_on=seven_months_ago), TODAY)
    assert not is_due(replace(food, needs=("debts",), checked_on=seven_months_ago), TODAY)
    assert not is_old(replace(food, checked_on=seven_months_ago), TODAY)


def test_an_old_entry_loses_rank_and_says_so() -> None:
    first = find_services(DIRECTORY, "debts", None, datetime(2026, 11, 23, 9, tzinfo=UTC)).services[0].service
    aged = replace(first, checked_on=date(2020, 1, 1))
    others = tuple(service for service in DIRECTORY.services if service.id != first.id)
    found = find_services(
        Directory(DIRECTORY.territory, (*others, aged)),
        "debts",
        None,
        datetime(2026, 11, 23, 9, tzinfo=UTC),
        limit=20,
    )
    shown = next(match for match in found.services if match.service.id == first.id)
    assert Reason.CHECKED_LONG_AGO in shown.reasons


def test_the_same_door_twice_is_noticed() -> None:
    one = DIRECTORY.services[0]
    found = look_at(with_services(replace(one, id="twin")), load_needs(), TODAY)
    assert (one.id, "twin") in found.doubles


def test_a_number_shared_by_two_communes_is_a_contradiction() -> None:
    one, other = (service for service in DIRECTORY.services if service.id in ("aide-haute", "aide-basse"))
    found = look_at(with_services(replace(other, id="slip", phones=one.phones)), load_needs(), TODAY)
    assert any(one.phones[0] in line for line in found.contradictions)


def test_needs_without_a_door_are_listed_by_commune() -> None:
    found = look_at(DIRECTORY, load_needs(), TODAY)
    assert set(found.missing["nationality"]) == {place.id for place in DIRECTORY.territory.places}
    assert "rent-arrears" not in found.missing


def test_facts_are_counted() -> None:
    found = look_at(DIRECTORY, load_needs(), TODAY)
    assert found.total == len(DIRECTORY.services)
    assert 0 < found.complete["hours"] < found.total
