"""What is there and what is missing: answers by language, and the machine's check of all words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.i18n import Words
from bot.knowledge import Knowledge
from bot.understanding.phrases import PhrasesError, read_phrases
from directory.needs import Needs

TAG = re.compile(r"</?[a-z]+[^>]*>")
OWN_WORDS = ("passerelle.po", "labels.po")  # these must be whole; an answer that is not falls back
COMMAND = re.compile(r"(?<!\w)/[a-z]+")


def answers_by_language(needs: Needs, knowledge: Knowledge, words: Words) -> Mapping[str, tuple[str, ...]]:
    """Tell for each need in which languages its answer can be told whole."""
    return {need.id: knowledge.languages(need.id) for need in needs}


def problems_of_words(needs: Needs, words: Words) -> list[str]:
    """List what is wrong in the languages: broken placeholders or tags, empty entries, unknown needs."""
    found = _problems_of_phrases(needs)
    for name, catalogue in _catalogues(words, files("locales")):
        for message in catalogue:
            if message.id and (_is_told(message) or name.endswith(OWN_WORDS)):
                found += [f"{name}: {problem}: {_short(message)}" for problem in _problems(message)]
    return found


def _problems_of_phrases(needs: Needs) -> list[str]:
    try:
        read_phrases(needs)
    except PhrasesError as error:
        return [str(error)]
    return []


def _catalogues(words: Words, folder: Traversable) -> Iterator[tuple[str, Catalog]]:
    for code in words.languages:
        texts = folder / code / "LC_MESSAGES"
        if not texts.is_dir():
            continue
        for entry in sorted(texts.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".po"):
                with entry.open("rb") as file:
                    yield f"locales/{code}/LC_MESSAGES/{entry.name}", read_po(file)


def _is_told(message: Message) -> bool:
    return all(_forms(message.string)) and not message.fuzzy


def _problems(message: Message) -> Iterator[str]:
    if not _is_told(message):
        yield "not translated or stale"
        return
    sources, told = _forms(message.id), _forms(message.string)
    for form in told:
        if not _values(form) <= _values(sources[-1]) or (
            len(sources) == 1 and _values(form) != _values(sources[0])
        ):
            yield "placeholders differ"
        if sorted(TAG.findall(form)) != sorted(TAG.findall(sources[-1])):
            yield "tags differ"
        if sorted(COMMAND.findall(form)) != sorted(COMMAND.findall(sources[-1])):
            yield "commands differ"


def _forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words or "",) if isinstance(words, str | None) else tuple(words)


def _values(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _short(message: Message) -> str:
    source = _forms(message.id)[0]
    return repr(source if len(source) < 60 else source[:57] + "...")
