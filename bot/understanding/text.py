"""What a phone sends, made comparable: clean text, folded words, clauses.

Everything here is total: any string in, something short and harmless out.
"""

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from bot.understanding.shortcuts import written_out

LONGEST = 4096  # what a phone can send at once
LONGEST_WORD = 24
MOST_CLAUSES = 24

UNSEEN = re.compile(
    "[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u00ad\u061c\ufe00-\ufe0f\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]"
)
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
WORD = re.compile(r"[^\W_]+", re.UNICODE)
REPEATED = re.compile(r"([^\W\d_])\1{2,}")
NEGATED = re.compile(r"n['’`´]t\b")
MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")

# Letters that people take one for the other, or that fall apart into no letter and mark.
ALIKE = str.maketrans(
    {
        **dict(zip("أإآٱىةؤئکیگڤپچ", "اااايهويكيكفبج", strict=True)),
        **dict(zip("ګېۍټډړڼ", "كييتدرن", strict=True)),  # Pashto
        **dict(zip("ıłđøß", "ildos", strict=True)),
        "\u02bc": "'", "\u2019": "'",
    }
)  # fmt: skip
# Ethiopic letters of one sound: each row of seven, written as another row.
ETHIOPIC = str.maketrans(
    {
        chr(row + order): chr(plain + order)
        for row, plain in ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x1340, 0x1338))
        for order in range(7)
    }
    | {"\u12a3": "\u12a0", **dict.fromkeys(("\u1203", "\u1213", "\u1283"), "\u1200")}
)

# Words that join two problems in one message.
JOINERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fr": ("et", "puis", "aussi", "mais", "alors"),
        "nl": ("en", "ook", "maar"),
        "en": ("and", "also", "but"),
        "ar": ("w", "و", "وكمان", "وأيضا", "وايضا", "أيضا", "لكن", "وكذلك", "او", "أو"),
        "es": ("y", "pero", "además", "ademas", "también"),
        "pt": ("e", "mas", "também", "tambem"),
        "ro": ("și", "si", "dar", "iar"),
        "tr": ("ve", "ama", "sonra", "ayrıca"),
        "pl": ("i", "a", "ale", "oraz"),
        "sq": ("dhe", "edhe", "por"),
        "bg": ("и", "но", "също"),
        "ru": ("и", "но", "также"),
        "uk": ("і", "й", "та", "але", "також"),
        "fa": ("و", "ولی", "اما", "همچنین"),
        "ps": ("او", "خو", "ولې"),
        "ti": ("ን", "ግን", "ከምኡ"),
    }
)
NEIGHBOURS = ("et", "mais", "maar", "ook", "and", "also", "but")  # used inside any language
PAUSES = r"[.!?;:,\n()/•…،؛؟፣።]+\s*|\s[-–+&]\s*"
STOPS = re.compile(r"[.!?;\n…؛؟።]+")


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
    bare = MARKS.sub("", unicodedata.normalize("NFKD", lowered)).translate(ALIKE).translate(ETHIOPIC)
    return REPEATED.sub(r"\1", _plain_digits(bare))


def words_of(text: str, language: str = "") -> list[str]:
    """Give the folded words of a clean text, the shortcuts of its language written out ("": of all)."""
    found: list[str] = []
    for word in WORD.findall(fold(text)):
        found.extend((written_out(word, language) or word[:LONGEST_WORD]).split())
    return found


def clauses(text: str, language: str = "") -> list[str]:
    """Split a clean text where one problem may end and another begin; `language` "" knows the joints of all."""
    parts = [part.strip() for part in _joints(language).split(text) if part and part.strip()]
    return parts[:MOST_CLAUSES]


def sentences(text: str) -> list[str]:
    """Split a clean text into its sentences."""
    parts = [part.strip() for part in STOPS.split(text) if part and part.strip()]
    return parts[:MOST_CLAUSES]


def windows(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Cut words into stretches of `size`, each half over the one before."""
    step = size // 2
    return [tuple(words[first : first + size]) for first in range(0, max(1, len(words) - step), step)]


@cache
def _joints(language: str) -> re.Pattern[str]:
    own = JOINERS.get(language) or tuple(word for words in JOINERS.values() for word in words)
    words = "|".join(dict.fromkeys([*own, *NEIGHBOURS]))
    attached = r"|\s(?=و[^\W\d_]{3,})" if language in ("", "ar") else ""
    return re.compile(rf"(?:{PAUSES}|(?<!\w)(?:{words})(?!\w){attached})", re.IGNORECASE)


def _lines(text: str) -> str:
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def _plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(sign, 0)) if sign.isdigit() and not sign.isascii() else sign for sign in text
    )


JOINING = MappingProxyType(
    {code: frozenset(map(fold, (*words, *NEIGHBOURS))) for code, words in JOINERS.items()}
)
