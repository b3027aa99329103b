"""`passerelle train`: learns what `model/` holds from all phrases; the same encoded phrases give the same model."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]

from bot.i18n import Words
from bot.understanding.calibration import choose_thresholds, enough_without, mixes_of
from bot.understanding.encoders import Encoder, load_encoders
from bot.understanding.lexicon import count_words
from bot.understanding.matcher import blend
from bot.understanding.model import (
    DANGER,
    FOLDER,
    NEED,
    READS,
    SLOW,
    SPELLING,
    TALK,
    Floats,
    Head,
    Model,
    centred,
    compact,
    fingerprint,
    key,
    save_model,
    without_slow,
)
from bot.understanding.network import Integers, Network, Recipe, learn_network
from bot.understanding.phrases import OUTSIDE, Phrase, Phrases, outside_phrases, read_phrases
from bot.understanding.scripts import in_own_letters
from bot.understanding.spelling import PLACES, Spelling, learn_spelling
from bot.understanding.text import clean, words_of
from directory.needs import Needs

MEMORY = Path("var/understanding")  # encoded phrases, so that learning again is quick
FOLDS = 2
CHUNK = 500  # phrases encoded in one go
DENSE = Recipe(
    units=1024,
    numbers_left_out=0.4,
    units_left_out=0.5,
    loudness=20,
    spread=0.07,
    step=2e-3,
    shrink=1e-4,
    rounds=20,
    at_once=256,
)
SPARSE = Recipe(
    units=128,
    numbers_left_out=0.5,
    units_left_out=0.4,
    loudness=8,
    spread=0.05,
    step=3e-3,
    shrink=1e-3,
    rounds=16,
    at_once=512,
)
RECIPES = {SPELLING: SPARSE, "use": replace(DENSE, units=512), "e5": DENSE}


@dataclass(frozen=True)
class Example:
    """A phrase with its class, as the parts read it."""

    text: str
    words: tuple[str, ...]
    name: str
    language: str
    times: int  # as often it counts


def examples(phrases: Phrases, words: Words, neighbours: Container[str]) -> list[Example]:
    """Gather what there is to learn from."""
    asking = [
        Phrase(text, "human", code)
        for code, language in words.known.items()
        for text in language.words.get("human", ())
    ]
    found = [_example(phrase, NEED + phrase.meaning, neighbours) for phrase in phrases.needs]
    found += [_example(phrase, DANGER + phrase.meaning, neighbours) for phrase in phrases.dangers]
    found += [_example(phrase, TALK + phrase.meaning, neighbours) for phrase in [*phrases.smalltalk, *asking]]
    found += [_example(phrase, OUTSIDE, neighbours) for phrase in [*phrases.lures, *outside_phrases()]]
    return list(dict.fromkeys(found))


def train(needs: Needs, words: Words, folder: Traversable | None = None, memory: Path = MEMORY) -> Model:
    """Learn everything: what each part says, what it counts, and the thresholds."""
    folder = folder or files("locales")
    encoders = load_encoders()
    phrases = read_phrases(needs, folder)
    lexicon = count_words(phrases)
    known = examples(phrases, words, lexicon.neighbours)
    classes = tuple(sorted({example.name for example in known}))
    number = {name: place for place, name in enumerate(classes)}
    of_class = np.array([number[example.name] for example in known], np.int64)
    spelling = learn_spelling([example.words for example in known])
    rows: dict[str, Any] = {SPELLING: _table(spelling, known)}
    centres = {}
    for name, encoder in encoders.items():
        encoded = _encode(name, encoder, known, memory)
        centres[name] = encoded.mean(0)
        rows[name] = centred(encoded, centres[name])
    folds = _folds(known)
    times = np.array([example.times for example in known])
    languages = np.array([example.language for example in known])
    fitting = _fitting(known, of_class, len(classes))
    unseen: dict[str, Floats] = {}
    learnt: dict[str, Network] = {}
    for name, table in rows.items():
        reads = np.isin(languages, READS.get(name, languages))
        learn = partial(_learn, table, of_class, len(classes), RECIPES[name], times)
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            known_to = [*((folds != fold) & reads for fold in range(FOLDS)), reads]
            *of_others, learnt[name] = threads.map(learn, known_to)
        unseen[name] = _unseen(table, folds, of_others)
    mixes = {
        key(parts): mixes_of([unseen[part] for part in parts], of_class, languages)
        for parts in _sets_of_parts(tuple(encoders))
    }
    thresholds, figures = {}, {}
    for parts in _sets_of_parts(tuple(encoders)):
        logits = _mixed([unseen[part] for part in parts], mixes[key(parts)], languages)
        thresholds[key(parts)], figures[key(parts)] = choose_thresholds(
            logits, of_class, classes, languages, fitting
        )
    for parts in _sets_of_parts(tuple(encoders)):
        if (quick := without_slow(parts)) != parts:
            both = [
                _mixed([unseen[part] for part in some], mixes[key(some)], languages)
                for some in (quick, parts)
            ]
            read = np.isin(languages, READS.get(quick[-1], languages))
            thresholds[key(quick)] = replace(
                thresholds[key(quick)],
                enough=enough_without(both[0][read], both[1][read]),
                enough_unread=enough_without(both[0][~read], both[1][~read]) if not read.all() else 2.0,
            )
    return Model(
        fingerprint(folder),
        classes,
        lexicon,
        compact(spelling, learnt[SPELLING]),
        {name: Head(centre, learnt[name]) for name, centre in centres.items()},
        mixes,
        thresholds,
        figures,
    )


def _example(phrase: Phrase, name: str, neighbours: Container[str]) -> Example:
    text = clean(phrase.text)
    return Example(
        in_own_letters(text, phrase.language, neighbours),
        tuple(words_of(text, phrase.language)),
        name,
        phrase.language,
        phrase.times,
    )


def _encode(name: str, encoder: Encoder, known: Sequence[Example], memory: Path) -> Floats:
    """Encode the phrases; rows that were encoded before are read from `memory`."""
    codes = [hashlib.sha256(example.text.encode()).hexdigest()[:16] for example in known]
    file = memory / f"{name}-{encoder.form}.npz"
    before: dict[str, Floats] = {}
    if file.is_file():
        with np.load(file) as stored:
            before = dict(zip(stored["codes"].tolist(), stored["rows"], strict=True))
    new = {code: example.text for code, example in zip(codes, known, strict=True) if code not in before}
    if new:
        with ThreadPoolExecutor(os.cpu_count() if name in SLOW else 1) as threads:
            rows = np.concatenate(list(threads.map(encoder.encode, _chunks(list(new.values())))))
        rows = rows.astype(np.float16)
        before |= dict(zip(new, rows, strict=True))
        memory.mkdir(parents=True, exist_ok=True)
        np.savez(file, codes=np.array(list(before)), rows=np.stack(list(before.values())))
    return np.stack([before[code] for code in codes]).astype(np.float32)


def _chunks(texts: list[str]) -> Iterator[list[str]]:
    return (texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK))


def _folds(known: Sequence[Example]) -> Integers:
    """Deal the phrases of each meaning and language round, so that every fold has some of each."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for example in known:
        group = (example.name, example.language)
        found.append((seen[group] + len(example.name)) % FOLDS)
        seen[group] += 1
    return np.array(found, np.int64)


def _fitting(known: Sequence[Example], of_class: Integers, number: int) -> npt.NDArray[np.bool_]:
    """Tell which classes each phrase belongs to; one that holds several needs stands among the examples of each."""
    place = {text: row for row, text in enumerate(dict.fromkeys(example.text for example in known))}
    rows = np.array([place[example.text] for example in known])
    found = np.zeros((len(place), number), np.bool_)
    found[rows, of_class] = True
    return np.asarray(found[rows])


def _table(spelling: Spelling, known: Sequence[Example]) -> sparse.csr_array:
    """Lay out the rows of all phrases; nearly all places of a row are empty."""
    rows = [spelling.row(example.words) for example in known]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    table = sparse.csr_array((values, places, ends), (len(rows), PLACES), np.float32)
    table.sum_duplicates()
    return table


def _learn(
    rows: Any,
    of_class: Integers,
    number: int,
    recipe: Recipe,
    times: Integers,
    there: npt.NDArray[np.bool_],
) -> Network:
    some = np.repeat(np.arange(len(of_class)), times * there)
    return learn_network(rows[some], of_class[some], number, recipe)


def _unseen(rows: Any, folds: Integers, of_others: Sequence[Network]) -> Floats:
    """Say of every phrase what is learnt from the others says."""
    found = np.zeros((len(folds), of_others[0].spoken.shape[1]), np.float32)
    for fold, network in enumerate(of_others):
        found[folds == fold] = network.logits(rows[folds == fold])
    return found


def _sets_of_parts(encoders: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(len(encoders) + 1):
        for some in combinations(encoders, size):
            yield (SPELLING, *some)


def _mixed(
    logits: Sequence[Floats], mixes: Mapping[str, Sequence[float]], languages: npt.NDArray[np.str_]
) -> Floats:
    found = np.zeros_like(logits[0])
    for language in dict.fromkeys(languages.tolist()):
        there = languages == language
        found[there] = blend([part[there] for part in logits], mixes.get(language, mixes["*"]))
    return found


def main(needs: Needs, words: Words) -> None:
    """Train and write the files."""
    start = time.perf_counter()
    model = train(needs, words)
    save_model(model, Path(str(FOLDER)))
    print(f"Learnt in {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    from directory.needs import load_needs

    main(load_needs(), Words())
