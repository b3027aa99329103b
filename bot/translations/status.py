"""How far each language is: which answers can be told, which of them were reviewed, and what of its files is stale."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable

from bot.i18n import Words
from bot.knowledge import Knowledge
from bot.translations.texts import Official, Text, read_catalogs
from directory.needs import Needs


class State(StrEnum):
    """How far an answer is in a language; the value is its sign in the table."""

    ORIGINAL = "o"
    REVIEWED = "r"
    TRANSLATED = "x"
    MISSING = "."


@dataclass(frozen=True)
class Share:
    """How much of a language is there: texts of the answers and the bot's own words."""

    language: str
    asked: int
    told: int
    reviewed: int
    answers: int

    @property
    def percent(self) -> int:
        """The share of texts that are translated; 100 only when all are."""
        return 100 * self.told // self.asked if self.asked else 100


def states_by_need(
    needs: Needs, knowledge: Knowledge, words: Words, own: str
) -> Mapping[str, Mapping[str, State]]:
    """Tell for each need how far its answer is in each language; without an answer it is missing everywhere."""
    table: dict[str, Mapping[str, State]] = {}
    for need in needs:
        whole = set(knowledge.languages(need.id))
        table[need.id] = {code: _state(need.id, code, whole, knowledge, own) for code in words.languages}
    return table


def shares(
    folder: Traversable, words: Words, official: Official, states: Mapping[str, Mapping[str, State]]
) -> list[Share]:
    """Tell how much of each known language is there, also of those that are not offered yet."""
    found = []
    for code in words.known:
        texts = _texts(folder, code, official)
        told = sum(text.entry.is_told for text in texts)
        of_code = [row[code] for row in states.values() if code in row]
        reviewed = sum(state in (State.ORIGINAL, State.REVIEWED) for state in of_code)
        found.append(Share(code, len(texts), told, reviewed, len(of_code)))
    return found


def stale(folder: Traversable, code: str, official: Official) -> list[Text]:
    """Give the texts of a language whose source has changed, that nobody translated or that nobody asks for."""
    return [
        text
        for catalog in read_catalogs(folder, code, official)
        for text in catalog.texts
        if not text.entry.is_told
    ]


def _texts(folder: Traversable, code: str, official: Official) -> list[Text]:
    catalogs = read_catalogs(folder, code, official)
    return [text for catalog in catalogs for text in catalog.texts if not text.entry.obsolete]


def _state(need: str, code: str, whole: set[str], knowledge: Knowledge, own: str) -> State:
    if code not in whole:
        return State.MISSING
    if code == own:
        return State.ORIGINAL
    return State.REVIEWED if knowledge.is_reviewed(need, code) else State.TRANSLATED
