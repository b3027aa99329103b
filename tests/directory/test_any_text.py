"""Whatever people send, looking for a place and for stale facts neither fails nor makes anything up."""

from hypothesis import given
from hypothesis import strategies as st

from directory.packs import load_pack
from directory.place_names import composed
from directory.places import PlaceMatch, distance_km, find_place, find_place_in, nearest
from directory.typed_facts import typed_facts
from tests.directory.build import TESTVILLE

TERRITORY = load_pack(TESTVILLE).territory
PLACES = {place.id for place in TERRITORY.places}
PIECES = st.sampled_from(
    ["Brumeville", "haute", "9901", "à", "la cloche", "st", "J'habite", "É", "٩", "\u2068", "👪", "²"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=8).map(" ".join))


def is_sound(found: PlaceMatch, text: str) -> bool:
    return set(found.candidates) <= PLACES and len(found.candidates) <= 3 and found.words in composed(text)


@given(TEXTS)
def test_any_text_gives_places_of_the_territory_or_none(text: str) -> None:
    assert is_sound(find_place(text, TERRITORY), text)
    assert is_sound(find_place_in(text, TERRITORY), text)


@given(st.text())
def test_any_text_can_be_searched_for_stale_facts(text: str) -> None:
    assert all(fact.words for fact in typed_facts(text))


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_any_position_has_a_commune_only_when_it_is_near(latitude: float, longitude: float) -> None:
    place = nearest(latitude, longitude, TERRITORY)
    distances = [distance_km(latitude, longitude, one.latitude, one.longitude) for one in TERRITORY.places]
    assert (place is not None) == (min(distances) <= 15)
