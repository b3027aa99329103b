from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from directory.hours import OpenState, OpenStatus, is_known_country, is_readable, status, status_of, week_of
from directory.packs import Pack, load_pack
from tests.directory.build import a_service, at, replace_in

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


def test_quebec_works_on_30_september_and_rests_on_its_own_days() -> None:
    """Canada's table would close on 30 September; cnesst.gouv.qc.ca says that it is no holiday of Québec."""
    quebec = load_pack("quebec").territory
    noon = [
        datetime(2027, *day, 12, tzinfo=quebec.zone) for day in ((9, 30), (6, 24), (7, 1), (9, 6), (5, 24))
    ]
    states = [status(OFFICE.replace("12:00,13:00-", ""), moment, quebec).state for moment in noon]
    assert states == [OpenState.OPEN, *[OpenState.CLOSED] * 4]


def test_where_the_countrys_table_does_not_hold_a_pack_names_its_holidays(folder: Path) -> None:
    replace_in(folder / "territory.toml", "holidays = [{", "country_holidays = false\nholidays = [{")
    territory = load_pack(folder).territory
    assert status(OFFICE, at("2026-12-25T10:00"), territory).state is OpenState.OPEN
    assert status(f"{OFFICE}; PH off", at("2026-11-26T10:00"), territory).state is OpenState.CLOSED


CLOSED = {"closed_from": date(2026, 11, 24), "closed_until": date(2026, 11, 29)}


@pytest.mark.parametrize(
    ("hours", "moment", "state", "until", "next_opening"),
    [
        (OFFICE, "2026-11-23T10:00", OpenState.OPEN, "2026-11-23T12:00", None),
        (OFFICE, "2026-11-23T18:00", OpenState.CLOSED, None, "2026-11-30T09:00"),
        (OFFICE, "2026-11-25T10:00", OpenState.CLOSED, None, "2026-11-30T09:00"),
        (OFFICE, "2026-11-30T10:00", OpenState.OPEN, "2026-11-30T12:00", None),
        ("24/7", "2026-11-23T10:00", OpenState.OPEN, "2026-11-24T00:00", None),
        ("24/7", "2026-11-25T10:00", OpenState.CLOSED, None, "2026-11-30T00:00"),
        ("", "2026-11-23T10:00", OpenState.UNKNOWN, None, None),
        ("", "2026-11-25T10:00", OpenState.CLOSED, None, None),
    ],
)
def test_a_closure_for_a_time_goes_before_the_hours(
    testville: Pack, hours: str, moment: str, state: OpenState, until: str | None, next_opening: str | None
) -> None:
    seen = status_of(a_service(hours=hours, **CLOSED), at(moment), testville.territory)
    assert seen.state is state
    assert seen.until == (at(until) if until else None)
    assert seen.next_opening == (at(next_opening) if next_opening else None)


def test_a_closure_without_an_end_has_no_next_opening(testville: Pack) -> None:
    service = a_service(hours=OFFICE, closed_from=date(2026, 11, 24))
    assert status_of(service, at("2026-11-25T10:00"), testville.territory) == OpenStatus(OpenState.CLOSED)
    assert status_of(service, at("2026-11-23T10:00"), testville.territory).state is OpenState.OPEN


def test_an_ordinary_week_is_told_day_by_day(testville: Pack) -> None:
    week = week_of(f"{OFFICE}; Sa 10:00-12:00; PH off", at("2026-12-25T10:00"), testville.territory)
    assert week[0] == week[4] == ((time(9), time(12)), (time(13), time(17)))
    assert week[5:] == (((time(10), time(12)),), ())


def test_a_night_belongs_to_the_day_on_which_it_begins(testville: Pack) -> None:
    week = week_of("Mo-Su 18:00-08:00", at("2026-11-23T10:00"), testville.territory)
    assert set(week) == {((time(18), time(8)),)}


@pytest.mark.parametrize(
    "hours", ["", "24/7", "Th[1] 18:30-22:30", "Dec-Feb Mo 09:00-12:00", "SH Mo 09:00-12:00", "9-17"]
)
def test_where_no_week_is_ordinary_none_is_told(testville: Pack, hours: str) -> None:
    assert week_of(hours, at("2026-11-23T10:00"), testville.territory) == ()
