"""What is kept of a message that was not understood: nothing that says who, where or which number."""

import pytest

from bot.understanding.keeping import without_details

KNOWN = {"mon", "mari", "ne", "veut", "pas", "venir", "je", "cherche", "un", "truc", "pour", "fils"}


def test_names_and_unknown_words_are_left_out():
    assert without_details("Mon mari Ahmed Benali ne veut pas venir", KNOWN) == "mon mari … ne veut pas venir"


@pytest.mark.parametrize(
    "text",
    [
        "je cherche un truc, appelez le 0470 12 34 56",
        "je cherche un truc, fatima@example.org",
        "je cherche un truc pour Rue-de-la-Loi 16",
        "je cherche un truc https://example.org/fatima",
    ],
)
def test_numbers_addresses_and_links_are_left_out(text):
    kept = without_details(text, KNOWN)
    assert not any(sign.isdigit() for sign in kept)
    assert set(kept.split()) <= KNOWN | {"…"}


@pytest.mark.parametrize("text", ["", "Ahmed Benali", "truc Ahmed Benali Fatima", "je cherche " * 7])
def test_a_message_of_strange_words_or_a_long_one_is_not_kept_at_all(text):
    assert without_details(text, KNOWN) == ""


def test_common_first_names_are_no_words_of_our_phrases(understander):
    kept = understander.without_details("je cherche Mohamed et Fatima pour mon fils Karim")
    assert kept == "je cherche … et … pour mon fils …"
