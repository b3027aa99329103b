"""Moments as workers write them: `25/11 14:00`, `2026-11-25 14h30`, one a line; a line without one says where."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

MOMENT = re.compile(
    r"(?:(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)|(?P<d>\d\d?)[./-](?P<m>\d\d?)(?:[./-](?P<y>20\d\d))?)"
    r"\D{1,10}?(?P<hour>\d\d?)\s*(?:[:hHu.]\s*(?P<minute>\d\d)?)"
)


def read_slots(text: str, now: datetime, zone: ZoneInfo) -> tuple[tuple[datetime, ...], str]:
    """Read moments that lie ahead, and the words of the place; a day without a year is the next one of that name."""
    moments, place = [], []
    for line in text.splitlines():
        found = MOMENT.search(line)
        moment = _moment(found, now.astimezone(zone), zone) if found else None
        if moment is not None:
            moments.append(moment)
        elif line.strip() and found is None:
            place.append(line.strip())
    return tuple(moment for moment in moments if moment > now), " ".join(place)


def _moment(found: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    parts = {name: int(value) for name, value in found.groupdict().items() if value}
    year = parts.get("year") or parts.get("y")
    month, day = parts.get("month") or parts.get("m", 0), parts.get("day") or parts.get("d", 0)
    try:
        moment = datetime(year or now.year, month, day, parts["hour"], parts.get("minute", 0), tzinfo=zone)
        if year is None and moment < now:
            moment = moment.replace(year=now.year + 1)
    except ValueError:
        return None
    return moment
