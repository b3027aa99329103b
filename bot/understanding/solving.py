"""Softmax regression in numpy: the weights under which labelled rows are likeliest. Deterministic."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
ValueAndSlope = Callable[[Floats], tuple[float, Floats]]

MOST_STEPS, REMEMBERED, ENOUGH = 200, 8, 1e-3
CONSTANT = 0.2  # a column of this value lets every class have its own rest


def softmax(logits: Floats) -> Floats:
    """Give the chances that sum to 1 in each row."""
    risen = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(risen / risen.sum(-1, keepdims=True), np.float32)


@dataclass(frozen=True)
class Line:
    """Weights: a row for each column of the table, and one for the constant."""

    weights: Floats

    def logits(self, rows: Any) -> Floats:
        """Give how strongly each row speaks for each class."""
        return np.asarray(rows @ self.weights[:-1] + np.float32(CONSTANT) * self.weights[-1], np.float32)


def fit(known: Any, classes: Integers, number: int, caution: float) -> Line:
    """Find the weights for a table of rows, an array or a sparse one of scipy, whose last column is the constant.

    `caution` keeps them small.
    """
    here = np.arange(len(classes))

    def value(weights: Floats) -> tuple[float, Floats]:
        logits = known @ weights
        logits -= logits.max(1, keepdims=True)
        risen = np.exp(logits)
        total = risen.sum(1, keepdims=True)
        loss = float((np.log(total[:, 0]) - logits[here, classes]).sum())
        error = risen / total
        error[here, classes] -= 1
        slope = known.T @ error + caution * weights
        return loss + caution / 2 * float(np.vdot(weights, weights)), slope

    return Line(minimise(value, np.zeros((known.shape[1], number), np.float32)))


def minimise(value: ValueAndSlope, start: Floats) -> Floats:
    """Go down by L-BFGS until a step gains almost nothing."""
    here = start
    now, slope = value(here)
    steps: list[tuple[Floats, Floats, float]] = []
    for _ in range(MOST_STEPS):
        way = _direction(slope, steps)
        length, downhill = 1.0, float(np.vdot(slope, way))
        while True:
            there = here + np.float32(length) * way
            then, new_slope = value(there)
            if then <= now + 1e-4 * length * downhill or length < 1e-6:
                break
            length /= 2
        moved, turned = there - here, new_slope - slope
        if (curve := float(np.vdot(moved, turned))) > 1e-10:
            steps = [*steps, (moved, turned, curve)][-REMEMBERED:]
        gain = now - then
        here, now, slope = there, then, new_slope
        if gain < ENOUGH * abs(now):
            break
    return here


def _direction(slope: Floats, steps: list[tuple[Floats, Floats, float]]) -> Floats:
    way = slope.copy()
    shares = []
    for moved, turned, curve in reversed(steps):
        share = np.float32(float(np.vdot(moved, way)) / curve)
        shares.append(share)
        way -= share * turned
    if steps:
        _, turned, curve = steps[-1]
        way *= np.float32(curve / float(np.vdot(turned, turned)))
    else:
        way /= np.float32(max(float(np.linalg.norm(slope)), 1e-9))
    for (moved, turned, curve), share in zip(steps, reversed(shares), strict=True):
        way += (share - np.float32(float(np.vdot(turned, way)) / curve)) * moved
    return -way
