"""A network with one hidden layer, in numpy: what numbers mean where no straight line tells.

It learns with noise: in turn some of the numbers and of the hidden units are left out, so that it never leans on a few.
The same rows give the same network.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

AT_HAND = (
    1 << 15
)  # numbers that a processor keeps near; a large layer goes downhill in parts, in two thirds of the time
SLOWLY, SLOWER = 0.9, 0.999  # how long Adam remembers the slope, and its size


@dataclass(frozen=True)
class Network:
    """Weights by layer; the last row of each is added to the rest."""

    hidden: Floats
    spoken: Floats

    def logits(self, rows: Any) -> Floats:
        """Give how strongly each row, of an array or a sparse table, speaks for each class."""
        return heard(_through(rows, self.hidden), self.spoken)


@dataclass(frozen=True)
class Recipe:
    """How a network learns from rows of length 1; each was chosen on phrases that had not been learnt from."""

    units: int  # hidden ones
    numbers_left_out: float
    units_left_out: float
    loudness: float  # of the rows: too quiet, and the first steps go nowhere
    spread: float  # of the first weights
    step: float
    shrink: float  # of the weights, at each step
    rounds: int
    at_once: int


def heard(before: Floats, spoken: Floats) -> Floats:
    """Give how strongly hidden units speak for each class, from what reaches them."""
    return _through(np.maximum(before, 0), spoken)


def softmax(logits: Floats) -> Floats:
    """Give the chances that sum to 1 in each row."""
    risen = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(risen / risen.sum(-1, keepdims=True), np.float32)


def learn_network(rows: Any, classes: Integers, number: int, recipe: Recipe) -> Network:
    """Find the weights for the rows of an array or a sparse table by Adam, its steps ever smaller."""
    chance = np.random.default_rng(0)
    rows = rows * np.float32(recipe.loudness)
    width, units = rows.shape[1], recipe.units
    layers = [
        chance.standard_normal((width + 1, units), np.float32) * np.float32(recipe.spread),
        chance.standard_normal((units + 1, number), np.float32) * np.float32(0.1 / np.sqrt(units)),
    ]
    for layer in layers:
        layer[-1] = 0
    walks = [_Walk(layer, recipe.shrink) for layer in layers]
    ends = recipe.rounds * -(-rows.shape[0] // recipe.at_once)
    step = 0
    for _ in range(recipe.rounds):
        order = chance.permutation(rows.shape[0])
        for start in range(0, len(order), recipe.at_once):
            some = order[start : start + recipe.at_once]
            step += 1
            slopes = _slopes(layers, rows[some], classes[some], recipe, chance)
            for walk, slope in zip(walks, slopes, strict=True):
                walk.go(slope, step, recipe.step / 2 * (1 + np.cos(np.pi * step / ends)))
    layers[0][:-1] *= np.float32(recipe.loudness)
    return Network(*layers)


def _slopes(
    layers: list[Floats], rows: Any, classes: Integers, recipe: Recipe, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    rows = _with_gaps(rows, recipe.numbers_left_out, chance)
    before = _through(rows, layers[0])
    kept = _left_in(before.shape, recipe.units_left_out, chance) * (before > 0)
    units = before * kept
    error = softmax(_through(units, layers[1]))
    error[np.arange(len(classes)), classes] -= 1
    error /= len(classes)
    behind = (error @ layers[1][:-1].T) * kept
    return _slope(rows, behind), _slope(units, error)


def _with_gaps(rows: Any, out: float, chance: np.random.Generator) -> Any:
    if isinstance(rows, np.ndarray):
        return rows * _left_in(rows.shape, out, chance)
    rows.data = rows.data * _left_in(rows.data.shape, out, chance)
    return rows


def _left_in(shape: tuple[int, ...], out: float, chance: np.random.Generator) -> Floats:
    return np.asarray((chance.random(shape, np.float32) >= out) / np.float32(1 - out), np.float32)


def _through(rows: Any, layer: Floats) -> Floats:
    return np.asarray(rows @ layer[:-1] + layer[-1], np.float32)


def _slope(rows: Any, error: Floats) -> Floats:
    return np.vstack([rows.T @ error, error.sum(0, keepdims=True)])


class _Walk:
    """The way of one layer's weights downhill, as Adam goes it."""

    def __init__(self, layer: Floats, shrink: float) -> None:
        self._layer, self._shrink = layer, shrink
        self._slope, self._size = np.zeros_like(layer), np.zeros_like(layer)
        rows = max(1, AT_HAND // layer.shape[1])
        self._parts = [slice(start, start + rows) for start in range(0, len(layer), rows)]

    def go(self, slope: Floats, step: int, length: float) -> None:
        """Take one step, in place; the weights shrink a little, what is added to the rest does not."""
        self._layer[:-1] *= np.float32(1 - length * self._shrink)
        for part in self._parts:
            self._go(self._layer[part], self._slope[part], self._size[part], slope[part], step, length)

    def _go(
        self, layer: Floats, before: Floats, size: Floats, slope: Floats, step: int, length: float
    ) -> None:
        before += np.float32(1 - SLOWLY) * (slope - before)
        size += np.float32(1 - SLOWER) * (slope * slope - size)
        even = np.sqrt(size / np.float32(1 - SLOWER**step)) + np.float32(1e-8)
        layer -= np.float32(length / (1 - SLOWLY**step)) * before / even
