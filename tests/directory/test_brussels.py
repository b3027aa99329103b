"""What must hold for Brussels whatever its pack says."""

import time
from datetime import timedelta

import pytest

from directory.hours import OpenState
from directory.packs import Pack, directory_of, load_pack
from directory.places import find_place, find_place_in, nearest
from directory.search import Directory, find_services
from directory.territory import Territory
from tests.directory.build import A_MONDAY


@pytest.fixture(scope="module")
def brussels() -> Pack:
    return load_pack("brussels")


@pytest.fixture(scope="module")
def territory(brussels: Pack) -> Territory:
    return brussels.territory


def test_every_row_and_every_answer_of_the_pack_is_right(brussels: Pack) -> None:
    assert [str(problem) for problem in brussels.problems] == []


def test_the_five_areas_hold_the_communes_that_their_own_sites_name(territory: Territory) -> None:
    areas = {place.area for place in territory.places if place.area}
    assert areas == {"sud-est", "sud", "nord", "nord-est", "centre-ouest"}
    open_ones = {place.id for place in territory.places if not place.area}
    assert open_ones == {"bruxelles-ville", "schaerbeek"}


def test_every_commune_is_understood_by_name_code_and_position(territory: Territory) -> None:
    assert len(territory.places) == 19
    for place in territory.places:
        for name in (*place.name.values(), *place.quarters, place.postal_codes[0]):
            assert find_place(name, territory).place == place.id, name
        for name in place.name.values():
            assert find_place(name.lower().replace("-", " "), territory).place == place.id, name
            assert find_place_in(f"je cherche un repas à {name.lower()} svp", territory).place == place.id, (
                name
            )
        assert nearest(place.latitude, place.longitude, territory) == place.id


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("eterbek", "etterbeek"),
        ("scharbeek", "schaerbeek"),
        ("molembeek", "molenbeek-saint-jean"),
        ("st gilles", "saint-gilles"),
        ("ucle", "uccle"),
        ("andrelecht", "anderlecht"),
        ("1040 Etterbeek", "etterbeek"),
        ("1000 Bruxelles", "bruxelles-ville"),
        ("1050 Bruxelles-Ville", "bruxelles-ville"),
        ("1050", "ixelles"),
        ("midi", "saint-gilles"),
    ],
)
def test_a_commune_is_understood_with_its_mistakes(territory: Territory, text: str, place: str) -> None:
    assert find_place(text, territory).place == place


def test_woluwe_is_asked_back(territory: Territory) -> None:
    assert find_place("woluwe", territory).candidates == ("woluwe-saint-lambert", "woluwe-saint-pierre")


@pytest.mark.parametrize(
    "sentence",
    [
        "il me jette dehors",
        "IL ME JETTE DEHORS",
        "Jette l'éponge, c'est fini",
        "I sleep in a forest",
        "on mange à midi",
        "la chasse d'eau est cassée",
        "je gagne 1200 euros",
        "mon loyer est de 1080",
        "mijn haren vallen uit",
        "le roi du monde",
        "je vis à Bruxelles sans papiers",
        "Monsieur Lambert me menace",
        "j'ai perdu ma carte d'identité et mes papiers",
    ],
)
def test_ordinary_words_are_not_taken_for_a_commune(territory: Territory, sentence: str) -> None:
    assert find_place_in(sentence, territory).candidates == ()


def test_no_protected_address_is_published(brussels: Pack) -> None:
    hidden = [service for service in brussels.services if not service.address_public]
    assert all(
        (service.address, service.latitude, service.longitude) == ("", None, None) for service in hidden
    )


def test_every_service_and_line_has_a_status_every_hour_of_a_week(brussels: Pack) -> None:
    directory = directory_of(brussels)
    for hour in range(0, 24 * 7, 5):
        now = A_MONDAY + timedelta(hours=hour)
        for need in brussels.needs:
            for match in find_services(directory, need.id, "etterbeek", now, limit=1000).services:
                seen = match.open_status
                assert seen.until is None or seen.until > now
                assert seen.next_opening is None or seen.next_opening > now
                assert seen.state is OpenState.UNKNOWN or match.service.hours


def test_a_search_among_500_doors_takes_less_than_5_ms(brussels: Pack) -> None:
    directory = Directory(brussels.territory, (brussels.services * 2)[:500])
    needs = [need.id for need in brussels.needs]
    for need in needs:
        find_services(directory, need, "etterbeek", A_MONDAY, "fr")
    began = time.perf_counter()
    for need in needs:
        find_services(directory, need, "etterbeek", A_MONDAY, "fr")
    assert (time.perf_counter() - began) / len(needs) < 0.005
