"""What a phone sends, made comparable: clean text, folded words, clauses.

Everything here is total: any string in, something short and harmless out.
"""

import html
import re
import unicodedata
from collections.abc import Sequence

from bot.understanding.shortcuts import SHORTCUTS

LONGEST = 4096  # what a phone can send at once
LONGEST_WORD = 24
MOST_CLAUSES = 24
LONG_SENTENCE, WINDOW = 14, 10  # words

UNSEEN = re.compile(
    "[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u00ad\u061c\ufe00-\ufe0f\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]"
)
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
WORD = re.compile(r"[^\W_]+", re.UNICODE)
REPEATED = re.compile(r"([^\W\d_])\1{2,}")
NEGATED = re.compile(r"n['’`´]t\b")
MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")

ARABIC = str.maketrans("أإآٱىةؤئکیگڤپچ", "اااايهويكيكفبج")

# Words that join two problems in one message.
JOINTS = re.compile(
    r"(?:[.!?;:,\n()/•…،؛؟]+\s*|\s[-–+&]\s*"
    r"|(?<!\w)(?:et|puis|aussi|mais|alors|en|ook|maar|and|also|but|"
    r"w|و|وكمان|وأيضا|وايضا|أيضا|لكن|وكذلك|او|أو)(?!\w)|\s(?=و[^\W\d_]{3,}))",
    re.IGNORECASE,
)
STOPS = re.compile(r"[.!?;\n…؛؟]+")


def clean(text: str) -> str:
    """Take out what a person did not mean to write: marks nobody sees, tags, links, more than a message holds."""
    kept = UNSEEN.sub(" ", text[:LONGEST])
    if "&" in kept or "<" in kept:
        kept = UNSEEN.sub(" ", TAG.sub(" ", html.unescape(kept)))
    kept = unicodedata.normalize("NFKC", LINK.sub(" ", kept))[:LONGEST]
    return (
        " ".join(part.strip() for part in kept.splitlines() if part.strip())
        if "\n" not in kept
        else _lines(kept)
    )


def fold(text: str) -> str:
    """Write words as if typed without case, accents, vowel marks or lengthened letters."""
    lowered = NEGATED.sub("nt", text.casefold())
    bare = MARKS.sub("", unicodedata.normalize("NFKD", lowered)).translate(ARABIC)
    return REPEATED.sub(r"\1", _plain_digits(bare))


def words_of(text: str) -> list[str]:
    """Give the folded words of a clean text, shortcuts written out."""
    found: list[str] = []
    for word in WORD.findall(fold(text)):
        found.extend(SHORTCUTS[word].split() if word in SHORTCUTS else (word[:LONGEST_WORD],))
    return found


def clauses(text: str) -> list[str]:
    """Split a clean text where one problem may end and another begin."""
    parts = [part.strip() for part in JOINTS.split(text) if part and part.strip()]
    return parts[:MOST_CLAUSES]


def sentences(text: str) -> list[str]:
    """Split a clean text into its sentences."""
    parts = [part.strip() for part in STOPS.split(text) if part and part.strip()]
    return parts[:MOST_CLAUSES]


def windows(words: Sequence[str]) -> list[list[str]]:
    """Cut a long sentence into overlapping pieces, so that what matters is not drowned."""
    if len(words) <= LONG_SENTENCE:
        return []
    return [list(words[start : start + WINDOW]) for start in range(0, len(words) - WINDOW // 2, WINDOW // 2)]


def _lines(text: str) -> str:
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def _plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(sign, 0)) if sign.isdigit() and not sign.isascii() else sign for sign in text
    )
