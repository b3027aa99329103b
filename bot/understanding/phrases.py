"""How people say things: `locales/<lang>/phrases.toml`, and the whole messages of `messages.toml` beside it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from directory.needs import Needs
from directory.territory import Danger

FILES = ("phrases.toml", "messages.toml")
OUTSIDE = "outside"  # the class of what is neither a need nor a danger nor small talk

Sections = Mapping[str, Mapping[str, list[str]]]


class PhrasesError(Exception):
    """The phrases of a language cannot be used; the message names the file."""


@dataclass(frozen=True)
class Phrase:
    """One way to say something; `meaning` is the id of a need, a danger or a kind of small talk."""

    text: str
    meaning: str
    language: str


@dataclass(frozen=True)
class Phrases:
    """All phrases of all languages in one pool: people mix languages."""

    needs: tuple[Phrase, ...] = ()
    dangers: tuple[Phrase, ...] = ()
    lures: tuple[Phrase, ...] = ()
    smalltalk: tuple[Phrase, ...] = ()

    @property
    def all(self) -> tuple[Phrase, ...]:
        """Give every phrase, needs first."""
        return self.needs + self.dangers + self.lures + self.smalltalk


@dataclass(frozen=True)
class _Table:
    language: str
    sections: Sections


def read_phrases(needs: Needs, folder: Traversable | None = None) -> Phrases:
    """Read the phrases of every language under `folder` (default: the packaged `locales`), and the needs' labels."""
    tables = list(_tables(folder or files("locales"), needs))
    labels = tuple(Phrase(text, need.id, language) for need in needs for language, text in need.label.items())
    return Phrases(
        needs=tuple(_section(tables, "needs")) + labels + basic_phrases(needs),
        dangers=tuple(_section(tables, "dangers")),
        lures=tuple(_section(tables, "lures")),
        smalltalk=tuple(_section(tables, "smalltalk")),
    )


def outside_phrases() -> tuple[Phrase, ...]:
    """Read what people also write and what is nobody's business here."""
    table = tomllib.loads((files("bot.understanding") / "outside.toml").read_text("utf-8"))
    return tuple(Phrase(text, OUTSIDE, language) for language, texts in table.items() for text in texts)


def basic_phrases(needs: Needs) -> tuple[Phrase, ...]:
    """Read the shortest and most misspelt ways to say what everybody must be understood in."""
    path = files("bot.understanding") / "basics.toml"
    table = tomllib.loads(path.read_text("utf-8"))
    if unknown := [need for by_need in table.values() for need in by_need if need not in needs]:
        raise PhrasesError(f"{path}: {', '.join(unknown)} is no need of directory/needs.toml")
    return tuple(
        Phrase(text, need, language)
        for language, by_need in table.items()
        for need, texts in by_need.items()
        for text in texts
    )


def _tables(folder: Traversable, needs: Needs) -> Iterator[_Table]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for name in FILES:
            if (path := entry / name).is_file():
                sections = _read(path)
                _check(sections, path, needs)
                yield _Table(entry.name, sections)


def _read(path: Traversable) -> Sections:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PhrasesError(f"{path}: {error}; see docs/content.md for what it must hold") from error


def _check(sections: Sections, path: Traversable, needs: Needs) -> None:
    unknown = [need for several in sections.get("needs", {}) for need in several.split() if need not in needs]
    unknown += [danger for danger in sections.get("dangers", {}) if danger not in set(Danger)]
    if unknown:
        raise PhrasesError(
            f"{path}: {', '.join(unknown)} is not known; take an id of directory/needs.toml or a danger"
        )


def _section(tables: Iterable[_Table], name: str) -> Iterator[Phrase]:
    for table in tables:
        for meanings, texts in table.sections.get(name, {}).items():
            for text in texts:
                yield from (Phrase(text, meaning, table.language) for meaning in meanings.split())
