"""The machine's check of all translations, language by language; `passerelle check` prints what it finds."""

from collections.abc import Iterator
from importlib.resources.abc import Traversable

from bot.translations.form import problems_of_form, problems_of_plurals
from bot.translations.rules import Rules, read_rules
from bot.translations.texts import Catalog, Finding, Official, Text, read_catalogs, short
from bot.translations.wording import problems_of_wording


def check_language(
    folder: Traversable, language: str, official: Official, *, offered: bool = True
) -> Iterator[Finding]:
    """Check one language; in one that is not offered yet, words may be missing."""
    rules = read_rules(folder, language)
    for catalog in read_catalogs(folder, language, official):
        yield from problems_of_plurals(catalog, rules)
        yield from _missing(catalog, offered)
        for text in catalog.texts:
            if text.entry.is_told:
                yield from _problems(text, rules)


def _problems(text: Text, rules: Rules) -> Iterator[Finding]:
    found = dict.fromkeys((*problems_of_form(text, rules), *problems_of_wording(text, rules)))
    for message, is_error in found:
        yield Finding(text.path, text.entry.line, message, short(text), is_error)


def _missing(catalog: Catalog, offered: bool) -> Iterator[Finding]:
    """One of the bot's own words must be there; an answer that is not whole falls back, and says so."""
    for text in catalog.texts:
        if text.entry.obsolete:
            yield Finding(text.path, text.entry.line, "nobody asks for it any more", short(text), False)
        elif not text.entry.is_told:
            state = "stale: its source has changed" if text.entry.fuzzy else "not translated"
            yield Finding(text.path, text.entry.line, state, short(text), offered and text.is_own_word)
