"""What Babel reads besides Python: the labels of needs and territories, and the texts of answers.

See `make texts` and locales/*.toml, where Babel finds these functions.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from directory.packs import Pack, load_pack

Extracted = tuple[int, str | None, str, list[str]]


@cache
def _pack(folder: Path) -> Pack:
    return load_pack(folder)


def needs(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Extracted]:
    """Give the English label of every theme and need."""
    content = tomllib.load(file)
    for kind, most in (("theme", 22), ("need", 38)):
        for entry in content[kind]:
            comment = f"{kind} {entry['id']}: stands on a button, at most {most} characters"
            yield 0, None, entry["label"]["en"], [comment]


def territory(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Extracted]:
    """Give the English name of a territory."""
    yield 0, None, tomllib.load(file)["name"]["en"], ["name of a territory"]


def answers(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Extracted]:
    """Give every paragraph and item of one answer."""
    path = Path(file.name)
    answer = _pack(path.parent.parent).answers[path.stem]
    for section in answer.sections:
        for block in section.blocks:
            yield 0, None, block.text, [f"{answer.need}: {section.id}"]


def phrasebook(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Extracted]:
    """Give the English words of every sentence that a worker can send with one press."""
    content = tomllib.load(file)
    for group in content["group"]:
        yield 0, None, group["en"], [f"group {group['id']} of ready sentences, on a button; {group['fr']}"]
    for phrase in content["phrase"]:
        comment = f"{phrase['id']}: a worker says it to a person; {phrase['fr']}"
        yield 0, None, phrase["en"], [comment]
