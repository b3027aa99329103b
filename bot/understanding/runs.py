"""Runs of words in a message: in order, close together, perhaps misspelt; the lines of `dangers.toml` and its like."""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.text import fold

WINDOW = 4  # a word of the run is at most this far behind the one before it
LONG_WORD = 6  # from this length on, one wrong letter is forgiven

Numbers: TypeAlias = tuple[int, ...]
_Key = TypeVar("_Key", str, int)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a run stands in the words: places of its first and last word, and which run it is."""

    first: int
    last: int
    run: int


class RunFinder:
    """Finds runs of words: in order, close together, perhaps misspelt.

    A run is a few slots, a slot the forms that a word may have; many runs share slots, so these are numbered.
    """

    def __init__(self, lines: Sequence[str], ordinary: Container[str] = ()) -> None:
        """Lay out the runs, one a line; `|` parts the forms of a word."""
        slots: dict[str, int] = {}
        self._runs = [tuple(slots.setdefault(slot, len(slots)) for slot in line.split()) for line in lines]
        forms: dict[_Kind, dict[str, list[int]]] = {kind: defaultdict(list) for kind in _Kind}
        for slot, number in slots.items():
            for kind, bare in {_read(form) for form in slot.split("|")}:
                forms[kind][bare].append(number)
        self._whole, self._stems, self._endings, self._inside = (_packed(forms[kind]) for kind in _Kind)
        self._lengths_of_stems, self._lengths_of_endings, self._lengths_inside = (
            sorted(set(map(len, known))) for known in (self._stems, self._endings, self._inside)
        )
        self._ordinary = ordinary
        long: dict[str, list[str]] = defaultdict(list)
        for form in self._whole:
            if len(form) >= LONG_WORD:
                long[form[0]].append(form)
        self._long = dict(long)
        often = Counter(slot for run in self._runs for slot in run)
        by_rarest: dict[int, list[int]] = defaultdict(list)
        for number, run in enumerate(self._runs):
            by_rarest[min(run, key=often.__getitem__)].append(number)
        self._by_rarest = _packed(by_rarest)

    def spans(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Give where runs stand in the words: place of the first and the last word."""
        return [(hit.first, hit.last) for hit in self.hits(words)]

    def hits(self, words: Sequence[str]) -> list[Hit]:
        """Give which runs stand where in the words."""
        return self.hits_in([words])[0]

    def hits_in(self, texts: Sequence[Sequence[str]]) -> list[list[Hit]]:
        """Give the hits of several texts that share their words, such as a message and its sentences."""
        slots = {word: self._slots_of(word) for word in {word for words in texts for word in words}}
        return [self._hits([slots[word] for word in words]) for words in texts]

    def _hits(self, slots: Sequence[Collection[int]]) -> list[Hit]:
        there = frozenset[int]().union(*slots)
        found = [
            Hit(start, end, run)
            for slot in there & self._by_rarest.keys()
            for run in self._by_rarest[slot]
            if there.issuperset(self._runs[run])
            for start, own in enumerate(slots)
            if self._runs[run][0] in own
            if (end := _follow(slots, self._runs[run], start)) is not None
        ]
        return sorted(found, key=lambda hit: (hit.first, hit.run))

    def _slots_of(self, word: str) -> set[int]:
        """Give the slots that a word fits into."""
        found = set(self._whole.get(word, ()))
        for length in self._lengths_of_stems:
            found.update(self._stems.get(word[:length], ()))
        for length in self._lengths_of_endings:
            found.update(self._endings.get(word[-length:], ()))
        for length in self._lengths_inside:
            for start in range(len(word) - length + 1):
                found.update(self._inside.get(word[start : start + length], ()))
        if len(word) >= LONG_WORD - 1 and word not in self._ordinary:
            known = self._long.get(word[0], ())
            for form, _, _ in process.extract(word, known, scorer=OSA.distance, score_cutoff=1, limit=None):
                found.update(self._whole[form])
        return found


def _follow(slots: Sequence[Collection[int]], run: Numbers, start: int) -> int | None:
    reached = [start]
    for slot in run[1:]:
        within = {
            place
            for before in reached
            for place in range(before + 1, min(before + WINDOW, len(slots) - 1) + 1)
        }
        reached = [place for place in within if slot in slots[place]]
        if not reached:
            return None
    return max(reached)


class _Kind(Enum):
    """How a form fits a word: `word`, `stem*`, `*ending`, `*inside*`."""

    WHOLE = (False, False)
    STEM = (False, True)
    ENDING = (True, False)
    INSIDE = (True, True)


def _read(form: str) -> tuple[_Kind, str]:
    return _Kind((form.startswith("*"), form.endswith("*"))), fold(form.strip("*"))


def _packed(lists: Mapping[_Key, Sequence[int]]) -> dict[_Key, Numbers]:
    return {key: tuple(numbers) for key, numbers in lists.items()}
