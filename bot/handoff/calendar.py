"""A meeting as a file for a calendar (iCalendar, RFC 5545); it says nothing about why people meet."""

from datetime import UTC, datetime, timedelta

LASTS = timedelta(hours=1)
WIDTH = 73  # octets of a line before it must be folded, RFC 5545 section 3.1


def invitation(uid: str, when: datetime, title: str, where: str, now: datetime) -> str:
    """Write the file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Passerelle//meeting//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}@passerelle",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(when)}",
        f"DTEND:{_utc(when + LASTS)}",
        f"SUMMARY:{_escaped(title)}",
        *([f"LOCATION:{_escaped(where)}"] if where else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(part for line in lines for part in _folded(line)) + "\r\n"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > WIDTH:
            parts.append(part)
            part = " "
        part += sign
    return [*parts, part]
