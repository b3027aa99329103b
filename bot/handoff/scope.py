"""Whether a scope holds a request; pure, shared by the talk and the desk."""

from collections.abc import Collection


def fits(
    languages: Collection[str],
    communes: Collection[str],
    themes: Collection[str],
    *,
    language: str,
    place: str,
    theme: str,
) -> bool:
    """Tell whether a scope holds a request; an empty list of communes or themes means all.

    A request that does not say its commune or theme fits everybody who shares the language.
    """
    return (
        language in languages
        and (not communes or not place or place in communes)
        and (not themes or not theme or theme in themes)
    )
