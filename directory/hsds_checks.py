"""What is wrong with a record that claims to be HSDS: what it lacks, and values of another kind.

It stands for the schemas of the standard, which need not be there when the program runs. What is empty (null, or a
text of nothing) is taken as absent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from directory.hsds_tables import CHOICES, TABLES, Table

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
HALF = re.compile(r"[\ud800-\udfff]")
LONGEST_SHOWN = 60


def problems_of(record: object, table: Table, path: str) -> Iterator[str]:
    """Say what is wrong with a record and with everything nested in it; each begins with its place."""
    if not isinstance(record, dict):
        yield f"{path}: must be an object of the kind {table.name}"
        return
    for column in table.required:
        if record.get(column) in (None, ""):
            yield f"{path}.{column}: is missing, every {table.name} needs it"
    for column, kind in table.columns.items():
        value = record.get(column)
        if value not in (None, "") and (wrong := _wrong(value, kind)):
            yield f"{path}.{column}: {wrong}"
    for key, name in table.ones.items():
        if record.get(key) is not None:
            yield from problems_of(record[key], TABLES[name], f"{path}.{key}")
    for key, name in table.many.items():
        yield from _problems_of_list(record.get(key), TABLES[name], f"{path}.{key}")


def _problems_of_list(records: object, table: Table, path: str) -> Iterator[str]:
    if records is None:
        return
    if not isinstance(records, list):
        yield f"{path}: must be a list"
        return
    for number, record in enumerate(records):
        yield from problems_of(record, table, f"{path}[{number}]")


def _wrong(value: object, kind: str) -> str:
    if kind == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if is_number else f"must be a number, not {_shown(value)}"
    if not isinstance(value, str):
        return f"must be a text, not {_shown(value)}"
    if HALF.search(value):
        return f"holds half a character: {_shown(value)}"
    if kind in CHOICES and value not in CHOICES[kind]:
        return f"must be one of {', '.join(CHOICES[kind])}, not {_shown(value)}"
    if kind in FORMATS and not FORMATS[kind][0](value):
        return f"must be {FORMATS[kind][1]}, not {_shown(value)}"
    return ""


def is_address_of_web(value: str) -> bool:
    """Tell whether a text is a whole address with its scheme."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"\s", value)


FORMATS: Mapping[str, tuple[Callable[[str], object], str]] = MappingProxyType(
    {
        "uuid": (UUID.fullmatch, "a UUID"),
        "email": (EMAIL.fullmatch, "an e-mail address"),
        "uri": (is_address_of_web, "a whole address such as https://example.org"),
        "moment": (MOMENT.fullmatch, "a date with a time"),
    }
)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
