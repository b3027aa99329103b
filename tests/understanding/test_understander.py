"""What a message means, as a resident would expect it."""

import pytest

from bot.understanding.meaning import Decision
from directory.territory import Danger


def first_need(meaning):
    return meaning.needs[0].id


def test_a_plain_sentence_is_answered(understander):
    meaning = understander.understand("je sais plus payer mon loyer")
    assert (meaning.decision, first_need(meaning), meaning.language) == (
        Decision.ANSWER,
        "rent-arrears",
        "fr",
    )


def test_a_polite_opening_does_not_hide_the_need(understander):
    meaning = understander.understand("bonjour, je ne peux pas payer mon loyer")
    assert meaning.decision in (Decision.ANSWER, Decision.CHOOSE)
    assert first_need(meaning) == "rent-arrears"


def test_darija_in_latin_letters_is_understood(understander):
    meaning = understander.understand("ma3andich flous dyal lkra")
    assert (first_need(meaning), meaning.language) == ("rent-arrears", "ar")


def test_spelling_mistakes_are_forgiven(understander):
    assert first_need(understander.understand("je peu plu payé mon loyé")) == "rent-arrears"


def test_the_commune_is_heard_beside_the_need(understander):
    meaning = understander.understand("je cherche un colis alimentaire à Etterbeek")
    assert (first_need(meaning), meaning.place) == ("food-aid", "etterbeek")


def test_two_problems_give_two_needs(understander):
    meaning = understander.understand("je ne peux plus payer mon loyer. j'ai perdu ma carte d'identité")
    assert set(meaning.sure) == {"rent-arrears", "lost-documents"}
    assert {guess.id for guess in meaning.needs[:2]} == set(meaning.sure)


@pytest.mark.parametrize(
    "text", ["quel temps fera-t-il demain", "wie wint de match vanavond", "recipe for apple pie"]
)
def test_what_is_not_our_business_is_not_answered_as_a_need(understander, text):
    assert understander.understand(text).decision is Decision.UNKNOWN


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("je veux mourir", Danger.SUICIDE),
        ("bonjour. mon loyer est en retard. je pense au suicide", Danger.SUICIDE),
        ("il me frappe maintenant", Danger.VIOLENCE_NOW),
        ("my father is not breathing", Danger.MEDICAL_EMERGENCY),
        ("ik ben verkracht", Danger.SEXUAL_VIOLENCE),
        ("بدي موت", Danger.SUICIDE),
        ("bghit nmout", Danger.SUICIDE),
    ],
)
def test_danger_rings_whatever_else_is_said(understander, text, danger):
    meaning = understander.understand(text, "nl")
    assert (meaning.decision, meaning.danger) == (Decision.DANGER, danger)


@pytest.mark.parametrize(
    "text",
    [
        "mort de rire",
        "hier j'ai vu un film où il veut mourir",
        "my phone died",
        "ik lach me dood",
        "mon grand-père est mort il y a dix ans",
        "متت من الضحك",
    ],
)
def test_idioms_films_and_the_past_do_not_ring(understander, text):
    assert understander.understand(text).danger is None


def test_a_danger_keeps_the_needs_that_were_heard(understander):
    meaning = understander.understand("je ne peux plus payer mon loyer. je veux mourir")
    assert meaning.danger is Danger.SUICIDE
    assert "rent-arrears" in {guess.id for guess in meaning.needs}


@pytest.mark.parametrize(
    ("text", "word"),
    [("STOP", "stop"), ("Menu", "menu"), ("oui", "yes"), ("nee", "no"), ("efface mes données", "erase")],
)
def test_a_command_word_is_known_in_any_language(understander, text, word):
    assert understander.understand(text).word == word


def test_a_word_of_two_languages_means_what_it_means_in_the_chosen_one(understander):
    assert understander.understand("la", "ar").word == "no"


def test_asking_for_a_person_is_heard(understander):
    assert understander.understand("je veux parler à une assistante sociale").decision is Decision.HUMAN


def test_asking_for_a_person_is_heard_beside_a_need(understander):
    meaning = understander.understand("je sais plus payer mon loyer, je veux parler à quelqu'un")
    assert meaning.decision is Decision.HUMAN
    assert first_need(meaning) == "rent-arrears"


def test_small_talk_says_its_kind(understander):
    meaning = understander.understand("merci beaucoup")
    assert (meaning.decision, meaning.word) == (Decision.SMALLTALK, "thanks")


def test_a_command_is_left_to_others(understander):
    assert understander.understand("/start").decision is Decision.UNKNOWN


@pytest.mark.parametrize("text", ["ok", "loyer", "hola", "stop", "سلام", "123", ""])
def test_one_word_never_decides_the_language(understander, text):
    assert understander.understand(text).language == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ik kan mijn huur niet betalen", "nl"),
        ("i cannot pay my rent", "en"),
        ("لا أستطيع دفع الإيجار", "ar"),
        ("не могу платить за квартиру, что делать", "ru"),
        ("اجاره خانه را نمی‌توانم پرداخت کنم چون پول ندارم", "fa"),
    ],
)
def test_a_sentence_tells_its_language(understander, text, language):
    assert understander.understand(text).language == language
