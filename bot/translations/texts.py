"""Every translated text with the place where it stands, and what is found about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import TypeAlias

from bot.catalogues import Entry, plural_forms, read_entries

OWN_WORDS = ("passerelle", "labels")  # these must be whole; an answer that is not falls back
SOURCES_OF_OWN_WORDS = ("en",)
Official: TypeAlias = Mapping[str, tuple[str, ...]]  # the languages of each territory


@dataclass(frozen=True)
class Text:
    """One entry of one catalogue.

    `sources` are the language of its source text, then others in which the place's names are official.
    """

    language: str
    domain: str
    sources: tuple[str, ...]
    entry: Entry

    @property
    def source(self) -> str:
        """The language of its source text."""
        return self.sources[0]

    @property
    def path(self) -> str:
        """The file, as seen from the checkout."""
        return f"locales/{self.language}/LC_MESSAGES/{self.domain}.po"

    @property
    def is_own_word(self) -> bool:
        """Whether it is one of the bot's own words."""
        return self.domain in OWN_WORDS


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that somebody should look at; `is_error` when it must not reach a person."""

    path: str
    line: int
    message: str
    about: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        words = f": {self.about!r}" if self.about else ""
        return f"{self.path}:{self.line}: {'' if self.is_error else 'warning: '}{self.message}{words}"


@dataclass(frozen=True)
class Catalog:
    """One catalogue: its texts and its number of plural forms with the rule that chooses among them."""

    language: str
    domain: str
    forms: int
    rule: str
    texts: tuple[Text, ...]

    @property
    def path(self) -> str:
        """The file, as seen from the checkout."""
        return f"locales/{self.language}/LC_MESSAGES/{self.domain}.po"


def read_catalogs(folder: Traversable, language: str, official: Official) -> Iterator[Catalog]:
    """Read the catalogues of a language: the bot's own words, then the answers of each territory."""
    for domain in (*OWN_WORDS, *official):
        path = folder / language / "LC_MESSAGES" / f"{domain}.po"
        if path.is_file():
            header, *entries = read_entries(path)
            sources = official.get(domain, SOURCES_OF_OWN_WORDS)
            texts = tuple(Text(language, domain, sources, entry) for entry in entries)
            yield Catalog(language, domain, *plural_forms(header), texts)


def short(text: Text) -> str:
    """Give the beginning of the source text, which names an entry."""
    source = text.entry.sources[0]
    return source if len(source) < 60 else source[:57] + "..."
