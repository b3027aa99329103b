"""A text as a row of numbers by its spelling alone: its words, pairs, letter groups and consonants, hashed."""

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.traits import traits

Floats = npt.NDArray[np.float32]

PLACES = 32768  # half as many are 0.5 % worse beside the encoders
KNOWN = 1 << 16  # places of the table that says how rare a trait is
LEAST_SEEN = 2  # in fewer phrases than this a trait says nothing


@dataclass(frozen=True)
class Spelling:
    """What is known of how words are spelt: how rare each trait is, 0 for one not seen."""

    rarity: npt.NDArray[np.float16]

    def row(self, words: Sequence[str]) -> tuple[npt.NDArray[np.int32], Floats]:
        """Give the places that words take and the number at each; of length 1 in all."""
        places, values = [], []
        for trait, kind in traits(words).items():
            code = zlib.crc32(trait.encode())
            rarity = float(self.rarity[code % KNOWN])
            if rarity:
                places.append(code // KNOWN % PLACES)
                values.append(kind * rarity * (1 if code & 1 else -1))
        length = math.sqrt(sum(value * value for value in values)) or 1.0
        return np.asarray(places, np.int32), np.asarray(values, np.float32) / np.float32(length)


def learn_spelling(texts: Iterable[Sequence[str]]) -> Spelling:
    """Count how rare each trait is."""
    seen: Counter[str] = Counter()
    number = 0
    for words in texts:
        seen.update(traits(words))
        number += 1
    rarity = np.zeros(KNOWN, np.float16)
    for trait, count in seen.items():
        if count >= LEAST_SEEN:
            place = zlib.crc32(trait.encode()) % KNOWN
            rarity[place] = max(float(rarity[place]), math.log((number + 1) / (count + 0.5)))
    return Spelling(rarity)
