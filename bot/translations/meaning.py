"""Compares what a translation means with its source, by the sentence encoder; optional, slow, for a human to read.

A low likeness is no proof of a mistake: the texts least alike in a language are listed, and somebody reads them.
"""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import numpy as np

from bot.translations.form import PLACEHOLDER
from bot.translations.texts import Official, Text, read_catalogs, short
from bot.translations.wording import BRACKETS
from bot.understanding.encoders import Encoder, Floats

DEVIATIONS = 2.5  # below the language's middle: about one text in a hundred
FEWEST_WORDS = 3  # a single word says too little


@dataclass(frozen=True)
class Unlike:
    """A translation that is less like its source than nearly all others of its language."""

    text: Text
    likeness: float

    def __str__(self) -> str:
        said = self.text.entry.forms[0]
        return (
            f"{self.text.path}:{self.text.entry.line}: {self.likeness:.2f}: {short(self.text)!r} -> {said!r}"
        )


def unlike(
    folder: Traversable, language: str, official: Official, encoder: Encoder
) -> tuple[float, list[Unlike]]:
    """Give the threshold of a language and the texts below it, the least alike first."""
    texts = [text for text in _texts(folder, language, official) if text.source != language]
    if len(texts) < 2:
        return 0.0, []
    likeness = _likeness(texts, encoder)
    threshold = statistics.mean(likeness) - DEVIATIONS * statistics.stdev(likeness)
    found = [Unlike(text, one) for text, one in zip(texts, likeness, strict=True) if one < threshold]
    return threshold, sorted(found, key=lambda one: one.likeness)


def _texts(folder: Traversable, language: str, official: Official) -> Iterator[Text]:
    for catalog in read_catalogs(folder, language, official):
        for text in catalog.texts:
            if text.entry.is_told and len(text.entry.sources[0].split()) >= FEWEST_WORDS:
                yield text


def _likeness(texts: Sequence[Text], encoder: Encoder) -> list[float]:
    sources = _rows([text.entry.sources[0] for text in texts], encoder)
    said = _rows([text.entry.forms[0] for text in texts], encoder)
    return [float(one) for one in np.sum(sources * said, axis=1)]


def _rows(texts: Sequence[str], encoder: Encoder) -> Floats:
    """Encode without what is the same in both: values that are filled in, and the original in brackets."""
    bare = [BRACKETS.sub(" ", PLACEHOLDER.sub(" ", text)) for text in texts]
    rows = encoder.encode(bare)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
