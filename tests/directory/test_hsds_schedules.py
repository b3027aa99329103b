"""Opening hours as rows of HSDS say the same week, or say nothing."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from directory.hsds_schedules import DAYS, Opening, as_record, hours_of, openings, read_record
from directory.packs import load_pack

MONDAY = datetime(2026, 11, 16)  # noqa: DTZ001  (an ordinary week of wall clocks, without a holiday)
OFFSETS = ("+0100", "+0200")

TIMES = st.integers(0, 24 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
SPANS = (
    st.lists(TIMES, min_size=2, max_size=4, unique=True)
    .filter(lambda times: len(times) % 2 == 0)
    .map(sorted)
    .map(lambda times: ",".join(f"{a}-{b}" for a, b in zip(times[::2], times[1::2], strict=True)))
)
SOME_DAYS = st.lists(st.sampled_from([*DAYS, "Mo-Fr", "Sa-Su", "Fr-Mo"]), min_size=1, max_size=3).map(
    ",".join
)
RULES = st.tuples(SOME_DAYS, SPANS | st.just("off")).map(" ".join)
WEEKS = st.lists(RULES, min_size=1, max_size=3).map("; ".join)


def minutes_open(hours: str) -> set[int]:
    """The minutes of the week in which a door is open, as the library of opening hours counts them."""
    found = OpeningHours(hours).intervals(MONDAY, MONDAY + timedelta(days=7))
    return {
        minute
        for start, end, state, _ in found
        if state is State.OPEN
        for minute in range(_minute(start), _minute(end))
    }


def _minute(moment: datetime) -> int:
    return int((moment - MONDAY).total_seconds() // 60)


@settings(max_examples=80, deadline=None)
@given(WEEKS)
def test_rows_say_the_same_week_as_the_hours(hours: str) -> None:
    rows = openings(hours)
    assert minutes_open(hours_of(rows) or "off") == minutes_open(hours)


def test_the_hours_of_brussels_are_said_in_rows() -> None:
    for service in load_pack("brussels").services:
        rows = openings(service.hours)
        assert bool(rows) == bool(service.hours)
        assert minutes_open(hours_of(rows) or "off") == minutes_open(service.hours or "off")


@pytest.mark.parametrize(
    "hours",
    [
        "Mo-Fr 09:00-17:00; We 12:00-13:00 off",
        'Mo 09:00-12:00 "with appointment"',
        "Mo 09:00+",
        "Jun-Sep Mo 09:00-12:00",
        "Mo-Fr 10:00-12:00, Sa 10:00-13:00",
        "Mo-Fr 09:00-12:00; Th[1] 14:00-16:00",
        "dawn-dusk",
        "SH Mo 09:00-12:00",
    ],
)
def test_hours_that_rows_cannot_say_give_no_rows(hours: str) -> None:
    assert openings(hours) == ()


def test_a_day_of_the_month_and_midnight_are_written_as_hsds_says() -> None:
    assert as_record(*openings("Sa[-2,-1] 10:00-24:00")) == {
        "freq": "MONTHLY",
        "byday": "-1SA,-2SA",
        "opens_at": "10:00:00",
        "closes_at": "23:59:00",
    }


def test_a_row_of_others_is_read_by_the_clocks_of_the_territory() -> None:
    row = {"freq": "WEEKLY", "byday": "MO, TU", "opens_at": "09:00+01:00", "closes_at": "23:59:00"}
    assert read_record(row, OFFSETS) == Opening(("MO", "TU"), "09:00", "24:00")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"opens_at": "09:00-05:00"}, "has no hours by the clocks of the territory"),
        ({"opens_at": "nine"}, "has no hours by the clocks of the territory"),
        ({"byday": "1MO"}, "names no days of the week"),
        ({"freq": None}, "names no days of the week"),
        ({"interval": 2}, "does not hold every week"),
        ({"valid_to": "2026-12-20"}, "holds only for some dates (valid_to)"),
    ],
)
def test_a_row_that_means_something_else_says_why(change: dict[str, object], reason: str) -> None:
    row = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00:00", "closes_at": "12:00:00"}
    assert read_record(row | change, OFFSETS) == reason
