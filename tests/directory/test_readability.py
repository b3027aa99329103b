"""The score of ease judges as editors of plain language do, also on texts that its weights have never seen."""

import json
import math
import re
from collections.abc import Iterator, Sequence

import pytest

from directory.packs import ease_of_answers, load_pack, packaged_territories
from directory.readability import LEAST_EASE, WEIGHTS, ease, traits
from directory.wording import Wording, load_wording
from tests.paths import SHARED_DATA

PAIRS = SHARED_DATA / "plain_language_pairs_fr.jsonl"
AT_LEAST = 0.80
FOLDS = 10

Difference = list[float]


def french() -> Wording:
    wording = load_wording("fr")
    assert wording is not None
    return wording


def pairs() -> Iterator[tuple[str, str]]:
    """Give the pairs whose words differ: where editors changed nothing, neither side is easier (52 of 265)."""
    if not PAIRS.is_file():
        pytest.skip("the pairs are not here")
    for line in PAIRS.read_text("utf-8").splitlines():
        pair = json.loads(line)
        if re.findall(r"\w+", pair["source"].lower()) != re.findall(r"\w+", pair["plain"].lower()):
            yield pair["source"], pair["plain"]


def fitted(differences: Sequence[Difference], rounds: int = 150, pull: float = 0.02) -> list[float]:
    """Fit a weight for each trait by logistic regression without a constant."""
    weights = [0.0] * len(differences[0])
    for _ in range(rounds):
        slopes = [pull * weight for weight in weights]
        for one in differences:
            missing = 1 / (1 + math.exp(sum(w * x for w, x in zip(weights, one, strict=True))))
            slopes = [slope - missing * x / len(differences) for slope, x in zip(slopes, one, strict=True)]
        weights = [weight - slope for weight, slope in zip(weights, slopes, strict=True)]
    return weights


def test_the_plain_rewrite_is_easier_in_four_pairs_of_five() -> None:
    judged = [ease(plain, french()) > ease(source, french()) for source, plain in pairs()]
    assert len(judged) > 200
    assert sum(judged) / len(judged) >= AT_LEAST


def test_the_judgement_holds_for_texts_that_the_weights_have_not_seen() -> None:
    """Ten times: fit on nine tenths, judge the rest; neighbours, which come from one page, stay together."""
    seen = [(traits(source, french()), traits(plain, french())) for source, plain in pairs()]
    differences = [[plain[name] - source[name] for name in WEIGHTS] for source, plain in seen]
    spread = [
        math.sqrt(sum(x * x for x in column) / len(column)) for column in zip(*differences, strict=True)
    ]
    scaled = [[x / s for x, s in zip(one, spread, strict=True)] for one in differences]
    right = 0
    for fold in range(FOLDS):
        inside = [at * FOLDS // len(scaled) == fold for at in range(len(scaled))]
        weights = fitted([one for one, held in zip(scaled, inside, strict=True) if not held])
        held_out = [one for one, held in zip(scaled, inside, strict=True) if held]
        right += sum(sum(w * x for w, x in zip(weights, one, strict=True)) > 0 for one in held_out)
    assert right / len(scaled) >= AT_LEAST


@pytest.mark.parametrize(
    ("harder", "easier"),
    [
        (
            "Afin de bénéficier de l'octroi de l'aide, il convient de procéder à l'introduction de la demande.",
            "Pour recevoir l'aide, vous devez la demander.",
        ),
        (
            "Notre service procède à l'accompagnement des usagers pour leurs démarches administratives.",
            "Un service vous aide à remplir vos papiers.",
        ),
        ("Documents nécessaires", "Apportez ces papiers : par exemple votre bail et vos fiches de paie."),
    ],
)
def test_the_words_of_offices_are_harder(harder: str, easier: str) -> None:
    assert ease(harder, french()) < ease(easier, french())


def test_any_text_has_an_ease() -> None:
    for text in ("", "\n", "…", "123", "🏠", "a" * 5000):
        assert math.isfinite(ease(text, french()))


@pytest.mark.parametrize("code", packaged_territories())
def test_no_answer_is_harder_than_the_hardest_of_today(code: str) -> None:
    eases = ease_of_answers(load_pack(code))
    assert eases
    assert {need: round(found) for need, found in eases.items() if found < LEAST_EASE} == {}
