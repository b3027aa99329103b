"""Where, when the message says nothing else; and the other words, without the names of places."""

from collections.abc import Container, Sequence

from bot.understanding.text import words_of
from directory.place_names import fold as fold_name
from directory.place_names import place_names
from directory.place_names import words_of as words_of_name
from directory.places import LINKS, NOWHERE, SIGNS, PlaceMatch, find_place
from directory.territory import Territory

LONGEST_NAME = 5  # words
# Words of names that also say where somebody is: "I sleep in the station".
KEPT = frozenset(("gare", "station", "metro", "parc", "park", "place", "rue", "straat", "maison"))


def only_place(bare: str, ordinary: Container[str], territory: Territory) -> PlaceMatch | None:
    """Give the place when the message is nothing but a place or a number; None when it says more.

    A number of no place is nowhere. A misspelt name counts when none of its words is an `ordinary` one.
    """
    words = words_of_name(bare)
    if words and all(word.folded.isdigit() for word in words):
        return find_place(bare, territory)
    while words and words[0].folded in LINKS | SIGNS:
        words = words[1:]
    if not words or len(words) > LONGEST_NAME:
        return None
    names, whole = place_names(territory), " ".join(word.folded for word in words)
    if ids := names.communes.get(whole) or names.quarters.get(whole):
        return PlaceMatch(ids[:3], bare)
    if any(fold_name(word.written) in ordinary for word in words):
        return None
    found = find_place(bare, territory)
    return found if found != NOWHERE else None


def elsewhere(words: Sequence[str], named: PlaceMatch, territory: Territory) -> list[str]:
    """Give the words without those of the place that was named: "Jette" is no "jeté"."""
    if not named.candidates:
        return list(words)
    places = [place for place in territory.places if place.id in named.candidates]
    names = [name for place in places for name in (*place.name.values(), *place.quarters)]
    of_names = {word for name in names for word in words_of(name)} & set(words_of(named.words))
    return [word for word in words if word not in of_names - KEPT]
