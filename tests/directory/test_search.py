from datetime import date, timedelta

import pytest

from directory.hours import OpenState
from directory.packs import Pack, directory_of
from directory.ranking import Who
from directory.search import Directory, Found, Reason, find_services
from directory.services import Access, Audience, Service
from directory.territory import Cost
from tests.directory.build import A_MONDAY, a_service, at

HERE = "brumeville-haute"
ELSEWHERE = "saint-exemple"


def found_in(pack: Pack, *services: Service, place: str | None = HERE, language: str | None = None) -> Found:
    return find_services(Directory(pack.territory, services), "food-aid", place, A_MONDAY, language)


def ids(found: Found) -> list[str]:
    return [match.service.id for match in found.services]


def reasons_of(pack: Pack, service: Service, **around: str) -> tuple[Reason, ...]:
    return found_in(pack, service, **around).services[0].reasons


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"needs": ("food-aid", "debts")}, {"needs": ("debts", "food-aid")}),
        ({"place": HERE}, {"place": ELSEWHERE}),
        ({"serves": (HERE,)}, {"serves": ("all",)}),
        ({"latitude": 54.0, "longitude": 3.0}, {"latitude": 54.05, "longitude": 3.0}),
        ({"hours": "Mo-Fr 09:00-17:00"}, {"hours": "Mo-Fr 12:00-17:00"}),
        ({"hours": "Mo-Fr 12:00-17:00"}, {"hours": "Tu 12:00-17:00"}),
        ({"languages": ("fr", "ar")}, {"languages": ("fr",)}),
        ({"closed_from": date(2026, 12, 1)}, {"closed_from": date(2026, 11, 1)}),
        ({"audience": (Audience.EVERYONE,)}, {"audience": (Audience.WOMEN,)}),
        ({"audience": (Audience.HOMELESS,)}, {"audience": (Audience.WOMEN, Audience.HOMELESS)}),
        ({"audience": (Audience.WOMEN, Audience.MEN)}, {"audience": (Audience.STUDENTS,)}),
        ({"confirmed": True}, {"confirmed": False}),
        ({"checked_on": date(2026, 11, 1)}, {"checked_on": date(2025, 1, 1)}),
    ],
)
def test_the_door_that_fits_better_comes_first(
    testville: Pack, better: dict[str, object], worse: dict[str, object]
) -> None:
    found = found_in(testville, a_service("a", **worse), a_service("b", **better), language="ar")
    assert ids(found) == ["b", "a"]


def test_a_door_that_does_it_above_all_goes_before_a_local_one_that_also_does(testville: Pack) -> None:
    local = a_service("a", needs=("debts", "food-aid"), place=HERE, serves=(HERE,))
    known_for_it = a_service("b", place=ELSEWHERE, latitude=54.0, longitude=3.03)
    assert ids(found_in(testville, local, known_for_it)) == ["b", "a"]


def test_a_service_of_another_commune_is_not_shown_while_there_is_another_door(testville: Pack) -> None:
    found = find_services(directory_of(testville), "minimum-income", HERE, A_MONDAY)
    assert (ids(found), found.total, found.widened) == (["aide-haute"], 1, False)


def test_the_only_door_is_shown_and_said_to_be_for_another_commune(testville: Pack) -> None:
    found = find_services(directory_of(testville), "asylum", HERE, A_MONDAY)
    assert (ids(found), found.widened) == (["aide-exemple"], True)
    assert Reason.OTHER_COMMUNE in found.services[0].reasons


def test_nothing_is_found_for_a_need_that_nobody_answers(testville: Pack) -> None:
    found = find_services(directory_of(testville), "funeral", HERE, A_MONDAY)
    assert found == Found((), 0, widened=False)


def test_without_a_commune_doors_for_all_go_first_and_none_is_hidden(testville: Pack) -> None:
    found = found_in(testville, a_service("a", serves=(HERE,)), a_service("b"), place=None)
    assert ids(found) == ["b", "a"]
    assert not {Reason.SERVES_YOUR_COMMUNE, Reason.IN_YOUR_COMMUNE}.intersection(found.services[0].reasons)


def test_the_list_goes_on_where_it_stopped(testville: Pack) -> None:
    directory = directory_of(testville)
    pages = [find_services(directory, "rent-arrears", HERE, A_MONDAY, limit=2, offset=at) for at in (0, 2, 4)]
    assert [len(page.services) for page in pages] == [2, 1, 0]
    assert {page.total for page in pages} == {3}
    assert len({id_ for page in pages for id_ in ids(page)}) == 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"place": HERE}, Reason.IN_YOUR_COMMUNE),
        ({"place": ELSEWHERE}, Reason.SERVES_YOUR_COMMUNE),
        ({"access": (Access.PHONE,)}, Reason.BY_PHONE),
        ({"access": (Access.OUTREACH,)}, Reason.COMES_TO_YOU),
        ({"languages": ("ar",)}, Reason.SPEAKS_LANGUAGE),
        ({"hours": "Mo 09:00-12:00"}, Reason.OPEN_NOW),
        ({"hours": "Mo 12:00-14:00"}, Reason.OPENS_SOON),
        ({"access": (Access.WALK_IN,)}, Reason.WITHOUT_APPOINTMENT),
        ({"cost": Cost.FREE}, Reason.FREE),
        ({"audience": (Audience.WITHOUT_PAPERS,)}, Reason.WITHOUT_PAPERS),
        ({"audience": (Audience.WOMEN, Audience.CHILDREN)}, Reason.FOR_WOMEN_ONLY),
        ({"audience": (Audience.MEN,)}, Reason.FOR_MEN_ONLY),
        ({"audience": (Audience.YOUNG_PEOPLE,)}, Reason.FOR_YOUNG_PEOPLE),
        ({"audience": (Audience.FAMILIES,)}, Reason.FOR_FAMILIES),
        ({"access": (Access.CALL_FIRST,)}, Reason.PHONE_FIRST),
        ({"access": (Access.REFERRAL,)}, Reason.NEEDS_REFERRAL),
        ({"confirmed": False}, Reason.NOT_CONFIRMED),
        ({"serves": (ELSEWHERE,)}, Reason.OTHER_COMMUNE),
    ],
)
def test_a_reason_is_given_only_when_it_holds(
    testville: Pack, changes: dict[str, object], reason: Reason
) -> None:
    plain = reasons_of(testville, a_service(serves=(HERE,), place=""), language="ar")
    assert reason in reasons_of(testville, a_service(**changes), language="ar")
    assert reason is Reason.SERVES_YOUR_COMMUNE or reason not in plain


def test_a_place_for_everybody_is_not_for_women_only(testville: Pack) -> None:
    service = a_service(audience=(Audience.WOMEN, Audience.EVERYONE))
    assert Reason.FOR_WOMEN_ONLY not in reasons_of(testville, service)


def test_where_a_protected_house_stands_is_never_told(testville: Pack) -> None:
    hidden = a_service(place=HERE, address_public=False, latitude=54.0, longitude=3.0)
    match = found_in(testville, hidden).services[0]
    assert Reason.IN_YOUR_COMMUNE not in match.reasons
    assert match.distance_km is None


def test_a_distance_is_measured_from_the_commune_or_from_the_person(testville: Pack) -> None:
    directory = Directory(testville.territory, (a_service(latitude=54.01, longitude=3.0),))
    from_commune = find_services(directory, "food-aid", HERE, A_MONDAY)
    from_person = find_services(directory, "food-aid", HERE, A_MONDAY, position=(54.011, 3.0))
    assert from_commune.services[0].distance_km == pytest.approx(1.11, abs=0.01)
    assert from_person.services[0].distance_km == pytest.approx(0.11, abs=0.01)


def test_a_distance_is_not_made_up(testville: Pack) -> None:
    assert found_in(testville, a_service(place=ELSEWHERE)).services[0].distance_km is None


def test_unknown_hours_are_said_as_unknown(testville: Pack) -> None:
    match = found_in(testville, a_service(hours="")).services[0]
    assert match.open_status.state is OpenState.UNKNOWN
    assert not {Reason.OPEN_NOW, Reason.OPENS_SOON}.intersection(match.reasons)


def test_the_night_shelter_is_open_in_the_night(testville: Pack) -> None:
    found = find_services(directory_of(testville), "shelter-tonight", HERE, at("2026-11-24T02:00"))
    lantern = next(match for match in found.services if match.service.id == "nuit-lanterne")
    assert Reason.OPEN_NOW in lantern.reasons
    assert lantern.open_status.until == at("2026-11-24T08:00")


def test_equal_doors_keep_their_order_whatever_the_order_of_the_file(testville: Pack) -> None:
    doors = [a_service(id_) for id_ in ("c", "a", "b")]
    assert ids(found_in(testville, *doors)) == ids(found_in(testville, *reversed(doors))) == ["a", "b", "c"]


def test_a_check_in_the_future_is_no_better_than_today(testville: Pack) -> None:
    today = a_service("a", checked_on=A_MONDAY.date())
    future = a_service("b", checked_on=A_MONDAY.date() + timedelta(days=30))
    assert ids(found_in(testville, future, today)) == ["a", "b"]


WOMAN_OF_30, MAN_OF_30 = (Who(frozenset((one,)), 30) for one in (Audience.WOMEN, Audience.MEN))


def asked_by(pack: Pack, who: Who, *services: Service, place: str | None = HERE) -> Found:
    return find_services(Directory(pack.territory, services), "food-aid", place, A_MONDAY, who=who)


def test_a_door_meant_for_somebody_like_this_comes_first_and_shuts_nobody_else_out(testville: Pack) -> None:
    for_all, for_families = a_service("a"), a_service("b", audience=(Audience.FAMILIES, Audience.EVERYONE))
    asking = Who(frozenset((Audience.FAMILIES,)))
    assert ids(asked_by(testville, asking, for_all, for_families)) == ["b", "a"]


@pytest.mark.parametrize(
    ("who", "shut"),
    [
        (MAN_OF_30, {"audience": (Audience.WOMEN, Audience.CHILDREN)}),
        (WOMAN_OF_30, {"audience": (Audience.MEN, Audience.HOMELESS)}),
        (WOMAN_OF_30, {"minimum_age": 60}),
        (WOMAN_OF_30, {"maximum_age": 25}),
    ],
)
def test_a_door_for_other_people_is_shown_only_when_it_is_the_only_one_and_says_so(
    testville: Pack, who: Who, shut: dict[str, object]
) -> None:
    closed_to_them, open_to_all = a_service("a", **shut), a_service("b")
    assert ids(asked_by(testville, who, closed_to_them, open_to_all)) == ["b"]
    only = asked_by(testville, who, closed_to_them)
    assert (ids(only), only.widened) == (["a"], True)
    assert Reason.OTHER_PEOPLE in only.services[0].reasons


def test_a_door_of_another_commune_goes_before_one_for_other_people(testville: Pack) -> None:
    far, not_for_them = a_service("a", serves=(ELSEWHERE,)), a_service("b", minimum_age=60)
    found = asked_by(testville, WOMAN_OF_30, far, not_for_them)
    assert (ids(found), found.widened) == (["a"], True)


def test_who_says_nothing_of_themselves_sees_every_door(testville: Pack) -> None:
    doors = [a_service("a", minimum_age=60), a_service("b", audience=(Audience.WOMEN,)), a_service("c")]
    assert found_in(testville, *doors).total == 3


def test_the_commune_finds_what_looking_at_every_door_finds(testville: Pack) -> None:
    directory = directory_of(testville)
    for need in testville.needs:
        for place in testville.territory.places:
            one_by_one = {door.id for door in directory.for_need(need.id) if door.serves_place(place.id)}
            assert {door.id for door in directory.for_need_in(need.id, place.id)} == one_by_one
