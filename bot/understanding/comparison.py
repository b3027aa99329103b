"""`python -m bot.understanding.comparison FILES...`: ways to understand, side by side on the same messages.

FILES are lines for `passerelle evaluate` (.jsonl) or sentences as in tests/phrases (.toml); only needs are compared.
"""

import json
import math
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from bot.understanding.encoders import Encoder, load_encoders
from bot.understanding.language import LanguageGuesser
from bot.understanding.lexicon import Lexicon
from bot.understanding.matcher import LearntMatcher, Piece
from bot.understanding.model import NEED, Floats, Model, load_model
from bot.understanding.phrases import Phrase, read_phrases
from bot.understanding.scripts import in_own_letters
from bot.understanding.text import clean, words_of
from directory.needs import load_needs

FIRST = 3
K, B = 1.2, 0.75  # the usual constants of BM25


@dataclass(frozen=True)
class Asked:
    """A message about one need."""

    language: str
    text: str
    right: frozenset[str]


Way = Callable[[Piece, str], list[str]]  # the needs, the likeliest first


@dataclass(frozen=True)
class Row:
    """How well one way did."""

    first: float
    three: float
    milliseconds: float
    by_language: Mapping[str, float]  # in the first three


def read_asked(path: Path) -> Iterator[Asked]:
    """Read the messages about one need of a file."""
    text = path.read_text("utf-8")
    if path.suffix == ".toml":
        for need, texts in tomllib.loads(text)["needs"].items():
            yield from (Asked(path.stem, one, frozenset((need,))) for one in texts)
        return
    for line in filter(None, text.splitlines()):
        one = json.loads(line)
        if one.get("kind", "need") == "need":
            yield Asked(one["lang"], one["text"], frozenset((*one["needs"], *(one.get("accept") or ()))))


def ways(phrases: Sequence[Phrase], model: Model, encoders: Mapping[str, Encoder]) -> Mapping[str, Way]:
    """Give every way by name."""
    texts = [words_of(clean(phrase.text), phrase.language) for phrase in phrases]
    needs = [phrase.meaning for phrase in phrases]
    joined = [" ".join(words) for words in texts]
    found: dict[str, Way] = {
        "exact words": partial(_by_exact_words, [frozenset(words) for words in texts], needs),
        "rapidfuzz alone": partial(_by_rapidfuzz, joined, needs),
        "BM25": _bm25(texts, needs),
        "spelling, learnt": lambda piece, _: _ranked(model, model.spelling.logits([piece.words])[0]),
    }
    for name in encoders:
        found[f"{name}, learnt"] = partial(_by_encoder, model, name, encoders[name])
    matcher = LearntMatcher(model, encoders)
    found["together"] = lambda piece, language: [guess.id for guess in matcher.weigh(piece, language).needs]
    return found


def compare(asked: Sequence[Asked], by: Mapping[str, Way], lexicon: Lexicon) -> Mapping[str, Row]:
    """Understand every message in every way."""
    guesser = LanguageGuesser(lexicon)
    pieces = [_piece(one, guesser, lexicon.neighbours) for one in asked]
    return {name: _row(asked, pieces, way) for name, way in by.items()}


def _row(asked: Sequence[Asked], pieces: Sequence[tuple[Piece, str]], way: Way) -> Row:
    start = time.process_time()
    ranked = [way(piece, language)[:FIRST] for piece, language in pieces]
    spent = (time.process_time() - start) * 1000 / len(asked)
    three: dict[str, list[bool]] = {}
    for one, needs in zip(asked, ranked, strict=True):
        three.setdefault(one.language, []).append(bool(one.right & set(needs)))
    first = [bool(needs) and needs[0] in one.right for one, needs in zip(asked, ranked, strict=True)]
    shares = {language: sum(hits) / len(hits) for language, hits in three.items()}
    return Row(sum(first) / len(first), sum(map(sum, three.values())) / len(first), spent, shares)


def _piece(one: Asked, guesser: LanguageGuesser, neighbours: Container[str]) -> tuple[Piece, str]:
    bare = clean(one.text)
    language = guesser.likeliest(bare, words_of(bare))
    return Piece(in_own_letters(bare, language, neighbours), tuple(words_of(bare, language))), language


def _distinct(ordered: Iterator[str]) -> list[str]:
    found: dict[str, None] = {}
    for need in ordered:
        found[need] = None
        if len(found) == FIRST:
            break
    return list(found)


def _by_exact_words(known: Sequence[frozenset[str]], needs: Sequence[str], piece: Piece, _: str) -> list[str]:
    said = set(piece.words)
    scores = [len(words & said) / len(words | said) if words & said else 0.0 for words in known]
    order = sorted((place for place, score in enumerate(scores) if score), key=lambda place: -scores[place])
    return _distinct(needs[place] for place in order)


def _by_rapidfuzz(known: Sequence[str], needs: Sequence[str], piece: Piece, _: str) -> list[str]:
    best = process.extract(" ".join(piece.words), known, scorer=fuzz.ratio, limit=10 * FIRST)
    return _distinct(needs[place] for _, _, place in best)


def _bm25(texts: Sequence[Sequence[str]], needs: Sequence[str]) -> Way:
    seen = Counter(word for words in texts for word in set(words))
    middle = sum(map(len, texts)) / len(texts)
    holding: dict[str, list[tuple[int, float]]] = {}
    for place, words in enumerate(texts):
        for word, count in Counter(words).items():
            rarity = math.log(1 + (len(texts) - seen[word] + 0.5) / (seen[word] + 0.5))
            weight = rarity * count * (K + 1) / (count + K * (1 - B + B * len(words) / middle))
            holding.setdefault(word, []).append((place, weight))

    def rank(piece: Piece, _: str) -> list[str]:
        scores: Counter[int] = Counter()
        for word in set(piece.words):
            for place, weight in holding.get(word, ()):
                scores[place] += weight  # type: ignore[assignment]  # weights are no whole numbers
        return _distinct(needs[place] for place, _ in scores.most_common())

    return rank


def _by_encoder(model: Model, name: str, encoder: Encoder, piece: Piece, _: str) -> list[str]:
    return _ranked(model, model.heads[name].logits(encoder.encode([piece.text]))[0])


def _ranked(model: Model, logits: Floats) -> list[str]:
    order = np.argsort(-logits, kind="stable").tolist()
    names = (model.classes[column] for column in order)
    return _distinct(name.removeprefix(NEED) for name in names if name.startswith(NEED))


def main(files: Sequence[str]) -> None:
    """Compare on the messages of some files and write a table."""
    phrases = read_phrases(load_needs())
    asked = [one for file in files for one in read_asked(Path(file))]
    model = load_model()
    rows = compare(asked, ways(phrases.needs, model, load_encoders()), model.lexicon)
    languages = sorted({one.language for one in asked})
    print(f"{len(asked)} messages; in the first three, by language: {', '.join(languages)}\n")
    print("| way | right first | in the first three | ms | " + " | ".join(languages) + " |")
    print("|---|---|---|---|" + "---|" * len(languages))
    for name, row in rows.items():
        own = " | ".join(f"{row.by_language[language]:.0%}" for language in languages)
        print(f"| {name} | {row.first:.1%} | {row.three:.1%} | {row.milliseconds:.1f} | {own} |")


if __name__ == "__main__":
    main(sys.argv[1:])
