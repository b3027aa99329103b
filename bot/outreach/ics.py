"""A calendar that phones and teams can follow (RFC 5545), written by hand: no library for it is at hand here.

Each time stands for itself and not as a rule, so that a cancelled or moved one shows on every phone.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.outreach.occurrences import Occurrence, Status
from bot.outreach.places import PlaceSheet

FOLD_AT = 75  # octets a line, RFC 5545 3.1


def write_calendar(
    name: str, found: Iterable[Occurrence], places: Mapping[str, PlaceSheet], host: str, now: datetime
) -> str:
    """Write the calendar of a place or a team."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Passerelle//rounds//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        f"NAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for one in found:
        lines += _event(one, places, host, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(one: Occurrence, places: Mapping[str, PlaceSheet], host: str, now: datetime) -> list[str]:
    place = places.get(one.place)
    where = ", ".join(part for part in (place.name, place.address) if part) if place else one.place
    return [
        "BEGIN:VEVENT",
        f"UID:{one.stop.id}-{int(one.planned_at.timestamp())}@{host}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(one.begins)}",
        f"DTEND:{_moment(one.ends)}",
        f"SEQUENCE:{0 if one.status is Status.PLANNED else 1}",
        f"STATUS:{'CANCELLED' if one.is_cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_escaped(place.name if place else one.place)}",
        f"LOCATION:{_escaped(where)}",
        "END:VEVENT",
    ]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign, written in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", ""),
    ):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> list[str]:
    """Break a long line where no character is cut in two."""
    parts: list[str] = []
    part = ""
    for sign in line:
        most = FOLD_AT if not parts else FOLD_AT - 1
        if len((part + sign).encode()) > most:
            parts.append(part)
            part = ""
        part += sign
    parts.append(part)
    return [parts[0], *(f" {rest}" for rest in parts[1:])]
