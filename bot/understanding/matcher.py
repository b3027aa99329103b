"""What a text may mean, by how it is spelt: needs, dangers, small talk; other ways stand behind `Matcher`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bot.understanding.index import Floats, Index
from bot.understanding.meaning import Guess
from bot.understanding.phrases import Phrase
from bot.understanding.text import clean, words_of

OTHER_LANGUAGE = 0.95  # what a phrase of another language than the person's counts
STEPS = 12  # of the solver: the answers then differ by less than 0.05 from those of 60 steps
CAUTION = 0.5  # ridge; 0.3 and 1.0 are within half a percent
# The chance that a first guess is right as a curve of its weight: fitted on phrases that the matcher had not seen.
HALF, STEEPNESS = 0.27, 9.0
MOST_GUESSES = 8


class Matcher(Protocol):
    """Ranks needs for a text, the likeliest first; scores from 0 to 1."""

    def rank(self, text: str, language: str) -> list[Guess]:
        """Rank the needs of `text`, written in `language` ("" when not known)."""
        ...


@dataclass(frozen=True)
class Weighed:
    """The weight of every meaning of one text: needs, dangers and small talk side by side."""

    needs: list[Guess]
    danger: str
    danger_weight: float
    talk: str
    talk_weight: float


class PhraseMatcher:
    """Learns at start, from the phrases of all languages, which words speak for which meaning (kernel ridge)."""

    def __init__(
        self,
        needs: Sequence[Phrase],
        dangers: Sequence[Phrase],
        lures: Sequence[Phrase],
        talk: Sequence[Phrase],
    ) -> None:
        """Learn from the phrases; `lures` speak for nothing."""
        self._needs = tuple(dict.fromkeys(phrase.meaning for phrase in needs))
        self._dangers = tuple(dict.fromkeys(phrase.meaning for phrase in dangers))
        self._talk = tuple(dict.fromkeys(phrase.meaning for phrase in talk))
        phrases = [*needs, *dangers, *talk, *lures]
        self._languages = np.array([phrase.language for phrase in phrases])
        self._bonuses: dict[str, Floats] = {}
        self._index = Index([phrase.text for phrase in phrases])
        self._weights = _learn(self._index, self._targets(needs, dangers, talk))

    def rank(self, text: str, language: str) -> list[Guess]:
        """Rank the needs of a text."""
        return self.rank_words(words_of(clean(text)), language)

    def rank_words(self, words: Sequence[str], language: str) -> list[Guess]:
        """Rank the needs of words that are already folded."""
        return self.weigh(words, language).needs

    def weigh(self, words: Sequence[str], language: str) -> Weighed:
        """Weigh every meaning of words that are already folded."""
        alike = self._index.likeness(words) * self._bonus(language)
        values = np.einsum(
            "i,ij->j", alike, self._weights
        )  # on one core: BLAS threads spin when cores are busy
        needs, dangers, talk = np.split(values, [len(self._needs), len(self._needs) + len(self._dangers)])
        best = np.argsort(-needs, kind="stable")[:MOST_GUESSES]
        return Weighed(
            [Guess(self._needs[i], _chance(float(needs[i]))) for i in best if needs[i] > 0],
            self._dangers[int(dangers.argmax())] if dangers.size else "",
            float(dangers.sum() + dangers.max()) / 2 if dangers.size else 0.0,
            self._talk[int(talk.argmax())] if talk.size else "",
            _chance(float(talk.max())) if talk.size else 0.0,
        )

    def _targets(self, needs: Sequence[Phrase], dangers: Sequence[Phrase], talk: Sequence[Phrase]) -> Floats:
        names = [
            *self._needs,
            *("danger " + name for name in self._dangers),
            *("talk " + name for name in self._talk),
        ]
        columns = {name: number for number, name in enumerate(names)}
        own = [phrase.meaning for phrase in needs]
        own += ["danger " + phrase.meaning for phrase in dangers] + [
            "talk " + phrase.meaning for phrase in talk
        ]
        targets = np.zeros((self._index.size, len(names)), np.float32)
        for row, name in enumerate(own):
            targets[row, columns[name]] = 1
        return targets

    def _bonus(self, language: str) -> Floats:
        if language not in self._bonuses:
            known = language in set(self._languages.tolist())
            own = self._languages == language
            self._bonuses[language] = np.where(own | (not known), 1.0, OTHER_LANGUAGE).astype(np.float32)
        return self._bonuses[language]


def _learn(index: Index, targets: Floats) -> Floats:
    """Find what each phrase counts for each meaning, by conjugate gradients on all meanings at once."""
    table = index.likeness_of_all()
    weights = np.zeros_like(targets)
    rest = targets.copy()
    way = rest.copy()
    size = (rest * rest).sum(0)
    for _ in range(STEPS if index.size else 0):
        step = table @ way + CAUTION * way
        share = size / np.maximum((way * step).sum(0), 1e-12)
        weights += share * way
        rest -= share * step
        before, size = size, (rest * rest).sum(0)
        way = rest + (size / np.maximum(before, 1e-12)) * way
    return weights


def _chance(weight: float) -> float:
    return round(1 / (1 + math.exp(-STEEPNESS * (weight - HALF))), 4)
