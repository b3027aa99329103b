"""Which language a message is in; "" when it is not sure. One word that several languages share decides nothing."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # it has no types

from bot.understanding.lexicon import Lexicon
from bot.understanding.on_disk import laid_out

# Languages written here; a guess outside them is a mistake more often than not.
PLAUSIBLE = (
    "ar",
    "bg",
    "de",
    "en",
    "es",
    "fa",
    "fr",
    "it",
    "nl",
    "pl",
    "ps",
    "pt",
    "ro",
    "ru",
    "so",
    "sq",
    "tr",
    "uk",
)
SURE = 0.85  # of the guess by letters; below it a third of the guesses on short sentences are wrong
RARE = 0.3  # phrases that a word is counted in where we have none
SURE_BY_WORDS = 3.0  # natural logarithm of the odds: about 20 to 1
LETTERS = re.compile(r"[^\W\d_]", re.UNICODE)

ARABIZI = re.compile(r"(?<![^\W_])(?=[a-z]*[379])[a-z]*[379][a-z][a-z379]*|(?<![^\W_])[a-z]+[379](?![^\W_])")
SCRIPTS = (
    ("ti", re.compile("[\u1200-\u137f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
)
ARABIC_SCRIPT = re.compile("[\u0600-\u06ff\u0750-\u077f]")
CYRILLIC = re.compile("[\u0400-\u04ff]")
IN_CYRILLIC = ("bg", "ru", "uk")
OWN_LETTERS = (("uk", re.compile("[іїєґ]")), ("ru", re.compile("[ыэё]")))
PASHTO = re.compile(
    "[ټډړښځڅڼګېۍ]|(?<!\\w)(?:کوي|غواړم|غوارم|نه لرم|زه یم|څه|چې|چی زه|مې|زما|ستا|دلته یم|شته دی)(?!\\w)"
)
PERSIAN = re.compile("[پچژگیک]|(?<!\\w)(?:است|هستم|ندارم|دارم|نیست|می|برای)(?!\\w)")
URDU = re.compile("[ٹڈڑںےہھ]")


class LanguageGuesser:
    """Guesses from the script, from the words of our own phrases, then from the letters."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Know which words belong to which of the languages that we have phrases of."""
        self._lexicon = lexicon
        _identifier()  # now: its tables are large only while they are read

    def guess(self, clean: str, words: Sequence[str]) -> str:
        """Give the language of a clean text, or "" when it is not sure."""
        by_script = _by_script(clean)
        if by_script:
            return by_script
        lexical = _lexical(words)
        if not lexical:
            return ""
        if CYRILLIC.search(clean):
            return self._cyrillic(clean, lexical) if len(lexical) > 1 else ""
        code, odds = self._by_words(lexical)
        letters, share = _identifier().classify(clean)
        if code and (code == letters or ARABIZI.search(clean.lower())):
            odds += 2.0
        if code and odds >= SURE_BY_WORDS and len(lexical) > 1:
            return code
        known = self._lexicon.share_known(lexical)
        ours = letters in self._lexicon.languages
        if len(lexical) > 2 and share >= SURE and (known > 0 or not ours) and letters != "ar":
            return letters if ours or known < 0.6 else ""
        return ""

    def likeliest(self, clean: str, words: Sequence[str]) -> str:
        """Give the best guess, sure or not: good enough to weigh evidence, not to change a person's language."""
        return _by_script(clean) or self.guess(clean, words) or self._by_words(_lexical(words), 0.0)[0]

    def _cyrillic(self, clean: str, words: Sequence[str]) -> str:
        lowered = clean.lower()
        for code, signs in OWN_LETTERS:
            if signs.search(lowered):
                return code
        code, share = _identifier().classify(clean)
        own, odds = self._by_words(words, 0.3)
        odds += 2.0 if own == code else 0.0
        if own in IN_CYRILLIC and odds >= SURE_BY_WORDS:
            return own
        return code if code in IN_CYRILLIC and share >= SURE and odds < 1 else ""

    def _by_words(self, words: Sequence[str], least_known: float = 0.5) -> tuple[str, float]:
        lexicon, distinct = self._lexicon, list(dict.fromkeys(words))
        counts = lexicon.counts_of(distinct)
        known = counts[counts.any(1)]
        if not len(known) or len(known) < least_known * len(distinct) or len(lexicon.languages) < 2:
            return "", 0.0
        chances = np.log((known + RARE) / (lexicon.totals + RARE * len(lexicon.codes))).sum(0)
        best, second = np.argsort(-chances, kind="stable")[:2]
        return lexicon.languages[best], float(chances[best] - chances[second])


@cache
def _identifier() -> LanguageIdentifier:
    full = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    full.set_languages(PLAUSIBLE)
    return LanguageIdentifier(  # a second one, so that the tables of the other 120 languages leave the memory
        full.nb_ptc,
        full.nb_pc,
        full.nb_classes,
        laid_out(memoryview(full.tk_nextmove).cast("B")).cast("I"),
        full.tk_output,
        norm_probs=True,
        tk_row=full.tk_row,
    )


def _lexical(words: Sequence[str]) -> list[str]:
    return [word for word in words if not word.isdigit()]


def _by_script(text: str) -> str:
    letters = len(LETTERS.findall(text))
    if not letters:
        return ""
    if 2 * len(ARABIC_SCRIPT.findall(text)) > letters:
        return _arabic(text)
    for code, signs in SCRIPTS:
        if 2 * len(signs.findall(text)) > letters:
            return code
    return ""


def _arabic(text: str) -> str:
    words = text.split()
    if URDU.search(text):
        return "ur"
    if PASHTO.search(text):
        return "ps"
    if PERSIAN.search(text):
        return "fa"
    return "ar" if len(words) > 1 else ""
