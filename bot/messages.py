"""The neutral words that every room speaks: what came in, what goes out, what stands on a button.

Everybody imports this module; it imports nobody of ours.
Text is written with three tags only, `<b>`, `<i>` and `<a href="...">`; every value put into it goes through
`escape`. Channels never see the tags: they render the `Span`s of `spans`.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape as html_escape
from html.parser import HTMLParser
from typing import Any, Final, TypeAlias

SHARE_LOCATION: Final = "share-location"  # the data of the button that shares a position


class Kind(StrEnum):
    """What a person sent."""

    TEXT = "text"
    CHOICE = "choice"  # a button; `text` holds its data
    START = "start"  # the first contact or a link; `text` holds the link's payload
    LOCATION = "location"
    VOICE = "voice"
    PICTURE = "picture"
    FILE = "file"
    STICKER = "sticker"
    CONTACT = "contact"
    EDIT = "edit"
    LEFT = "left"  # the person blocked the bot or left the chat
    TIMER = "timer"  # a due timer of ours
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Media:
    """A picture, voice note, file and the like: where it lies in its own channel, or with us if it is `kept`.

    `kind` is the channel's word for it ("photo", "voice", "document", "location"); a location lies in `file` as
    "latitude,longitude". `name` is what the sender calls it, `size` in bytes where the channel tells it.
    """

    kind: str
    file: str
    name: str = ""
    size: int = 0
    kept: bool = False


@dataclass(frozen=True)
class Document:
    """A small file that we write ourselves."""

    name: str
    type: str
    text: str


@dataclass(frozen=True)
class Content:
    """What is in a file; `type` is its media type, as its own bytes tell it."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True)
class Translation:
    """Words that a machine may translate on the way; `mark` says so, `original` shows the first words."""

    words: str
    source: str
    target: str
    mark: str
    original: "Button"

    @property
    def plain(self) -> str:
        """The words as they were written; `words` are as they stand in the reply's text."""
        return plain(self.words)


@dataclass(frozen=True)
class Inbound:
    """One thing that a person did in a channel.

    `external_id` tells a repeat from a new message within the channel, `chat` is the address to answer to,
    `language` the phone's language tag if the channel knows it, `position` (latitude, longitude) in degrees.
    `media` is what came beside the words, `about` the buttons' data of the message that this one replies to.
    """

    channel: str
    external_id: str
    chat: str
    kind: Kind
    text: str = ""
    language: str = ""
    position: tuple[float, float] | None = None
    media: Media | None = None
    about: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Write it as plain values for the inbox."""
        return vars(self) | {"media": _plainly(self.media)}

    @staticmethod
    def from_json(value: dict[str, Any]) -> "Inbound":
        """Read what `to_json` wrote."""
        position = value.get("position")
        media = Media(**value["media"]) if value.get("media") else None
        fields = value | {"kind": Kind(value["kind"]), "position": tuple(position) if position else None}
        return Inbound(**(fields | {"media": media, "about": tuple(value.get("about", ()))}))


@dataclass(frozen=True)
class Button:
    """Something to press: it sends `data` back (at most 64 bytes, ids only) or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


Rows: TypeAlias = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Reply:
    """One message to a person; `language` gives its direction.

    `ask_location` offers to share a position: the button with the data SHARE_LOCATION holds the words for it.
    A channel that can ask for a position draws that button its own way; any other channel leaves it out.
    `media` goes only where its channel or ours can show it, see `bot.handoff.relay`.
    """

    text: str
    buttons: Rows = ()
    language: str = "en"
    ask_location: bool = False
    media: Media | None = None
    document: Document | None = None
    translation: Translation | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as plain values for the outbox."""
        rows = [[vars(button) for button in row] for row in self.buttons]
        beside = {name: _plainly(getattr(self, name)) for name in ("media", "document", "translation")}
        return vars(self) | {"buttons": rows} | beside

    @staticmethod
    def from_json(value: dict[str, Any]) -> "Reply":
        """Read what `to_json` wrote."""
        rows = tuple(tuple(Button(**button) for button in row) for row in value["buttons"])
        media, document, translation = (value.get(name) for name in ("media", "document", "translation"))
        beside = {
            "media": Media(**media) if media else None,
            "document": Document(**document) if document else None,
            "translation": _translation(translation) if translation else None,
        }
        return Reply(**(value | {"buttons": rows} | beside))


def _plainly(beside: Media | Document | Translation | None) -> dict[str, Any] | None:
    return asdict(beside) if beside else None


def _translation(value: dict[str, Any]) -> Translation:
    return Translation(**(value | {"original": Button(**value["original"])}))


@dataclass(frozen=True)
class Span:
    """A run of words of one look."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it links to a web page (a `tel:` link is for channels that can dial)."""
        return self.href.startswith(("http://", "https://"))


def escape(value: object) -> str:
    """Make a value safe to stand inside a reply's text."""
    return html_escape(str(value), quote=True)


def bold(words: str) -> str:
    """Set words that are in a reply's form already in bold."""
    return f"<b>{words}</b>"


def link(words: str, address: str) -> str:
    """Let words lead to an address."""
    return f'<a href="{escape(address)}">{words}</a>'


def column(buttons: Iterable[Button]) -> Rows:
    """Put every button on its own row, so that labels show whole on a narrow phone."""
    return tuple((button,) for button in buttons)


def spans(text: str) -> tuple[Span, ...]:
    """Read a reply's text into runs; unknown tags are dropped, their words kept."""
    reader = _SpanReader()
    reader.feed(text)
    reader.close()
    return tuple(reader.spans)


def plain(text: str) -> str:
    """Give a reply's words alone, a link to a page as `words (address)`."""
    return "".join(f"{s.text} ({s.href})" if s.is_page and s.href != s.text else s.text for s in spans(text))


class _SpanReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.spans: list[Span] = []
        self._bold = self._italic = 0
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "b":
            self._bold += 1
        elif tag == "i":
            self._italic += 1
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "b":
            self._bold = max(0, self._bold - 1)
        elif tag == "i":
            self._italic = max(0, self._italic - 1)
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        self.spans.append(Span(data, bool(self._bold), bool(self._italic), self._href))
