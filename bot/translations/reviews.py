"""Which answers a native reader has reviewed in which language: `locales/<lang>/reviewed.toml`.

A review holds for the words that were read: the file keeps their fingerprint, and a changed translation counts as not
reviewed. It names a role and a day, never a person.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.catalogues import CatalogueError

HEAD = "# Answers that a reader of this language has reviewed; `passerelle reviewed` writes this file.\n"
ROLE = re.compile(r"[^\W_][\w -]{1,39}")


@dataclass(frozen=True)
class Review:
    """What somebody of a role has read on a day."""

    territory: str
    need: str
    reviewed_on: date
    role: str
    fingerprint: str


def fingerprint(texts: Iterable[str]) -> str:
    """Give a short mark that changes when one of the texts does."""
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:16]


def read_reviews(folder: Traversable, language: str) -> Mapping[tuple[str, str], Review]:
    """Read what was reviewed in a language, by territory and need."""
    path = folder / language / "reviewed.toml"
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        reviews = [
            Review(territory, need, _day(told["on"]), str(told["by"]), str(told["texts"]))
            for territory, needs in tables.items()
            for need, told in needs.items()
        ]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"{path}: {error!r}; see docs/content.md for what it must hold") from error
    return {(review.territory, review.need): review for review in reviews}


def write_reviews(folder: Path, language: str, reviews: Iterable[Review]) -> Path:
    """Write what was reviewed in a language, whole."""
    path = folder / language / "reviewed.toml"
    parts = [
        f'\n[{one.territory}.{one.need}]\non = {one.reviewed_on}\nby = "{one.role}"\ntexts = "{one.fingerprint}"\n'
        for one in sorted(reviews, key=lambda one: (one.territory, one.need))
    ]
    path.write_text(HEAD + "".join(parts), "utf-8")
    return path


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("on must be a day, for example 2026-11-22")
    return value
