"""How well messages are understood: figures for `passerelle evaluate`, from lines of labelled messages."""

import json
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.understanding.meaning import Decision, Meaning, Understands

ALL = "all"
KINDS = ("need", "multi", "danger", "lure", "oos", "human", "small")


class LinesError(ValueError):
    """A line of a file that is no labelled message."""


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    hits: int = 0
    of: int = 0

    def plus(self, hit: bool) -> "Share":
        """Count one more."""
        return Share(self.hits + hit, self.of + 1)

    def __str__(self) -> str:
        return f"{self.hits}/{self.of} ({self.hits / self.of:.0%})" if self.of else "-"


@dataclass(frozen=True)
class Miss:
    """A message that was understood otherwise than it should be: its id and by which measures."""

    id: str
    measures: tuple[str, ...]
    meaning: Meaning


@dataclass
class Figures:
    """The figures of one language, or of all; `shares` by the name of the measure."""

    shares: dict[str, Share] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)

    def p(self, percent: int) -> float:
        """Give the time under which this share of the messages was understood, in milliseconds."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


@dataclass(frozen=True)
class Evaluation:
    """Figures by language and overall (`all`), and the misses."""

    figures: Mapping[str, Figures]
    misses: tuple[Miss, ...]


@dataclass(frozen=True)
class _Line:
    id: str
    text: str
    language: str
    kind: str
    needs: tuple[str, ...]
    accepted: frozenset[str]
    danger: str | None


Check = Callable[[_Line, Meaning], bool]

# What is measured on which kinds of message. False alarms count as hits of a measure where fewer is better.
WRONG_WHEN_TRUE = (
    "false alarm", "false alarm on needs", "false alarm on lures", "false alarm on the rest", "answered as a need",
)  # fmt: skip
CHECKS: Mapping[str, tuple[tuple[str, ...], Check]] = {
    "right first": (
        ("need",),
        lambda line, meaning: _ids(meaning)[:1] != () and _ids(meaning)[0] in line.accepted,
    ),
    "in the first three": (("need",), lambda line, meaning: bool(line.accepted & set(_ids(meaning)[:3]))),
    "all of several": (
        ("multi",),
        lambda line, meaning: set(line.needs) <= set(_ids(meaning)[: len(line.needs) + 1]),
    ),
    "danger found": (("danger",), lambda _, meaning: meaning.danger is not None),
    "danger found or asked about": (("danger",), lambda _, meaning: bool(meaning.danger or meaning.doubt)),
    "danger of the right kind": (("danger",), lambda line, meaning: meaning.danger == line.danger),
    "false alarm": (
        ("need", "multi", "lure", "oos", "human", "small"),
        lambda _, meaning: meaning.danger is not None,
    ),
    "false alarm on needs": (("need", "multi"), lambda _, meaning: meaning.danger is not None),
    "false alarm on lures": (("lure",), lambda _, meaning: meaning.danger is not None),
    "false alarm on the rest": (("oos", "human", "small"), lambda _, meaning: meaning.danger is not None),
    "answered as a need": (("oos",), lambda _, meaning: meaning.decision is Decision.ANSWER),
    "refused": (("oos",), lambda _, meaning: meaning.decision in (Decision.UNKNOWN, Decision.SMALLTALK)),
    "person asked for": (("human",), lambda _, meaning: meaning.decision is Decision.HUMAN),
    "small talk": (("small",), lambda _, meaning: meaning.decision is Decision.SMALLTALK),
    "language recognised": ((), lambda line, meaning: meaning.language == line.language),
}


def read_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Read labelled messages, a JSON line each; raises `LinesError`, which names the line, and `OSError`."""
    for number, written in enumerate(path.read_text("utf-8", "replace").split("\n"), 1):
        if not written.strip():
            continue
        try:
            line = json.loads(written)
        except ValueError:
            line = None
        if not isinstance(line, dict) or not isinstance(line.get("text"), str):
            raise LinesError(
                f'{path}, line {number}: expected {{"id","text","lang","kind","needs":[...],"accept":[...],"danger"}}'
            )
        if line.get("kind", KINDS[0]) not in KINDS:
            raise LinesError(f"{path}, line {number}: the kind is one of {', '.join(KINDS)}")
        yield line


def evaluate(lines: Iterable[Mapping[str, Any]], understander: Understands) -> Evaluation:
    """Understand every line {"id","text","lang","kind","needs","accept","danger"} and count what was right."""
    figures: dict[str, Figures] = {}
    misses = []
    for raw in lines:
        line = _line(raw)
        start = time.perf_counter()
        meaning = understander.understand(line.text)
        spent = (time.perf_counter() - start) * 1000
        results = {
            name: check(line, meaning)
            for name, (kinds, check) in CHECKS.items()
            if not kinds or line.kind in kinds
        }
        for group in (line.language, ALL):
            _count(figures.setdefault(group, Figures()), results, spent)
        wrong = tuple(name for name, hit in results.items() if hit == (name in WRONG_WHEN_TRUE))
        if wrong:
            misses.append(Miss(line.id, wrong, meaning))
    return Evaluation(figures, tuple(misses))


def table(evaluation: Evaluation) -> list[list[str]]:
    """Write the figures as rows: one a measure, one column a language and one for all; memory is the process's."""
    languages = sorted(evaluation.figures, key=lambda code: (code == ALL, code))
    columns = [evaluation.figures[language] for language in languages]
    rows = [["", *languages], ["messages", *(str(len(column.milliseconds)) for column in columns)]]
    rows += [[name, *(str(column.shares.get(name, Share())) for column in columns)] for name in CHECKS]
    rows += [[f"p{percent} ms", *(f"{column.p(percent):.1f}" for column in columns)] for percent in (50, 95)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*rows, ["peak memory MiB", *("" for _ in columns[1:]), f"{peak:.0f}"]]


def _line(raw: Mapping[str, Any]) -> _Line:
    needs = tuple(raw.get("needs") or ())
    accepted = frozenset(needs) | frozenset(raw.get("accept") or ())
    kind, language = str(raw.get("kind", "need")), str(raw.get("lang", ""))
    return _Line(str(raw.get("id", "")), str(raw["text"]), language, kind, needs, accepted, raw.get("danger"))


def _count(figures: Figures, results: Mapping[str, bool], spent: float) -> None:
    figures.milliseconds.append(spent)
    for name, hit in results.items():
        figures.shares[name] = figures.shares.get(name, Share()).plus(hit)


def _ids(meaning: Meaning) -> tuple[str, ...]:
    return tuple(guess.id for guess in meaning.needs)
