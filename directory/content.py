"""What all content files share: problems with file and line, and a TOML reader that remembers its lines."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

TABLE_LINE = re.compile(r"^\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
KEY_LINE = re.compile(r"^\s*([\w-]+)\s*=")
LINE_IN_MESSAGE = re.compile(r"at line (\d+)")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a content file, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentError(Exception):
    """Content cannot be used; `problems` says where and why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Notes:
    """The problems found so far in one file."""

    def __init__(self, path: Path) -> None:
        self.path = shown(path)
        self.problems: list[Problem] = []

    def add(self, line: int, message: str) -> None:
        """Write down a problem and go on."""
        self.problems.append(Problem(self.path, line, message))


def shown(path: Path) -> str:
    """Name a file as seen from the current folder, so that no machine path is printed."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def read_text(path: Path, notes: Notes) -> str | None:
    """Read a UTF-8 file, or note why it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        notes.add(1, "the file is missing, create it")
    except UnicodeDecodeError:
        notes.add(1, "is not UTF-8 text, save it as UTF-8")
    return None


class Table:
    """One table of a TOML file: its values, asked for by name, with the line of each for the problems."""

    def __init__(self, values: dict[str, Any], line: int, lines: Mapping[str, int], notes: Notes) -> None:
        self.line = line
        self._values = values
        self._lines = lines
        self._notes = notes
        self._asked: set[str] = set()

    def problem(self, key: str, message: str) -> None:
        """Note what is wrong with a value, at its line."""
        self._notes.add(self._lines.get(key, self.line), f"{key} {message}")

    def text(self, key: str, *, required: bool = True) -> str:
        """Give a text; a missing or empty one is a problem when it is required."""
        value = self._take(key, required)
        if value is not None and not isinstance(value, str):
            self.problem(key, 'must be a text, write it between "quotes"')
        elif value is not None and required and not value.strip():
            self.problem(key, "is empty, fill it in")
        return value.strip() if isinstance(value, str) else ""

    def id(self, key: str = "id") -> str:
        """Give an id in kebab-case."""
        value = self.text(key)
        if value and not ID.fullmatch(value):
            self.problem(key, f'"{value}" is not an id: small letters, digits and hyphens only')
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Give a list of texts."""
        value = self._take(key, required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.problem(key, 'must be a list of texts: ["one", "two"]')
            return ()
        return tuple(item.strip() for item in value)

    def names(self, key: str) -> dict[str, str]:
        """Give a text in several languages."""
        value = self._take(key, required=True)
        if value is None:
            return {}
        if not isinstance(value, dict) or not value:
            self.problem(key, 'must be texts by language: { en = "...", fr = "..." }')
            return {}
        for language, text in value.items():
            if not LANGUAGE.fullmatch(language) or not isinstance(text, str) or not text.strip():
                self.problem(key, f"needs a language code and a text, found {language} = {text!r}")
        return {language: text.strip() for language, text in value.items() if isinstance(text, str)}

    def number(self, key: str) -> Decimal:
        """Give a number."""
        value = self._take(key, required=True)
        if value is None:
            return Decimal(0)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.problem(key, "must be a number, written with a point and without quotes")
            return Decimal(0)
        return Decimal(value)

    def truth(self, key: str, *, default: bool) -> bool:
        """Give true or false, or the default when nothing is written."""
        value = self._take(key, required=False)
        if value is not None and not isinstance(value, bool):
            self.problem(key, "must be true or false, without quotes")
        return value if isinstance(value, bool) else default

    def date(self, key: str) -> date:
        """Give a day."""
        value = self._take(key, required=True)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self.problem(key, "must be a date without quotes, such as 2026-11-21")
        return date.min

    def word(self, key: str, words: type[Word], default: Word) -> Word:
        """Give one word of a closed list, or the default when nothing is written."""
        value = self.text(key, required=False)
        return self._word(key, value, words, default) if value else default

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Give words of a closed list."""
        known = set(words)
        values = self.texts(key)
        for value in values:
            if value not in known:
                self._word(key, value, words, None)
        return tuple(words(value) for value in values if value in known)

    def tables(self, key: str) -> list[dict[str, Any]]:
        """Give a list of inline tables."""
        value = self._take(key, required=False) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problem(key, "must be a list of tables")
            return []
        return value

    def finish(self) -> None:
        """Note every key that nobody asked for: most are misspelt."""
        for key in self._values.keys() - self._asked:
            self.problem(key, "is not a known key, correct its spelling or delete it")

    def _take(self, key: str, required: bool) -> Any:
        self._asked.add(key)
        if required and key not in self._values:
            self.problem(key, "is missing, add it")
        return self._values.get(key)

    def _word(self, key: str, value: str, words: type[Word], default: Word | None) -> Any:
        if value in set(words):
            return words(value)
        self.problem(key, f'"{value}" is unknown, use one of: {" ".join(words)}')
        return default


class TomlFile:
    """A parsed TOML text whose tables know their lines; `offset` lines stand before it in its file."""

    def __init__(self, text: str, notes: Notes, offset: int = 0) -> None:
        self._notes = notes
        self._lines = _lines_of_tables(text, offset)
        try:
            self._values: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            found = LINE_IN_MESSAGE.search(str(error))
            notes.add(offset + (int(found[1]) if found else 1), f"is not TOML: {error}")
            self._values = {}

    def top(self, *tables: str) -> Table:
        """Give the keys above the first table; `tables` are the names of the tables read elsewhere."""
        values = {key: value for key, value in self._values.items() if key not in tables}
        line, lines = self._lines.get(("", 0), (1, {}))
        return Table(values, line, lines, self._notes)

    def each(self, name: str) -> list[Table]:
        """Give every `[[name]]` in order."""
        found = self._values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self._notes.add(1, f"{name} must be written as [[{name}]] tables")
            return []
        return [self._table(name, position, values) for position, values in enumerate(found)]

    def named(self) -> list[tuple[str, Table]]:
        """Give every `[name]` in order."""
        tables = [(name, values) for name, values in self._values.items() if isinstance(values, dict)]
        for name in self._values.keys() - {name for name, _ in tables}:
            self._notes.add(1, f"{name} stands outside of a [table]")
        return [(name, self._table(name, 0, values)) for name, values in tables]

    def _table(self, name: str, position: int, values: dict[str, Any]) -> Table:
        line, lines = self._lines.get((name, position), (1, {}))
        return Table(values, line, lines, self._notes)


def _lines_of_tables(text: str, offset: int) -> dict[tuple[str, int], tuple[int, dict[str, int]]]:
    counts: dict[str, int] = {}
    lines: dict[str, int] = {}
    tables: dict[tuple[str, int], tuple[int, dict[str, int]]] = {("", 0): (offset + 1, lines)}
    for number, content in enumerate(text.splitlines(), start=offset + 1):
        if header := TABLE_LINE.match(content):
            name = header[2]
            position = counts[name] = counts.get(name, -1) + 1
            lines = {}
            tables[name, position] = (number, lines)
        elif key := KEY_LINE.match(content):
            lines.setdefault(key[1], number)
    return tables
