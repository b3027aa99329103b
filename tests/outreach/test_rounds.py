"""Rounds: read from a file, spread over the calendar, changed on a day, told to those who asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.effects import (
    ChangeStop,
    Follow,
    JoinRound,
    ShowMeetingPlace,
    ShowMeetings,
    ShowRounds,
    ShowStop,
    StopTelling,
)
from bot.conversation.turn import World
from bot.delivery.waiting import BROADCAST
from bot.outreach.calendar_rules import come_between, problem_of
from bot.outreach.occurrences import (
    Change,
    Status,
    StopView,
    WorkerCard,
    clashes,
    diversity,
    every_week,
    gaps,
    kept_rate,
    occurrences,
)
from bot.outreach.places import read_plan
from bot.storage.models import Conversation, OutboxMessage, Stop, StopChange
from tests.outreach.conftest import MONDAY, Street

WEDNESDAY = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # 14:00 in Testville
KEY = int(WEDNESDAY.timestamp()) // 60


def a_stop(rule: str, id_: int = 1, place: str = "park", **more: object) -> StopView:
    return StopView(id_, "round", place, rule, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rule", ["24/7", "Mo-Su", "We 14:00+", "We", "sunrise-sunset", "every day", "", "SH 10:00-12:00"]
)
def test_a_rule_that_never_ends_or_names_no_hours_is_refused_with_what_to_write(
    rule: str, world: World
) -> None:
    problem = problem_of(rule, MONDAY, world.territory)
    assert "such as" in problem or "hour at which it ends" in problem


def test_a_rule_that_is_over_is_refused(world: World) -> None:
    assert "never comes" in problem_of("2025 Nov 24 14:00-16:00", MONDAY, world.territory)


def test_a_rule_without_an_end_is_asked_for_a_hundred_days_at_most(world: World) -> None:
    with pytest.raises(ValueError, match="At most"):
        come_between("We 14:00-16:00", MONDAY, MONDAY + timedelta(days=400), world.territory)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("We 14:00-16:00", [25, 2, 9]),
        ("We[1] 14:00-16:00", [2]),
        ("week 1-53/2 Tu 09:00-11:00", [1]),
        ("2026 Nov 30 09:00-11:00", [30]),
        ("Th 09:00-11:00", [3, 10]),  # the 26th is a holiday of Testville
    ],
)
def test_rounds_come_as_the_rule_says(rule: str, days: list[int], world: World) -> None:
    found = come_between(rule, MONDAY, MONDAY + timedelta(days=18), world.territory)
    assert [begins.day for begins, _ in found] == days


@pytest.mark.parametrize("day", [datetime(2026, 3, 22, tzinfo=UTC), datetime(2026, 10, 18, tzinfo=UTC)])
def test_a_round_keeps_its_hour_on_the_clock_when_clocks_change(day: datetime, world: World) -> None:
    found = come_between("Su,Mo 10:00-12:00", day, day + timedelta(days=15), world.territory)
    assert {(begins.hour, ends.hour) for begins, ends in found} == {(10, 12)}
    assert len({begins.utcoffset() for begins, _ in found}) == 2


def test_an_hour_that_does_not_exist_is_left_out(world: World) -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert come_between("Su 02:10-02:50", spring, spring + timedelta(days=1), world.territory) == ()


def test_bad_places_and_rounds_are_named_with_their_line(tmp_path: Path, world: World) -> None:
    file = tmp_path / "outreach.toml"
    file.write_text(
        '[[place]]\nid = "Big Park"\nname = "P"\ncommune = "nowhere"\nlanguages = ["fr"]\nsource = "x"\n'
        'checked_on = 2026-11-01\n[[round]]\nid = "r"\nteam = "T"\n[[stop]]\nround = "r"\nplace = "?"\n'
        'rule = "24/7"\n'
    )
    _, problems = read_plan(file, world.territory, (), MONDAY)
    assert [problem.line for problem in problems] == [2, 4, 13, 14]


def test_what_was_changed_on_a_day_is_shown_and_the_other_days_stay(world: World) -> None:
    stop = a_stop("We 14:00-16:00")
    changes = {(1, WEDNESDAY): Change(Status.CANCELLED)}
    first, second = occurrences([stop], changes, MONDAY, MONDAY + timedelta(days=10), world.territory)
    assert (first.is_cancelled, second.is_cancelled) == (True, False)


def test_two_rounds_of_one_team_at_once_are_a_clash_and_so_are_two_teams_at_one_place(world: World) -> None:
    amina = (WorkerCard("Amina"),)
    stops = [
        a_stop("We 14:00-16:00", 1, "park", team=1, workers=amina),
        a_stop("We 15:00-17:00", 2, "school", team=1, workers=amina),
        a_stop("We 15:30-16:30", 3, "park", team=2),
        a_stop("We 16:00-17:00", 4, "square", team=3),
    ]
    found = occurrences(stops, {}, MONDAY, MONDAY + timedelta(days=7), world.territory)
    assert [(one.stop.id, other.stop.id) for one, other in clashes(found)] == [(1, 2), (1, 3)]


def test_communes_where_nobody_comes_are_gaps(world: World) -> None:
    found = occurrences([a_stop("We 14:00-16:00")], {}, MONDAY, MONDAY + timedelta(days=7), world.territory)
    assert gaps(found, ["a", "b"], {"park": "a"}) == ["b"]


def test_kept_is_held_by_planned_and_a_noted_meeting_means_that_somebody_was_there(world: World) -> None:
    start = MONDAY - timedelta(days=35)
    weeks = [WEDNESDAY - timedelta(days=7 * n) for n in (1, 3, 4, 5)]  # the week between holds a holiday
    weeks = [week.astimezone(world.territory.zone).replace(hour=14).astimezone(UTC) for week in weeks]
    changes = {
        (1, weeks[0]): Change(Status.HELD),
        (1, weeks[1]): Change(Status.CANCELLED),
    }
    found = occurrences([a_stop("We 14:00-16:00")], changes, start, MONDAY, world.territory)
    assert kept_rate(found, [("park", weeks[2].date()), ("park", weeks[1].date())], MONDAY) == (2, 4)


def test_diversity_reads_as_a_number_of_families() -> None:
    assert diversity([]) == 0.0
    assert diversity(["school"] * 4) == 1.0
    assert diversity(["school", "event", "public-space"]) == 3.0
    assert 1.0 < diversity(["school"] * 9 + ["event"]) < 2.0


def test_somebody_near_me_is_shown_with_the_hour_and_the_first_name(street: Street) -> None:
    street.does(street.worker("Amina"), JoinRound("mardi-epicerie", True))
    said = street.does(street.person("en"), ShowMeetings("brumeville-haute"))[0]
    assert "Épicerie de la Cloche" in said
    assert "13:30–16:30" in said
    assert "Amina (French and Arabic)" in said
    assert "Parc du Phare" not in said
    assert "made up" in said


def test_where_nobody_comes_the_nearest_places_are_shown(street: Street) -> None:
    said = street.does(street.person("en"), ShowMeetings("saint-exemple"))[0]
    assert said.startswith("This week nobody of us comes to Saint-Exemple.")
    assert said.index("Épicerie") < said.index("Parc du Phare")


def test_a_place_that_is_not_there_any_more_gives_a_number_to_call(street: Street) -> None:
    assert "0800 00 004" in street.does(street.person("en"), ShowMeetingPlace("old-place"))[0]
    assert "0800 00 004" in street.does(street.person("en"), Follow("place:old-place", True))[0]


def queued(street: Street) -> list[OutboxMessage]:
    return list(street.read(lambda session: session.scalars(select(OutboxMessage)).all()))


def test_a_cancelled_round_is_told_once_to_those_who_asked_and_to_nobody_else(street: Street) -> None:
    asked, other, worker = street.person("en"), street.person("en"), street.worker()
    street.does(asked, Follow("place:parc-du-phare", True))
    street.does(asked, Follow("place:parc-du-phare", True))
    street.does(other, Follow("place:ecole-des-vagues", True))

    said = street.does(worker, ChangeStop(stop_of(street, "parc-du-phare"), KEY, "cancelled"))
    again = street.does(worker, ChangeStop(stop_of(street, "parc-du-phare"), KEY, "cancelled"))

    (news,) = queued(street)
    assert (news.conversation_id, news.priority) == (asked, BROADCAST)
    assert "We do not come to Parc du Phare" in (news.payload or {})["text"]
    assert said == ["C'est noté. 1 personne est prévenue."]
    assert again == ["C'est noté."]
    assert "cancelled" in street.does(asked, ShowMeetingPlace("parc-du-phare"))[0]


def test_a_round_that_moves_says_the_new_hour_and_the_new_place(street: Street) -> None:
    asked, worker = street.person("en"), street.worker()
    street.does(asked, Follow("place:epicerie-de-la-cloche", True))
    stop, tuesday = stop_of(street, "epicerie-de-la-cloche"), KEY - 24 * 60 - 30

    street.does(worker, ChangeStop(stop, tuesday, "later-60"))
    street.does(worker, ChangeStop(stop, tuesday, "at-ecole-des-vagues"))

    first, second = (row.payload["text"] for row in queued(street) if row.payload)
    assert "14:30" in first
    assert "You find us at École des Vagues" in second
    assert "14:30" in second


def test_at_night_a_change_waits_for_the_morning_and_is_dropped_when_it_comes_too_late(
    street: Street,
) -> None:
    asked, worker = street.person("en"), street.worker()
    street.does(asked, Follow("place:parc-du-phare", True))
    street.now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    street.does(worker, ChangeStop(stop_of(street, "parc-du-phare"), KEY, "cancelled"))

    (news,) = queued(street)
    assert news.not_before == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_stop_and_a_blocked_chat_end_all_such_messages(street: Street) -> None:
    stopped, blocked, worker = street.person(), street.person(), street.worker()
    for person in (stopped, blocked):
        street.does(person, Follow("place:parc-du-phare", True))
    street.does(stopped, StopTelling())
    with street.database.write() as session:
        session.get_one(Conversation, blocked).blocked = True
    street.does(worker, ChangeStop(stop_of(street, "parc-du-phare"), KEY, "cancelled"))
    assert queued(street) == []


def test_a_worker_sees_the_rounds_of_the_own_team_and_notes_that_they_were_there(street: Street) -> None:
    worker = street.worker()
    street.does(worker, ShowRounds())
    assert len(street.buttons()) == 3
    street.now = WEDNESDAY + timedelta(minutes=30)
    street.does(worker, ShowStop(stop_of(street, "parc-du-phare"), KEY))
    assert f"stop-is:{stop_of(street, 'parc-du-phare')}.{KEY}:held" in street.buttons().values()
    assert max(len(data.encode()) for data in street.buttons().values()) <= 64


def test_another_team_cannot_change_it_and_an_unplanned_moment_is_told_so(street: Street) -> None:
    stranger, worker = street.worker("Omar", team="Autre"), street.worker()
    stop = stop_of(street, "parc-du-phare")
    for who, minute in ((stranger, KEY), (worker, KEY + 1), (worker, 10**9), (worker, 10**17)):
        street.does(who, ChangeStop(stop, minute, "cancelled"))
    street.does(worker, ChangeStop(stop, KEY, "at-nowhere"))
    assert street.read(lambda session: session.query(StopChange).count()) == 0


def stop_of(street: Street, place: str) -> int:
    found: int = street.read(lambda session: session.scalar(select(Stop.id).where(Stop.place_id == place)))
    return found


def test_on_paper_stands_what_comes_every_week_and_nothing_else(world: World) -> None:
    stops = [a_stop("We 14:00-16:00"), a_stop("Fr[1] 10:00-12:00", 2)]
    found = occurrences(stops, {}, MONDAY, MONDAY + timedelta(days=56), world.territory)
    assert every_week(found) == [(2, "14:00", "16:00")]
