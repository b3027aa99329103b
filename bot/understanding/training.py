"""`passerelle train`: learns what `model/` holds from all phrases; the same encoded phrases give the same model."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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
    EVERYWHERE,
    FOLDER,
    NEED,
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
)
from bot.understanding.network import Integers, Network, Recipe, learn_network
from bot.understanding.phrases import OUTSIDE, Phrase, Phrases, outside_phrases, read_phrases
from bot.understanding.scripts import in_own_letters
from bot.understanding.spelling import PLACES, Codes, Spelling, coded, learn_spelling
from bot.understanding.text import clean, words_of
from directory.needs import Needs

MEMORY = Path("var/understanding")  # encoded phrases, so that learning again is quick
HELD_OUT = 3  # every third text, when it is seen how well the others teach
DENSE = Recipe(
    units=1024,
    numbers_left_out=0.4,
    units_left_out=0.5,
    loudness=20,
    spread=0.07,
    step=3e-3,
    shrink=1e-4,
    rounds=20,
    at_once=512,
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
    at_once=1024,
)
RECIPES = {SPELLING: SPARSE, "e5": DENSE}


Mix = Mapping[str, tuple[float, ...]]  # what each part counts, by language


@dataclass(frozen=True)
class Example:
    """A phrase with its class, as the parts read it."""

    text: str
    words: tuple[str, ...]
    name: str
    language: str


@dataclass(frozen=True)
class _Unseen:
    """Texts that nothing was learnt from: how strongly each part speaks for each class, and what is right."""

    logits: Mapping[str, Floats]
    of_class: Integers
    languages: npt.NDArray[np.str_]
    fitting: npt.NDArray[np.bool_]

    def mix(self, parts: Sequence[str]) -> Mix:
        """Find what each part counts in each language."""
        return mixes_of([self.logits[part] for part in parts], self.of_class, self.languages)

    def mixed(self, parts: Sequence[str], mixes: Mapping[str, Mix]) -> Floats:
        """Add up what these parts say."""
        mix, logits = mixes[key(parts)], [self.logits[part] for part in parts]
        found = np.zeros_like(logits[0])
        for language in dict.fromkeys(self.languages.tolist()):
            there = self.languages == language
            found[there] = blend([part[there] for part in logits], mix.get(language, mix[EVERYWHERE]))
        return found


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
    spelt = [coded(example.words) for example in known]
    spelling = learn_spelling([codes for codes, _ in spelt])
    rows: dict[str, Any] = {SPELLING: _table(spelling, spelt)}
    centres = {}
    for name, encoder in encoders.items():
        encoded = _encode(name, encoder, known, memory)
        centres[name] = encoded.mean(0)
        rows[name] = centred(encoded, centres[name])
    languages = np.array([example.language for example in known])
    held_out = _held_out(known)
    everything = np.ones(len(known), np.bool_)
    to_learn = [(name, there) for there in (everything, ~held_out) for name in rows]

    def learn(name: str, there: npt.NDArray[np.bool_]) -> Network:
        return learn_network(rows[name][there], of_class[there], len(classes), RECIPES[name])

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # the longest first: what learns from everything
        networks = list(threads.map(learn, *zip(*to_learn, strict=True)))
    learnt = dict(zip(rows, networks[: len(rows)], strict=True))
    of_others = dict(zip(rows, networks[len(rows) :], strict=True))
    unseen = _Unseen(
        {name: network.logits(rows[name][held_out]) for name, network in of_others.items()},
        of_class[held_out],
        languages[held_out],
        _fitting(known, of_class, len(classes))[held_out],
    )
    sets = list(_sets_of_parts(tuple(encoders)))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        mixes = dict(zip(map(key, sets), threads.map(unseen.mix, sets), strict=True))
    thresholds, figures = {}, {}
    for parts in sets:
        thresholds[key(parts)], figures[key(parts)] = choose_thresholds(
            unseen.mixed(parts, mixes), unseen.of_class, classes, unseen.languages, unseen.fitting
        )
    alone, together = (unseen.mixed(parts, mixes) for parts in (sets[0], sets[-1]))
    thresholds[SPELLING] = replace(thresholds[SPELLING], enough=enough_without(alone, together))
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
        print(f"Encoding {len(new)} phrases with {name}, once.", flush=True)
        with ThreadPoolExecutor(
            os.cpu_count()
        ) as threads:  # each by itself: its row is the same beside any others
            rows = np.concatenate(list(threads.map(lambda text: encoder.encode([text]), new.values())))
        before |= dict(zip(new, rows.astype(np.float16), strict=True))
        memory.mkdir(parents=True, exist_ok=True)
        np.savez(file, codes=np.array(list(before)), rows=np.stack(list(before.values())))
    return np.stack([before[code] for code in codes]).astype(np.float32)


def _held_out(known: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """Choose every so many texts of each meaning and language, to see what was learnt without them."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[str, bool] = {}
    for example in known:
        if example.text not in found:
            group = (example.name, example.language)
            found[example.text] = (seen[group] + len(example.name)) % HELD_OUT == 0
            seen[group] += 1
    return np.array([found[example.text] for example in known])


def _fitting(known: Sequence[Example], of_class: Integers, number: int) -> npt.NDArray[np.bool_]:
    """Tell which classes each phrase belongs to; one that holds several needs stands among the examples of each."""
    place = {text: row for row, text in enumerate(dict.fromkeys(example.text for example in known))}
    rows = np.array([place[example.text] for example in known])
    found = np.zeros((len(place), number), np.bool_)
    found[rows, of_class] = True
    return np.asarray(found[rows])


def _table(spelling: Spelling, spelt: Iterable[tuple[Codes, Floats]]) -> sparse.csr_array:
    """Lay out the rows of all phrases; nearly all places of a row are empty."""
    rows = [spelling.row(codes, weights) for codes, weights in spelt]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    table = sparse.csr_array((values, places, ends), (len(rows), PLACES), np.float32)
    table.sum_duplicates()
    return table


def _sets_of_parts(encoders: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(len(encoders) + 1):
        for some in combinations(encoders, size):
            yield (SPELLING, *some)


def main(needs: Needs, words: Words) -> None:
    """Train and write the files."""
    start = time.perf_counter()
    model = train(needs, words)
    save_model(model, Path(str(FOLDER)))
    print(f"Learnt in {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    from directory.needs import load_needs

    main(load_needs(), Words())
