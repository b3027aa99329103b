"""The vocabulary of needs: what a person may come for, in which theme, and how urgent it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from directory.content import ContentError, Notes, Problem, Table, TomlFile, read_text

PACKAGED = Path(__file__).parent / "needs.toml"
LONGEST_LABEL = 38  # what a phone shows of a button


class Urgency(StrEnum):
    """How soon a need wants an answer."""

    TODAY = "today"
    SOON = "soon"
    NORMAL = "normal"


@dataclass(frozen=True)
class Theme:
    """A group of needs as it stands in the menu; `label` is by language code."""

    id: str
    label: Mapping[str, str] = field(hash=False)
    icon: str = ""


@dataclass(frozen=True)
class Need:
    """One thing that a person may come for; `label` is by language code, `meaning` is for colleagues."""

    id: str
    theme: str
    label: Mapping[str, str] = field(hash=False)
    urgency: Urgency = Urgency.NORMAL
    meaning: str = ""


@dataclass(frozen=True)
class Needs:
    """All themes and needs, in the order of the file."""

    themes: tuple[Theme, ...]
    needs: tuple[Need, ...]

    def __iter__(self) -> Iterator[Need]:
        return iter(self.needs)

    def __contains__(self, need_id: object) -> bool:
        return need_id in self._by_id

    def need(self, need_id: str) -> Need:
        """Give the need with this id, or raise KeyError."""
        return self._by_id[need_id]

    def theme(self, theme_id: str) -> Theme:
        """Give the theme with this id, or raise KeyError."""
        return {theme.id: theme for theme in self.themes}[theme_id]

    def of_theme(self, theme_id: str) -> tuple[Need, ...]:
        """Give the needs of a theme in the order of the file."""
        return tuple(need for need in self.needs if need.theme == theme_id)

    @cached_property
    def _by_id(self) -> dict[str, Need]:
        return {need.id: need for need in self.needs}


def load_needs(path: Path = PACKAGED) -> Needs:
    """Read the vocabulary, or raise ContentError with every problem of the file."""
    needs, problems = read_needs(path)
    if problems:
        raise ContentError(problems)
    return needs


def read_needs(path: Path = PACKAGED) -> tuple[Needs, tuple[Problem, ...]]:
    """Read what can be read of the vocabulary, and list what is wrong with it."""
    notes = Notes(path)
    text = read_text(path, notes)
    file = TomlFile(text or "", notes)
    file.top("theme", "need").finish()
    themes = tuple(_theme(table) for table in file.each("theme"))
    needs = _needs(file.each("need"), {theme.id for theme in themes})
    if text is not None and not needs:
        notes.add(1, "holds no [[need]], add one")
    return Needs(themes, needs), tuple(notes.problems)


def _theme(table: Table) -> Theme:
    theme = Theme(table.id(), _label(table), table.text("icon"))
    table.finish()
    return theme


def _needs(tables: list[Table], themes: set[str]) -> tuple[Need, ...]:
    needs: dict[str, Need] = {}
    for table in tables:
        table.text("urgency")  # must be written: nothing is of normal urgency by forgetting
        need = Need(
            table.id(),
            table.text("theme"),
            _label(table),
            table.word("urgency", Urgency, Urgency.NORMAL),
            table.text("meaning", required=False),
        )
        table.finish()
        if need.theme and need.theme not in themes:
            table.problem("theme", f'"{need.theme}" is not the id of a [[theme]]')
        if need.id in needs:
            table.problem("id", f'"{need.id}" is there twice, keep one')
        needs.setdefault(need.id, need)
    return tuple(needs.values())


def _label(table: Table) -> dict[str, str]:
    label = table.names("label")
    if label and "en" not in label:
        table.problem("label", "has no English text (en), which the other languages translate")
    for language, text in label.items():
        if len(text) > LONGEST_LABEL:
            table.problem(
                "label", f"is too long for a button in {language}: {len(text)}, at most {LONGEST_LABEL}"
            )
    return label
