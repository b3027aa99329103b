"""What is there and what is missing: answers by language, and the machine's check of all words."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.resources import files

from bot.i18n import Words
from bot.knowledge import Knowledge
from bot.translations.checking import check_language
from bot.translations.texts import Finding, Official
from bot.understanding.phrases import PhrasesError, read_phrases
from directory.content import ContentError
from directory.needs import Needs
from directory.packs import ease_of_answers, load_pack
from directory.readability import LEAST_EASE


def answers_by_language(needs: Needs, knowledge: Knowledge, words: Words) -> Mapping[str, tuple[str, ...]]:
    """Tell for each need in which languages its answer can be told whole."""
    return {need.id: knowledge.languages(need.id) for need in needs}


def ease_by_answer(codes: Iterable[str]) -> dict[str, float]:
    """Tell how easy every answer of some territories is to read, the hardest first; a broken pack has none."""
    found: dict[str, float] = {}
    for code in codes:
        with suppress(ContentError):  # the check of the pack has told it already
            found |= {f"{code}/{need}": ease for need, ease in ease_of_answers(load_pack(code)).items()}
    return dict(sorted(found.items(), key=lambda one: one[1]))


def problems_of_ease(eases: Mapping[str, float]) -> list[str]:
    """List the answers that are harder to read than any was before."""
    return [
        f"{name}: is hard to read ({ease:.0f}, at least {LEAST_EASE}): use shorter and more usual words"
        for name, ease in eases.items()
        if ease < LEAST_EASE
    ]


def findings_in_words(needs: Needs, words: Words, official: Official) -> list[Finding]:
    """List what the machine finds in the words of all languages, errors first."""
    found = _problems_of_phrases(needs)
    for code in words.known:
        found += check_language(files("locales"), code, official, offered=code in words.languages)
    return sorted(found, key=lambda one: (not one.is_error, one))


def _problems_of_phrases(needs: Needs) -> list[Finding]:
    try:
        read_phrases(needs)
    except PhrasesError as error:
        path, _, message = str(error).partition(": ")
        return [Finding(path, 1, message)]
    return []
