import pytest

from directory.packs import Pack
from directory.places import distance_km, find_place, find_place_in, nearest


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Brumeville-Haute", "brumeville-haute"),
        ("BRUMEVILLE HAUTE", "brumeville-haute"),
        ("à brumeville-haute", "brumeville-haute"),
        ("brumevile haute", "brumeville-haute"),
        ("Hoog-Mistdorp", "brumeville-haute"),
        ("St Exemple", "saint-exemple"),
        ("sainte exemple", "saint-exemple"),
        ("avond", "saint-exemple"),
        ("exemple", "saint-exemple"),
        ("La Cloche", "brumeville-haute"),
        ("gare du test", "brumeville-haute"),
        ("phare", "brumeville-basse"),
        ("phar", "brumeville-basse"),
        ("9902", "brumeville-basse"),
        ("٩٩٠٢", "brumeville-basse"),
        ("9902 Testville", "brumeville-basse"),
        ("9901 Saint-Exemple", "saint-exemple"),
    ],
)
def test_a_commune_is_understood_however_it_is_written(testville: Pack, text: str, place: str) -> None:
    assert find_place(text, testville.territory).place == place


def test_a_shared_code_means_the_commune_whose_main_code_it_is(testville: Pack) -> None:
    assert find_place("9901", testville.territory).place == "brumeville-haute"


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Brumeville", {"brumeville-haute", "brumeville-basse"}),
        ("9909", {"brumeville-basse", "saint-exemple"}),
        ("Phare / Saint-Exemple", {"brumeville-basse", "saint-exemple"}),
        ("9902 Saint-Exemple", {"brumeville-basse", "saint-exemple"}),
    ],
)
def test_a_name_that_may_mean_several_gives_a_choice(
    testville: Pack, text: str, candidates: set[str]
) -> None:
    found = find_place(text, testville.territory)
    assert set(found.candidates) == candidates
    assert found.place is None


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "Paris", "oui", "non", "je sais pas", "1234", "saint", "gare", "💙"]
)
def test_what_is_no_place_here_gives_none(testville: Pack, text: str) -> None:
    assert find_place(text, testville.territory).candidates == ()


@pytest.mark.parametrize(
    ("sentence", "place", "words"),
    [
        ("je sais plus payer mon loyer à Brumeville-Haute", "brumeville-haute", "Brumeville-Haute"),
        ("loyer brumevile haute aide", "brumeville-haute", "brumevile haute"),
        ("J'habite à la cloche et j'ai faim", "brumeville-haute", "la cloche"),
        ("ik woon in avond en heb honger", "saint-exemple", "avond"),
        ("Eten in Avond gezocht", "saint-exemple", "Avond"),
        ("manger près de la gare du Test ?", "brumeville-haute", "gare du Test"),
        ("j'habite 9902 et j'ai faim", "brumeville-basse", "9902"),
        ("un repas, 9902 Testville", "brumeville-basse", "9902"),
        ("9902", "brumeville-basse", "9902"),
    ],
)
def test_a_place_is_found_inside_a_message(testville: Pack, sentence: str, place: str, words: str) -> None:
    found = find_place_in(sentence, testville.territory)
    assert (found.place, found.words) == (place, words)


@pytest.mark.parametrize(
    "sentence",
    [
        "ik heb elke avond honger",
        "DEZE AVOND HEB IK HONGER",
        "la cloche a sonné",
        "je gagne 9902 euros",
        "je vis avec 9902€ par an",
        "mon loyer est de 9902",
        "par exemple un avocat",
        "Je m'appelle Phare",
        "je suis à la rue à Testville",
        "mon mari m'a frappée hier soir",
    ],
)
def test_ordinary_words_and_sums_are_not_taken_for_places(testville: Pack, sentence: str) -> None:
    assert find_place_in(sentence, testville.territory).candidates == ()


def test_accents_that_a_phone_sends_apart_do_not_matter(testville: Pack) -> None:
    found = find_place_in("une idée pour manger a\u0300 la cloche svp", testville.territory)
    assert (found.place, found.words) == ("brumeville-haute", "la cloche")


def test_two_places_in_a_message_give_a_choice(testville: Pack) -> None:
    found = find_place_in("je travaille à Saint-Exemple et j'habite Brumeville-Basse", testville.territory)
    assert found.candidates == ("saint-exemple", "brumeville-basse")


def test_a_shared_position_gives_the_nearest_commune(testville: Pack) -> None:
    assert nearest(54.029, 3.002, testville.territory) == "brumeville-basse"


def test_a_position_far_outside_gives_none(testville: Pack) -> None:
    assert nearest(54.10, 3.0, testville.territory) == "brumeville-basse"
    assert nearest(54.17, 3.0, testville.territory) is None


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_km(50, 4, 51, 4) == pytest.approx(111.2, abs=0.1)
    assert distance_km(50, 4, 50, 4) == 0
