from datetime import UTC, datetime

import pytest

from directory.hours import OpenState, is_known_country, is_readable, status
from directory.packs import Pack
from tests.directory.build import at

OFFICE = "Mo-Fr 09:00-12:00,13:00-17:00"


def test_an_open_door_says_until_when(testville: Pack) -> None:
    seen = status(OFFICE, at("2026-11-23T10:00"), testville.territory)
    assert (seen.state, seen.until, seen.next_opening) == (OpenState.OPEN, at("2026-11-23T12:00"), None)


def test_a_closed_door_says_when_it_opens_next(testville: Pack) -> None:
    seen = status(OFFICE, at("2026-11-20T18:00"), testville.territory)
    assert (seen.state, seen.next_opening) == (OpenState.CLOSED, at("2026-11-23T09:00"))


def test_a_night_shelter_is_open_after_midnight(testville: Pack) -> None:
    seen = status("Mo-Su 18:00-08:00", at("2026-11-24T02:00"), testville.territory)
    assert (seen.state, seen.until) == (OpenState.OPEN, at("2026-11-24T08:00"))


def test_a_line_that_never_closes_is_always_open(testville: Pack) -> None:
    seen = status("24/7", at("2026-12-25T03:00"), testville.territory)
    assert (seen.state, seen.until, seen.always) == (OpenState.OPEN, None, True)


@pytest.mark.parametrize("hours", [OFFICE, f"{OFFICE}; PH off"])
def test_an_office_is_closed_on_a_public_holiday(testville: Pack, hours: str) -> None:
    seen = status(hours, at("2026-12-25T10:00"), testville.territory)
    assert (seen.state, seen.next_opening) == (OpenState.CLOSED, at("2026-12-28T09:00"))


def test_an_office_is_closed_on_a_holiday_of_its_territory_alone(testville: Pack) -> None:
    seen = status(OFFICE, at("2026-11-26T10:00"), testville.territory)
    assert (seen.state, seen.next_opening) == (OpenState.CLOSED, at("2026-11-27T09:00"))


def test_a_door_that_opens_every_day_opens_on_holidays_too(testville: Pack) -> None:
    seen = status("Mo-Su 11:30-14:00", at("2026-12-25T12:00"), testville.territory)
    assert seen.state is OpenState.OPEN


def test_hours_of_holidays_do_not_tell_the_territorys_own_day(testville: Pack) -> None:
    seen = status("Mo-Fr 09:00-17:00; PH 10:00-12:00", at("2026-11-26T10:30"), testville.territory)
    assert seen.state is OpenState.UNKNOWN


@pytest.mark.parametrize("hours", ["", "  ", '"sur rendez-vous"', "lundi 9h", "SH Mo 10:00-12:00"])
def test_hours_that_say_nothing_are_unknown_and_never_open(testville: Pack, hours: str) -> None:
    assert status(hours, at("2026-11-23T10:30"), testville.territory).state is OpenState.UNKNOWN


def test_hours_with_a_remark_in_place_of_a_rule_are_understood(testville: Pack) -> None:
    seen = status('We-Fr 10:00-17:00 || "sur rendez-vous"', at("2026-11-25T10:30"), testville.territory)
    assert (seen.state, seen.until) == (OpenState.OPEN, at("2026-11-25T17:00"))


def test_an_open_end_is_open_until_nobody_knows_when(testville: Pack) -> None:
    seen = status("Mo 10:00+", at("2026-11-23T10:30"), testville.territory)
    assert (seen.state, seen.until) == (OpenState.OPEN, None)


def test_a_door_that_has_closed_for_good_has_no_next_opening(testville: Pack) -> None:
    seen = status("2025 Mo-Fr 09:00-12:00", at("2026-11-23T10:30"), testville.territory)
    assert (seen.state, seen.next_opening) == (OpenState.CLOSED, None)


def test_the_moment_may_come_from_another_zone(testville: Pack) -> None:
    seen = status(OFFICE, datetime(2026, 11, 23, 8, 30, tzinfo=UTC), testville.territory)
    assert seen.until == at("2026-11-23T12:00")


def test_a_moment_without_a_zone_is_refused(testville: Pack) -> None:
    with pytest.raises(ValueError, match="time zone"):
        status(OFFICE, at("2026-11-23T10:00").replace(tzinfo=None), testville.territory)


@pytest.mark.parametrize(
    "hours", ["", "24/7", OFFICE, "Mo-Fr 09:00-12:00 || unknown", "PH off; Mo 10:00-11:00"]
)
def test_osm_hours_are_readable(hours: str) -> None:
    assert is_readable(hours)


@pytest.mark.parametrize("hours", ["9-17", "Mo-Fr 9h-17h", "ouvert", "Mo-Fr 09:00-25:99"])
def test_other_hours_are_not(hours: str) -> None:
    assert not is_readable(hours)


def test_overseas_departments_have_a_table_of_holidays() -> None:
    assert is_known_country("RE")
    assert not is_known_country("ZZ")
