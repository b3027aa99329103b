"""A text as a row of numbers by its spelling alone: its words, pairs, letter groups and consonants, hashed."""

import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bot.understanding.traits import MOST_WORDS, pairs_of, traits_of

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint32]
_Coded: TypeAlias = "tuple[array[int], array[float]]"

PLACES = 32768  # half as many are 0.5 % worse beside the encoder
KNOWN = 1 << 16  # places of the table that says how rare a trait is
MOST_REMEMBERED = 8192  # words: the everyday ones come again and again
LEAST_SEEN = 2  # in fewer phrases than this a trait says nothing


@dataclass(frozen=True)
class Spelling:
    """What is known of how words are spelt: how rare each trait is, 0 for one not seen."""

    rarity: npt.NDArray[np.float16]

    def row(self, codes: Codes, weights: Floats) -> tuple[npt.NDArray[np.int32], Floats]:
        """Give the places that the traits of a text take and the number at each; of length 1 in all."""
        rarity = self.rarity[codes % KNOWN].astype(np.float32)
        known = rarity > 0
        values = weights * rarity * np.where(codes & 1, np.float32(1), np.float32(-1))
        length = np.linalg.norm(values) or np.float32(1)
        return (codes // KNOWN % PLACES)[known].astype(np.int32), np.asarray(
            values[known] / length, np.float32
        )


def coded(words: Sequence[str]) -> tuple[Codes, Floats]:
    """Give the code of each trait of a text and the weight of its kind."""
    read = words[:MOST_WORDS]
    found: dict[int, float] = {}
    for word in read:
        found.update(zip(*_coded_word(word), strict=True))
    found.update(zip(*_coded(pairs_of(read)), strict=True))
    return np.fromiter(found, np.uint32, len(found)), np.fromiter(found.values(), np.float32, len(found))


@lru_cache(MOST_REMEMBERED)
def _coded_word(word: str) -> _Coded:
    return _coded(traits_of(word))


def _coded(traits: Mapping[str, float]) -> _Coded:
    return array("I", [zlib.crc32(trait.encode()) for trait in traits]), array("f", traits.values())


def learn_spelling(texts: Sequence[Codes]) -> Spelling:
    """Count how rare each trait is, from the codes of each text."""
    codes, counts = np.unique(np.concatenate(texts), return_counts=True)
    often = counts >= LEAST_SEEN
    rarity = np.zeros(KNOWN, np.float32)
    np.maximum.at(rarity, codes[often] % KNOWN, np.log((len(texts) + 1) / (counts[often] + 0.5)))
    return Spelling(rarity.astype(np.float16))
