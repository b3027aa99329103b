"""What the check knows about each language: `locales/checks.toml`, and the terms of `locales/<lang>/terms.toml`."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from bot.catalogues import CatalogueError

LONGEST_SENTENCE = 18
MARKS = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u200c]"
)  # accents, vowel signs, the joiner of Persian


@dataclass(frozen=True)
class Term:
    """An official term: where the source says it, the translation has one of the accepted beginnings."""

    source: str
    accepted: tuple[str, ...]
    asked: re.Pattern[str]
    said: re.Pattern[str]


@dataclass(frozen=True)
class Rules:
    """What one language allows."""

    language: str
    script: str
    longest_sentence: int
    plural_locale: str
    number_words_up_to: int
    names: frozenset[str]
    own_way: frozenset[str]
    source_words: Mapping[str, frozenset[str]]
    terms: tuple[Term, ...]

    @property
    def is_latin(self) -> bool:
        """Whether it is written in Latin letters."""
        return self.script == "LATIN"


@lru_cache(maxsize=8192)  # the source texts, which every language asks for
def folded(text: str) -> str:
    """Give a text without capitals, accents and vowel signs, alike in every language (also the Turkish I)."""
    bare = MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return MARKS.sub("", bare).replace("ı", "i").replace("’", "'")


def read_rules(folder: Traversable, language: str) -> Rules:
    """Read what is known about a language; a broken file is named."""
    known = _read(folder / "checks.toml")
    prefix = known["prefixes"].get(language, 0)
    shared = frozenset(known["shared-words"].get(language, ()))
    terms = folder / language / "terms.toml"
    given = _read(terms).get("terms", {}) if terms.is_file() else {}
    return Rules(
        language=language,
        script=known["scripts"].get(language, "LATIN"),
        longest_sentence=LONGEST_SENTENCE + known["longer"].get(language, 0),
        plural_locale=known["plurals"].get(language, language),
        number_words_up_to=known["numbers-as-words"].get(language, 0),
        names=frozenset(known["names"]["kept"]),
        own_way=frozenset(known["names"]["own-way"]),
        source_words=MappingProxyType(
            {code: frozenset(words) - shared for code, words in known["source-words"].items()}
        ),
        terms=tuple(_term(source, accepted, prefix) for source, accepted in given.items()),
    )


def _term(source: str, accepted: Iterable[str], prefix: int) -> Term:
    begins = "|".join(re.escape(folded(word)) for word in accepted)
    return Term(
        source,
        tuple(accepted),
        re.compile(rf"(?<!\w){re.escape(folded(source))}"),
        re.compile(rf"(?<!\w)\w{{0,{prefix}}}(?:{begins})"),
    )


def _read(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: {error}; see docs/content.md for what it must hold") from error
