"""What must hold for the two further territories: their places, their words, their holidays, their numbers."""

from datetime import datetime

import phonenumbers
import pytest

from directory.hours import OpenState, status
from directory.local_words import needs_named
from directory.packs import Pack, load_pack
from directory.places import find_place, find_place_in, nearest
from directory.sure_places import names_a_place
from directory.territory import Danger


@pytest.fixture(scope="module")
def reunion() -> Pack:
    return load_pack("reunion")


@pytest.fixture(scope="module")
def quebec() -> Pack:
    return load_pack("quebec")


@pytest.mark.parametrize("code", ["reunion", "quebec"])
def test_every_row_and_every_answer_of_a_pack_is_right(code: str) -> None:
    pack = load_pack(code)
    assert [str(problem) for problem in pack.problems] == []
    assert len(pack.answers) >= 15
    assert len(pack.services) >= 40


@pytest.mark.parametrize("code", ["brussels", "reunion", "quebec"])
def test_every_danger_has_a_number_that_can_be_dialled_there(code: str) -> None:
    territory = load_pack(code).territory
    for danger in Danger:
        first = territory.lines_for(danger)[0]
        digits = "".join(sign for sign in first.phone if sign.isdigit())
        assert len(digits) <= 6 or phonenumbers.is_possible_number(
            phonenumbers.parse(first.phone, territory.country)
        )


@pytest.mark.parametrize("code", ["brussels", "reunion", "quebec"])
def test_every_place_is_found_by_name_and_position(code: str) -> None:
    territory = load_pack(code).territory
    for place in territory.places:
        for name in place.name.values():
            assert place.id in find_place(name, territory).candidates, name
        assert nearest(place.latitude, place.longitude, territory) == place.id


@pytest.mark.parametrize(
    "sentence",
    [
        "il manque le tampon sur mon passeport",
        "LE TAMPON MANQUE SUR LE PASSEPORT",
        "accusé de la possession de drogue",
        "condamné à la possession",
        "le port de mon téléphone est cassé",
        "les avirons sont loin",
    ],
)
def test_names_that_begin_with_an_article_are_ordinary_words_too(reunion: Pack, sentence: str) -> None:
    assert find_place_in(sentence, reunion.territory).candidates == ()
    assert not names_a_place(sentence, reunion.territory)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("j'habite au Tampon", "le-tampon"),
        ("je suis au tampon et j'ai faim", "le-tampon"),
        ("Le Tampon, c'est loin", "le-tampon"),
        ("je vis à la possession", "la-possession"),
        ("un repas à La Possession ?", "la-possession"),
        ("je viens du Port", "le-port"),
        ("manger aux Avirons", "les-avirons"),
        ("un lit, 97430 Le Tampon", "le-tampon"),
    ],
)
def test_they_are_places_where_somebody_is_or_with_a_capital(
    reunion: Pack, sentence: str, place: str
) -> None:
    assert find_place_in(sentence, reunion.territory).place == place


@pytest.mark.parametrize("text", ["H2X", "h2x 1y4", "H2X1Y4", "H2X-1Y4", "j'habite H2X 1Y4 et j'ai faim"])
def test_a_canadian_code_is_known_by_its_first_three_signs(quebec: Pack, text: str) -> None:
    assert find_place(text, quebec.territory).place == "plateau-mont-royal"


@pytest.mark.parametrize("text", ["A1A 1A1", "12X 1Y4", "H2X1Y", "H2X1Y4Z"])
def test_another_code_is_no_place_of_quebec(quebec: Pack, text: str) -> None:
    assert find_place(text, quebec.territory).candidates == ()


def test_each_territory_has_its_own_words(reunion: Pack, quebec: Pack) -> None:
    assert needs_named("Je cherche une maraude", reunion.territory) == ("shelter-tonight",)
    assert needs_named("Où est le CLSC ?", quebec.territory)[0] == "health-insurance"
    assert needs_named("Où est le CLSC ?", reunion.territory) == ()
    assert needs_named("les maraudeurs", reunion.territory) == ()


def test_each_territory_has_its_own_holidays_and_clock(reunion: Pack, quebec: Pack) -> None:
    def state(pack: Pack, *day: int) -> OpenState:
        noon = datetime(*day, 12, tzinfo=pack.territory.zone)
        return status("Mo-Su 09:00-17:00; PH off", noon, pack.territory).state

    assert state(reunion, 2026, 12, 20) is OpenState.CLOSED  # abolition of slavery
    assert state(quebec, 2026, 12, 20) is OpenState.OPEN
    assert state(quebec, 2027, 6, 24) is OpenState.CLOSED
    assert state(reunion, 2027, 6, 24) is OpenState.OPEN
