"""A text as pieces of words, as the encoder e5 knows them: sentencepiece's unigram, found through rolling hashes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
INVERSE = pow(BASE, -1, 1 << 64)
LONGEST_PIECE = 24  # signs; hardly any piece is longer
LONGEST_TEXT = 8192  # bytes
UNKNOWN_COST = 10.0
SPACE = "\u2581"


@dataclass(frozen=True)
class Pieces:
    """The vocabulary: hashes in order, and for each the number and score of its piece."""

    hashes: Hashes
    numbers: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    replaced: Mapping[int, str]
    unknown: int

    def split(self, text: str) -> list[int]:
        """Give the likeliest pieces of a text."""
        raw = np.frombuffer(self._spaced(text).encode("utf-8", "replace"), np.uint8)[:LONGEST_TEXT]
        bounds = np.append(np.nonzero((raw & 0xC0) != 0x80)[0], len(raw))
        starts, ends = _spans(_ends_of_words(raw, bounds))
        found = _hashes_of(raw, bounds[starts], bounds[ends])
        places = np.minimum(np.searchsorted(self.hashes, found), len(self.hashes) - 1)
        hits = self.hashes[places] == found
        numbers = self.numbers[places[hits]]
        known = zip(
            starts[hits].tolist(),
            ends[hits].tolist(),
            numbers.tolist(),
            self.scores[numbers].tolist(),
            strict=True,
        )
        return self._best(list(known), len(bounds) - 1)

    def _spaced(self, text: str) -> str:
        return SPACE + SPACE.join(text.translate(self.replaced).split(" ")).strip(SPACE)

    def _best(self, known: list[tuple[int, int, int, float]], size: int) -> list[int]:
        cost_of_unknown = float(self.scores.min()) - UNKNOWN_COST
        best = [0.0] + [-np.inf] * size
        last: list[tuple[int, int]] = [(0, self.unknown)] * (size + 1)
        place = 0
        for start in range(size):
            while place < len(known) and known[place][0] == start:
                _, end, number, score = known[place]
                if number != self.unknown and best[start] + score > best[end]:
                    best[end], last[end] = best[start] + score, (start, number)
                place += 1
            if best[start] + cost_of_unknown > best[start + 1]:
                best[start + 1], last[start + 1] = best[start] + cost_of_unknown, (start, self.unknown)
        found: list[int] = []
        end = size
        while end > 0:
            end, number = last[end]
            found.append(number)
        return found[::-1]


def hash_pieces(
    letters: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64]
) -> tuple[Hashes, npt.NDArray[np.int32]]:
    """Give the hashes of all pieces of a vocabulary in order, and the number of each."""
    hashes = _hashes_of(letters, bounds[:-1], bounds[1:])
    order = np.argsort(hashes, kind="stable")
    return hashes[order], order.astype(np.int32)


def _hashes_of(
    letters: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> Hashes:
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * _powers(BASE, len(letters)), out=sums[1:])
    return (sums[ends] - sums[starts]) * _powers(INVERSE, len(letters) + 1)[starts]


def _powers(base: int, number: int) -> Hashes:
    found = np.full(number, base, np.uint64)
    found[:1] = 1
    return np.cumprod(found)


def _ends_of_words(raw: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give for each sign where its word ends: no piece goes on behind a space."""
    spaced = raw.tobytes()
    space = SPACE.encode()
    starts = [place for place, start in enumerate(bounds[:-1].tolist()) if spaced.startswith(space, start)]
    ends = np.array([*starts, len(bounds) - 1])
    return ends[np.searchsorted(ends, np.arange(len(bounds) - 1), side="right")]


def _spans(ends_of_words: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    size = len(ends_of_words)
    starts = np.repeat(np.arange(size), LONGEST_PIECE)
    ends = starts + np.tile(np.arange(1, LONGEST_PIECE + 1), size)
    inside = ends <= ends_of_words[starts]
    return starts[inside], ends[inside]
