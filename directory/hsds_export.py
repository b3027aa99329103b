"""A service of ours in the words of HSDS, whole or in short; what is protected stays out.

Everything that a service says is in the whole record, so that reading it back gives the same service
(`directory.hsds_import`); only where a protected service is, which nobody learns, is not.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from directory.hsds_checks import EMAIL
from directory.hsds_schedules import as_record, openings
from directory.hsds_terms import (
    ACCESS,
    AUDIENCE,
    FIELD_NAME,
    FIELDS,
    NEEDS,
    Record,
    Terms,
    place_uri,
    uuid_of,
)
from directory.services import Service
from directory.territory import Cost

TO_BE_CONFIRMED = "To be confirmed: call first."
PLACE_SCHEME = "Passerelle place"


@dataclass(frozen=True)
class Exporter:
    """Writes the services of one territory."""

    terms: Terms

    def service(self, service: Service) -> Record:
        """Write a service with everything that belongs to it."""
        id_ = service.id
        nested: dict[str, list[Record]] = {
            "phones": _each("phone", id_, ({"number": number} for number in service.phones)),
            "schedules": _each("schedule", id_, _schedules(service.hours)),
            "service_areas": _each("service-area", id_, self._areas(service)),
            "service_at_locations": [self.at_location(service)] if has_location(service) else [],
            "languages": _each("language", id_, ({"code": code} for code in service.languages)),
            "cost_options": _each("cost-option", id_, self._costs(service)),
            "attributes": _each("attribute", id_, self._attributes(service)),
        }
        return self.summary(service) | {key: records for key, records in nested.items() if records}

    def summary(self, service: Service) -> Record:
        """Write what there is once of a service, and who runs it."""
        organization = self.organization(service)
        record: Record = {
            "id": service_id(service),
            "organization_id": organization["id"],
            "name": service.name,
            "alternate_name": " / ".join(service.names.values()),
            "url": service.website,
            "email": service.email,
            "status": "active",
            "eligibility_description": service.condition,
            "minimum_age": service.minimum_age,
            "maximum_age": service.maximum_age,
            "assured_date": service.checked_on.isoformat(),
            "assurer_email": service.source if EMAIL.fullmatch(service.source) else "",
            "alert": alert_of(service),
            "last_modified": last_modified(service),
            "organization": organization,
        }
        return _without_nothing(record)

    def organization(self, service: Service) -> Record:
        """Write who runs a service; nothing is known of it but its name."""
        name = service.organization or service.name
        return {
            "id": uuid_of("organization", self.terms.territory.code, name),
            "name": name,
            "description": name,
        }

    def at_location(self, service: Service) -> Record:
        """Write where a service is; only for one that has a location (`has_location`)."""
        location: Record = {
            "id": uuid_of("location", service.id),
            "location_type": "physical",
            "latitude": service.latitude,
            "longitude": service.longitude,
            "external_identifier": service.place,
            "external_identifier_type": PLACE_SCHEME if service.place else "",
            "addresses": [self._address(service)] if has_address(service) else None,
        }
        return {"id": location_link_id(service), "location": _without_nothing(location)}

    def _address(self, service: Service) -> Record:
        territory = self.terms.territory
        language = territory.languages[0]
        return {
            "id": uuid_of("address", service.id),
            "address_1": service.address,
            "city": territory.place(service.place).name[language]
            if service.place
            else territory.name[language],
            "state_province": territory.name[language],
            "postal_code": service.postal_code,
            "country": territory.country,
            "address_type": "physical",
        }

    def _areas(self, service: Service) -> Iterator[Record]:
        territory = self.terms.territory
        language = territory.languages[0]
        for place in service.serves:
            name = territory.name if place == "all" else territory.place(place).name
            yield {"name": name[language], "uri": place_uri(territory.code, place)}

    def _costs(self, service: Service) -> Iterator[Record]:
        if service.cost is Cost.FREE:
            yield {
                "option": str(service.cost),
                "amount": 0,
                "currency": self.terms.territory.currency,
            }
        elif service.cost is not Cost.UNKNOWN:
            yield {"option": str(service.cost)}

    def _attributes(self, service: Service) -> Iterator[Record]:
        for kind, codes in ((NEEDS, service.needs), (AUDIENCE, service.audience), (ACCESS, service.access)):
            for code in codes:
                yield {"link_type": kind, "taxonomy_term": self.terms.term(kind, code)}
        for code, value in fields_of(service):
            if value:
                term = self.terms.term(FIELDS, code)
                yield {"link_type": FIELDS, "value": value, "taxonomy_term": term}


def write_json(path: Path, services: Iterable[Record]) -> int:
    """Write whole services into one JSON file, one after the other; give how many there were."""
    count = 0
    waiting = path.with_name(f"{path.name}.part")
    with waiting.open("w", encoding="utf-8") as file:
        for count, service in enumerate(services, start=1):
            file.write(("[\n" if count == 1 else ",\n") + json.dumps(service, ensure_ascii=False))
        file.write("\n]\n" if count else "[]\n")
    waiting.replace(path)
    return count


def service_id(service: Service) -> str:
    """Give the id of a service in HSDS."""
    return uuid_of("service", service.id)


def location_link_id(service: Service) -> str:
    """Give the id in HSDS of a service at its location."""
    return uuid_of("service-at-location", service.id)


def last_modified(service: Service) -> str:
    """Give the moment of the last change: all that is known is the day on which the entry was checked."""
    return f"{service.checked_on.isoformat()}T00:00:00.000Z"


def has_location(service: Service) -> bool:
    """Tell whether there is somewhere to go that everybody may know."""
    has_position = service.latitude is not None or service.longitude is not None
    return service.address_public and (has_address(service) or has_position)


def has_address(service: Service) -> bool:
    """Tell whether there is a whole address; HSDS knows none without a postal code."""
    return bool(service.address and service.postal_code)


def alert_of(service: Service) -> str:
    """Say in the column for short-term news what a reader must know: not confirmed, closed for a time, a notice."""
    said = [] if service.confirmed else [TO_BE_CONFIRMED]
    if service.closed_from:
        until = f" to {service.closed_until}" if service.closed_until else ", end not known"
        said.append(f"Closed from {service.closed_from}{until}.")
    return " ".join([*said, service.notice]).strip()


def fields_of(service: Service) -> Iterator[tuple[str, str]]:
    """Give what HSDS has no column for, by the code of the term that says it; some may be empty."""
    yield "id", service.id
    for language, name in service.names.items():
        yield FIELD_NAME + language, name
    yield "hours", service.hours
    yield "source", service.source
    yield "confirmed", "yes" if service.confirmed else "no"
    yield "notice", service.notice
    for code, day in (
        ("closed-from", service.closed_from),
        ("closed-until", service.closed_until),
        ("notice-until", service.notice_until),
    ):
        yield code, day.isoformat() if day else ""
    if not service.address_public:
        yield "address-public", "no"
        return
    if not has_address(service):
        yield "address", service.address
        yield "postal-code", service.postal_code
    if not has_location(service):
        yield "place", service.place


def _schedules(hours: str) -> Iterator[Record]:
    rows = openings(hours)
    for row in rows:
        yield {**as_record(row), "description": hours}
    if hours and not rows:
        yield {"description": hours}


def _each(kind: str, service: str, records: Iterable[Record]) -> list[Record]:
    return [{"id": uuid_of(kind, service, str(number)), **record} for number, record in enumerate(records)]


def _without_nothing(record: Record) -> Record:
    return {key: value for key, value in record.items() if value is not None and value != ""}
