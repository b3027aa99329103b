"""Reads answers/<need>.md and checks them: sections, placeholders, sources, and nothing typed that goes stale."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from directory.answers import SECTIONS, Answer, Block, Section, Source, placeholders
from directory.content import Notes, Problem, Table, TomlFile, read_text
from directory.typed_facts import typed_facts

FENCE = "+++"
HEADING = re.compile(r"##\s*(.*?)\s*")
BRACES = re.compile(r"\{[^{}]*\}|[{}]")
FIRST_WORDS = ("what", "first")


@dataclass(frozen=True)
class Known:
    """The ids that an answer may name."""

    needs: Collection[str]
    services: Collection[str]
    lines: Collection[str]
    amounts: Collection[str]

    def of_kind(self, kind: str) -> Collection[str]:
        """Give the ids that a placeholder of this kind may name."""
        return {"amount": self.amounts, "service": self.services, "line": self.lines}[kind]


def read_answer(path: Path, known: Known) -> tuple[Answer | None, tuple[Problem, ...]]:
    """Read one answer; when something is wrong with it, there is no answer but a list of problems."""
    notes = Notes(path)
    text = read_text(path, notes)
    if text is None:
        return None, tuple(notes.problems)
    lines = text.splitlines()
    end = _end_of_front_matter(lines)
    if end is None:
        notes.add(1, f"must begin with need, checked_on and sources between two lines of {FENCE}")
        return None, tuple(notes.problems)
    sections = tuple(_sections(lines, end + 1, notes))
    answer = _answer("\n".join(lines[1:end]), sections, path, notes)
    _check(answer, known, notes)
    return (None if notes.problems else answer), tuple(notes.problems)


def _end_of_front_matter(lines: list[str]) -> int | None:
    if not lines or lines[0].strip() != FENCE:
        return None
    return next((number for number, line in enumerate(lines) if number and line.strip() == FENCE), None)


def _answer(front: str, sections: tuple[Section, ...], path: Path, notes: Notes) -> Answer:
    file = TomlFile(front, notes, offset=1)
    top = file.top("sources")
    answer = Answer(
        need=top.text("need"),
        checked_on=top.date("checked_on"),
        sources=tuple(_source(table) for table in file.each("sources")),
        services=top.texts("services"),
        related=top.texts("related"),
        sections=sections,
    )
    top.finish()
    if answer.need and answer.need != path.stem:
        top.problem("need", f'"{answer.need}" is not the name of the file, which must be {answer.need}.md')
    if not answer.sources:
        top.problem("sources", "is missing, add a [[sources]] with name, url and date")
    return answer


def _source(table: Table) -> Source:
    source = Source(table.text("name"), table.text("url"), table.date("date"))
    table.finish()
    if source.url and not source.url.startswith(("https://", "http://")):
        table.problem("url", "must be a web address that begins with https://")
    return source


def _sections(lines: list[str], start: int, notes: Notes) -> Iterator[Section]:
    heading, first = "", start
    for number in range(start, len(lines) + 1):
        found = HEADING.fullmatch(lines[number]) if number < len(lines) else None
        if number < len(lines) and not found:
            continue
        blocks = tuple(_blocks(lines, first, number))
        if heading:
            yield Section(heading, blocks)
        if heading and not blocks:
            notes.add(first, f"section {heading} is empty, write it or delete it")
        if not heading and blocks:
            notes.add(blocks[0].line, "this text stands above the first ## section")
        heading, first = (found[1] if found else ""), number + 1


def _blocks(lines: list[str], start: int, end: int) -> Iterator[Block]:
    words: list[str] = []
    is_item, first = False, start
    for number in range(start, end + 1):
        line = lines[number].strip() if number < end else ""
        begins_item = line.startswith("- ")
        if words and (not line or begins_item):
            yield Block("item" if is_item else "paragraph", " ".join(words), first + 1)
            words = []
        if line:
            if not words:
                is_item, first = begins_item, number
            words.append(line.removeprefix("- ").strip() if begins_item else line)


def _check(answer: Answer, known: Known, notes: Notes) -> None:
    if answer.need and answer.need not in known.needs:
        notes.add(1, f'need "{answer.need}" is not in needs.toml')
    for need in answer.related:
        if need not in known.needs or need == answer.need:
            notes.add(1, f'related "{need}" is not another need of needs.toml')
    for service in answer.services:
        if service not in known.services:
            notes.add(1, f'services "{service}" is not in services.csv')
    _check_sections(answer, notes)
    for section in answer.sections:
        for block in section.blocks:
            _check_text(block, known, notes)


def _check_sections(answer: Answer, notes: Notes) -> None:
    ids = [section.id for section in answer.sections]
    for position, section in enumerate(answer.sections):
        line = max(1, section.blocks[0].line - 1) if section.blocks else 1
        if section.id not in SECTIONS:
            notes.add(line, f'"{section.id}" is not a section, use one of: {" ".join(SECTIONS)}')
        if section.id in ids[:position]:
            notes.add(line, f"section {section.id} is there twice, join them")
    for needed in FIRST_WORDS:
        if needed not in ids:
            notes.add(1, f"section {needed} is missing, every answer needs it")


def _check_text(block: Block, known: Known, notes: Notes) -> None:
    for placeholder in placeholders(block.text):
        if placeholder.id not in known.of_kind(placeholder.kind):
            notes.add(block.line, f"{placeholder} is unknown, check its spelling")
    rest = block.text
    for placeholder in placeholders(block.text):
        rest = rest.replace(str(placeholder), " ")
    for leftover in BRACES.findall(rest):
        notes.add(
            block.line, f"{leftover} is not a placeholder, write {{amount.x}}, {{service.x}} or {{line.x}}"
        )
    for fact in typed_facts(rest):
        notes.add(block.line, f'"{fact.words}" looks like {fact.kind}, {fact.remedy}')
