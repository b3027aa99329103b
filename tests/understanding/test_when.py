"""The time that words name: tonight, tomorrow, at the weekend."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.understanding.meaning import Decision
from bot.understanding.text import words_of
from bot.understanding.when import When, find_when, languages, moment_of

BRUSSELS = ZoneInfo("Europe/Brussels")
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, tzinfo=BRUSSELS)

SAID = [
    ("fr", "où manger ce soir", When.TONIGHT),
    ("fr", "je sais pas où aller demain", When.TOMORROW),
    ("nl", "waar kan ik morgen eten", When.TOMORROW),
    ("en", "is anything open on saturday", When.SATURDAY),
    ("ar", "fin nakol ghedda", When.TOMORROW),
    ("ar", "وين آكل بكرا", When.TOMORROW),
    ("es", "mañana tengo cita", When.TOMORROW),
    ("pt", "preciso de comida amanhã", When.TOMORROW),
    ("ro", "unde mănânc diseară", When.TONIGHT),
    ("tr", "yarın nerede yemek var", When.TOMORROW),
    ("pl", "gdzie zjeść jutro", When.TOMORROW),
    ("sq", "ku të ha sonte", When.TONIGHT),
    ("bg", "къде да ям утре", When.TOMORROW),
    ("ru", "где поесть завтра", When.TOMORROW),
    ("uk", "де поїсти завтра", When.TOMORROW),
    ("fa", "فردا کجا غذا بخورم", When.TOMORROW),
    ("ps", "سبا چیرته ډوډۍ وخورم", When.TOMORROW),
    ("ti", "ጽባሕ ኣበይ ክበልዕ", When.TOMORROW),
    ("tr", "ce soir yemek nerede", When.TONIGHT),
    ("fr", "mon propriétaire veut me mettre dehors", None),
]


@pytest.mark.parametrize(("language", "text", "when"), SAID, ids=[text for _, text, _ in SAID])
def test_a_time_is_found_in_its_language(language, text, when):
    assert find_when(words_of(text, language), language) is when


def test_every_offered_language_has_words_of_time():
    assert languages() == {language for language, _, when in SAID if when}


@pytest.mark.parametrize(
    ("language", "text"),
    [("es", "por la mañana no como"), ("fr", "après demain"), ("nl", "s morgens ben ik moe")],
)
def test_what_only_looks_like_tomorrow_is_not(language, text):
    assert find_when(words_of(text, language), language) is None


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        (When.NOW, WEDNESDAY_NOON),
        (When.TONIGHT, datetime(2026, 11, 25, 20, tzinfo=BRUSSELS)),
        (When.TOMORROW, datetime(2026, 11, 26, 10, tzinfo=BRUSSELS)),
        (When.SATURDAY, datetime(2026, 11, 28, 10, tzinfo=BRUSSELS)),
        (When.SUNDAY, datetime(2026, 11, 29, 10, tzinfo=BRUSSELS)),
    ],
)
def test_a_time_gives_the_moment_to_look_for_open_doors(when, moment):
    assert moment_of(when, WEDNESDAY_NOON) == moment


def test_tonight_late_at_night_is_now():
    late = WEDNESDAY_NOON.replace(hour=23)
    assert moment_of(When.TONIGHT, late) == late


def test_a_message_tells_its_time_and_its_need(understander):
    meaning = understander.understand("où est-ce que je peux manger demain")
    assert (meaning.needs[0].id, meaning.when) == ("food-aid", When.TOMORROW)


def test_a_time_alone_is_no_need(understander):
    meaning = understander.understand("demain")
    assert (meaning.decision, meaning.when) == (Decision.UNKNOWN, When.TOMORROW)
