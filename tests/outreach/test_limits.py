"""The limits of messages to many hold for every history: nobody can switch them off."""

import inspect
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outreach import limits
from bot.outreach.broadcasts import goes_at
from bot.outreach.limits import (
    PROMOTIONAL,
    Kind,
    Person,
    Received,
    Refusal,
    is_quiet,
    next_loud_moment,
    next_quiet_moment,
    why_not,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
kinds = st.sampled_from(list(Kind))


def lived(tries: list[tuple[Kind, datetime]], helped: int = 0) -> list[Received]:
    """Let somebody try to send all these, one after the other; give what the limits let through."""
    received: list[Received] = []
    for kind, at in sorted(tries, key=lambda one: one[1]):
        if why_not(kind, Person(BEGIN, helped, tuple(received)), at, BRUSSELS) is None:
            received.append(Received(kind, at))
    return received


histories = st.lists(st.tuples(kinds, moments), max_size=60)


@given(histories, st.integers(0, 5))
def test_nothing_arrives_in_quiet_hours(tries: list[tuple[Kind, datetime]], helped: int) -> None:
    assert all(8 <= one.at.astimezone(BRUSSELS).hour < 21 for one in lived(tries, helped))


@given(histories)
def test_between_two_messages_lie_seven_days_unless_the_second_is_urgent(
    tries: list[tuple[Kind, datetime]],
) -> None:
    got = lived(tries, 5)
    assert all(
        later.kind is Kind.URGENT or later.at - earlier.at >= timedelta(days=7)
        for earlier, later in pairwise(got)
    )


@given(st.lists(st.tuples(kinds, st.integers(0, 400).map(lambda day: BEGIN + timedelta(days=day, hours=11)))))
def test_of_any_five_messages_one_at_most_is_promotional(tries: list[tuple[Kind, datetime]]) -> None:
    got = lived(tries, 5)
    for start in range(len(got)):
        window = got[start : start + 5]
        assert sum(one.kind in PROMOTIONAL for one in window) <= 1


@given(histories, st.integers(0, 5))
def test_nobody_is_invited_before_there_is_trust(tries: list[tuple[Kind, datetime]], helped: int) -> None:
    invited = [one for one in lived(tries, helped) if one.kind is Kind.INVITATION]
    assert all(helped >= 3 and one.at - BEGIN >= timedelta(days=60) for one in invited)


def test_a_patient_sender_gets_all_kinds_through_in_the_end() -> None:
    """The limits are not so tight that nothing passes."""
    calm = [Kind.INVITATION, Kind.PROMOTION, Kind.INFORMATION]
    tries = [(kind, BEGIN + timedelta(days=day, hours=11)) for day in range(200) for kind in calm]
    tries.append((Kind.URGENT, BEGIN + timedelta(days=5, hours=12)))
    assert {one.kind for one in lived(tries, 3)} == set(Kind)


@given(moments)
def test_the_next_loud_moment_is_loud_and_less_than_half_a_day_away(now: datetime) -> None:
    moment = next_loud_moment(now, BRUSSELS)
    assert not is_quiet(moment, BRUSSELS)
    assert timedelta(0) <= moment - now <= timedelta(hours=12)
    assert moment == now or is_quiet(now, BRUSSELS)


@given(moments)
def test_the_next_quiet_moment_is_quiet_and_until_then_it_is_not(now: datetime) -> None:
    moment = next_quiet_moment(now, BRUSSELS)
    assert is_quiet(moment, BRUSSELS)
    assert timedelta(0) <= moment - now <= timedelta(hours=13)
    assert moment == now or not is_quiet(moment - timedelta(seconds=1), BRUSSELS)


@given(moments)
def test_the_moment_that_a_worker_is_told_is_never_at_night_and_never_earlier_than_it_can_go(
    now: datetime,
) -> None:
    moment = goes_at(now, BRUSSELS)
    assert moment >= now
    assert not is_quiet(moment, BRUSSELS)
    assert moment == now or why_not(Kind.URGENT, Person(BEGIN), moment, BRUSSELS) is None


@pytest.mark.parametrize(
    ("kind", "person", "why"),
    [
        (
            Kind.INFORMATION,
            Person(BEGIN, 0, (Received(Kind.URGENT, BEGIN + timedelta(days=98)),)),
            Refusal.TOO_SOON,
        ),
        (Kind.URGENT, Person(BEGIN, 0, (Received(Kind.URGENT, BEGIN + timedelta(days=99)),)), None),
        (Kind.PROMOTION, Person(BEGIN), Refusal.TOO_PROMOTIONAL),
        (Kind.INVITATION, Person(BEGIN, 2), Refusal.NO_TRUST_YET),
        (Kind.INVITATION, Person(BEGIN + timedelta(days=80), 9), Refusal.NO_TRUST_YET),
    ],
)
def test_why_somebody_is_not_written_to(kind: Kind, person: Person, why: Refusal | None) -> None:
    assert why_not(kind, person, BEGIN + timedelta(days=100, hours=11), BRUSSELS) is why


def test_no_setting_reaches_the_limits() -> None:
    """They are constants of one module that reads nothing from outside."""
    source = inspect.getsource(limits)
    assert "environ" not in source
    assert "settings" not in source
    assert set(inspect.signature(why_not).parameters) == {"kind", "person", "now", "zone"}
