"""Makes the values that the stories of the directory need."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from directory.services import Service

TESTVILLE = Path(__file__).parent.parent / "testville"
ZONE = ZoneInfo("Europe/Brussels")


def at(moment: str) -> datetime:
    """Give a moment by the clocks of Testville."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


A_MONDAY = at("2026-11-23T10:00")


def a_service(id_: str = "porte", **changes: Any) -> Service:
    """Give a service that answers food-aid everywhere, with what a test changes."""
    plain: dict[str, Any] = {
        "id": id_,
        "name": id_.title(),
        "needs": ("food-aid",),
        "source": "porte.example",
        "checked_on": date(2026, 11, 1),
        "phones": ("02 555 00 99",),
        "confirmed": True,
    }
    return Service(**plain | changes)


def replace_in(path: Path, old: str, new: str) -> None:
    """Change one place of a file; the place must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, words: str) -> int:
    """Give the number of the first line that holds these words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)
