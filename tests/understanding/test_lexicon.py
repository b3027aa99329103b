"""The words of our phrases: known by language, by how many phrases hold them, and by nothing else."""

from bot.understanding.language import LanguageGuesser
from bot.understanding.lexicon import count_words
from bot.understanding.model import load_model
from bot.understanding.phrases import Phrase, Phrases

PHRASES = Phrases(
    needs=(
        Phrase("mon loyer", "rent-arrears", "fr"),
        Phrase("mon loyer encore", "rent-arrears", "fr"),
        Phrase("mon chauffage mon loyer", "unfit-housing", "fr"),
        Phrase("mijn huur", "rent-arrears", "nl"),
    ),
    lures=(Phrase("mijn grap 1", "none", "nl"),),
)


def test_a_word_is_counted_once_a_phrase_and_by_language():
    lexicon = count_words(PHRASES)

    assert lexicon.languages == ("fr", "nl")
    assert lexicon.counts_of(["loyer", "mijn", "nobody", "1"]).tolist() == [[3, 0], [0, 2], [0, 0], [0, 0]]


def test_who_asks_for_words_of_needs_does_not_get_those_of_jokes():
    ordinary = count_words(PHRASES).ordinary

    assert "huur" in ordinary
    assert "grap" not in ordinary


def test_everyday_words_stand_in_three_phrases_of_the_language():
    lexicon = count_words(PHRASES)

    assert "loyer" in lexicon.everyday("fr")
    assert "chauffage" not in lexicon.everyday("fr")
    assert "loyer" not in lexicon.everyday("nl")
    assert "loyer" not in lexicon.everyday("it")


def test_a_language_without_phrases_leaves_nothing_to_guess_from_words():
    assert LanguageGuesser(count_words(Phrases())).guess("", []) == ""


def test_the_words_that_were_learnt_are_those_of_all_languages():
    lexicon = load_model().lexicon

    assert len(lexicon.languages) == 16
    assert "chomage" in lexicon.neighbours
    assert "qwertzuiop" not in lexicon.neighbours
