"""The roles of the team and what each is for: nobody may more than their work needs."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What somebody does in the team."""

    WORKER = "worker"  # answers people
    COORDINATOR = "coordinator"  # answers people, and keeps team and directory in order


class Door(StrEnum):
    """Who may come through a door of the desk."""

    ANYBODY = "anybody"  # only to log in
    WORKER = "worker"
    COORDINATOR = "coordinator"


OPEN_TO: Final[Mapping[Door, frozenset[Role]]] = MappingProxyType(
    {
        Door.ANYBODY: frozenset(Role),
        Door.WORKER: frozenset(Role),
        Door.COORDINATOR: frozenset({Role.COORDINATOR}),
    }
)


def may_enter(role: str, door: Door) -> bool:
    """Tell whether a role may come through a door; an unknown role may nothing."""
    return role in OPEN_TO[door]
