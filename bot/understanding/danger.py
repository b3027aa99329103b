"""Danger: words that must be answered before anything else.

Curated runs of words of all languages, close together and perhaps misspelt, or a clear weight of the learnt
expressions. Films, idioms and what is long past are curated too and silence both. A need never rings or hides it.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Protocol

from rapidfuzz.distance import OSA

from bot.understanding.matcher import Weighed
from bot.understanding.phrases import PhrasesError
from bot.understanding.text import fold
from directory.territory import Danger

WINDOW = 4  # a word of the run is at most this far behind the one before it
LONG_WORD = 6  # from this length on, one wrong letter is forgiven
# The spelling alone must give danger at least this chance before the encoders may ring: never by them alone.
SPELT = 0.05
SILENCE = "none"
NEAR = 5  # how many words from a run a silencing word may stand

Run = tuple[frozenset[str], ...]  # the forms of each word of the run


@dataclass(frozen=True)
class Found:
    """A danger that was named, or one that may be meant."""

    danger: Danger | None = None
    doubt: Danger | None = None


class Limits(Protocol):
    """From which chance on a danger rings, and from which on it is asked about."""

    @property
    def ring(self) -> float:
        """The chance that rings."""

    @property
    def doubt(self) -> float:
        """The chance that is asked about."""


class DangerFinder:
    """Finds danger in a message."""

    def __init__(self, folder: Traversable, ordinary: Collection[str] = ()) -> None:
        """Read `dangers.toml` of every language under `folder`; `ordinary` words are never taken for misspelt ones."""
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        tables = [_read(entry / "dangers.toml") for entry in entries if (entry / "dangers.toml").is_file()]
        self._dangers = {danger: RunFinder(_lines(tables, danger), ordinary) for danger in Danger}
        self._silence = RunFinder(_lines(tables, SILENCE), ordinary)

    def find(self, sentences: Sequence[Sequence[str]], weighed: Sequence[Weighed], limits: Limits) -> Found:
        """Give the danger that a message speaks of: the words of its sentences, and what was learnt of each."""
        for words in sentences:
            if danger := self._named(words):
                return Found(danger)
        heavy = [
            one
            for words, one in zip(sentences, weighed, strict=True)
            if one.danger_weight >= limits.doubt and not self._silence.spans(words)
        ]
        if not heavy:
            return Found()
        worst = max(
            heavy,
            key=lambda one: (
                one.danger_weight >= limits.ring and one.spelt_danger >= SPELT,
                one.danger_weight,
            ),
        )
        if worst.danger_weight >= limits.ring and worst.spelt_danger >= SPELT:
            return Found(Danger(worst.danger))
        return Found(doubt=Danger(worst.danger))

    def _named(self, words: Sequence[str]) -> Danger | None:
        silence = self._silence.spans(words)
        for danger, finder in self._dangers.items():
            for start, end in finder.spans(words):
                if not any(start - NEAR <= last and first <= end + NEAR for first, last in silence):
                    return danger
        return None


class RunFinder:
    """Finds runs of words: in order, close together, perhaps misspelt."""

    def __init__(self, lines: Sequence[str], ordinary: Collection[str] = ()) -> None:
        """Lay out the runs, one a line; `|` parts the forms of a word."""
        self._runs = [
            tuple(frozenset(map(_form, slot.split("|"))) for slot in line.split()) for line in lines
        ]
        self._ordinary = frozenset(ordinary)
        forms = {form for run in self._runs for slot in run for form in slot}
        self._exact = {form for form in forms if "*" not in form}
        self._stems = {form[:-1] for form in forms if form.endswith("*") and not form.startswith("*")}
        self._inner = {form for form in forms if form.startswith("*")}
        self._long: dict[str, list[str]] = defaultdict(list)
        for form in self._exact:
            if len(form) >= LONG_WORD:
                self._long[form[0]].append(form)
        self._by_first: dict[str, list[Run]] = defaultdict(list)
        for run in self._runs:
            for form in run[0]:
                self._by_first[form].append(run)

    def spans(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Give where runs stand in the words: place of the first and the last word."""
        forms = [self._forms_of(word) for word in words]
        found = []
        for start, own in enumerate(forms):
            for run in {run for form in own for run in self._by_first.get(form, ())}:
                end = _follow(forms, run, start)
                if end is not None:
                    found.append((start, end))
        return found

    def _forms_of(self, word: str) -> frozenset[str]:
        forms = {word} & self._exact
        forms |= {word[:length] + "*" for length in range(2, len(word) + 1) if word[:length] in self._stems}
        forms |= {form for form in self._inner if _fits_inside(word, form)}
        if len(word) >= LONG_WORD - 1 and word not in self._ordinary:
            forms |= {form for form in self._long.get(word[0], ()) if _one_letter_off(word, form)}
        return frozenset(forms)


def _follow(forms: Sequence[frozenset[str]], run: Run, start: int) -> int | None:
    reached = [start]
    for slot in run[1:]:
        within = {
            place
            for before in reached
            for place in range(before + 1, min(before + WINDOW, len(forms) - 1) + 1)
        }
        reached = [place for place in within if forms[place] & slot]
        if not reached:
            return None
    return max(reached)


def _fits_inside(word: str, form: str) -> bool:
    return form.strip("*") in word if form.endswith("*") else word.endswith(form[1:])


def _one_letter_off(word: str, form: str) -> bool:
    return abs(len(word) - len(form)) < 2 and OSA.distance(word, form, score_cutoff=1) < 2


def _form(written: str) -> str:
    bare = fold(written.strip("*"))
    return f"{'*' if written.startswith('*') else ''}{bare}{'*' if written.endswith('*') else ''}"


def _lines(tables: Sequence[Mapping[str, list[str]]], name: str) -> list[str]:
    return [line for table in tables for line in table.get(name, ())]


def _read(path: Traversable) -> Mapping[str, list[str]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PhrasesError(f"{path}: {error}") from error
    unknown = set(table) - set(Danger) - {SILENCE}
    if unknown:
        raise PhrasesError(
            f"{path}: {', '.join(sorted(unknown))} is not a danger; take one of {', '.join(Danger)}"
        )
    return table
