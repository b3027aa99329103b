"""Runs of words that mean danger: close together, in order, perhaps misspelt, silenced by films and idioms."""

from pathlib import Path

import pytest

from bot.understanding.danger import ASKS_ALONE, LETTER, RINGS_ALONE, DangerFinder, Found
from bot.understanding.matcher import Weighed
from bot.understanding.model import Thresholds
from bot.understanding.phrases import PhrasesError
from bot.understanding.runs import RunFinder
from directory.territory import Danger

NOTHING_LEARNT = Weighed([])
ALMOST = Weighed([], "suicide", 0.8, spelt_danger=0.8)  # not enough to ring by itself
LIMITS = Thresholds(sure=0.6, maybe=0.3, part=0.6, talk=0.5, ring=0.9, doubt=0.6)


def finder(tmp_path: Path, text: str) -> DangerFinder:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "dangers.toml").write_text(text, "utf-8")
    return DangerFinder(tmp_path)


def test_words_in_order_and_close_are_a_run():
    assert RunFinder(["veux mourir"]).spans(["je", "veux", "vraiment", "mourir"]) == [(1, 3)]


def test_words_far_apart_are_not():
    assert (
        RunFinder(["veux mourir"]).spans(
            ["je", "veux", "dire", "que", "mon", "chat", "a", "failli", "mourir"]
        )
        == []
    )


def test_one_wrong_letter_in_a_long_word_is_forgiven_unless_it_is_a_word():
    assert RunFinder(["violee"]).spans(["viollee"]) == [(0, 0)]
    assert RunFinder(["violee"], {"voilee"}).spans(["voilee"]) == []


def test_a_star_stands_for_any_ending():
    assert RunFinder(["suicid*"]).spans(["suicider"]) == [(0, 0)]


def test_a_film_nearby_makes_the_bell_a_gentle_question(tmp_path):
    found = finder(tmp_path, 'suicide = ["veux mourir"]\nnone = ["film*"]')
    near = ["dans", "le", "film", "il", "veux", "mourir"]
    far = [
        "hier",
        "un",
        "film",
        "et",
        "puis",
        "encore",
        "beaucoup",
        "de",
        "travail",
        "alors",
        "je",
        "veux",
        "mourir",
    ]
    assert found.find([near], [ALMOST], LIMITS) == Found(doubt=Danger.SUICIDE)
    assert found.find([far], [ALMOST], LIMITS).danger is Danger.SUICIDE


def weighed(danger_weight, spelt_danger):
    return Weighed([], "suicide", danger_weight, spelt_danger=spelt_danger)


def test_a_meaning_alone_never_rings_it_is_asked_about(tmp_path):
    found = finder(tmp_path, 'suicide = ["veux mourir"]\nnone = ["film*"]')
    assert found.find([["x"]], [weighed(0.99, 0.0)], LIMITS) == Found(doubt=Danger.SUICIDE)
    assert found.find([["x"]], [weighed(0.99, 0.3)], LIMITS) == Found(Danger.SUICIDE)
    assert found.find([["x"]], [weighed(0.7, 0.3)], LIMITS) == Found(doubt=Danger.SUICIDE)
    assert found.find([["x"]], [weighed(0.2, 0.3)], LIMITS) == Found()


def test_an_idiom_silences_what_was_learnt_only_while_that_is_not_sure(tmp_path):
    found = finder(tmp_path, 'suicide = ["veux mourir"]\nnone = ["mort rire"]')
    words = ["mort", "de", "rire"]
    assert found.find([words], [weighed((LIMITS.doubt + LIMITS.ring) / 2, 0.9)], LIMITS) == Found()
    assert found.find([words], [weighed(0.99, 0.9)], LIMITS) == Found(Danger.SUICIDE)


def test_an_idiom_silences_what_it_is_made_of(tmp_path):
    found = finder(tmp_path, 'violence-now = ["va tuer"]\nnone = ["tuer temps"]')
    idiom = ["il", "va", "tuer", "le", "temps"]
    assert found.find([idiom], [NOTHING_LEARNT], LIMITS) == Found()
    assert found.find([["il", "va", "me", "tuer"]], [ALMOST], LIMITS).danger is Danger.VIOLENCE_NOW


def test_a_film_before_but_or_and_softens_nothing_behind_it(tmp_path):
    found = finder(tmp_path, 'violence-now = ["me frappe"]\nnone = ["film*"]')
    words = ["le", "film", "est", "fini", "mais", "il", "me", "frappe"]
    assert found.find([words], [ALMOST], LIMITS).danger is Danger.VIOLENCE_NOW


def test_a_silencing_word_of_another_language_hides_nothing(tmp_path):
    (tmp_path / "ro").mkdir()
    (tmp_path / "ro" / "dangers.toml").write_text('none = ["banc"]', "utf-8")  # a joke in Romanian
    found = finder(tmp_path, 'no-shelter-tonight = ["dors banc"]')
    words = ["je", "dors", "sur", "un", "banc"]
    assert found.find([words], [ALMOST], LIMITS, "fr").danger is Danger.NO_SHELTER_TONIGHT


def test_the_wish_to_die_is_never_quite_silenced(tmp_path):
    found = finder(tmp_path, 'suicide = ["veux mourir"]\nnone = ["mourir honte"]')
    words = ["je", "veux", "mourir", "de", "honte"]
    assert found.find([words], [NOTHING_LEARNT], LIMITS) == Found(doubt=Danger.SUICIDE)


def test_an_unknown_danger_stops_the_start(tmp_path):
    with pytest.raises(PhrasesError, match="sadness"):
        finder(tmp_path, 'sadness = ["triste"]')


def test_words_that_name_a_danger_in_a_message_that_sounds_like_none_are_asked_about(tmp_path):
    found = finder(tmp_path, 'suicide = ["pends"]')
    words = ["pends", "x"]
    assert found.find([words], [weighed(0.05, 0.0)], LIMITS) == Found(doubt=Danger.SUICIDE)
    assert found.find([words], [weighed(0.8, 0.0)], LIMITS) == Found(Danger.SUICIDE)


def test_words_that_name_a_danger_ring_when_the_others_are_not_known(tmp_path):
    found = finder(tmp_path, 'suicide = ["pends"]')
    assert found.find([["pends", "x"]], [NOTHING_LEARNT], LIMITS, knows=False) == Found(Danger.SUICIDE)


def test_words_that_name_a_danger_and_are_all_that_was_said_ring_whatever_was_learnt(tmp_path):
    found = finder(tmp_path, 'suicide = ["me pends"]')
    assert found.find([["me", "pends"]], [NOTHING_LEARNT], LIMITS) == Found(Danger.SUICIDE)


def test_words_that_name_a_danger_and_are_nearly_all_that_was_said_ring_too(tmp_path):
    found = finder(tmp_path, 'suicide = ["envi me tue"]')
    nearly, half = ["ai", "envi", "me", "tue"], ["ai", "dit", "envi", "me", "tue", "au", "jeu"]
    assert found.find([nearly], [NOTHING_LEARNT], LIMITS) == Found(Danger.SUICIDE)
    assert found.find([half], [NOTHING_LEARNT], LIMITS) == Found(doubt=Danger.SUICIDE)


def test_the_loudest_sentence_counts_a_third_beside_the_whole_message(tmp_path):
    found = finder(tmp_path, 'suicide = ["pends"]')
    texts, uneasy = [["x", "y"], ["x"], ["y"]], weighed(0.7, 0.3)
    assert found.find(texts, [uneasy, uneasy, weighed(0.98, 0.3)], LIMITS) == Found(doubt=Danger.SUICIDE)
    assert found.find(texts, [uneasy, uneasy, weighed(0.995, 0.3)], LIMITS) == Found(Danger.SUICIDE)


def test_a_sentence_that_sounds_like_danger_in_a_calm_message_is_asked_about_when_it_is_loud(tmp_path):
    found = finder(tmp_path, 'suicide = ["pends"]')
    texts, calm = [["x", "y"], ["x"], ["y"]], weighed(0.1, 0.3)
    assert found.find(texts, [calm, calm, weighed(0.7, 0.3)], LIMITS) == Found()
    assert found.find(texts, [calm, calm, weighed(0.99, 0.3)], LIMITS) == Found(doubt=Danger.SUICIDE)


def test_the_whole_message_tells_which_danger_it_is_when_it_is_sure_of_one(tmp_path):
    found = finder(tmp_path, 'violence-now = ["pends"]')
    assert found.find([["pends", "x"]], [weighed(0.8, 0.3)], LIMITS).danger is Danger.VIOLENCE_NOW
    assert found.find([["pends", "x"]], [weighed(0.95, 0.3)], LIMITS).danger is Danger.SUICIDE


def test_words_that_name_suicide_are_not_taken_for_another_danger(tmp_path):
    found = finder(tmp_path, 'suicide = ["pends"]')
    learnt = Weighed([], "violence-now", 0.95, spelt_danger=0.3)
    assert found.find([["pends", "x"]], [learnt], LIMITS).danger is Danger.SUICIDE


def test_a_sentence_that_names_a_danger_rings_beside_a_calm_one_when_it_is_surely_meant(tmp_path):
    found = finder(tmp_path, 'suicide = ["veux mourir"]')
    loyer, sentence = ["je", "ne", "paie", "plus", "le", "loyer"], ["moi", "je", "veux", "mourir"]
    said = [[*loyer, *sentence], loyer, sentence]
    sure, hardly = (
        [NOTHING_LEARNT, NOTHING_LEARNT, weighed(chance, 0.3)] for chance in (RINGS_ALONE, ASKS_ALONE)
    )
    assert found.find(said, sure, LIMITS) == Found(Danger.SUICIDE)
    assert found.find(said, hardly, LIMITS) == Found(doubt=Danger.SUICIDE)


def test_in_a_letter_words_that_name_a_danger_ring_when_those_around_them_sound_like_one(tmp_path):
    found = finder(tmp_path, 'suicide = ["me pends"]')
    letter = [*["x"] * LETTER, "je", "me", "pends"]

    def closely(each):
        return max(0.96 if "pends" in words else 0.0 for words in each)

    def less(each):
        return closely(each) * 0.9

    assert found.find([letter], [NOTHING_LEARNT], LIMITS).doubt is Danger.SUICIDE
    assert found.find([letter], [NOTHING_LEARNT], LIMITS, closely=closely) == Found(Danger.SUICIDE)
    assert found.find([letter], [NOTHING_LEARNT], LIMITS, closely=less) == Found(doubt=Danger.SUICIDE)
    assert found.find([letter[LETTER - 5 :]], [NOTHING_LEARNT], LIMITS, closely=closely).danger is None
