"""Reads services.csv as social workers keep it; a bad row is refused with line, column and reason, the others stay."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import phonenumbers

from directory.content import ID, LANGUAGE, Notes, Problem, read_text
from directory.csv_rows import Refusal, Row, mark, read_rows
from directory.hours import is_readable
from directory.services import Access, Audience, Service
from directory.territory import Cost, Territory

REQUIRED = ("id", "name", "needs", "serves", "source", "checked_on")
COLUMNS = (
    *(
        "id",
        "name",
        "organization",
        "needs",
        "audience",
        "minimum_age",
        "maximum_age",
        "condition",
        "address",
    ),
    *(
        "postal_code",
        "place",
        "address_public",
        "latitude",
        "longitude",
        "phones",
        "email",
        "website",
        "hours",
    ),
    *("languages", "cost", "access", "serves", "confirmed", "source", "checked_on"),
    *("closed_from", "closed_until", "notice", "notice_until"),
)
PHONE = re.compile(r"\+?[\d\s./()-]+")
EMAIL = re.compile(r"[^@\s|<>]+@[^@\s|<>]+\.[^@\s|<>]+")
WEBSITE = re.compile(r"https?://[^\s|<>\"]+")
SHORT_NUMBER_DIGITS = 6


@dataclass(frozen=True)
class Rows:
    """The services that were read, what is wrong with the refused rows, and the ids that those have."""

    services: tuple[Service, ...]
    problems: tuple[Problem, ...]
    refused: tuple[str, ...]


def read_services(path: Path, territory: Territory, needs: Collection[str]) -> Rows:
    """Read every row that is right, and say what is wrong with each of the others."""
    notes = Notes(path)
    text = read_text(path, notes)
    services: dict[str, Service] = {}
    refused: list[str] = []
    columns = (*COLUMNS, *(f"name_{language}" for language in territory.languages[1:]))
    for row in () if text is None else read_rows(text, columns, REQUIRED, notes):
        service = _service(row, territory, needs)
        if service.id in services:
            row.refuse("id", mark('"{value}" is there twice, keep one row'), value=service.id)
        elif row.refused:
            refused.append(service.id)
        else:
            services[service.id] = service
    return Rows(tuple(services.values()), tuple(notes.problems), tuple(refused))


def read_cells(
    cells: Mapping[str, str], territory: Territory, needs: Collection[str]
) -> tuple[Service | None, tuple[Refusal, ...]]:
    """Read one service from its cells by column, as a row of the file; without one, the reasons why not."""
    row = Row(1, dict(cells), REQUIRED, Notes(Path("services.csv")))
    service = _service(row, territory, needs)
    return (None if row.refused else service), tuple(row.refusals)


def columns_of(territory: Territory) -> tuple[str, ...]:
    """Give the columns that a service of a territory may have, in the order of the file."""
    others = (f"name_{language}" for language in territory.languages[1:])
    return (*COLUMNS[:2], *others, *COLUMNS[2:])


def _service(row: Row, territory: Territory, needs: Collection[str]) -> Service:
    places = {place.id for place in territory.places}
    costs = row.words("cost", Cost)
    place = row.ids("place", places, mark('"{value}" is not a [[place]] of territory.toml'))
    service = Service(
        id=row.like("id", ID, "cpas-etterbeek: small letters, digits, hyphens"),
        name=row.text("name"),
        names={column[5:]: row.text(column) for column in row.columns("name_") if row.text(column)},
        organization=_organization(row),
        needs=row.ids("needs", needs, mark('"{value}" is not a need of needs.toml')),
        audience=row.words("audience", Audience),
        minimum_age=row.age("minimum_age"),
        maximum_age=row.age("maximum_age"),
        condition=row.text("condition"),
        address=row.text("address"),
        postal_code=row.text("postal_code"),
        place=place[0] if place else "",
        address_public=row.yes("address_public", default=True),
        latitude=row.degrees("latitude", 90),
        longitude=row.degrees("longitude", 180),
        phones=_phones(row, territory),
        email=row.like("email", EMAIL, "name@example.org"),
        website=row.like("website", WEBSITE, "https://example.org"),
        hours=row.text("hours"),
        languages=_languages(row),
        cost=costs[0] if costs else Cost.UNKNOWN,
        access=row.words("access", Access),
        serves=_serves(row, territory),
        confirmed=row.yes("confirmed", default=False),
        source=row.text("source"),
        checked_on=row.day("checked_on"),
        closed_from=row.day_or_none("closed_from"),
        closed_until=row.day_or_none("closed_until"),
        notice=row.text("notice"),
        notice_until=row.day_or_none("notice_until"),
    )
    _check(service, row)
    return service


def _organization(row: Row) -> str:
    organization = row.text("organization")
    return "" if organization == row.text("name") else organization


def _check(service: Service, row: Row) -> None:
    if not is_readable(service.hours):
        reason = mark('"{value}" is not OSM opening_hours, such as Mo-Fr 09:00-17:00; PH off')
        row.refuse("hours", reason, value=service.hours)
    if not service.address_public:
        for column in ("address", "latitude", "longitude"):
            if getattr(service, column):
                row.refuse(column, mark("must stay empty, because address_public is no"))
    if (service.latitude is None) != (service.longitude is None):
        row.refuse("latitude", mark("and longitude go together, fill in both or none"))
    ages = (service.minimum_age, service.maximum_age)
    if ages[0] is not None and ages[1] is not None and ages[0] > ages[1]:
        row.refuse("maximum_age", mark("is below minimum_age"))
    _check_closing(service, row)
    if not (service.phones or service.address or service.email or service.website):
        row.refuse("phones", mark("and address, email and website are all empty: nobody can reach it"))


def _serves(row: Row, territory: Territory) -> tuple[str, ...]:
    """Read the communes that are served; the name of an area stands for its communes."""
    areas: dict[str, list[str]] = {}
    for place in territory.places:
        areas.setdefault(place.area or place.id, []).append(place.id)
    known = {*(place.id for place in territory.places), *areas, "all"}
    unknown = mark('"{value}" is not all, an area or a [[place]] of territory.toml')
    named = row.ids("serves", known, unknown)
    return tuple(dict.fromkeys(id_ for name in named for id_ in areas.get(name, [name])))


def _check_closing(service: Service, row: Row) -> None:
    if service.closed_until and not service.closed_from:
        row.refuse("closed_until", mark("needs the first day of the closure too, in closed_from"))
    elif service.closed_from and service.closed_until and service.closed_until < service.closed_from:
        row.refuse("closed_until", mark("is before closed_from"))
    if service.notice_until and not service.notice:
        row.refuse("notice_until", mark("needs a notice too"))


def _phones(row: Row, territory: Territory) -> tuple[str, ...]:
    phones = row.list("phones", PHONE)
    for phone in phones:
        if not _is_phone(phone, territory.country):
            reason = mark('"{value}" is not a phone number as dialled in {country}')
            row.refuse("phones", reason, value=phone, country=territory.country)
    return phones


def _is_phone(phone: str, country: str) -> bool:
    digits = re.sub(r"\D", "", phone)
    if not PHONE.fullmatch(phone) or len(digits) < 3:
        return False
    if len(digits) <= SHORT_NUMBER_DIGITS and not digits.startswith("0"):
        return True
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(phone, country))
    except phonenumbers.NumberParseException:
        return False


def _languages(row: Row) -> tuple[str, ...]:
    languages = row.list("languages")
    for language in languages:
        if not LANGUAGE.fullmatch(language):
            row.refuse("languages", mark('"{value}" is not a language code such as fr'), value=language)
    return languages
