"""The names of a territory's places, folded for the look-up: no accents, no capitals, one spelling of "saint"."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from directory.territory import Place, Territory

WORD = re.compile(r"[^\W_]+")
CANADIAN_CODE = re.compile(r"[a-z][0-9][a-z][0-9][a-z][0-9]")
SAINT = frozenset(("saint", "sainte", "sint", "st", "ste"))
# How an article in front of a name is written in a sentence.
CONTRACTED = {"le": ("le", "au", "du"), "les": ("les", "aux", "des"), "la": ("la",), "l": ("l",)}
SHORTEST_PART = 4
SHORTEST_FIRST_PART = 6


@dataclass(frozen=True)
class Word:
    """One word of a message: folded, as written, and where it stands."""

    folded: str
    written: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Tell whether it is written with a capital letter."""
        return self.written[0].isupper()


Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class PlaceNames:
    """Folded name -> ids of the places it may mean.

    A code alone means the places in `main_codes`; beside a name it may mean any in `codes`.
    `parts` are pieces of names that people use for short; `first_parts` those clear enough inside a sentence.
    `with_article` are the names of communes such as "le port", and "au port", "du port", that are ordinary words too.
    """

    communes: Names
    with_article: Names
    quarters: Names
    parts: Names
    first_parts: Names
    codes: Names
    main_codes: Names
    territory: frozenset[str]

    @cached_property
    def clear(self) -> dict[str, Names]:
        """The names that a misspelt one is compared with, by their first letter."""
        return by_initial({**self.first_parts, **self.communes})

    @cached_property
    def clearest(self) -> dict[str, Names]:
        """Those of them that are no ordinary words."""
        return {
            initial: {name: ids for name, ids in names.items() if name not in self.with_article}
            for initial, names in self.clear.items()
        }


def fold(text: str) -> str:
    """Write a text without accents and capitals, with European digits."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    digits = (str(unicodedata.digit(char)) if char.isdigit() else char for char in decomposed)
    return "".join(char for char in digits if not unicodedata.combining(char))


def composed(text: str) -> str:
    """Join letters and accents that a phone sent apart, which would cut a word in two."""
    return unicodedata.normalize("NFC", text)


def words_of(text: str) -> list[Word]:
    """Cut a message into words; its letters and accents must be composed (see `composed`)."""
    return [Word(_one_saint(fold(m[0])), m[0], m.start(), m.end()) for m in WORD.finditer(text)]


def code_in(word: str) -> str:
    """Give the part of a postal code by which places are known: of a Canadian one the first three signs."""
    return word[:3] if CANADIAN_CODE.fullmatch(word) else word


def folded_name(name: str) -> str:
    """Fold a name word by word."""
    return " ".join(word.folded for word in words_of(composed(name)))


@lru_cache(maxsize=16)
def place_names(territory: Territory) -> PlaceNames:
    """Lay out the names of a territory for the look-up."""
    own = frozenset(folded_name(name) for name in territory.name.values())
    communes = _gather((name, place) for place in territory.places for name in place.name.values())
    quarters = _gather((name, place) for place in territory.places for name in place.quarters)
    parts: dict[str, list[str]] = {}
    first_parts: dict[str, list[str]] = {}
    for name, ids in communes.items():
        words = name.split()
        for piece in _pieces(words):
            parts.setdefault(piece, []).extend(ids)
        if len(words) > 1 and len(words[0]) >= SHORTEST_FIRST_PART and words[0] not in own:
            first_parts.setdefault(words[0], []).extend(ids)
    generic = own | {name.split()[0] for name in quarters}  # "place", "gare": no ending that says where
    for name, ids in quarters.items():
        for piece in set(_endings(name.split())) - generic:
            parts.setdefault(piece, []).extend(ids)
    return PlaceNames(
        communes=communes,
        with_article=_with_article(communes),
        quarters={name: ids for name, ids in quarters.items() if name not in communes},
        parts=_frozen(parts),
        first_parts=_frozen(first_parts),
        codes=_codes(territory.places),
        main_codes=_main_codes(territory.places),
        territory=own,
    )


def by_initial(names: Names) -> dict[str, Names]:
    """Sort names by their first letter, which people hardly ever get wrong."""
    found: dict[str, Names] = {}
    for name, ids in names.items():
        found.setdefault(name[0], {})[name] = ids
    return found


def _gather(named: Iterable[tuple[str, Place]]) -> Names:
    found: dict[str, list[str]] = {}
    for name, place in named:
        found.setdefault(folded_name(name), []).append(place.id)
    return _frozen(found)


def _with_article(communes: Names) -> Names:
    found: dict[str, tuple[str, ...]] = {}
    for name, ids in communes.items():
        article, _, noun = name.partition(" ")
        for form in CONTRACTED.get(article, ()):
            found[f"{form} {noun}".strip()] = ids
    return found


def _pieces(words: list[str]) -> list[str]:
    ends = range(1, len(words) + 1)
    pieces = (" ".join(words[start:end]) for end in ends for start in range(end))
    return [piece for piece in pieces if len(piece) >= SHORTEST_PART]


def _endings(words: list[str]) -> list[str]:
    endings = (" ".join(words[start:]) for start in range(1, len(words)))
    return [ending for ending in endings if len(ending) >= SHORTEST_PART]


def _codes(places: tuple[Place, ...]) -> Names:
    found: dict[str, list[str]] = {}
    for place in places:
        for code in place.postal_codes:
            found.setdefault(fold(code), []).append(place.id)
    return _frozen(found)


def _main_codes(places: tuple[Place, ...]) -> Names:
    """Give the places whose first code it is; a code that is only shared means all its places."""
    found: dict[str, list[str]] = {}
    for place in places:
        for code in place.postal_codes[:1]:
            found.setdefault(fold(code), []).append(place.id)
    return _codes(places) | _frozen(found)


def _frozen(found: dict[str, list[str]]) -> Names:
    return {name: tuple(dict.fromkeys(ids)) for name, ids in found.items()}


def _one_saint(word: str) -> str:
    return "st" if word in SAINT else word
