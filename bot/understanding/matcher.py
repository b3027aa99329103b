"""What a text may mean: needs, dangers and small talk side by side, by spelling and by the encoders that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from bot.understanding.encoders import Encoder
from bot.understanding.meaning import Guess
from bot.understanding.model import (
    DANGER,
    NEED,
    READS,
    SPELLING,
    TALK,
    Floats,
    Model,
    Thresholds,
    key,
    without_slow,
)
from bot.understanding.network import softmax
from bot.understanding.text import clean, words_of

MOST_GUESSES = 8
LONG = 20  # words; the parts of what is longer are weighed by their spelling alone: nearly as much, in half the time
# Of the chance of a danger, so much counts for the need behind it; all of it put needs first that nobody had.
BEHIND = 0.1

NEED_BEHIND = {
    "suicide": "mental-health",
    "violence-now": "partner-violence",
    "sexual-violence": "sexual-violence",
    "child-in-danger": "child-in-danger",
    "no-shelter-tonight": "shelter-tonight",
    "overdose": "addiction",
    "trafficking": "trafficking",
}


@dataclass(frozen=True)
class Piece:
    """A text or a part of it: as the encoders read it, and its folded words."""

    text: str
    words: tuple[str, ...]

    @staticmethod
    def of(words: Sequence[str]) -> "Piece":
        """Take some of the words of a text."""
        return Piece(" ".join(words), tuple(words))


@dataclass(frozen=True)
class Weighed:
    """The chance of every meaning of one text; `spelt_danger` is what the spelling alone says of danger."""

    needs: list[Guess]
    danger: str = ""
    danger_weight: float = 0.0
    talk: str = ""
    talk_weight: float = 0.0
    spelt_danger: float = 0.0
    top: float = 0.0  # the chance of the likeliest meaning


class Matcher(Protocol):
    """Ranks needs for a text, the likeliest first; scores from 0 to 1."""

    def rank(self, text: str, language: str) -> list[Guess]:
        """Rank the needs of `text`, written in `language` ("" when not known)."""
        ...


class LearntMatcher:
    """Weighs with what `passerelle train` learnt, by as many of its parts as there are."""

    def __init__(self, model: Model, encoders: Mapping[str, Encoder]) -> None:
        """Take the heads whose encoder is there."""
        self._model = model
        self._encoders = {name: encoders[name] for name in model.heads if name in encoders}
        self._quick = list(without_slow(tuple(self._encoders)))
        self._columns = {
            kind: [column for column, name in enumerate(model.classes) if name.startswith(kind)]
            for kind in (NEED, DANGER, TALK)
        }
        self._names = [name.partition(" ")[2] for name in model.classes]

    @property
    def parts(self) -> tuple[str, ...]:
        """Name what messages are weighed by."""
        return (SPELLING, *self._encoders)

    @property
    def thresholds(self) -> Thresholds:
        """Give the thresholds for these parts."""
        return self._model.thresholds[key(self.parts)]

    def rank(self, text: str, language: str) -> list[Guess]:
        """Rank the needs of a text."""
        bare = clean(text)
        return self.weigh(Piece(bare, tuple(words_of(bare))), language).needs

    def weigh(self, piece: Piece, language: str) -> Weighed:
        """Weigh a whole message."""
        return self.weigh_with_parts(piece, (), language)[0]

    def loudest(self, pieces: Sequence[Piece], language: str, least: float) -> list[tuple[Piece, Weighed]]:
        """Give the piece whose spelling sounds most like danger, weighed by all there is, if it does by `least`."""
        if not pieces:
            return []
        spelt = self._by_spelling(pieces, language)
        loud = max(zip(pieces, spelt, strict=True), key=lambda both: both[1].danger_weight)
        return [(loud[0], self.weigh(loud[0], language))] if loud[1].danger_weight >= least else []

    def weigh_with_parts(
        self, whole: Piece, parts: Sequence[Piece], language: str
    ) -> tuple[Weighed, list[Weighed]]:
        """Weigh a message and its parts by what is quick, and the message by all there is when that is not enough."""
        distinct = list(dict.fromkeys(parts))  # a sentence may be a clause
        spelt_only = len(whole.words) > LONG
        logits = self._logits([whole] if spelt_only else [whole, *distinct], language)
        first, *rest = self._weigh(logits, language, self._quick)
        if spelt_only and distinct:
            rest = self._by_spelling(distinct, language)
        known = dict(zip(distinct, rest, strict=True))
        others = [known[part] for part in parts]
        slow = [name for name in self._encoders if name not in self._quick]
        if slow and (first.top < self._enough(language) or first.danger_weight >= self.thresholds.doubt):
            found = dict(zip((SPELLING, *self._quick), (part[:1] for part in logits), strict=True))
            found |= {name: self._by_encoder([whole], name) for name in slow}
            order = list(self._encoders)
            first = self._weigh([found[name] for name in (SPELLING, *order)], language, order)[0]
        return first, others

    def _enough(self, language: str) -> float:
        limits = self._model.thresholds[key((SPELLING, *self._quick))]
        read = all(_reads(name, language) for name in self._quick)
        return limits.enough if read else limits.enough_unread

    def _logits(self, pieces: Sequence[Piece], language: str) -> list[Floats]:
        spelt = self._model.spelling.logits([piece.words for piece in pieces])
        nothing = np.zeros_like(spelt)
        return [
            spelt,
            *(self._by_encoder(pieces, name) if _reads(name, language) else nothing for name in self._quick),
        ]

    def _by_spelling(self, pieces: Sequence[Piece], language: str) -> list[Weighed]:
        return self._weigh([self._model.spelling.logits([piece.words for piece in pieces])], language, ())

    def _by_encoder(self, pieces: Sequence[Piece], name: str) -> Floats:
        rows = self._encoders[name].encode([piece.text for piece in pieces])
        return self._model.heads[name].logits(rows)

    def _weigh(self, logits: Sequence[Floats], language: str, encoders: Sequence[str]) -> list[Weighed]:
        mixed = blend(logits, self._model.mix((SPELLING, *encoders), language))
        alone = softmax(blend(logits[:1], self._model.mix((SPELLING,), language)))
        return [self._read(*chances) for chances in zip(softmax(mixed), alone, strict=True)]

    def _read(self, chances: Floats, spelt: Floats) -> Weighed:
        dangers, talk = self._columns[DANGER], self._columns[TALK]
        danger = float(chances[dangers].sum())
        calm = with_needs_of_dangers(chances[None], self._model.classes)[0]
        needs = sorted(self._columns[NEED], key=calm.tolist().__getitem__, reverse=True)[:MOST_GUESSES]
        worst = dangers[int(chances[dangers].argmax())]
        said = talk[int(chances[talk].argmax())]
        return Weighed(
            [Guess(self._names[column], round(min(float(calm[column]), 1.0), 4)) for column in needs],
            self._names[worst],
            danger,
            self._names[said],
            float(chances[said]),
            float(spelt[dangers].sum()),
            float(chances.max()),
        )


def with_needs_of_dangers(chances: Floats, classes: Sequence[str]) -> Floats:
    """Let each danger say a little for the need behind it, so that a danger never hides a need."""
    found = chances.copy()
    for danger, need in _columns_behind(tuple(classes)):
        found[:, need] += BEHIND * chances[:, danger]
    return found


def _reads(encoder: str, language: str) -> bool:
    """Tell whether an encoder knows a language; of one that was not recognised it may."""
    return not language or language in READS.get(encoder, (language,))


@cache
def _columns_behind(classes: tuple[str, ...]) -> list[tuple[int, int]]:
    """Give the columns of each danger and of the need behind it."""
    number = {name: column for column, name in enumerate(classes)}
    both = ((DANGER + danger, NEED + need) for danger, need in NEED_BEHIND.items())
    return [(number[danger], number[need]) for danger, need in both if {danger, need} <= number.keys()]


def blend(logits: Sequence[Floats], shares: Sequence[float]) -> Floats:
    """Add up what the parts say, each by its share."""
    whole = np.zeros_like(logits[0])
    for part, share in zip(logits, shares, strict=True):
        whole += np.float32(share) * part
    return whole
