"""The reviewed answers: sections of paragraphs and items, each one text to translate.

The values alone; `directory.answer_files` reads and checks them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

PlaceholderKind: TypeAlias = Literal["amount", "service", "line"]

SECTIONS = ("what", "first", "by-when", "who", "steps", "papers", "cost", "refused", "careful")
SHORT_SECTIONS = ("what", "first", "by-when", "careful")
PLACEHOLDER = re.compile(r"\{(amount|service|line)\.([a-z0-9-]+)\}")


@dataclass(frozen=True)
class Source:
    """Where an answer was seen, and of which day that page is."""

    name: str
    url: str
    date: date


@dataclass(frozen=True)
class Block:
    """One paragraph or list item: one text to translate; `line` is where it stands in the file."""

    kind: Literal["paragraph", "item"]
    text: str
    line: int = 0


@dataclass(frozen=True)
class Section:
    """One part of an answer; the bot writes its heading in the person's language."""

    id: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Answer:
    """What a territory answers to a need; sections stand in the order of the file."""

    need: str
    checked_on: date
    sources: tuple[Source, ...]
    services: tuple[str, ...]
    related: tuple[str, ...]
    sections: tuple[Section, ...]

    def section(self, section_id: str) -> Section | None:
        """Give one section, or None when the answer has none of that name."""
        return next((section for section in self.sections if section.id == section_id), None)

    @property
    def short(self) -> tuple[Section, ...]:
        """Give the sections of the short answer in the order of the file."""
        return tuple(section for section in self.sections if section.id in SHORT_SECTIONS)


@dataclass(frozen=True)
class Placeholder:
    """A value that the program fills in: `{amount.ris-alone}` has kind `amount` and id `ris-alone`."""

    kind: PlaceholderKind
    id: str

    def __str__(self) -> str:
        return f"{{{self.kind}.{self.id}}}"


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Give the values that a text asks for, in order."""
    return tuple(_placeholder(found) for found in PLACEHOLDER.finditer(text))


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Write the values into a text; a value that is missing raises KeyError."""
    return PLACEHOLDER.sub(lambda found: values[_placeholder(found)], text)


def texts(answer: Answer) -> tuple[str, ...]:
    """Give every text to translate, in order."""
    return tuple(block.text for section in answer.sections for block in section.blocks)


def _placeholder(found: re.Match[str]) -> Placeholder:
    kind: PlaceholderKind = (
        "amount" if found[1] == "amount" else "service" if found[1] == "service" else "line"
    )
    return Placeholder(kind, found[2])
