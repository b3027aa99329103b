"""Reads a foreign or own HSDS document, a JSON file or a folder of tables, into services and a report.

A service with something wrong in it is refused with the place and the reason, and leaves the others alone.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from directory.content import shown
from directory.hsds_checks import problems_of
from directory.hsds_import import Importer
from directory.hsds_package import Package
from directory.hsds_tables import TABLES, Table
from directory.hsds_terms import Record
from directory.needs import Needs
from directory.services import Service
from directory.territory import Territory

# The kinds of record that a document may hold, the likeliest first.
KINDS = ("service", "service_at_location", "organization", "taxonomy_term", "taxonomy", "location")
MORE_KEYS = {"taxonomy_term": {"term"}, "taxonomy": {"taxonomy_terms"}}  # of Open Referral UK
MOST_SHOWN = 5


@dataclass(frozen=True)
class Imported:
    """What was read: services, why others were refused (place and reason), and how often what was left out."""

    services: tuple[Service, ...]
    refused: tuple[str, ...]
    left_out: Mapping[str, int]


def read_hsds(path: Path, territory: Territory, needs: Needs) -> Imported:
    """Read a JSON file, or a folder with the tables of a data package."""
    importer = Importer(territory, needs, f"HSDS: {path.name}")
    if path.is_dir():
        package = Package(path)
        found = _imported(package.services(), importer, package.problems)
        unknown = {f"{column}: is unknown to HSDS": 1 for column in sorted(package.unknown)}
        return _or_nothing(
            Imported(found.services, found.refused, {**found.left_out, **unknown}), shown(path)
        )
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_number)
    except FileNotFoundError:
        return _nothing(f"{shown(path)}: there is no such file or folder")
    except UnicodeDecodeError:
        return _nothing(f"{shown(path)}: is not UTF-8 text")
    except (ValueError, RecursionError) as error:
        return _nothing(f"{shown(path)}: is not JSON: {error}")
    refused: list[str] = []
    return _or_nothing(_imported(_services_in(document, refused), importer, refused), shown(path))


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _nothing(reason: str) -> Imported:
    return Imported((), (reason,), {})


def _or_nothing(found: Imported, name: str) -> Imported:
    if found.services or found.refused or found.left_out:
        return found
    return _nothing(f"{name}: holds no service")


def _imported(records: Iterable[tuple[str, Record]], importer: Importer, refused: list[str]) -> Imported:
    services: dict[str, Service] = {}
    left_out: Counter[str] = Counter()
    for place, record in records:
        wrong = list(problems_of(record, TABLES["service"], place))
        refused += wrong
        service = None if wrong else importer.service(record, left_out)
        if service and service.id in services:
            refused.append(f"{place}.id: the same service is there twice")
        elif service:
            services[service.id] = service
    return Imported(tuple(services.values()), tuple(refused), dict(left_out))


def _services_in(document: object, refused: list[str]) -> Iterator[tuple[str, Record]]:
    for place, record in _records(document):
        if not isinstance(record, dict):
            refused.append(f"{place}: must be an object")
            continue
        table = _kind(record)
        if table is None:
            keys = ", ".join(sorted(record)[:MOST_SHOWN])
            refused.append(f"{place}: is no record of HSDS, it has only: {keys or 'nothing'}")
        elif table.name == "service":
            yield place, record
        elif table.name == "organization" and record.get("services"):
            yield from _services_of(record, place, refused)
        elif table.name == "service_at_location" and isinstance(record.get("service"), dict):
            yield from _service_at(record, place, refused)
        else:
            wrong = list(problems_of(record, table, place))
            refused += wrong or [f"{place}: is of the kind {table.name} and holds no services"]


def _records(document: object) -> Iterator[tuple[str, object]]:
    if isinstance(document, list):
        yield from ((f"[{number}]", record) for number, record in enumerate(document))
        return
    if isinstance(document, dict):
        for key in ("contents", "services"):
            records = document.get(key)
            if isinstance(records, list) and "name" not in document:
                yield from ((f"{key}[{number}]", record) for number, record in enumerate(records))
                return
    yield "document", document


def _kind(record: Record) -> Table | None:
    def fits(name: str) -> int:
        table = TABLES[name]
        own = table.columns.keys() | table.ones.keys() | table.many.keys() | MORE_KEYS.get(name, set())
        return len(record.keys() & own)

    if "id" not in record and "name" not in record:
        return None
    return TABLES[max(KINDS, key=fits)]


def _services_of(organization: Record, place: str, refused: list[str]) -> Iterator[tuple[str, Record]]:
    runs = {key: value for key, value in organization.items() if key != "services"}
    if wrong := list(problems_of(runs, TABLES["organization"], place)):
        refused += wrong
        return
    services = organization["services"]
    for number, service in enumerate(services if isinstance(services, list) else []):
        if isinstance(service, dict):
            yield f"{place}.services[{number}]", {"organization": runs, **service}
        else:
            refused.append(f"{place}.services[{number}]: must be an object")


def _service_at(link: Record, place: str, refused: list[str]) -> Iterator[tuple[str, Record]]:
    alone = {key: value for key, value in link.items() if key != "service"}
    service = link["service"]
    if wrong := list(problems_of(alone, TABLES["service_at_location"], place)):
        refused += wrong
    elif isinstance(service, dict):
        yield f"{place}.service", {**service, "service_at_locations": [alone]}
