"""Holds answers to plain language: short sentences, no unexplained word, "vous", nobody blamed. Pure.

The words themselves are data, `wording/<language>.toml`; how easy a whole text is, `directory.readability` says.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from directory.answers import PLACEHOLDER, Answer, Block
from directory.wording import Hard, Wording

LONGEST_SENTENCE = 18  # words; what stands between spaces is one, also "l'aide"
LONGEST_AVERAGE = 12

# A sentence ends at its sign, and where a quoted one begins: « Dites : « Je … » » are two.
ENDS = re.compile(r"(?<=[.!?…])\s*[»\"]?\s+|:\s+(?=«)|\s*»\s*(?=[A-ZÀ-Ý])")
WORD = re.compile(r"\S*\w\S*")
ACRONYM = re.compile(r"\b[A-ZÀ-Ý]{2,}\b")
INFORMAL = re.compile(r"(?<![\w-])(?:(?:tu|toi|ton|ta|tes|te)(?!\w)|t['’](?=\w))", re.IGNORECASE)
PARTICIPLE = r"\w+(?:é|i|u|is|it|ert)e?s?"
DONE_BY = re.compile(
    rf"\bété\s+(?:\w+\s+)?{PARTICIPLE}(?:\s+[\w'’-]+){{0,5}}?\s+par\s+(?!écrit|téléphone|mois|jour|an\b|semaine)",
    re.IGNORECASE,
)
PASSIVE = re.compile(rf"\b(?:est|sont|sera|seront|soit|soient|été|être)\s+(?:\w+\s+)?{PARTICIPLE}\s+par\b")

Found = tuple[int, str]


def problems_of_language(answer: Answer, wording: Wording | None) -> Iterator[Found]:
    """Give the line of each thing that is not plain in an answer, and how to mend it."""
    blocks = _as_read(answer)
    yield from _lengths(blocks)
    if wording is None:
        return
    for block in blocks:
        yield from ((block.line, message) for message in _wrong_words(_bare(block), wording))
    yield from _unexplained(blocks, wording)
    if not any(re.search(r"\b(?:vous|votre|vos)\b|\w{2}ez\b", block.text, re.IGNORECASE) for block in blocks):
        yield 1, 'nobody is spoken to: write to the person, with "vous"'


def sentences(text: str) -> list[str]:
    """Split a text into its sentences; a placeholder is one word."""
    parts = ENDS.split(PLACEHOLDER.sub("Nom", text))
    return [part.strip() for part in parts if WORD.search(part)]


def count_words(text: str) -> int:
    """Count what stands between spaces and holds a letter or digit."""
    return len(WORD.findall(text))


def _as_read(answer: Answer) -> list[Block]:
    rest = (section for section in answer.sections if section not in answer.short)
    return [block for section in chain(answer.short, rest) for block in section.blocks]


def _bare(block: Block) -> str:
    return PLACEHOLDER.sub(" ", block.text)


def _lengths(blocks: Iterable[Block]) -> Iterator[Found]:
    counts = []
    for block in blocks:
        for sentence in sentences(block.text):
            count = count_words(sentence)
            counts.append(count)
            if count > LONGEST_SENTENCE:
                yield (
                    block.line,
                    f"a sentence has {count} words, say it in two ({LONGEST_SENTENCE} at most): {sentence}",
                )
    average = sum(counts) / max(1, len(counts))
    if average > LONGEST_AVERAGE:
        yield (
            1,
            f"sentences have {average:.1f} words on average, shorten the longest ({LONGEST_AVERAGE} at most)",
        )


def _wrong_words(text: str, wording: Wording) -> Iterator[str]:
    for kind, words in (("a word of offices", wording.office), ("a word that blames", wording.blame)):
        for one in words:
            kept = one.unless.sub(" ", text) if one.unless else text
            for found in one.words.finditer(kept):
                yield f'"{found[0]}" is {kind}, say: {one.say}'
    for found in INFORMAL.finditer(text):
        yield f'"{found[0]}" speaks to a friend, say "vous"'
    for sentence in sentences(text):
        if done := DONE_BY.search(sentence):
            yield f'"{done[0].strip()}" hides who acts, begin with who does it'
        if len(passive := PASSIVE.findall(sentence)) > 1:
            yield f'"{passive[0]} … {passive[1]}" is a chain of passives, say who does it'


def _unexplained(blocks: Iterable[Block], wording: Wording) -> Iterator[Found]:
    known = wording.explanations()
    waiting: list[Hard] = [*wording.jargon, *wording.acronyms]
    told, read = set(known), ""
    for block in blocks:
        text = _bare(block)
        read += "\n" + text
        for acronym in ACRONYM.findall(text):
            if acronym not in told:
                told.add(acronym)
                yield (
                    block.line,
                    f'nobody explained "{acronym}": write it out, or add it to wording and glossary',
                )
        for hard in [hard for hard in waiting if hard.words.search(text)]:
            waiting.remove(hard)
            if not hard.explained.search(read):
                word = hard.name or hard.words.findall(text)[0]
                yield block.line, f'"{word}" is not explained where it first stands: {hard.plain}'
