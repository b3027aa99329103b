"""What is learnt over an encoder's numbers: more than a straight line, and the same each time."""

import numpy as np
import pytest
from scipy import sparse  # type: ignore[import-untyped]

from bot.understanding.network import learn_network
from bot.understanding.training import DENSE, SPARSE

CORNERS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], np.float32)
SAME_SIGN = np.array([0, 1, 1, 0])


def points():
    """Points around four corners, of one class where both signs are the same: no line parts them."""
    chance = np.random.default_rng(7)
    corner = chance.integers(0, 4, 4000)
    wide = np.repeat(CORNERS[corner], 8, axis=1)  # several numbers tell of each side, as some are left out
    rows = wide + chance.normal(0, 0.3, wide.shape).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), SAME_SIGN[corner]


@pytest.mark.parametrize(("form", "recipe"), [(np.asarray, DENSE), (sparse.csr_array, SPARSE)])
def test_what_no_straight_line_parts_is_learnt(form, recipe):
    rows, classes = points()
    network = learn_network(form(rows[:3000]), classes[:3000], 2, recipe)
    right = network.logits(form(rows[3000:])).argmax(1) == classes[3000:]
    assert right.mean() > 0.95


@pytest.mark.parametrize(("form", "recipe"), [(np.asarray, DENSE), (sparse.csr_array, SPARSE)])
def test_the_same_rows_give_the_same_network(form, recipe):
    rows, classes = points()
    one, other = (learn_network(form(rows[:500]), classes[:500], 2, recipe) for _ in range(2))
    assert np.array_equal(one.hidden, other.hidden)
    assert np.array_equal(one.spoken, other.spoken)
