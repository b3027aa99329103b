"""A network with one hidden layer, in numpy: what an encoder's numbers mean where no straight line tells.

It learns with noise: in turn some of the numbers and of the hidden units are left out, so that it never leans on a few.
The same rows give the same network.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.solving import Integers, softmax

Floats = npt.NDArray[np.float32]

ROUNDS, AT_ONCE = 20, 256
NUMBERS_LEFT_OUT, UNITS_LEFT_OUT = 0.4, 0.5
STEP, SHRINK = 2e-3, 1e-4
SLOWLY, SLOWER = 0.9, 0.999  # how long Adam remembers the slope, and its size


@dataclass(frozen=True)
class Network:
    """Weights by layer; the last row of each is added to the rest."""

    hidden: Floats
    spoken: Floats

    def logits(self, rows: Floats) -> Floats:
        """Give how strongly each row speaks for each class."""
        units = np.maximum(_through(rows, self.hidden), 0)
        return np.asarray(_through(units, self.spoken), np.float32)


def learn_network(rows: Floats, classes: Integers, number: int, units: int) -> Network:
    """Find the weights by Adam, its steps ever smaller; `rows` have length 1."""
    chance = np.random.default_rng(0)
    width = rows.shape[1]
    rows = rows * np.float32(np.sqrt(width))
    layers = [
        chance.standard_normal((width + 1, units), np.float32) * np.float32(np.sqrt(2 / width)),
        chance.standard_normal((units + 1, number), np.float32) * np.float32(0.1 / np.sqrt(units)),
    ]
    for layer in layers:
        layer[-1] = 0
    walks = [_Walk(layer) for layer in layers]
    ends = ROUNDS * -(-len(rows) // AT_ONCE)
    step = 0
    for _ in range(ROUNDS):
        order = chance.permutation(len(rows))
        for start in range(0, len(rows), AT_ONCE):
            some = order[start : start + AT_ONCE]
            step += 1
            slopes = _slopes(layers, rows[some], classes[some], chance)
            for walk, slope in zip(walks, slopes, strict=True):
                walk.go(slope, step, STEP / 2 * (1 + np.cos(np.pi * step / ends)))
    layers[0][:-1] *= np.float32(np.sqrt(width))
    return Network(*layers)


def _slopes(
    layers: list[Floats], rows: Floats, classes: Integers, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    rows = rows * _left_in(rows.shape, NUMBERS_LEFT_OUT, chance)
    before = _through(rows, layers[0])
    kept = _left_in(before.shape, UNITS_LEFT_OUT, chance) * (before > 0)
    units = before * kept
    error = softmax(_through(units, layers[1]))
    error[np.arange(len(classes)), classes] -= 1
    error /= len(classes)
    behind = (error @ layers[1][:-1].T) * kept
    return _slope(rows, behind), _slope(units, error)


def _left_in(shape: tuple[int, ...], out: float, chance: np.random.Generator) -> Floats:
    return np.asarray((chance.random(shape, np.float32) >= out) / np.float32(1 - out), np.float32)


def _through(rows: Floats, layer: Floats) -> Floats:
    return np.asarray(rows @ layer[:-1] + layer[-1], np.float32)


def _slope(rows: Floats, error: Floats) -> Floats:
    return np.vstack([rows.T @ error, error.sum(0, keepdims=True)])


class _Walk:
    """The way of one layer's weights downhill, as Adam goes it."""

    def __init__(self, layer: Floats) -> None:
        self._layer = layer
        self._slope, self._size = np.zeros_like(layer), np.zeros_like(layer)

    def go(self, slope: Floats, step: int, length: float) -> None:
        """Take one step, in place; the weights shrink a little, what is added to the rest does not."""
        self._slope += np.float32(1 - SLOWLY) * (slope - self._slope)
        self._size += np.float32(1 - SLOWER) * (slope * slope - self._size)
        even = np.sqrt(self._size / np.float32(1 - SLOWER**step)) + np.float32(1e-8)
        self._layer[:-1] *= np.float32(1 - length * SHRINK)
        self._layer -= np.float32(length / (1 - SLOWLY**step)) * self._slope / even
