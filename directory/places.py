"""From what a person writes or shares to a commune: names, spellings, quarters, postal codes, positions.

Inside a sentence a name counts only when it cannot be an ordinary word, or when a sign of place goes with it:
better to ask for the commune than to send somebody to the wrong one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.place_names import (
    Names,
    PlaceNames,
    Word,
    by_initial,
    code_in,
    composed,
    place_names,
    words_of,
)
from directory.territory import Territory

FARTHEST_KM = 15.0
EARTH_RADIUS_KM = 6371.0
MOST_CANDIDATES = 3
LONGEST_NAME = 5  # words
SHORT_ANSWER = 3  # words; a longer one may be a new question
MOST_LETTERS_APART = 3  # how much longer or shorter a misspelt name may be
CLEAR_LENGTH = 7  # letters from which a name is not taken for an ordinary word

# Signs of place in front of a name or code, folded; they are recognised and never shown.
SIGNS = frozenset(
    (
        *("in", "te", "bij", "near", "around", "vers", "pres", "chez"),
        *(
            "habite",
            "habites",
            "habitons",
            "habitant",
            "vis",
            "vit",
            "vivons",
            "loge",
            "dors",
            "reside",
            "domicilie",
        ),
        *("woon", "woont", "wonen", "live", "lives", "living"),
        *("commune", "gemeente", "municipality", "quartier", "wijk", "cpas", "ocmw"),
        *("code", "postal", "postcode", "cp"),
    )
)
LINKS = frozenset(
    (
        *("a", "au", "aux", "de", "d", "du", "des", "la", "le", "les", "l", "mon", "est", "en"),
        *("van", "op", "mijn", "of", "the", "at", "is", "my"),
    )
)
ROOTS = SIGNS - {"in", "te", "bij", "near", "around"} | {
    "suis",
    "sommes",
    "est",
    "viens",
    "ben",
    "from",
    "cote",
}
ARTICLES = frozenset(("la", "le", "les", "l", "de", "het", "the"))
MONEY = frozenset(("euro", "euros", "eur", "dollar", "dollars"))
MONEY_SIGNS = "€$"


@dataclass(frozen=True)
class PlaceMatch:
    """The communes that a text may mean: none, one, or at most three to choose from.

    `words` are the words of the text that named the place, as the person wrote them.
    """

    candidates: tuple[str, ...] = ()
    words: str = ""

    @property
    def place(self) -> str | None:
        """Give the commune when only one is meant."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True)
class _Found:
    ids: tuple[str, ...]
    first: int
    last: int


NOWHERE = PlaceMatch()


def find_place(text: str, territory: Territory) -> PlaceMatch:
    """Read an answer to "in which commune?": a name, a quarter, a postal code, also misspelt."""
    text = composed(text)
    names, words = place_names(territory), words_of(text)
    if not words or len(words) > LONGEST_NAME:
        return find_place_in(text, territory)
    whole = " ".join(word.folded for word in words)
    ids = (
        names.communes.get(whole) or names.quarters.get(whole) or names.main_codes.get(whole.replace(" ", ""))
    )
    if ids:
        return _match([_Found(ids, 0, len(words) - 1)], text, words)
    strict = len(words) > SHORT_ANSWER
    found = _found(text, words, names, strict=strict)
    if found:
        return _match(found, text, words)
    known = by_initial({**names.communes, **names.quarters, **names.parts})
    ids = names.parts.get(whole) or _similar(whole, known)
    return _match([_Found(ids, 0, len(words) - 1)], text, words) if ids else NOWHERE


def find_place_in(sentence: str, territory: Territory) -> PlaceMatch:
    """Find the commune that a longer message names; ordinary words are not taken for places."""
    sentence = composed(sentence)
    names, words = place_names(territory), words_of(sentence)
    return _match(_found(sentence, words, names, strict=True), sentence, words)


def nearest(latitude: float, longitude: float, territory: Territory) -> str | None:
    """Give the commune nearest to a position, or None when it is far outside the territory."""
    distances = [
        (distance_km(latitude, longitude, place.latitude, place.longitude), place.id)
        for place in territory.places
    ]
    distance, place_id = min(distances, default=(math.inf, ""))
    return place_id if distance <= FARTHEST_KM else None


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Measure the distance between two positions as the crow flies."""
    north, to_north = math.radians(latitude), math.radians(to_latitude)
    across, along = to_north - north, math.radians(to_longitude - longitude)
    chord = math.sin(across / 2) ** 2 + math.cos(north) * math.cos(to_north) * math.sin(along / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def _match(found: list[_Found], text: str, words: list[Word]) -> PlaceMatch:
    if not found:
        return NOWHERE
    shared = set.intersection(*(set(one.ids) for one in found))
    ids = tuple(dict.fromkeys(id_ for one in found for id_ in one.ids if not shared or id_ in shared))
    if len(ids) > MOST_CANDIDATES:
        return NOWHERE
    start, end = words[found[0].first].start, words[found[0].last].end
    return PlaceMatch(ids, text[start:end])


def _found(text: str, words: list[Word], names: PlaceNames, *, strict: bool) -> list[_Found]:
    named = _named(text, words, names, strict=strict)
    places = {id_ for one in named for id_ in one.ids}
    return named + _coded(text, words, names, places, strict=strict)


def _named(text: str, words: list[Word], names: PlaceNames, *, strict: bool) -> list[_Found]:
    found: list[_Found] = []
    shouting = text.isupper()
    first = 0
    while first < len(words):
        signed = not strict or _is_signed(words, first)
        for last in range(min(first + LONGEST_NAME, len(words)) - 1, first - 1, -1):
            capital = signed or (first > 0 and not shouting and words[last].capital)
            name = " ".join(word.folded for word in words[first : last + 1])
            if strict and name in names.with_article:
                named = (words[last].capital and not shouting) or _follows_sign(words, first + 1)
                ids = names.with_article[name] if named else ()
            else:
                ids = _ids(name, names, signed, capital)
            if ids:
                found.append(_Found(ids, first, last))
                first = last
                break
        first += 1
    return found


def _ids(name: str, names: PlaceNames, signed: bool, capital: bool) -> tuple[str, ...]:
    """Give the places of a name; without a sign of place only names that are no ordinary words or surnames."""
    if name in names.communes and (capital or len(name) >= CLEAR_LENGTH):
        return names.communes[name]
    if name in names.quarters and (signed or _is_clear_quarter(name, capital)):
        return names.quarters[name]
    if name in names.first_parts:
        return names.first_parts[name]
    if len(name) < CLEAR_LENGTH:
        return ()
    return _similar(name, names.clear, 0.77) if signed else _similar(name, names.clearest, 0.85)


def _is_clear_quarter(name: str, capital: bool) -> bool:
    first, *others = name.split()
    return bool(others) and (capital or first not in ARTICLES)


def _is_signed(words: list[Word], first: int) -> bool:
    return (first > 0 and words[first - 1].written.lower() == "à") or _follows_sign(words, first)


def _follows_sign(words: list[Word], first: int) -> bool:
    """Tell whether a sign of place goes before, perhaps with small words between: "habite à la"."""
    before = first - 1
    if before >= 0 and words[before].folded in SIGNS:
        return True
    while before >= 0 and words[before].folded in LINKS:
        before -= 1
    return 0 <= before < first - 1 and words[before].folded in ROOTS


def _coded(text: str, words: list[Word], names: PlaceNames, named: set[str], *, strict: bool) -> list[_Found]:
    found: list[_Found] = []
    for at, word in enumerate(words):
        code = code_in(word.folded)
        ids = names.codes.get(code, ())
        if not named.intersection(ids):
            ids = names.main_codes.get(code, ())
        if ids and not _is_money(text, words, at) and (not strict or _is_code(words, at, names)):
            found.append(_Found(ids, at, at))
    return found


def _is_code(words: list[Word], at: int, names: PlaceNames) -> bool:
    if len(words) == 1 or not words[at].folded.isdigit() or _follows_sign(words, at):
        return True
    beside = [words[i].folded for i in (at - 1, at + 1) if 0 <= i < len(words)]
    return any(
        name in names.territory or name in names.communes or name in names.first_parts for name in beside
    )


def _is_money(text: str, words: list[Word], at: int) -> bool:
    after = text[words[at].end :].lstrip()[:1]
    before = text[: words[at].start].rstrip()[-1:]
    if (after and after in MONEY_SIGNS) or (before and before in MONEY_SIGNS):
        return True
    return at + 1 < len(words) and words[at + 1].folded in MONEY


def _similar(name: str, names: Mapping[str, Names], least: float = 0.7) -> tuple[str, ...]:
    """Give the places of the most similar name; the shorter the name, the fewer mistakes are forgiven."""
    known = names.get(name[0], {})
    found = process.extract(
        name, list(known), scorer=OSA.normalized_similarity, score_cutoff=least, limit=None
    )
    close = [
        (similarity, one)
        for one, similarity, _ in found
        if similarity >= _least_for(one) and abs(len(one) - len(name)) <= MOST_LETTERS_APART
    ]
    best = max(close, default=(0.0, ""))[0]
    return tuple(dict.fromkeys(id_ for similarity, one in close if similarity == best for id_ in known[one]))


def _least_for(name: str) -> float:
    if len(name) <= 4:
        return 1.0
    return 0.8 if len(name) < CLEAR_LENGTH else 0.0
