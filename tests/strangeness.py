"""Makes updates that Telegram could send, and ones that it never should, from its machine-readable description."""

import random
from collections.abc import Iterator
from typing import Any

ABSURD: tuple[Any, ...] = (
    None,
    "",
    "\0",
    "\ud800",
    "\u202e" * 50,
    "x" * 5000,
    [],
    [[[[]]]],
    {},
    {"id": {"id": {"id": 1}}},
    True,
    -1,
    2**70,
    1e308,
    "123",
)
DEEPEST = 3


class Strangeness:
    """Values of the types of the Bot API."""

    def __init__(self, spec: dict[str, Any], seed: int) -> None:
        self._types = spec["types"]
        self._random = random.Random(seed)

    @property
    def kinds(self) -> list[str]:
        return [field["name"] for field in self._types["Update"]["fields"] if field["name"] != "update_id"]

    def updates(self, chat: int, number: int) -> Iterator[dict[str, Any]]:
        """Every kind of update: whole, bare, with fields missing, with absurd fields; and unknown kinds."""
        for kind in self.kinds:
            (field,) = (field for field in self._types["Update"]["fields"] if field["name"] == kind)
            for whole in (True, False):
                value = self._value(field["types"], whole=whole)
                for variant in (value, self._with_gaps(value), self._absurd(value), self._absurd(value)):
                    number += 1
                    yield {"update_id": number, kind: _of(chat + number, variant)}
            for absurd in self._random.sample(ABSURD, 3):
                number += 1
                yield {"update_id": number, kind: absurd}
        for unknown in ({}, {"message": {}}, {"hologram": {"chat": {"id": chat, "type": "private"}}}):
            number += 1
            yield {"update_id": number} | unknown
        for absurd in ABSURD:
            yield {"update_id": absurd, "message": {"chat": {"id": chat, "type": "private"}, "text": "hello"}}

    def _value(self, types: list[str], depth: int = 0, *, whole: bool) -> Any:
        name = types[0]
        if name.startswith("Array of "):
            return [self._value([name.removeprefix("Array of ")], depth, whole=whole)]
        if name not in self._types:
            simple = {"Integer": 7, "Float": 0.5, "Boolean": True, "True": True, "String": "words"}
            return simple.get(name, "words")
        kind = self._types[name]
        if subtypes := kind.get("subtypes"):
            return self._value([self._random.choice(subtypes)], depth, whole=whole)
        return {
            field["name"]: self._value(field["types"], depth + 1, whole=whole)
            for field in kind.get("fields", [])
            if field["required"] or (whole and depth < DEEPEST)
        }

    def _with_gaps(self, value: Any) -> Any:
        if isinstance(value, dict):
            kept = [(key, item) for key, item in value.items() if self._random.random() < 0.7]
            return {key: self._with_gaps(item) for key, item in kept}
        return [self._with_gaps(item) for item in value] if isinstance(value, list) else value

    def _absurd(self, value: Any) -> Any:
        if self._random.random() < 0.15:
            return self._random.choice(ABSURD)
        if isinstance(value, dict):
            return {key: self._absurd(item) for key, item in value.items()}
        return [self._absurd(item) for item in value] if isinstance(value, list) else value


def _of(chat: int, value: Any) -> Any:
    """Make it a private chat's where it looks like a chat, so that most of it gets past the first look."""
    if isinstance(value, dict):
        value = {key: _of(chat, item) for key, item in value.items()}
        if isinstance(value.get("chat"), dict) and {"id", "type"} <= value["chat"].keys():
            value["chat"] |= {"id": chat, "type": "private"}
        if isinstance(value.get("from"), dict):
            value["from"] |= {"is_bot": False}
    return value
