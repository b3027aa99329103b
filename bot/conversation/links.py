"""The codes that links carry: a territory in front, then where the talk shall begin.

`t-reunion` opens the talk in a territory, `t-reunion_n-food-aid` at an answer there; core.telegram.org allows
64 letters, digits, `_` and `-`.
"""

TERRITORY_LINK = "t-"
THEN = "_"


def read_link(code: str) -> tuple[str, str]:
    """Give the territory that a link names ("" for none) and what else it says."""
    if not code.startswith(TERRITORY_LINK):
        return "", code
    territory, _, rest = code.removeprefix(TERRITORY_LINK).partition(THEN)
    return territory, rest


def link_code(territory: str, rest: str = "") -> str:
    """Write the code of a link into a territory; "" stands for the one that is served first."""
    if not territory:
        return rest
    return TERRITORY_LINK + (f"{territory}{THEN}{rest}" if rest else territory)
