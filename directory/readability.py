"""How easy a French text is to read, from what editors of plain language change when they rewrite one.

It judges a whole short text, such as a section of an answer, not a sentence: naming an example or speaking to the
reader helps once. The eleven weights were fitted on pairs of texts: 84 % of them judged right, 83 % when fitted on
others (`tests/directory/test_readability.py`). No network, no list of word frequencies.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from directory.answers import PLACEHOLDER, Answer, Section
from directory.wording import Wording

MIDDLE, STEP = 50.0, 10.0  # a text without any of the traits stands at MIDDLE; a weight of 1 moves it by STEP
TELEGRAM = 8  # words; a text with fewer leaves too much to guess
LONG = 12  # words

# What every answer of the packs reaches today (2026-11-21): no new one may be harder than the hardest of them.
LEAST_EASE = 47

# How much each trait makes a text easier (+) or harder (-).
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "speaks to the reader": 1.5,
        "speaks of the office": -2.3,
        "share of hard words": -14.0,
        "telegram": -2.6,
        "share of verbs": 4.1,
        "letters a word": -0.2,
        "share of signs": -10.0,
        "share of names": -4.0,
        "is a list": 1.5,
        "names examples": 1.8,
        "words beyond a long sentence": -0.04,
    }
)

WORDS = re.compile(r"[^\W\d_]+")
PARTS = re.compile(r"[.!?…:;\n]+")
READER = frozenset(("vous", "votre", "vos"))
OFFICE = frozenset(("nous", "notre", "nos", "je", "moi"))
VERB = re.compile(r"\w{2,}(?:er|ir|re|ez)")
NO_VERBS = frozenset(
    ("entre", "notre", "votre", "autre", "quatre", "contre", "chez", "assez", "hier", "premier")
)
SIGNS = re.compile(r"/|!|\w\.\w{1,3}\b|\betc\b| ;")
LIST = re.compile(r"^\s*(?:[-•]|\d\.) ", re.MULTILINE)
EXAMPLES = re.compile(r"\.\.\.|…|\bpar exemple\b|\bexemples? :", re.IGNORECASE)


def ease(text: str, wording: Wording) -> float:
    """Tell how easy a text is: the higher, the easier; 50 is the middle."""
    return MIDDLE + STEP * sum(WEIGHTS[name] * value for name, value in traits(text, wording).items())


def ease_of(answer: Answer, wording: Wording) -> float:
    """Tell how easy an answer is: the mean of its sections, which people read one at a time."""
    texts = [_text(section) for section in answer.sections]
    return sum(ease(text, wording) for text in texts) / max(1, len(texts))


def traits(text: str, wording: Wording) -> dict[str, float]:
    """Give what makes a text easy or hard, as numbers."""
    words = [word.lower() for word in WORDS.findall(text)]
    count = max(1, len(words))
    longest = max((len(WORDS.findall(part)) for part in PARTS.split(text)), default=0)
    return {
        "speaks to the reader": float(not READER.isdisjoint(words)),
        "speaks of the office": float(not OFFICE.isdisjoint(words)),
        "share of hard words": wording.hard_words(text) / count,
        "telegram": max(0, TELEGRAM - count) / TELEGRAM,
        "share of verbs": sum(map(_is_verb, words)) / count,
        "letters a word": sum(map(len, words)) / count,
        "share of signs": len(SIGNS.findall(text)) / count,
        "share of names": sum(word[0].isupper() for word in WORDS.findall(text)) / count,
        "is a list": float(bool(LIST.search(text))),
        "names examples": float(bool(EXAMPLES.search(text))),
        "words beyond a long sentence": float(max(0, longest - LONG)),
    }


def _is_verb(word: str) -> bool:
    return word not in NO_VERBS and bool(VERB.fullmatch(word))


def _text(section: Section) -> str:
    lines = [("- " if block.kind == "item" else "") + block.text for block in section.blocks]
    return PLACEHOLDER.sub("ce service", "\n".join(lines))
