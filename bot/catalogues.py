"""Reads gettext catalogues (`.po`) as they lie in `locales/`: nothing is compiled, so nothing can be stale.

A small reader of our own, because the standard one takes longer for sixteen languages than a start may take; a test
holds that both read the same.
"""

import gettext
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from bot.mistakes import Mistake

Id = str | tuple[str, str]

USUAL = re.compile(r'\n*((?:#[^~].*\n)*)msgid "(.*)"\nmsgstr "(.*)"\n*')
QUOTED = re.compile(r'"(.*)"\s*')
ESCAPE = re.compile(r"\\(.)")
ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
PLURAL_FORMS = re.compile(r"Plural-Forms:\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;\n]+)")
ONE_AND_MANY = "(n != 1)"


class CatalogueError(Mistake):
    """A language's files cannot be used; the message names the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text and how it is said; `forms` has one form, or one for each plural of the language."""

    id: Id
    forms: tuple[str, ...]
    line: int
    fuzzy: bool = False
    obsolete: bool = False
    notes: str = ""

    @property
    def comments(self) -> tuple[str, ...]:
        """What the translator is told about it."""
        return tuple(line[2:].strip() for line in self.notes.split("\n") if line.startswith("#."))

    @property
    def sources(self) -> tuple[str, ...]:
        """The source text: one, or the one for one thing and the one for many."""
        return (self.id,) if isinstance(self.id, str) else self.id

    @property
    def is_told(self) -> bool:
        """Whether the program says it: whole and not stale."""
        return not self.fuzzy and not self.obsolete and bool(self.forms) and all(self.forms)


class Catalogue(gettext.NullTranslations):
    """The texts of one file; what it does not know is said by its fallback, or as it was asked."""

    def __init__(self, entries: Iterator[Entry] | None = None, shared: dict[Id, Id] | None = None) -> None:
        """Keep the entries that are told; `shared` holds source texts that other catalogues have too."""
        super().__init__()
        ids = {} if shared is None else shared
        self.asked = 0
        self._texts: dict[Id, str | tuple[str, ...]] = {}
        self._plural = gettext.c2py(ONE_AND_MANY)
        for entry in entries or ():
            if not entry.id:
                self._plural = gettext.c2py(plural_forms(entry)[1])
            elif entry.is_told:
                forms = entry.forms if len(entry.sources) > 1 else entry.forms[0]
                self._texts[ids.setdefault(entry.id, entry.id)] = forms
            self.asked += bool(entry.id) and not entry.obsolete

    @property
    def told(self) -> int:
        """How many of the texts that are `asked` for it can say."""
        return len(self._texts)

    def find(self, message: str) -> str | None:
        """Give a text, or None when this file does not hold it whole."""
        found = self._texts.get(message)
        return found if isinstance(found, str) else None

    def gettext(self, message: str) -> str:
        """Say a text."""
        found = self.find(message)
        return super().gettext(message) if found is None else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say it for `n` things."""
        found = self._texts.get((msgid1, msgid2))
        if isinstance(found, tuple):
            return found[self._plural(n)]
        return super().ngettext(msgid1, msgid2, n)


def read_catalogue(path: Traversable, shared: dict[Id, Id] | None = None) -> Catalogue:
    """Read the texts that a file holds; none when there is no such file."""
    return Catalogue(read_entries(path), shared) if path.is_file() else Catalogue()


def read_entries(path: Traversable) -> Iterator[Entry]:
    """Give every entry of a file with its line, also what is stale or no longer asked for."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: is not UTF-8 text, save it as UTF-8") from error
    first = 1
    for block in text.split("\n\n"):
        if usual := USUAL.fullmatch(block):
            notes, source, said = usual.groups()
            line = first + notes.count("\n")
            yield Entry(_unescaped(source), (_unescaped(said),), line, _is_fuzzy(notes), notes=notes)
        elif block.strip():
            yield from _entries(block, first, path)
        first += block.count("\n") + 2


def plural_forms(header: Entry) -> tuple[int, str]:
    """Give the number of plural forms that a file's header names, and the rule that chooses among them."""
    found = PLURAL_FORMS.search(header.forms[0] if header.forms else "")
    return (int(found[1]), found[2].strip()) if found else (2, ONE_AND_MANY)


def _entries(block: str, first: int, path: Traversable) -> Iterator[Entry]:
    """Read what stands between two empty lines, whatever its form: one entry as a rule."""
    parts: dict[str, str] = {}
    notes, key, at, obsolete = "", "", first, False
    for number, line in enumerate(block.split("\n"), first):
        if line.startswith("#~"):
            obsolete, line = True, line.removeprefix("#~").lstrip()
        if line.startswith(("#", "|")) or not line.strip():  # "#~|" keeps what an old entry was before
            notes += line + "\n"
            continue
        if not line.startswith('"'):
            key, _, line = line.partition(" ")
            if key == "msgid" and parts:
                yield _entry(parts, at, notes, obsolete)
                parts, notes = {}, ""
            at = number if key == "msgid" else at
            parts[key] = ""
        quoted = QUOTED.fullmatch(line)
        if quoted is None or not key:
            raise CatalogueError(f'{path}:{number}: cannot be read, a text stands between "quotes"')
        parts[key] += _unescaped(quoted[1])
    if parts:
        yield _entry(parts, at, notes, obsolete)


def _entry(parts: Mapping[str, str], line: int, notes: str, obsolete: bool) -> Entry:
    source, many = parts.get("msgid", ""), parts.get("msgid_plural")
    forms = tuple(words for key, words in parts.items() if key.startswith("msgstr"))
    return Entry((source, many) if many else source, forms, line, _is_fuzzy(notes), obsolete, notes)


def _is_fuzzy(notes: str) -> bool:
    return "#," in notes and any(line.startswith("#,") and "fuzzy" in line for line in notes.split("\n"))


def _unescaped(words: str) -> str:
    return ESCAPE.sub(lambda sign: ESCAPED.get(sign[1], sign[1]), words) if "\\" in words else words
