"""What was understood of a message: the values that the conversation works with."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from bot.understanding.when import When
from directory.territory import Danger


class Decision(StrEnum):
    """What to do with a message."""

    ANSWER = "answer"  # sure of the need
    CHOOSE = "choose"  # a close call: offer up to three
    UNKNOWN = "unknown"  # say so
    DANGER = "danger"
    HUMAN = "human"  # wants a person
    SMALLTALK = "smalltalk"


@dataclass(frozen=True)
class Guess:
    """A need that the words may mean; `score` from 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True)
class Meaning:
    """What a message means.

    `language` is "" when not sure; `sure` are the needs that the words surely speak of, when there are several;
    `word` names a command word (stop, help, menu ...) when the whole message
    is one, or the kind of small talk; `place` is the id of a commune; `doubt` is a danger that may be meant:
    ask gently, with help in one tap; `when` is a time that the words name: look for doors open then.
    """

    language: str
    decision: Decision
    needs: tuple[Guess, ...] = ()
    danger: Danger | None = None
    place: str | None = None
    word: str = ""
    sure: tuple[str, ...] = ()
    doubt: Danger | None = None
    when: When | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it in the form of `passerelle understand --jsonl`."""
        value = asdict(self)
        del value["word"], value["sure"], value["doubt"], value["when"]
        return value


class Understands(Protocol):
    """Tells what words mean."""

    def understand(self, text: str, language: str = "") -> Meaning:
        """Understand one message; `language` is the one the person chose, if any."""
        ...

    def without_details(self, text: str) -> str:
        """Give what may be kept of a message that was not understood; "" for nothing."""
        ...
