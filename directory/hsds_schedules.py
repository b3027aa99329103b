"""OSM opening hours as schedule rows of HSDS, and rows of others as OSM opening hours.

Rows say the ordinary week (and such days as the first Thursday of the month) in the local time of the territory;
public holidays and all else stay in the OSM text, which travels along.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALWAYS = "Mo-Su 00:00-24:00"
MIDNIGHT = "24:00"
LAST_MINUTE = "23:59"  # a day of HSDS has no 24:00

DAY = rf"({'|'.join(DAYS)})"
NTH = r"\[(-?[1-5](?:,-?[1-5])*)\]"
SOME_DAYS = rf"{DAY}(?:-{DAY}|{NTH})?"
TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
SPAN = rf"({TIME})-({TIME}|24:00)"
RULE = re.compile(rf"(?:({SOME_DAYS}(?:,{SOME_DAYS})*) )?({SPAN}(?:,{SPAN})*|off|closed)")
HOLIDAYS = re.compile(rf"PH (?:{SPAN}(?:,{SPAN})*|off|closed)")
EACH_DAYS = re.compile(SOME_DAYS)
EACH_SPAN = re.compile(SPAN)

CLOCK = re.compile(rf"({TIME})(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
BYDAY = re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
LIMITS = ("valid_from", "valid_to", "dtstart", "until", "count", "byweekno", "bymonthday", "byyearday")


@dataclass(frozen=True)
class Opening:
    """One row: from when to when on which days; a day such as `1TH` is the first Thursday of the month.

    A door that closes before it opens closes on the next day.
    """

    days: tuple[str, ...]
    opens: str
    closes: str

    @property
    def monthly(self) -> bool:
        """Tell whether the days are counted in the month."""
        return len(self.days[0]) > 2


def openings(hours: str) -> tuple[Opening, ...]:
    """Give the rows that say these hours; none when rows cannot say them."""
    week: dict[str, tuple[tuple[str, str], ...]] = {}
    for rule in (ALWAYS if hours.strip() == "24/7" else hours).split(";"):
        if HOLIDAYS.fullmatch(rule.strip()):
            continue
        found = RULE.fullmatch(rule.strip())
        if not found:
            return ()
        spans = tuple((span[1], span[2]) for span in EACH_SPAN.finditer(rule))
        for day in _days(found[1] or "Mo-Su"):
            week[day] = spans
    if {day[-2:] for day in week if len(day) > 2} & week.keys():  # one rule would hide the other
        return ()
    return tuple(_grouped(week))


def _days(text: str) -> Iterator[str]:
    for first, last, counts in EACH_DAYS.findall(text):
        start = DAYS.index(first)
        if counts:
            yield from (f"{count}{first.upper()}" for count in counts.split(","))
        elif last:
            size = (DAYS.index(last) - start) % len(DAYS) + 1
            yield from (DAYS[(start + step) % len(DAYS)].upper() for step in range(size))
        else:
            yield first.upper()


def _grouped(week: Mapping[str, tuple[tuple[str, str], ...]]) -> Iterator[Opening]:
    together: dict[tuple[bool, tuple[tuple[str, str], ...]], list[str]] = {}
    for day in sorted(week, key=lambda day: (len(day) > 2, _place_of(day))):
        together.setdefault((len(day) > 2, week[day]), []).append(day)
    for (_, spans), days in together.items():
        for opens, closes in spans:
            yield Opening(tuple(days), opens, closes)


def _place_of(day: str) -> tuple[int, str]:
    return DAYS.index(day[-2:].title()), day


def as_record(opening: Opening) -> dict[str, object]:
    """Write a row in the words of HSDS."""
    closes = LAST_MINUTE if opening.closes == MIDNIGHT else opening.closes
    return {
        "freq": "MONTHLY" if opening.monthly else "WEEKLY",
        "byday": ",".join(opening.days),
        "opens_at": f"{opening.opens}:00",
        "closes_at": f"{closes}:00",
    }


def read_record(record: Mapping[str, object], offsets: Iterable[str]) -> Opening | str:
    """Read a row, or say why it cannot be said as opening hours; `offsets` are those of the territory's clocks."""
    limited = [name for name in LIMITS if record.get(name) not in (None, "")]
    if limited:
        return f"holds only for some dates ({', '.join(limited)})"
    if record.get("interval") not in (None, "", 1):
        return "does not hold every week"
    days = str(record.get("byday") or "").replace(" ", "").split(",")
    counted = record.get("freq") == "MONTHLY"
    found = [BYDAY.fullmatch(day) for day in days]
    if record.get("freq") is None or not all(day and bool(day[1]) == counted for day in found):
        return "names no days of the week"
    opens, closes = (_clock(record.get(name), offsets) for name in ("opens_at", "closes_at"))
    if not (opens and closes):
        return "has no hours by the clocks of the territory"
    return Opening(tuple(days), opens, MIDNIGHT if closes in (LAST_MINUTE, "00:00") else closes)


def _clock(value: object, offsets: Iterable[str]) -> str:
    found = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found or (found[2] and found[2].replace(":", "") not in offsets):
        return ""
    return found[1]


def hours_of(rows: Iterable[Opening]) -> str:
    """Write rows as OSM opening hours."""
    week: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        for day in row.days:
            week.setdefault(day, set()).add((row.opens, row.closes))
    together: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for day in sorted(week, key=_place_of):
        together.setdefault(tuple(sorted(week[day])), []).append(day)
    rules = (
        f"{_named(days)} {','.join(f'{opens}-{closes}' for opens, closes in spans)}"
        for spans, days in together.items()
    )
    return "; ".join(rules)


def _named(days: list[str]) -> str:
    runs: list[list[str]] = []
    for day in days:
        follows = bool(runs) and len(day) == 2 and _is_next(runs[-1][-1], day)
        if follows:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(_run(run) for run in runs)


def _is_next(one: str, other: str) -> bool:
    return len(one) == 2 and _place_of(other)[0] == _place_of(one)[0] + 1


def _run(run: list[str]) -> str:
    name = run[0][-2:].title()
    if len(run[0]) > 2:
        return f"{name}[{run[0][:-2]}]"
    return name if len(run) == 1 else f"{name}{'-' if len(run) > 2 else ','}{run[-1].title()}"
