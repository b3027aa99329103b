"""Rows of a CSV file that spreadsheets edit: cells by column, each refusal with its line, column and reason."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from datetime import date
from enum import StrEnum
from typing import TypeVar

from directory.content import Notes

SEPARATOR = "|"
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")  # a spreadsheet runs such a cell
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
OLDEST = 120

Word = TypeVar("Word", bound=StrEnum)


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
    """One row while it is read: cells by column, and whether something in it was refused."""

    def __init__(self, line: int, cells: dict[str, str], required: Collection[str], notes: Notes) -> None:
        self._line = line
        self._cells = cells
        self._required = required
        self._notes = notes
        self.refused = False

    def refuse(self, column: str, reason: str) -> None:
        """Refuse the row, and say which column and why."""
        self.refused = True
        self._notes.add(self._line, f"{column}: {reason}")

    def columns(self, prefix: str) -> list[str]:
        """Give the columns that begin with a prefix."""
        return [column for column in self._cells if column.startswith(prefix)]

    def text(self, column: str, harmless: re.Pattern[str] | None = None) -> str:
        """Give a cell as one line of text."""
        value = " ".join(self._cells.get(column, "").split())
        if column in self._required and not value:
            self.refuse(column, "is empty, fill it in")
        if "\0" in value:
            self.refuse(column, "holds an invisible character, type it again")
        if value.startswith(FORMULA_STARTS) and not (harmless and harmless.fullmatch(value)):
            self.refuse(
                column, f"begins with {value[0]}, which a spreadsheet runs as a formula; write it otherwise"
            )
        return value

    def list(self, column: str, harmless: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """Give the values of a cell that holds several."""
        values = tuple(part.strip() for part in self._cells.get(column, "").split(SEPARATOR) if part.strip())
        for value in values:
            if value.startswith(FORMULA_STARTS) and not (harmless and harmless.fullmatch(value)):
                self.refuse(column, f"begins with {value[0]}, which a spreadsheet runs as a formula")
        if column in self._required and not values:
            self.refuse(column, "is empty, fill it in")
        return tuple(dict.fromkeys(values))

    def ids(self, column: str, known: Collection[str], where: str) -> tuple[str, ...]:
        """Give the values of a cell, each of which must be known."""
        values = self.list(column)
        for value in values:
            if value not in known:
                self.refuse(column, f'"{value}" is not {where}')
        return values

    def words(self, column: str, words: type[Word]) -> tuple[Word, ...]:
        """Give words of a closed list."""
        values = self.ids(column, set(words), f"known, use: {' '.join(words)}")
        return tuple(words(value) for value in values if value in set(words))

    def yes(self, column: str, default: bool) -> bool:
        """Give yes or no."""
        value = self.text(column)
        if value not in ("yes", "no", ""):
            self.refuse(column, f'"{value}" must be yes or no')
        return value == "yes" if value else default

    def age(self, column: str) -> int | None:
        """Give an age, or None when the cell is empty."""
        value = self.text(column)
        if value and not (value.isascii() and value.isdigit() and int(value) <= OLDEST):
            self.refuse(column, f'"{value}" is not an age in years')
            return None
        return int(value) if value else None

    def degrees(self, column: str, most: int) -> float | None:
        """Give a latitude or longitude, or None when the cell is empty."""
        value = self.text(column, NUMBER)
        if value and not (NUMBER.fullmatch(value) and abs(float(value)) <= most):
            self.refuse(column, f'"{value}" is not a number between -{most} and {most}, written with a point')
            return None
        return float(value) if value else None

    def day(self, column: str) -> date:
        """Give a day."""
        value = self.text(column)
        try:
            return date.fromisoformat(value)
        except ValueError:
            if value:
                self.refuse(column, f'"{value}" is not a date such as 2026-11-21')
            return date.min

    def day_or_none(self, column: str) -> date | None:
        """Give a day, or None when the cell is empty."""
        return self.day(column) if self.text(column) else None

    def like(self, column: str, pattern: re.Pattern[str], example: str) -> str:
        """Give a text that must look like an example."""
        value = self.text(column)
        if value and not pattern.fullmatch(value):
            self.refuse(column, f'"{value}" must look like {example}')
        return value
