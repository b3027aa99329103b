"""Holds a translation to its language: no words left of the source, short sentences, terms and names kept."""

import re
import unicodedata
from collections.abc import Iterator

from bot.translations.form import PLACEHOLDER
from bot.translations.rules import Rules, folded
from bot.translations.texts import Text

# What may hold words of another language: brackets, quotes, isolated runs, addresses, commands, tags.
ASIDE = re.compile(
    r"\{[^{}]*\}|<[^>]*>|\([^()]*\)|«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\"|\u2068[^\u2069]*\u2069"
    r"|https?://\S+|\S+@\S+|(?<!\w)/[a-z]+|\b[\w-]+(?:\.[\w-]+)+"
)
WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")
LATIN_RUN = re.compile(r"[A-Za-zÀ-ɏ][\w’'-]*(?:[ \u00a0]+[A-Za-zÀ-ɏ][\w’'-]*)*")
NAME = re.compile(r"(?<=[\w,;)] )[A-ZÀ-Ý][\w’'-]*")
ENDS = re.compile(r"(?<=[.!?…؟።])[»\"”“)]*\s+|:\s+(?=[«“„\"])|\s*»\s*(?=[A-ZÀ-Ý])")
BRACKETS = re.compile(r"\([^()]*\)")
COUNTED = re.compile(r"\S*\w\S*")
FEW, MANY = 2, 3  # frequent words of the source: a name may hold two


def problems_of_wording(text: Text, rules: Rules) -> Iterator[tuple[str, bool]]:
    """Give what a reader of this language would stumble over, and whether it must not reach them."""
    for form in dict.fromkeys(text.entry.forms):
        yield from _foreign(form, text.source, rules)
        yield from _long(form, rules)
    if len(text.entry.sources) == 1:
        source, form = text.entry.sources[0], text.entry.forms[0]
        if source == form and _says_something(source, rules):
            yield "is the same as the source", not text.is_own_word
        if not text.is_own_word:
            yield from _terms(source, form, rules)
            if text.language not in text.sources:
                yield from _names(source, form, rules)


def source_words_left(form: str, source: str, rules: Rules) -> list[str]:
    """Give the words of the source language that a reader meets outside brackets, quotes and names."""
    bare = ASIDE.sub(" ", form)
    if rules.is_latin:
        words = {word.casefold() for word in WORD.findall(bare)}
        return sorted(words & rules.source_words.get(source, frozenset()))
    return [word for run in LATIN_RUN.findall(bare) for word in _small_words(run, rules)]


def _small_words(run: str, rules: Rules) -> list[str]:
    """A run of Latin words that begins with a capital is a name; one that a term accepts is a term."""
    if run[0].isupper() or rules.names & {run.casefold(), run.split()[0].casefold()}:
        return []
    bare = folded(run)
    if any(bare.startswith(folded(word)) for term in rules.terms for word in term.accepted):
        return []
    return [word for word in run.split() if word.casefold() not in rules.names]


def _foreign(form: str, source: str, rules: Rules) -> Iterator[tuple[str, bool]]:
    left = source_words_left(form, source, rules)
    if len(left) >= (FEW if rules.is_latin else 1):
        yield f"words of the source outside brackets: {' '.join(left)}", rules.is_latin and len(left) >= MANY
    if left and not rules.is_latin:
        letters = [sign for sign in ASIDE.sub(" ", form) if sign.isalpha()]
        own = sum(rules.script in unicodedata.name(sign, "") for sign in letters)
        if own < len(letters) / 3:  # a sign of Ethiopic is a whole syllable
            yield "is for the most part not in the language's own script", True


def _long(form: str, rules: Rules) -> Iterator[tuple[str, bool]]:
    read = BRACKETS.sub(" ", PLACEHOLDER.sub("Nom", form))  # what stands in brackets is looked at, not read
    for sentence in ENDS.split(read):
        if (count := len(COUNTED.findall(sentence))) > rules.longest_sentence:
            yield f"a sentence has {count} words, say it in two (at most {rules.longest_sentence})", True


def _says_something(text: str, rules: Rules) -> bool:
    words = WORD.findall(ASIDE.sub(" ", text))
    return any(word[0].islower() and word.casefold() not in rules.names for word in words)


def _terms(source: str, form: str, rules: Rules) -> Iterator[tuple[str, bool]]:
    asked, said = folded(PLACEHOLDER.sub(" ", source)), folded(PLACEHOLDER.sub(" ", form))
    for term in rules.terms:
        if term.asked.search(asked) and not term.said.search(said):
            yield f"{term.source!r} is said another way than in terms.toml ({', '.join(term.accepted)})", True


def _names(source: str, form: str, rules: Rules) -> Iterator[tuple[str, bool]]:
    said = folded(form)
    known = {folded(term.source) for term in rules.terms}
    for name in NAME.findall(PLACEHOLDER.sub("x", source)):
        bare = folded(name)
        if name.casefold() not in rules.own_way and bare not in known and bare not in said:
            yield f"the name {name!r} is missing", False
