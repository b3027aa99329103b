"""Runs of words in a message: in order, close together, perhaps misspelt; the lines of `dangers.toml` and its like."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import process
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
        self._inside = {form.strip("*") for form in forms if form.startswith("*") and form.endswith("*")}
        self._endings = {form[1:] for form in forms if form.startswith("*") and not form.endswith("*")}
        self._lengths_inside = sorted(set(map(len, self._inside)))
        self._lengths_of_endings = sorted(set(map(len, self._endings)))
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
        forms |= {f"*{word[-n:]}" for n in self._lengths_of_endings if word[-n:] in self._endings}
        forms |= {
            f"*{part}*"
            for n in self._lengths_inside
            for start in range(len(word) - n + 1)
            if (part := word[start : start + n]) in self._inside
        }
        if len(word) >= LONG_WORD - 1 and word not in self._ordinary:
            known = self._long.get(word[0], ())
            found = process.extract(word, known, scorer=OSA.distance, score_cutoff=1, limit=None)
            forms |= {form for form, _, _ in found}
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


def _form(written: str) -> str:
    bare = fold(written.strip("*"))
    return f"{'*' if written.startswith('*') else ''}{bare}{'*' if written.endswith('*') else ''}"
