"""What can be promised: pure, with the hours, holidays and people of the small town."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.hours import after, joined, opened, shared
from bot.handoff.promise import ELSEWHERE, SOON, WOMAN, Colleague, Crew, Wanted, best_promise, promise
from bot.handoff.slots import read_slots
from directory.packs import load_pack
from tests.paths import TESTVILLE

TOWN = load_pack(TESTVILLE).territory
ZONE = ZoneInfo("Europe/Brussels")
WEEK = "Mo-Fr 09:00-17:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def a_worker(id_: int = 1, **values: object) -> Colleague:
    return replace(Colleague(id_, id_ + 100, "Amina", ("fr",), hours=WEEK), **values)  # type: ignore[arg-type]


def a_crew(*colleagues: Colleague, **values: object) -> Crew:
    crew = Crew(1, "Équipe", hours=WEEK, colleagues=colleagues or (a_worker(1), a_worker(2)))
    return replace(crew, **values)  # type: ignore[arg-type]


def until(crew: Crew, now: str, **wanted: object) -> str:
    made = promise(crew, Wanted("fr", **wanted), at(now), TOWN)  # type: ignore[arg-type]
    return f"{made.until.astimezone(ZONE):%a %d %H:%M}" if made else "nobody"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T10:00", "Mon 23 14:00"),
        ("2026-11-23T15:00", "Tue 24 11:00"),  # two hours today, two tomorrow
        ("2026-11-25T16:00", "Fri 27 12:00"),  # Thursday is the town's own holiday
        ("2026-11-27T16:30", "Mon 30 12:30"),  # over the weekend
        ("2026-11-28T12:00", "Mon 30 13:00"),
    ],
)
def test_the_deadline_counts_hours_of_duty(now: str, expected: str) -> None:
    assert until(a_crew(), now) == expected


def test_danger_has_the_shortest_deadline() -> None:
    assert until(a_crew(), "2026-11-23T10:00", urgent=True) == "Mon 23 11:00"


def test_a_team_that_begins_too_late_is_not_offered() -> None:
    monday = a_crew(a_worker(hours="Mo 09:00-17:00"), hours="Mo 09:00-17:00")
    assert until(monday, "2026-11-27T16:00") != "nobody"
    assert until(monday, "2026-11-24T09:00") == "nobody"


@pytest.mark.parametrize(
    ("crew", "why"),
    [
        (a_crew(a_worker(hours="")), "only by /duty, and not on duty"),
        (a_crew(a_worker(free=0)), "the worker is full"),
        (a_crew(free=0), "the team is full"),
        (a_crew(a_worker(free=2), waiting=2), "the free places are promised already"),
        (a_crew(a_worker(languages=("nl",))), "another language"),
        (a_crew(a_worker(absent_until=at("2026-12-24T00:00"))), "ill"),
        (a_crew(themes=("health",)), "another theme"),
        (a_crew(communes=("brumeville-basse",)), "another commune"),
        (replace(a_crew(), colleagues=()), "a team of nobody"),
    ],
)
def test_what_cannot_be_kept_is_not_promised(crew: Crew, why: str) -> None:
    asked = {"place": "brumeville-haute", "theme": "housing"}
    assert until(crew, "2026-11-23T10:00", **asked) == "nobody", why


def test_who_has_begun_duty_by_hand_is_counted_on_outside_all_hours() -> None:
    assert until(a_crew(a_worker(hours="", on_duty=True)), "2026-11-22T20:00") == "Mon 23 00:00"


def test_duty_by_roster_stays_within_the_hours_of_the_team() -> None:
    assert until(a_crew(a_worker(hours="24/7")), "2026-11-23T06:00") == "Mon 23 13:00"


def test_a_wish_is_fulfilled_or_said_to_be_not() -> None:
    woman = a_worker(1, woman=True, hours="Tu 09:00-17:00")
    both = a_crew(woman, a_worker(2))
    now = at("2026-11-23T10:00")
    kept = promise(both, Wanted("fr", wishes=(WOMAN,)), now, TOWN)
    assert kept
    assert (kept.unmet, kept.until.astimezone(ZONE).day) == ((), 24)
    broken = promise(a_crew(a_worker(2)), Wanted("fr", wishes=(WOMAN,)), now, TOWN)
    assert broken
    assert broken.unmet == (WOMAN,)


def test_nobody_of_my_commune_leaves_out_who_works_there() -> None:
    here = a_worker(1, communes=("brumeville-haute",))
    wish = Wanted("fr", "brumeville-haute", wishes=(ELSEWHERE,))
    now = at("2026-11-23T10:00")
    there = replace(here, id=2, communes=("saint-exemple",))
    made = [promise(a_crew(*crew), wish, now, TOWN) for crew in ((here,), (here, there))]
    assert [one.unmet if one else None for one in made] == [(ELSEWHERE,), ()]


def test_the_team_that_fulfils_the_wishes_comes_before_the_sooner_one() -> None:
    soon = a_crew()
    later = replace(a_crew(a_worker(7, woman=True, hours="Tu 09:00-17:00")), id=2)
    now = at("2026-11-23T10:00")
    for wishes, team in (((), 1), ((WOMAN,), 2)):
        made = best_promise([soon, later], Wanted("fr", wishes=wishes), now, TOWN)
        assert made
        assert made.team == team


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
rosters = st.sampled_from(["", WEEK, "24/7", "Mo,We 13:00-19:30", "Sa-Su 10:00-12:00", "Mo-Fr 22:00-02:00"])


@given(
    now=moments,
    people=st.lists(
        st.builds(
            a_worker,
            st.integers(1, 9),
            hours=rosters,
            on_duty=st.booleans(),
            free=st.integers(-1, 3),
            absent_until=st.none() | moments,
        ),
        max_size=4,
        unique_by=lambda one: one.id,
    ),
    waiting=st.integers(0, 4),
    free=st.integers(-1, 5),
    hours=rosters,
)
def test_whatever_is_promised_has_room_and_duty_before_its_deadline(
    now: datetime, people: list[Colleague], waiting: int, free: int, hours: str
) -> None:
    crew = Crew(1, "x", hours=hours, colleagues=tuple(people), waiting=waiting, free=free)
    made = promise(crew, Wanted("fr"), now, TOWN)
    if made is None:
        return
    assert free >= 1
    assert sum(max(0, one.free) for one in people) > waiting
    assert now <= made.begins <= now + SOON
    assert now <= made.half <= made.turn <= made.until
    assert made.until - now >= timedelta(minutes=crew.reply_minutes)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9))), st.integers(1, 60))
def test_so_much_duty_has_passed_at_the_moment_that_is_told(
    rows: list[tuple[int, int]], minutes: int
) -> None:
    zero = at("2026-11-23T00:00")
    duty = joined((zero + timedelta(minutes=a), zero + timedelta(minutes=a + b)) for a, b in rows)
    moment = after(duty, timedelta(minutes=minutes))
    passed = sum(((min(b, moment) - a) for a, b in duty if moment and a < moment), timedelta())
    assert moment is None or passed == timedelta(minutes=minutes)


def test_hours_over_midnight_and_the_change_of_the_clock_are_told_right() -> None:
    night = opened("Sa 22:00-04:00", at("2026-10-24T12:00"), at("2026-10-26T00:00"), TOWN)
    assert sum((b - a for a, b in night), timedelta()) == timedelta(hours=7)  # the night has one hour more
    assert shared(night, night) == night


@pytest.mark.parametrize(
    ("text", "moments", "where"),
    [
        ("25/11 14:00\n26/11 9h30\nPlace du Test 1", ["25 14:00", "26 09:30"], "Place du Test 1"),
        ("2026-11-25 14:00", ["25 14:00"], ""),
        ("le 25.11 à 14h au café", ["25 14:00"], ""),
        ("22/11/2026 10:00", [], ""),
        ("31/02 10:00\n99/99 99:99", [], ""),
        ("demain", [], "demain"),
    ],
)
def test_moments_are_read_as_workers_write_them(text: str, moments: list[str], where: str) -> None:
    found, place = read_slots(text, at("2026-11-23T10:00"), ZONE)
    assert [f"{moment:%d %H:%M}" for moment in found] == moments
    assert place == where
