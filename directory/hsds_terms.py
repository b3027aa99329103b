"""The ids that we give in HSDS, and the terms by which services are classified there.

An id is made from ours and never changes: who exports twice, or asks the API, meets the same ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID, uuid5

from directory.needs import Needs
from directory.services import Access, Audience
from directory.territory import Territory

Record: TypeAlias = dict[str, object]

VERSION = "3.1"
NAMESPACE = UUID(
    "a4c32eed-955e-4c07-aeff-46e923e92d7f"
)  # ours; changing it changes every id that others keep

NEEDS, AUDIENCE, ACCESS, FIELDS = "needs", "audience", "access", "fields"
TAXONOMIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        NEEDS: ("Passerelle needs", "What a person may come for, in themes."),
        AUDIENCE: ("Passerelle audience", "Who may come."),
        ACCESS: ("Passerelle access", "How one gets in."),
        FIELDS: ("Passerelle fields", "What our directory says of a service and HSDS has no column for."),
    }
)
# The part of the name behind FIELD_NAME is a language code: "name-nl" holds the Dutch name.
FIELD_NAME = "name-"
FIELD_TERMS: Mapping[str, str] = MappingProxyType(
    {
        "id": "The id of the service in our directory.",
        "hours": "Opening hours in the notation of OpenStreetMap, with holidays and all else that rows cannot say.",
        "source": "Where the entry was seen.",
        "confirmed": "Whether a primary source stands behind the entry: yes or no.",
        "closed-from": "First day of a closure for a time.",
        "closed-until": "Last day of that closure, when it is known.",
        "notice": "What is different for now.",
        "notice-until": "Last day on which the notice holds.",
        "address-public": "The word no: the address is protected and is given to nobody.",
        "address": "The street of a service without postal code.",
        "postal-code": "The postal code of a service without street.",
        "place": "The id of the commune of a service, when its address does not say it.",
    }
)


def uuid_of(*parts: str) -> str:
    """Give the id in HSDS of something that has these words as its id with us."""
    return str(uuid5(NAMESPACE, "/".join(parts)))


@lru_cache(maxsize=4096)
def term_id(kind: str, code: str) -> str:
    """Give the id of a term of one of our taxonomies."""
    return uuid_of("taxonomy-term", kind, code)


@lru_cache(maxsize=4096)
def place_uri(territory_code: str, place: str) -> str:
    """Name a commune, or the whole territory (`all`), in a way that no other name equals."""
    return f"urn:uuid:{uuid_of('place', territory_code, place)}"


@lru_cache
def taxonomy_id(kind: str) -> str:
    """Give the id of one of our taxonomies."""
    return uuid_of("taxonomy", kind)


def taxonomy_of(kind: str) -> Record:
    """Describe one of our taxonomies."""
    name, description = TAXONOMIES[kind]
    return {"id": taxonomy_id(kind), "name": name, "description": description}


@dataclass(frozen=True)
class Terms:
    """The terms of our taxonomies, in the words of the territory's first language where it has some."""

    territory: Territory
    needs: Needs

    def term(self, kind: str, code: str) -> Record:
        """Describe a term; an unknown code is described by itself."""
        return self._known.get((kind, code)) or _described(kind, code, code, "", "")

    def all(self) -> Iterator[Record]:
        """Give every term, taxonomy by taxonomy, parents first."""
        yield from self._known.values()

    @cached_property
    def _known(self) -> dict[tuple[str, str], Record]:
        return {(kind, str(term["code"])): term for kind, term in self._build()}

    def _build(self) -> Iterator[tuple[str, Record]]:
        language = self.territory.languages[0]
        for theme in self.needs.themes:
            name = theme.label.get(language, theme.label["en"])
            yield NEEDS, _described(NEEDS, theme_code(theme.id), name, name, language)
        for need in self.needs:
            name = need.label.get(language, need.label["en"])
            term = _described(NEEDS, need.id, name, need.meaning or name, language)
            yield NEEDS, {**term, "parent_id": term_id(NEEDS, theme_code(need.theme))}
        for word in Audience:
            yield AUDIENCE, _described(AUDIENCE, word, word.replace("-", " "), "", "en")
        for way in Access:
            yield ACCESS, _described(ACCESS, way, way.replace("-", " "), "", "en")
        for code, says in FIELD_TERMS.items():
            yield FIELDS, _described(FIELDS, code, code, says, "en")
        for language in self.territory.languages[1:]:
            yield FIELDS, _described(FIELDS, FIELD_NAME + language, FIELD_NAME + language, "", "en")


def theme_code(theme: str) -> str:
    """Give the code of a theme; a theme and a need may have the same id."""
    return f"theme-{theme}"


def _described(kind: str, code: str, name: str, description: str, language: str) -> Record:
    term: Record = {
        "id": term_id(kind, code),
        "code": str(code),
        "name": name,
        "description": description or name,
        "taxonomy": TAXONOMIES[kind][0],
        "taxonomy_id": taxonomy_id(kind),
    }
    return term | ({"language": language} if language else {})
