"""Holds a translation to the form of its source: placeholders, markup, numbers, links, plurals, isolates, lengths."""

import gettext
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

from babel import Locale

from bot.translations.rules import Rules
from bot.translations.texts import Catalog, Finding, Text, short

SIX_NUMBERS = (0, 1, 2, 3, 11, 100)
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
TAG = re.compile(r"</?[a-z]+[^>]*>")
COMMAND = re.compile(r"(?<![\w<])/[a-z]+")
LINK = re.compile(
    r"https?://[^\s)»”]+|[\w.+-]+@[\w.-]+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:be|brussels|com|eu|org|net)\b"
)
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
THOUSANDS = re.compile(r"(?<=\d)[ .,\u202f\u00a0\u066c](?=\d{3}(?!\d))")
NUMBER = re.compile(r"\d+")
MOST_CHARACTERS = re.compile(r"at most (\d+) characters")
OPENING, CLOSING = "\u2066\u2067\u2068", "\u2069"


def problems_of_form(text: Text, rules: Rules) -> Iterator[tuple[str, bool]]:
    """Give what differs from the source in a text that is told, and whether it must not reach a person."""
    sources, forms = text.entry.sources, text.entry.forms
    for form in dict.fromkeys(forms):
        if not _values(form) <= _values(sources[-1]) or (
            len(sources) == 1 and _values(form) != _values(sources[0])
        ):
            yield "placeholders differ", True
        if Counter(TAG.findall(form)) != Counter(TAG.findall(sources[-1])):
            yield "tags differ", True
        if Counter(COMMAND.findall(form)) != Counter(COMMAND.findall(sources[-1])):
            yield "commands differ", True
        if not set(LINK.findall(sources[-1])) <= set(LINK.findall(form)):
            yield "a link or address is missing", True
        if not is_balanced(form):
            yield "direction marks are not balanced: each U+2068 needs its U+2069", True
        if len(sources) == 1:
            yield from ((message, True) for message in _wrong_numbers(sources[0], form, rules))
    if longest := _too_long_for_its_button(text):
        yield longest, True


def problems_of_plurals(catalog: Catalog, rules: Rules) -> Iterator[Finding]:
    """Find a header that chooses other forms than the language has, and texts that lack a form."""
    try:
        choose = gettext.c2py(catalog.rule)
        chosen = [choose(n) for n in range(201)]
    except ValueError as error:
        yield Finding(catalog.path, 1, f"Plural-Forms cannot be read: {error}")
        return
    named = [str(Locale.parse(rules.plural_locale).plural_form(n)) for n in range(201)]
    pairs = {(CATEGORIES.index(name), form) for name, form in zip(named, chosen, strict=True)}
    expected = [form for _, form in sorted(pairs)]
    if expected != list(range(len(set(named)))) or catalog.forms != len(expected):
        told = ", ".join(f"{n}: {named[n]}" for n in SIX_NUMBERS)
        yield Finding(catalog.path, 1, f"Plural-Forms is not what the language has ({told})")
    for text in catalog.texts:
        if len(text.entry.sources) > 1 and not text.entry.obsolete and len(text.entry.forms) != catalog.forms:
            message = f"has {len(text.entry.forms)} plural forms, the language has {catalog.forms}"
            yield Finding(text.path, text.entry.line, message, short(text))


def numbers(text: str) -> list[int]:
    """Give the numbers of a text, whatever its digits; those in placeholders do not count."""
    return [int(found) for found in NUMBER.findall(THOUSANDS.sub("", PLACEHOLDER.sub(" ", text)))]


def _wrong_numbers(source: str, form: str, rules: Rules) -> Iterator[str]:
    wanted, found = numbers(source), numbers(form)
    # A source quoted in brackets, or a term explained by its name, repeats a number.
    if lost := [n for n in wanted if n not in found and n > rules.number_words_up_to]:
        yield f"the number {lost[0]} is missing"
    if foreign := [n for n in found if n not in wanted]:
        yield f"the number {foreign[0]} is not in the source"


def _too_long_for_its_button(text: Text) -> str:
    most = next((int(found[1]) for note in text.entry.comments if (found := MOST_CHARACTERS.search(note))), 0)
    longest = max(len(form) for form in text.entry.forms)
    return f"stands on a button and has {longest} characters, at most {most}" if 0 < most < longest else ""


def _values(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def is_balanced(text: str) -> bool:
    """Tell whether every direction mark of a text has its end."""
    depth = 0
    for sign in text:
        depth += (sign in OPENING) - (sign == CLOSING)
        if depth < 0:
            return False
    return depth == 0
