"""Reads wording/<language>.toml: the words of offices, of blame, and the acronyms that an answer explains."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from directory.content import ContentError, Notes, Table, TomlFile, read_text

FOLDER = Path(__file__).parent / "wording"


@dataclass(frozen=True)
class Unwanted:
    """Words that an answer does not use; `say` is what to say instead, `unless` what makes them right."""

    words: re.Pattern[str]
    say: str
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Hard:
    """A word or acronym that an answer explains; `explained` finds the explanation."""

    words: re.Pattern[str]
    plain: str
    explained: re.Pattern[str]
    name: str = ""


@dataclass(frozen=True)
class Wording:
    """What is known of the words of one language."""

    office: tuple[Unwanted, ...]
    blame: tuple[Unwanted, ...]
    jargon: tuple[Hard, ...]
    acronyms: tuple[Hard, ...]
    names: tuple[tuple[str, str], ...]  # proper names in capitals, each with what it is

    def explanations(self) -> dict[str, str]:
        """Give every acronym and name with its plain explanation."""
        return {hard.name: hard.plain for hard in self.acronyms} | dict(self.names)

    def hard_words(self, text: str) -> int:
        """Count the words of offices and of jargon in a text."""
        patterns = [one.words for one in self.office] + [one.words for one in self.jargon]
        return sum(len(pattern.findall(text)) for pattern in patterns)


@cache
def load_wording(language: str) -> Wording | None:
    """Read what is known of a language's words; None when nobody wrote it down yet."""
    path = FOLDER / f"{language}.toml"
    return read_wording(path) if path.is_file() else None


def read_wording(path: Path) -> Wording:
    """Read one file, or raise ContentError with every problem of it."""
    notes = Notes(path)
    file = TomlFile(read_text(path, notes) or "", notes)
    file.top("office", "jargon", "acronym", "name", "blame").finish()
    found = Wording(
        office=tuple(_unwanted(table) for table in file.each("office")),
        blame=tuple(_unwanted(table) for table in file.each("blame")),
        jargon=tuple(_jargon(table) for table in file.each("jargon")),
        acronyms=tuple(_acronym(table) for table in file.each("acronym")),
        names=tuple(_name(table) for table in file.each("name")),
    )
    if notes.problems:
        raise ContentError(notes.problems)
    return found


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """Find any of some words, in small or capital letters; `*` stands for any ending."""
    return re.compile("|".join(_written(word) for word in words), re.IGNORECASE)


def _written(word: str) -> str:
    end = "" if word.endswith(("*", "'", ")")) else r"(?!\w)"
    return r"(?<!\w)" + re.escape(word).replace(r"\*", r"\w*").replace("'", "['’]") + end


def _unwanted(table: Table) -> Unwanted:
    words, say = table.texts("words", required=True), table.text("say")
    unless = table.texts("unless")
    table.finish()
    return Unwanted(pattern_of(words), say, pattern_of(unless) if unless else None)


def _jargon(table: Table) -> Hard:
    words, plain = table.texts("words", required=True), table.text("plain")
    explained = table.texts("explained_by") or (plain,)
    table.finish()
    return Hard(pattern_of(words), plain, pattern_of(explained))


def _acronym(table: Table) -> Hard:
    name, plain = table.text("name"), table.text("plain")
    explained = table.texts("explained_by") or (plain,)
    table.finish()
    return Hard(re.compile(rf"\b{re.escape(name)}\b"), plain, pattern_of(explained), name)


def _name(table: Table) -> tuple[str, str]:
    name, plain = table.text("name"), table.text("plain")
    table.finish()
    return name, plain
