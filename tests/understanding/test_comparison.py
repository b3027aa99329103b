"""Ways to understand, side by side on the same messages."""

import numpy as np
import pytest

from bot.understanding.calibration import enough_without
from bot.understanding.comparison import Asked, compare, read_asked, ways
from bot.understanding.model import load_model
from bot.understanding.phrases import Phrase

PHRASES = [
    Phrase("je ne peux plus payer mon loyer", "rent-arrears", "fr"),
    Phrase("ma facture de gaz est trop haute", "energy-bill-unpaid", "fr"),
    Phrase("je cherche un colis alimentaire", "food-aid", "fr"),
]
RIGHT = Asked("fr", "payer le loyer, je ne peux plus", frozenset({"rent-arrears"}))
WRONG = Asked("fr", "un colis alimentaire", frozenset({"rent-arrears"}))


@pytest.mark.parametrize("name", ["exact words", "rapidfuzz alone", "BM25", "spelling, learnt", "together"])
def test_every_way_finds_what_is_nearly_a_phrase_and_is_counted(name):
    by = {name: ways(PHRASES, load_model(), {})[name]}
    row = compare([RIGHT, WRONG], by, load_model().lexicon)[name]
    assert row.first == 0.5


def test_messages_are_read_from_both_kinds_of_file(tmp_path):
    lines, sentences = tmp_path / "a.jsonl", tmp_path / "nl.toml"
    lines.write_text(
        '{"text": "x", "lang": "fr", "kind": "need", "needs": ["debts"], "accept": ["lease"]}\n'
        '{"text": "y", "lang": "fr", "kind": "lure", "needs": []}\n',
        "utf-8",
    )
    sentences.write_text('known_failures = []\n[needs]\ndebts = ["z"]\n[lures]\nnone = ["w"]\n', "utf-8")
    assert list(read_asked(lines)) == [Asked("fr", "x", frozenset({"debts", "lease"}))]
    assert list(read_asked(sentences)) == [Asked("nl", "z", frozenset({"debts"}))]


def test_the_slow_encoder_is_left_out_only_from_where_it_agrees():
    quick = np.array([[9, 0], [6, 0], [2, 0], [1, 0]], np.float32)
    full = np.array([[9, 0], [6, 0], [0, 2], [1, 0]], np.float32)
    assert 0.9 < enough_without(quick, full) <= 0.998
