"""Whether a message surely names a place of a territory: spelt right, and no ordinary word.

Where several territories are served, a doubtful name must not carry anybody off to another one.
"""

from directory.place_names import code_in, composed, folded_name, place_names, words_of
from directory.places import LINKS, SIGNS, find_place_in
from directory.territory import Territory


def names_a_place(text: str, territory: Territory) -> bool:
    """Tell whether a message is, or holds, the whole name or the postal code of a place."""
    words = [word.folded for word in words_of(composed(text))]
    whole = " ".join(words)
    while words and words[0] in LINKS | SIGNS:
        words = words[1:]
    inside = folded_name(find_place_in(text, territory).words)
    return any(_is_known(name, territory) for name in (whole, " ".join(words), inside))


def _is_known(name: str, territory: Territory) -> bool:
    names = place_names(territory)
    if not name or name in names.territory:
        return False
    if " " in name and name in names.quarters:
        return True
    return (
        name in names.communes or name in names.with_article or code_in(name.replace(" ", "")) in names.codes
    )
