"""A letter, a bailiff, a hearing or a named day: then by when is told first."""

import pytest

from bot.understanding.deadline import languages, shows_deadline


@pytest.mark.parametrize(
    "text",
    [
        "j'ai reçu un avis d'expulsion",
        "l'huissier est passé ce matin",
        "jai recu une lettre du tribunal",
        "on m'a envoyé une mise en demeure",
        "le cpas a refusé hier, j'ai la décision",
        "je dois répondre avant vendredi",
        "ils coupent l'électricité lundi",
        "ordre de quitter le territoire",
        "je suis convoquée à la police",
        "de deurwaarder komt",
        "ik kreeg een brief van de rechtbank",
        "ik moet voor vrijdag betalen",
        "het ocmw heeft geweigerd",
        "I got a decision from CPAS yesterday",
        "they want to evict me",
        "letter from the bailiff",
        "the deadline is tomorrow",
        "وصلتني رسالة من المحكمة",
        "جاء المحضر القضائي",
        "استلمت قرار الرفض",
        "عندي امر بمغادرة البلاد",
        "recibí una carta del juzgado",
        "me llegó un aviso de desalojo",
        "tengo que responder antes del viernes",
    ],
)
def test_words_of_a_date_that_runs_are_heard(text: str) -> None:
    assert shows_deadline(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bonjour",
        "je sais plus payer mon loyer",
        "je cherche un logement social",
        "comment avoir un avocat gratuit",
        "mon mari me frappe",
        "ik zoek werk",
        "ik kan mijn huur niet betalen",
        "I have nothing to eat",
        "where can I learn French",
        "لا أستطيع دفع الإيجار",
        "أبحث عن عمل",
        "no puedo pagar el alquiler",
        "busco trabajo",
        "🏠" * 100,
    ],
)
def test_other_words_change_nothing(text: str) -> None:
    assert not shows_deadline(text)


def test_the_five_languages_that_most_people_write_in_are_known() -> None:
    assert languages() >= {"fr", "nl", "en", "ar", "es"}
