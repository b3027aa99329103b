"""What people and workers of a territory call things ("maraude", "CLSC"), read from its pack: from words to needs."""

from functools import lru_cache

from directory.place_names import composed, folded_name, words_of
from directory.territory import Territory


def needs_named(text: str, territory: Territory) -> tuple[str, ...]:
    """Give the needs that the territory's own words in a message stand for, in the order of the pack."""
    said = f" {' '.join(word.folded for word in words_of(composed(text)))} "
    found = (needs for word, needs in _words(territory) if f" {word} " in said)
    return tuple(dict.fromkeys(need for needs in found for need in needs))


@lru_cache(maxsize=16)
def _words(territory: Territory) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((folded_name(says), word.needs) for word in territory.words for says in word.says)
