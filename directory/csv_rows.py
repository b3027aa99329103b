"""Rows of a CSV file that spreadsheets edit: cells by column, each refusal with its line, column and reason."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from directory.content import Notes

SEPARATOR = "|"
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")  # a spreadsheet runs such a cell
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
OLDEST = 120

Word = TypeVar("Word", bound=StrEnum)


def mark(reason: str) -> str:
    """Mark a reason, which the desk says in its reader's language; values stand in braces."""
    return reason


EMPTY = mark("is empty, fill it in")
FORMULA = mark("begins with {sign}, which a spreadsheet runs as a formula; write it otherwise")


@dataclass(frozen=True)
class Refusal:
    """Why a cell is refused: the reason with its values apart, so that it can be said in other languages too."""

    column: str
    reason: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.column}: {self.reason.format(**self.values)}"


def read_rows(text: str, known: Collection[str], required: Collection[str], notes: Notes) -> Iterator["Row"]:
    """Read the rows below the header; a row with too many cells is refused, an empty one is skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    header: list[str] = []
    try:
        for cells in reader:
            if not header:
                header = [cell.strip() for cell in cells]
                if not _check_header(header, known, required, notes):
                    return
            elif len(cells) > len(header):
                notes.add(
                    line, f"has {len(cells)} cells for {len(header)} columns, put texts with commas in quotes"
                )
            elif any(cell.strip() for cell in cells):
                padded = (*cells, *[""] * (len(header) - len(cells)))
                yield Row(line, dict(zip(header, padded, strict=True)), required, notes)
            line = reader.line_num + 1
    except csv.Error as error:
        notes.add(line, f"cannot be read as CSV from here on: {error}")
    if not header:
        notes.add(1, f"is empty, it begins with the columns: {','.join(known)}")


def _check_header(header: list[str], known: Collection[str], required: Collection[str], notes: Notes) -> bool:
    for column in header:
        if column not in known:
            notes.add(1, f'column "{column}" is unknown, correct its name or delete it')
        elif header.count(column) > 1:
            notes.add(1, f'column "{column}" is there twice, delete one')
    for column in required:
        if column not in header:
            notes.add(1, f'column "{column}" is missing, add it')
    return set(required) <= set(header) and len(set(header)) == len(header)


class Row:
    """One row while it is read: cells by column, and what in it was refused."""

    def __init__(self, line: int, cells: dict[str, str], required: Collection[str], notes: Notes) -> None:
        self._line = line
        self._cells = cells
        self._required = required
        self._notes = notes
        self.refusals: list[Refusal] = []

    @property
    def refused(self) -> bool:
        """Whether something is wrong in it."""
        return bool(self.refusals)

    def refuse(self, column: str, reason: str, **values: object) -> None:
        """Refuse the row, and say which column and why."""
        refusal = Refusal(column, reason, values)
        self.refusals.append(refusal)
        self._notes.add(self._line, str(refusal))

    def columns(self, prefix: str) -> list[str]:
        """Give the columns that begin with a prefix."""
        return [column for column in self._cells if column.startswith(prefix)]

    def text(self, column: str, harmless: re.Pattern[str] | None = None) -> str:
        """Give a cell as one line of text."""
        value = " ".join(self._cells.get(column, "").split())
        if column in self._required and not value:
            self.refuse(column, EMPTY)
        if "\0" in value:
            self.refuse(column, mark("holds an invisible character, type it again"))
        if value.startswith(FORMULA_STARTS) and not (harmless and harmless.fullmatch(value)):
            self.refuse(column, FORMULA, sign=value[0])
        return value

    def list(self, column: str, harmless: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """Give the values of a cell that holds several."""
        values = tuple(part.strip() for part in self._cells.get(column, "").split(SEPARATOR) if part.strip())
        for value in values:
            if value.startswith(FORMULA_STARTS) and not (harmless and harmless.fullmatch(value)):
                self.refuse(column, FORMULA, sign=value[0])
        if column in self._required and not values:
            self.refuse(column, EMPTY)
        return tuple(dict.fromkeys(values))

    def ids(self, column: str, known: Collection[str], unknown: str, **more: object) -> tuple[str, ...]:
        """Give the values of a cell, each of which must be known; `unknown` is the reason for one that is not."""
        values = self.list(column)
        for value in values:
            if value not in known:
                self.refuse(column, unknown, value=value, **more)
        return values

    def words(self, column: str, words: type[Word]) -> tuple[Word, ...]:
        """Give words of a closed list."""
        unknown = mark('"{value}" is not known, use: {words}')
        values = self.ids(column, set(words), unknown, words=" ".join(words))
        return tuple(words(value) for value in values if value in set(words))

    def yes(self, column: str, default: bool) -> bool:
        """Give yes or no."""
        value = self.text(column)
        if value not in ("yes", "no", ""):
            self.refuse(column, mark('"{value}" must be yes or no'), value=value)
        return value == "yes" if value else default

    def age(self, column: str) -> int | None:
        """Give an age, or None when the cell is empty."""
        value = self.text(column)
        if value and not (value.isascii() and value.isdigit() and int(value) <= OLDEST):
            self.refuse(column, mark('"{value}" is not an age in years'), value=value)
            return None
        return int(value) if value else None

    def degrees(self, column: str, most: int) -> float | None:
        """Give a latitude or longitude, or None when the cell is empty."""
        value = self.text(column, NUMBER)
        if value and not (NUMBER.fullmatch(value) and abs(float(value)) <= most):
            reason = mark('"{value}" is not a number between -{most} and {most}, written with a point')
            self.refuse(column, reason, value=value, most=most)
            return None
        return float(value) if value else None

    def day(self, column: str) -> date:
        """Give a day."""
        value = self.text(column)
        try:
            return date.fromisoformat(value)
        except ValueError:
            if value:
                self.refuse(column, mark('"{value}" is not a date such as 2026-11-21'), value=value)
            return date.min

    def day_or_none(self, column: str) -> date | None:
        """Give a day, or None when the cell is empty."""
        return self.day(column) if self.text(column) else None

    def like(self, column: str, pattern: re.Pattern[str], example: str) -> str:
        """Give a text that must look like an example."""
        value = self.text(column)
        if value and not pattern.fullmatch(value):
            self.refuse(column, mark('"{value}" must look like {example}'), value=value, example=example)
        return value
