"""Reviewed sentences that a worker sends with one press, in the person's language (`locales/phrasebook.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.i18n import Words

DOMAIN = "phrasebook"
FIRST, SECOND = "fr", "en"


@dataclass(frozen=True)
class Phrase:
    """One sentence, in French and English; the other languages stand in the catalogues."""

    id: str
    group: str
    fr: str
    en: str


@dataclass(frozen=True)
class Phrasebook:
    """All sentences by id, in groups."""

    groups: Mapping[str, Phrase]
    phrases: Mapping[str, Phrase]

    def of_group(self, group: str) -> list[Phrase]:
        """Give the sentences of a group in the order of the file."""
        return [phrase for phrase in self.phrases.values() if phrase.group == group]

    def say(self, phrase: Phrase, words: Words, language: str) -> str:
        """Say a sentence in a language; in French where nobody has translated it."""
        return self._said(phrase, words, language) or phrase.fr

    def spoken(self, phrase: Phrase, words: Words, language: str) -> str:
        """Tell in which language `say` says it."""
        return language if self._said(phrase, words, language) else FIRST

    def _said(self, phrase: Phrase, words: Words, language: str) -> str:
        if language in (FIRST, SECOND):
            return phrase.fr if language == FIRST else phrase.en
        said = words.territory_texts(DOMAIN, language).gettext(phrase.en)
        return said if said != phrase.en else ""


@cache
def phrasebook() -> Phrasebook:
    """Read the book once."""
    content = tomllib.loads((files("locales") / "phrasebook.toml").read_text("utf-8"))
    groups = {row["id"]: Phrase(row["id"], "", row["fr"], row["en"]) for row in content["group"]}
    phrases = [Phrase(row["id"], row["group"], row["fr"], row["en"]) for row in content["phrase"]]
    return Phrasebook(groups, {phrase.id: phrase for phrase in phrases})
