"""What a text may mean: needs, dangers and small talk side by side, by spelling and by the encoder if it is there."""

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
    SPELLING,
    TALK,
    Floats,
    Model,
    Thresholds,
    key,
)
from bot.understanding.network import softmax
from bot.understanding.text import clean, words_of

MOST_GUESSES = 8
SHORT = 12  # words; the parts of what is longer are weighed by their spelling alone: as well, in a fifth of the time
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
    """A text or a part of it: as an encoder reads it, and its folded words."""

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
        spelt = self._weigh([self._by_spelling(pieces)], language)
        loud = max(zip(pieces, spelt, strict=True), key=lambda both: both[1].danger_weight)
        return [(loud[0], self.weigh(loud[0], language))] if loud[1].danger_weight >= least else []

    def weigh_with_parts(
        self, whole: Piece, parts: Sequence[Piece], language: str
    ) -> tuple[Weighed, list[Weighed]]:
        """Weigh a message and its parts by their spelling, and by all there is where that is not enough.

        The parts of a long message are weighed by their spelling alone.
        """
        pieces = [whole, *dict.fromkeys(parts)]  # a sentence may be a clause
        spelt = self._by_spelling(pieces)
        weighed = self._weigh([spelt], language)
        for place in range(len(pieces) if len(whole.words) <= SHORT else 1):
            if self._encoders and not self._is_enough(weighed[place]):
                said = [self._by_encoder(pieces[place], name) for name in self._encoders]
                weighed[place] = self._weigh([spelt[place : place + 1], *said], language)[0]
        known = dict(zip(pieces, weighed, strict=True))
        return weighed[0], [known[part] for part in parts]

    def _is_enough(self, spelt: Weighed) -> bool:
        """Tell whether the spelling is so sure that the encoder would change nothing; of danger it never is."""
        enough = self._model.thresholds[SPELLING].enough
        return spelt.top >= enough and spelt.danger_weight < self.thresholds.doubt

    def _by_spelling(self, pieces: Sequence[Piece]) -> Floats:
        return self._model.spelling.logits([piece.words for piece in pieces])

    def _by_encoder(self, piece: Piece, name: str) -> Floats:
        return self._model.heads[name].logits(self._encoders[name].encode([piece.text]))

    def _weigh(self, logits: Sequence[Floats], language: str) -> list[Weighed]:
        """Weigh by what the first parts say: the spelling, or all."""
        chances = softmax(blend(logits, self._model.mix(self.parts[: len(logits)], language)))
        calm = with_needs_of_dangers(chances, self._model.classes)
        alone = softmax(blend(logits[:1], self._model.mix((SPELLING,), language)))
        return [self._read(*each) for each in zip(chances, calm, alone, strict=True)]

    def _read(self, chances: Floats, calm: Floats, spelt: Floats) -> Weighed:
        dangers, talk = self._columns[DANGER], self._columns[TALK]
        danger = float(chances[dangers].sum())
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
