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


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("g plus rien a manger", "food-aid"),
        ("mon proprio veut me mettre dehors", "rent-arrears"),
        ("mijn huisbaas wil mij buitenzetten", "rent-arrears"),
        ("ma3andich flous dyal lkra", "rent-arrears"),
        ("moul dar bgha ykherrejni", "rent-arrears"),
        ("kirayı ödeyemiyorum", "rent-arrears"),
    ],
)
def test_what_people_write_most_is_answered_at_once_and_rings_nothing(by_everything, text, need):
    meaning = by_everything.understand(text)
    assert (meaning.decision, meaning.needs[0].id, meaning.doubt) == (Decision.ANSWER, need, None)


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


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("j'ai honte mais mon mari me frappe là maintenant", Danger.VIOLENCE_NOW),
        ("no shame left, he is hitting me now", Danger.VIOLENCE_NOW),
        ("il regarde le match il a bu et devient violent", Danger.VIOLENCE_NOW),
        ("je dors sur un banc cette nuit", Danger.NO_SHELTER_TONIGHT),
        ("je dors à la gare du midi ce soir", Danger.NO_SHELTER_TONIGHT),
        ("g envi de me tué", Danger.SUICIDE),
        ("3ayza amoot", Danger.SUICIDE),
        ("j'ai pris 20 dafalgan", Danger.OVERDOSE),
        ("i took 30 pills", Danger.OVERDOSE),
    ],
)
def test_shame_a_match_or_a_slip_of_spelling_hides_no_danger(understander, text, danger):
    assert understander.understand(text).danger is danger


@pytest.mark.parametrize("text", ["j'ai pris 20 jours de congé", "i took 30 days of leave"])
def test_a_number_of_days_is_no_overdose(understander, text):
    assert understander.understand(text).danger is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Gare du Midi", "saint-gilles"),
        ("Anderlecht", "anderlecht"),
        ("Forest", "forest"),
        ("Jette", "jette"),
        ("Evere", "evere"),
        ("à Saint-Gilles", "saint-gilles"),
        ("1030", "schaerbeek"),
        ("2000", None),
        ("Liège", None),
    ],
)
def test_a_place_or_a_number_alone_is_no_need(understander, text, place):
    meaning = understander.understand(text)
    assert (meaning.decision, meaning.place, meaning.danger) == (Decision.UNKNOWN, place, None)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("j'ai faim", "food-aid"),
        ("je meurs de faim", "food-aid"),
        ("أنا جائع", "food-aid"),
        ("ana jou3an", "food-aid"),
        ("JE SUIS A LA RUE", "shelter-tonight"),
        ("loyé pa payé kom fer", "rent-arrears"),
        ("alocation familial pas payé", "child-benefit"),
    ],
)
def test_the_plainest_sentences_are_understood(understander, text, need):
    assert first_need(understander.understand(text)) == need


def test_letters_that_say_nothing_get_no_answer(understander):
    assert understander.understand("a b a b a b a b").decision is Decision.UNKNOWN


def test_one_word_is_a_choice(understander):
    assert understander.understand("loyer").decision is Decision.CHOOSE


def test_the_card_of_who_asks_for_a_person_says_the_need_only_when_there_is_one(understander):
    both = understander.understand("je sais plus payer mon loyer, je veux parler à quelqu'un")
    assert (both.decision, both.sure) == (Decision.HUMAN, ("rent-arrears",))
    person = understander.understand("je veux parler à une vraie personne")
    assert (person.decision, person.sure) == (Decision.HUMAN, ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("من نمی توانم کرایه بدهم", "fa"),
        ("زه کور نه لرم او مرسته غواړم", "ps"),
        ("میں کرایہ نہیں دے سکتا", "ur"),
    ],
)
def test_the_languages_in_arabic_letters_are_told_apart(understander, text, language):
    assert understander.understand(text).language == language


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("i took 30 days of leave", "employment-contract"),
        ("loyer", "rent-arrears"),
        ("huur", "rent-arrears"),
        ("ma9dertch nkhalas lkra hadchhar", "rent-arrears"),
        ("waar kan ik morgen eten", "food-aid"),
    ],
)
def test_short_and_misspelt_words_lead_first_to_what_people_mean(understander, text, need):
    assert understander.understand(text).needs[0].id == need


@pytest.mark.parametrize("text", ["bghit nhder m3a chi wahed", "بدي احكي مع حدا", "بغيت نهضر مع شي واحد"])
def test_a_person_is_asked_for_in_spoken_arabic(understander, text):
    assert understander.understand(text).decision is Decision.HUMAN


@pytest.mark.parametrize("words", ["ne m'écrivez plus", "don't write me anymore", "Ne m'écrivez plus !"])
def test_a_whole_message_that_says_stop_is_obeyed_and_rings_no_bell(understander, words):
    meaning = understander.understand(words)
    assert (meaning.word, meaning.danger, meaning.doubt) == ("stop", None, None)


def test_a_goodbye_to_life_rings_though_it_begins_like_a_stop(understander):
    assert understander.understand("ne m'écrivez plus, je veux mourir").danger is Danger.SUICIDE
