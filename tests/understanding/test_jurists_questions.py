"""Questions of Belgian citizens as jurists reworded them, by theme; skipped where the data is not (its licence)."""

import json
from pathlib import Path

import pytest

from directory.needs import load_needs

QUESTIONS = Path(__file__).parents[3] / "shared" / "data" / "questions_belgium_fr_nl.jsonl"
EVERY = 10  # of the clear questions: all of them take half a minute
LEAST_FIRST, LEAST_THREE = 0.75, 0.93
# Our themes in the words of that data.
THEMES = {
    "housing": {"housing"},
    "money": {"money_debts"},
    "everyday": {"food", "money_debts"},
    "energy": {"housing", "money_debts"},
    "health": {"health", "mental_health", "addiction"},
    "safety": {"violence_safety"},
    "papers": {"documents_admin"},
    "stay": {"immigration_asylum"},
    "family": {"family_children"},
    "work": {"work"},
    "education": {"family_children"},
    "care": {"disability"},
    "justice": {"justice"},
}


def theme_places(understander, questions):
    """Say of each question in which place the first need of a right theme stands."""
    themes = {need.id: need.theme for need in load_needs()}
    for question in questions:
        right = {*question["needs"], *question["needs_acceptable"]}
        found = understander.understand(question["text"]).needs[:3]
        yield next((place for place, guess in enumerate(found) if THEMES[themes[guess.id]] & right), 3)


def clear_questions():
    lines = QUESTIONS.read_text("utf-8").splitlines()
    return [one for one in map(json.loads, lines) if not one["ambiguous"]]


@pytest.mark.skipif(not QUESTIONS.exists(), reason="measuring data is not here")
def test_jurists_questions_lead_to_their_theme(understander):
    if "e5" not in understander.parts:
        pytest.skip("the encoder is not installed: the figures hold with it")
    places = list(theme_places(understander, clear_questions()[::EVERY]))
    assert sum(place == 0 for place in places) >= LEAST_FIRST * len(places)
    assert sum(place < 3 for place in places) >= LEAST_THREE * len(places)
