"""Reads one HSDS record value by value, and remembers what nobody asked for: it is left out, and that is said."""

from collections import Counter
from collections.abc import Iterator, Mapping

NO_PLACE = "has no place in services.csv"


class Node:
    """A record while it is read; `path` names its kind of place for the report, without numbers."""

    def __init__(self, record: Mapping[str, object], path: str, left_out: Counter[str]) -> None:
        """Read `record`, and count in `left_out` what stays behind."""
        self.record = record
        self._path = path
        self._left_out = left_out
        self._asked: set[str] = set()
        self._nested: dict[str, list[Node]] = {}

    def text(self, key: str) -> str:
        """Give a text, or an empty one."""
        self._asked.add(key)
        value = self.record.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """Give a number, or None."""
        self._asked.add(key)
        value = self.record.get(key)
        return value if isinstance(value, int | float) else None

    def one(self, key: str) -> "Node":
        """Give a nested record; an empty one when there is none."""
        return (self.many(key) or [Node({}, "", self._left_out)])[0]

    def many(self, key: str) -> "list[Node]":
        """Give nested records."""
        if key not in self._nested:
            value = self.record.get(key)
            records = value if isinstance(value, list) else [value]
            path = f"{self._path}.{key}"
            self._nested[key] = [Node(one, path, self._left_out) for one in records if isinstance(one, dict)]
        self._asked.add(key)
        return self._nested[key]

    def forget(self) -> None:
        """Say nothing of what is in this record: it was told otherwise, or says nothing new."""
        self._asked.update(self.record)
        self._nested.clear()

    def leave(self, key: str, reason: str) -> None:
        """Say that a value stays behind, and why."""
        self._asked.add(key)
        self._left_out[f"{self._path}.{key}: {reason}"] += 1

    def finish(self) -> None:
        """Say of every value that nobody asked for that it stays behind."""
        for key in list(self._unasked()):
            self.leave(key, NO_PLACE)
        for nodes in self._nested.values():
            for node in nodes:
                node.finish()

    def _unasked(self) -> Iterator[str]:
        for key, value in self.record.items():
            is_link = key in ("id", "link_type", "link_entity") or key.endswith("_id")
            if key not in self._asked and not is_link and value not in (None, "", [], {}):
                yield key
