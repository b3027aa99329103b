"""Turns a reply's text into messages that Telegram takes: words and entities, never markup.

Telegram counts in UTF-16 units. A long text is cut between paragraphs, else lines, sentences, words; an
entity is cut only when it alone is too long for one message.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Any, Final

from bot.messages import Span, spans

TEXT_LIMIT: Final = 4096  # UTF-16 units, core.telegram.org/bots/api#sendmessage
ENTITY_LIMIT: Final = 100  # further ones are ignored, core.telegram.org/bots/api#messageentity
SEPARATORS: Final = ("\n\n", "\n", ". ", " ", "")
LINKABLE: Final = ("http://", "https://", "tg://")


@dataclass(frozen=True)
class Mark:
    """A look over `text[start:end]`, in characters."""

    start: int
    end: int
    kind: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """One message: its words and their looks."""

    text: str
    marks: tuple[Mark, ...] = ()

    def entities(self) -> list[dict[str, Any]]:
        """Give the looks as Telegram counts them: core.telegram.org/bots/api#messageentity"""
        at = _offsets(self.text)
        return [
            {"type": m.kind, "offset": at[m.start], "length": at[m.end] - at[m.start]}
            | ({"url": m.url} if m.url else {})
            for m in self.marks
        ]


def parts(text: str, limit: int = TEXT_LIMIT) -> list[Part]:
    """Write a reply's text as one or more messages; none when there is nothing to say."""
    whole = _rendered(text)
    cuts = [0, *_cuts(whole, limit), len(whole.text)]
    pieces = (_stripped(whole, start, end) for start, end in pairwise(cuts))
    return [piece for piece in pieces if piece.text]


def units(text: str) -> int:
    """Count as Telegram counts."""
    return _offsets(text)[-1]


def mended(text: str) -> str:
    """Replace half characters, which no channel or database takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _rendered(text: str) -> Part:
    runs = [Span(_words(s), s.bold, s.italic, s.href if _linkable(s.href) else "") for s in spans(text)]
    looks = [("bold", s.bold, "") for s in runs], [("italic", s.italic, "") for s in runs]
    links = [("text_link", bool(s.href), s.href) for s in runs]
    ends = [0, *accumulate(len(s.text) for s in runs)]
    marks = [mark for look in (*looks, links) for mark in _marks(look, ends)]
    return Part("".join(s.text for s in runs), tuple(sorted(marks, key=lambda m: (m.start, -m.end))))


def _marks(look: Iterable[tuple[str, bool, str]], ends: Sequence[int]) -> Iterator[Mark]:
    for (kind, wanted, url), group in groupby(enumerate(look), key=lambda item: item[1]):
        indexes = [index for index, _ in group]
        start, end = ends[indexes[0]], ends[indexes[-1] + 1]
        if wanted and start < end:
            yield Mark(start, end, kind, url)


def _words(span: Span) -> str:
    """Write out an address that cannot be a link; Telegram makes numbers and mail addresses tappable."""
    text = mended(span.text)
    if not span.href:
        return text
    address = span.href.partition(":")[2] or span.href
    hidden = not _linkable(span.href) and _bare(address) not in _bare(text)
    return f"{text} ({address})" if hidden else text


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _linkable(address: str) -> bool:
    return address.lower().startswith(LINKABLE)


def _cuts(whole: Part, limit: int) -> Iterator[int]:
    at, start = _offsets(whole.text), 0
    while (furthest := _furthest(whole, at, start, limit)) < len(whole.text):
        start = _best_cut(whole, start, furthest)
        yield start


def _furthest(whole: Part, at: Sequence[int], start: int, limit: int) -> int:
    """Find how much of the text from `start` one message can hold."""
    by_length = bisect_right(at, at[start] + limit) - 1
    ahead = [mark for mark in whole.marks if mark.end > start]
    return min(by_length, ahead[ENTITY_LIMIT].start if len(ahead) > ENTITY_LIMIT else by_length)


def _best_cut(whole: Part, start: int, furthest: int) -> int:
    near = [mark for mark in whole.marks if mark.start < furthest and mark.end > start]
    for torn_allowed in (False, True):
        for separator in SEPARATORS:
            cut = _last_cut(whole.text, separator, start, furthest, () if torn_allowed else near)
            if cut > start:
                return cut
    return furthest


def _last_cut(text: str, separator: str, start: int, furthest: int, closed: Iterable[Mark]) -> int:
    """Find the last place after `separator` that lies inside no closed mark; `start` when there is none."""
    cut = furthest
    while cut > start:
        found = text.rfind(separator, start, cut)
        if found < 0:
            return start
        cut = found + len(separator)
        torn = [mark.start for mark in closed if mark.start < cut < mark.end]
        if not torn:
            return cut
        cut = min(torn)
    return start


def _stripped(whole: Part, start: int, end: int) -> Part:
    """Take a piece without the white space around it, which Telegram would remove unasked."""
    raw = whole.text[start:end]
    start += len(raw) - len(raw.lstrip())
    text = raw.strip()
    end = start + len(text)
    clipped = (Mark(max(m.start, start) - start, min(m.end, end) - start, m.kind, m.url) for m in whole.marks)
    return Part(text, tuple(mark for mark in clipped if mark.start < mark.end))


def _offsets(text: str) -> Sequence[int]:
    """Give where each character begins, and the end, as Telegram counts."""
    if max(text, default="") <= "\uffff":
        return range(len(text) + 1)
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))
