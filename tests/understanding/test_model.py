"""What was learnt: it is of the phrases that are there, small, and read quickly; each encoder is optional."""

from importlib.resources import files

import pytest

from bot.understanding.model import FOLDER, fingerprint, load_model
from bot.understanding.scripts import in_own_letters
from directory.needs import load_needs

MOST_BYTES = 7_000_000


def test_the_model_was_learnt_from_the_phrases_that_are_there():
    assert load_model().fingerprint == fingerprint(files("locales")), "run: passerelle train"


def test_the_model_knows_every_need():
    known = {name.removeprefix("need ") for name in load_model().classes if name.startswith("need ")}
    assert known == {need.id for need in load_needs()}


def test_the_model_is_small():
    assert (FOLDER / "weights.npz").stat().st_size < MOST_BYTES


def test_without_encoders_the_bot_works_on_spelling_and_says_so(spelling_alone):
    assert spelling_alone.parts == ("spelling",)
    assert spelling_alone.understand("je sais plus payer mon loyer").needs[0].id == "rent-arrears"


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("bghit nqeyed rassi f chomage", "ar", "بغيت نقيد راسي f chomage"),
        ("sled kato svyrshi", "bg", "след като свърши"),
        ("ya ne mogu", "ru", "я не могу"),
        ("je ne peux pas", "fr", "je ne peux pas"),
        ("لا أستطيع", "ar", "لا أستطيع"),
    ],
)
def test_words_in_latin_letters_are_written_in_their_own(text, language, written):
    assert in_own_letters(text, language, {"f", "chomage"}) == written
