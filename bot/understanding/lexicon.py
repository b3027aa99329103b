"""The words of our own phrases: in how many phrases of each language a word stands. Only codes of words are kept."""

import zlib
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from bot.understanding.phrases import Phrase, Phrases
from bot.understanding.text import words_of

NEIGHBOURS = ("fr", "nl", "en")
OFTEN = 2  # phrases with a word, so that it is one of theirs and no slip
EVERYDAY = 3  # phrases with a word: no name of a person is in so many
_NEEDS = "needs"

Counts = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Lexicon:
    """What is known of words; one row a word, in the order of their codes."""

    columns: tuple[str, ...]  # the languages, then the phrases about needs of any language
    codes: npt.NDArray[np.uint32]
    counts: Counts

    @property
    def languages(self) -> tuple[str, ...]:
        """Name the languages that there are phrases of."""
        return self.columns[:-1]

    @cached_property
    def totals(self) -> npt.NDArray[np.float64]:
        """Count the words of all phrases, by language."""
        return np.asarray(self.counts[:, :-1].sum(0), np.float64)

    def counts_of(self, words: Sequence[str]) -> Counts:
        """Give in how many phrases of each language each word stands; one row a word."""
        return self._rows(words)[:, :-1]

    def share_known(self, words: Sequence[str]) -> float:
        """Give how many of the words stand in any phrase, from 0 to 1."""
        return float(self._rows(words).any(1).mean()) if words else 0.0

    @property
    def ordinary(self) -> Container[str]:
        """The words of phrases about needs."""
        return self._of((_NEEDS,), 1)

    @property
    def neighbours(self) -> Container[str]:
        """The French, Dutch and English words, which people use inside other languages."""
        return self._of(NEIGHBOURS, OFTEN)

    def own(self, language: str) -> Container[str]:
        """Give the words of a language."""
        return self._of((language,), OFTEN)

    def everyday(self, language: str) -> Container[str]:
        """Give the everyday words of a language: one's word for "my wife" is another's first name."""
        return self._of((language,), EVERYDAY)

    def phrases_with(self, word: str, columns: Sequence[int]) -> int:
        """Count the phrases of some columns, by their places, that hold a word."""
        code = _code(word)
        place = int(self.codes.searchsorted(np.uint32(code)))
        if place == len(self.codes) or self.codes[place] != code:
            return 0
        return sum(int(self.counts[place, column]) for column in columns)

    def _of(self, columns: Sequence[str], least: int) -> Container[str]:
        return _Words(self, [self.columns.index(name) for name in columns if name in self.columns], least)

    def _rows(self, words: Sequence[str]) -> Counts:
        codes = np.array([_code(word) for word in words], np.uint32)
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        known = self.codes[places] == codes
        return cast("Counts", self.counts[places] * known[:, None])


@dataclass(frozen=True)
class _Words:
    lexicon: Lexicon
    columns: Sequence[int]
    least: int

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.lexicon.phrases_with(word, self.columns) >= self.least


def count_words(phrases: Phrases) -> Lexicon:
    """Count in how many phrases each word stands."""
    columns = (*sorted({phrase.language for phrase in phrases.all}), _NEEDS)
    seen = Counter(_seen(phrases.all)) + Counter((code, _NEEDS) for code, _ in _seen(phrases.needs))
    codes = np.array(sorted({code for code, _ in seen}), np.uint32)
    place = {code: number for number, code in enumerate(codes.tolist())}
    counts = np.zeros((len(codes), len(columns)), np.uint16)
    for (code, column), count in seen.items():
        counts[place[code], columns.index(column)] = count
    return Lexicon(columns, codes, counts)


def _seen(phrases: Iterable[Phrase]) -> Iterable[tuple[int, str]]:
    return (
        (_code(word), phrase.language)
        for phrase in phrases
        for word in set(words_of(phrase.text))
        if not word.isdigit()
    )


def _code(word: str) -> int:
    return zlib.crc32(word.encode())
