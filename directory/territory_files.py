"""Reads territory.toml and amounts.toml of a pack and checks them; every problem names file and line."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from directory.content import LANGUAGE, ContentError, Notes, Problem, Table, TomlFile, read_text
from directory.hours import is_known_country, is_readable
from directory.territory import Amount, Cost, Danger, Holiday, Line, Place, Territory, Unit, Word

TABLES = ("place", "line", "word")


def load_territory(folder: Path) -> Territory:
    """Read the territory of a pack, or raise ContentError with every problem of its two files."""
    territory, problems = read_territory(folder)
    if problems:
        raise ContentError(problems)
    return territory


def read_territory(
    folder: Path, needs: Collection[str] | None = None
) -> tuple[Territory, tuple[Problem, ...]]:
    """Read what can be read of a territory, and list what is wrong with it; its words must name one of `needs`."""
    notes = Notes(folder / "territory.toml")
    amount_notes = Notes(folder / "amounts.toml")
    amounts = _amounts(folder / "amounts.toml", amount_notes)
    file = TomlFile(read_text(folder / "territory.toml", notes) or "", notes)
    places = {table: _place(table) for table in file.each("place")}
    lines = {table: _line(table) for table in file.each("line")}
    _check_unique({table: place.id for table, place in places.items()})
    _check_unique({table: line.id for table, line in lines.items()})
    territory = _territory(file.top(*TABLES), tuple(places.values()), tuple(lines.values()), amounts)
    territory = replace(territory, words=tuple(_word(table, needs) for table in file.each("word")))
    if not notes.problems:
        _check_lines(territory, notes)
    return territory, (*notes.problems, *amount_notes.problems)


def _territory(
    top: Table, places: tuple[Place, ...], lines: tuple[Line, ...], amounts: tuple[Amount, ...]
) -> Territory:
    territory = Territory(
        code=top.id("code"),
        name=top.names("name"),
        country=_country(top),
        languages=_languages(top),
        time_zone=_time_zone(top),
        currency=top.text("currency"),
        helpline=top.text("helpline"),
        places=places,
        lines=lines,
        amounts=amounts,
        holidays=tuple(_holidays(top)),
        country_holidays=top.truth("country_holidays", default=True),
    )
    top.finish()
    if not territory.country_holidays and not territory.holidays:
        top.problem(
            "holidays", "is empty, and country_holidays = false says that it names every public holiday"
        )
    if not places:
        top.problem("place", "is missing, add one [[place]] a commune")
    if not territory.languages:
        top.problem("languages", 'is empty, name the official languages: ["fr", "nl"]')
    if territory.helpline and territory.helpline not in {line.id for line in lines}:
        top.problem("helpline", f'"{territory.helpline}" is not the id of a [[line]]')
    return territory


def _check_lines(territory: Territory, notes: Notes) -> None:
    for danger in Danger:
        if not territory.lines_for(danger):
            notes.add(1, f"no [[line]] answers the danger {danger}, add one")


def _place(table: Table) -> Place:
    place = Place(
        id=table.id(),
        name=table.names("name"),
        postal_codes=table.texts("postal_codes", required=True),
        latitude=_degrees(table, "latitude", 90),
        longitude=_degrees(table, "longitude", 180),
        quarters=table.texts("quarters"),
        area=table.text("area", required=False),
    )
    table.finish()
    return place


def _line(table: Table) -> Line:
    line = Line(
        id=table.id(),
        name=table.text("name"),
        phone=table.text("phone"),
        dangers=table.words("dangers", Danger),
        hours=table.text("hours", required=False),
        languages=_languages(table),
        cost=table.word("cost", Cost, Cost.UNKNOWN),
        chat=table.text("chat", required=False),
        source=table.text("source"),
        checked_on=table.date("checked_on"),
    )
    table.finish()
    if not is_readable(line.hours):
        table.problem("hours", f'"{line.hours}" is not OSM opening_hours, such as Mo-Fr 09:00-17:00')
    if line.chat and not line.chat.startswith(("https://", "http://")):
        table.problem("chat", "must be a web address that begins with https://")
    return line


def _word(table: Table, needs: Collection[str] | None) -> Word:
    word = Word(table.texts("says", required=True), table.texts("needs", required=True))
    table.finish()
    for need in word.needs:
        if needs is not None and need not in needs:
            table.problem("needs", f'"{need}" is not a need of needs.toml')
    return word


def _check_unique(ids: dict[Table, str]) -> None:
    seen: set[str] = set()
    for table, id_ in ids.items():
        if id_ in seen:
            table.problem("id", f'"{id_}" is there twice, keep one')
        seen.add(id_)


def _amounts(path: Path, notes: Notes) -> tuple[Amount, ...]:
    if not path.exists():
        return ()
    file = TomlFile(read_text(path, notes) or "", notes)
    return tuple(_amount(name, table) for name, table in file.named())


def _amount(name: str, table: Table) -> Amount:
    amount = Amount(
        id=name,
        value=table.number("value"),
        unit=table.word("unit", Unit, Unit.EUR),
        applies_from=table.date("from"),
        source=table.text("source"),
        checked_on=table.date("checked_on"),
    )
    table.finish()
    return amount


def _holidays(top: Table) -> list[Holiday]:
    holidays = []
    for entry in top.tables("holidays"):
        day, name = entry.get("date"), entry.get("name")
        if type(day) is not date or not isinstance(name, str):
            top.problem("holidays", 'must hold entries such as { date = 2026-12-20, name = "..." }')
        else:
            holidays.append(Holiday(day, name))
    return holidays


def _country(top: Table) -> str:
    country = top.text("country")
    if country and not is_known_country(country):
        top.problem(
            "country", f'"{country}" has no table of public holidays, use an ISO 3166 code such as BE'
        )
    return country


def _languages(table: Table) -> tuple[str, ...]:
    languages = table.texts("languages")
    for language in languages:
        if not LANGUAGE.fullmatch(language):
            table.problem("languages", f'"{language}" is not a language code such as fr')
    return languages


def _time_zone(top: Table) -> str:
    name = top.text("time_zone")
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        top.problem("time_zone", f'"{name}" is unknown, use a name such as Europe/Brussels')
        return "UTC"
    return name or "UTC"


def _degrees(table: Table, key: str, most: int) -> float:
    value = float(table.number(key))
    if abs(value) > most:
        table.problem(key, f"must lie between -{most} and {most}")
    return value
