"""Runs of words in a message: in order, close together, perhaps misspelt; the lines of `dangers.toml` and its like."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.understanding.text import fold

WINDOW = 4  # a word of the run is at most this far behind the one before it
LONG_WORD = 6  # from this length on, one wrong letter is forgiven

Run = tuple[frozenset[str], ...]  # the forms of each word of the run


@dataclass(frozen=True)
class Hit:
    """Where a run stands in the words: places of its first and last word, and which run it is."""

    first: int
    last: int
    run: int


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
        self._by_first: dict[str, list[int]] = defaultdict(list)
        for number, run in enumerate(self._runs):
            for form in run[0]:
                self._by_first[form].append(number)

    def spans(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Give where runs stand in the words: place of the first and the last word."""
        return [(hit.first, hit.last) for hit in self.hits(words)]

    def hits(self, words: Sequence[str]) -> list[Hit]:
        """Give which runs stand where in the words."""
        forms = [self._forms_of(word) for word in words]
        found = []
        for start, own in enumerate(forms):
            for run in sorted({run for form in own for run in self._by_first.get(form, ())}):
                end = _follow(forms, self._runs[run], start)
                if end is not None:
                    found.append(Hit(start, end, run))
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
