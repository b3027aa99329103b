"""From a pack to the database and back into memory; transactions are the caller's.

A service that vanishes from the pack stays in the database as inactive, so that old references still have a name.
A row that was refused leaves the service as it was.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from typing import TypeAlias

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session, selectinload

from directory import models
from directory.content import Problem
from directory.packs import Pack
from directory.search import Directory
from directory.services import Access, Audience, Service
from directory.territory import Cost, Territory

ACTIVE = "active"
INACTIVE = "inactive"

Columns: TypeAlias = dict[str, object]


class ServiceTaken(Exception):
    """Two territories use the same id for a service: give one of them another id."""


@dataclass(frozen=True)
class LoadReport:
    """What a load did: ids of services, how many stayed the same, and what was refused with file and line."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    vanished: tuple[str, ...]
    unchanged: int
    refused: tuple[Problem, ...]


def together(reports: Iterable[LoadReport]) -> LoadReport:
    """Tell of the loads of several territories as of one."""
    listed = tuple(reports)
    return LoadReport(
        added=tuple(id_ for report in listed for id_ in report.added),
        changed=tuple(id_ for report in listed for id_ in report.changed),
        vanished=tuple(id_ for report in listed for id_ in report.vanished),
        unchanged=sum(report.unchanged for report in listed),
        refused=tuple(problem for report in listed for problem in report.refused),
    )


def load_services(session: Session, pack: Pack) -> LoadReport:
    """Bring the services of a pack into the database, touching only those that differ.

    Raises:
        ServiceTaken: an id already belongs to another territory.
    """
    code = pack.territory.code
    services = {service.id: service for service in pack.services}
    _refuse_taken(session, code, services)
    stored = _stored_hashes(session, code)
    added = tuple(id_ for id_ in services if id_ not in stored)
    changed = tuple(id_ for id_ in services if id_ in stored and stored[id_] != content_hash(services[id_]))
    vanished = tuple(id_ for id_ in stored if id_ not in services and id_ not in pack.refused)
    _delete(session, (*added, *changed))
    _insert(session, code, [services[id_] for id_ in (*added, *changed)])
    session.execute(update(models.Service).where(models.Service.id.in_(vanished)).values(status=INACTIVE))
    _delete_empty_organizations(session)
    unchanged = len(services) - len(added) - len(changed)
    return LoadReport(added, changed, vanished, unchanged, pack.problems)


def read_directory(session: Session, territory: Territory) -> Directory:
    """Read the active services of a territory into memory."""
    query = (
        select(models.Service)
        .where(models.Service.territory == territory.code, models.Service.status == ACTIVE)
        .options(selectinload("*"))
        .order_by(models.Service.id)
    )
    return Directory(territory, tuple(_value(row) for row in session.scalars(query)))


def content_hash(service: Service) -> str:
    """Give a short text that changes whenever anything about a service changes."""
    plain = json.dumps(asdict(service), sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _refuse_taken(session: Session, code: str, ids: Collection[str]) -> None:
    query = select(models.Service.id).where(models.Service.id.in_(ids), models.Service.territory != code)
    if taken := session.scalars(query).first():
        raise ServiceTaken(
            f'service "{taken}" belongs to another territory, give it another id in services.csv'
        )


def _stored_hashes(session: Session, code: str) -> dict[str, str]:
    query = select(models.Service.id, models.Service.content_hash).where(
        models.Service.territory == code, models.Service.status == ACTIVE
    )
    return {row.id: row.content_hash for row in session.execute(query)}


def _delete(session: Session, ids: Collection[str]) -> None:
    for part in models.PARTS:
        session.execute(delete(part).where(part.service_id.in_(ids)))
    session.execute(delete(models.Service).where(models.Service.id.in_(ids)))


def _delete_empty_organizations(session: Session) -> None:
    used = exists().where(models.Service.organization_id == models.Organization.id)
    session.execute(delete(models.Organization).where(~used))


def _insert(session: Session, code: str, services: list[Service]) -> None:
    if not services:
        return
    organizations = {_organization_id(code, service): _organization(service) for service in services}
    known = set(
        session.scalars(select(models.Organization.id).where(models.Organization.id.in_(organizations)))
    )
    missing = [{"id": id_, "name": name} for id_, name in organizations.items() if id_ not in known]
    if missing:
        session.execute(insert(models.Organization), missing)
    session.execute(insert(models.Service), [_service_columns(code, service) for service in services])
    for part in models.PARTS:
        rows = [row for service in services for row in _part_columns(part, service)]
        if rows:
            session.execute(insert(part), rows)


def _organization(service: Service) -> str:
    return service.organization or service.name


def _organization_id(code: str, service: Service) -> str:
    return f"{code}-{hashlib.sha256(_organization(service).encode()).hexdigest()[:16]}"


def _service_columns(code: str, service: Service) -> Columns:
    return {
        "id": service.id,
        "organization_id": _organization_id(code, service),
        "name": service.name,
        "url": service.website,
        "email": service.email,
        "status": ACTIVE,
        "eligibility_description": service.condition,
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "assured_date": service.checked_on,
        "alert": service.notice,
        "alert_until": service.notice_until,
        "closed_from": service.closed_from,
        "closed_until": service.closed_until,
        "territory": code,
        "names": dict(service.names),
        "audience": list(service.audience),
        "access": list(service.access),
        "confirmed": service.confirmed,
        "source": service.source,
        "content_hash": content_hash(service),
    }


def _part_columns(part: type[models.Part], service: Service) -> list[Columns]:
    rows = PART_COLUMNS[part](service)
    return [
        {"id": f"{service.id}.{number}", "service_id": service.id, **row} for number, row in enumerate(rows)
    ]


def _listed(column: str, values: Iterable[str]) -> list[Columns]:
    return [{column: value, "priority": number} for number, value in enumerate(values)]


def _location(service: Service) -> list[Columns]:
    columns = ("latitude", "longitude", "postal_code", "place", "address_public")
    return [{"address_1": service.address} | {column: getattr(service, column) for column in columns}]


PART_COLUMNS: dict[type[models.Part], Callable[[Service], list[Columns]]] = {
    models.Location: _location,
    models.Phone: lambda service: _listed("number", service.phones),
    models.Schedule: lambda service: [{"description": "", "opening_hours": service.hours}],
    models.Language: lambda service: _listed("code", service.languages),
    models.CostOption: lambda service: [{"option": service.cost}],
    models.ServiceArea: lambda service: _listed("name", service.serves),
    models.ServiceNeed: lambda service: _listed("need", service.needs),
}


def _value(row: models.Service) -> Service:
    organization = row.organization.name
    return Service(
        id=row.id,
        name=row.name,
        names=row.names,
        organization="" if organization == row.name else organization,
        needs=tuple(need.need for need in row.needs),
        audience=tuple(Audience(word) for word in row.audience),
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        condition=row.eligibility_description,
        address=row.location.address_1,
        postal_code=row.location.postal_code,
        place=row.location.place,
        address_public=row.location.address_public,
        latitude=row.location.latitude,
        longitude=row.location.longitude,
        phones=tuple(phone.number for phone in row.phones),
        email=row.email,
        website=row.url,
        hours=row.schedule.opening_hours,
        languages=tuple(language.code for language in row.languages),
        cost=Cost(row.cost_option.option),
        access=tuple(Access(word) for word in row.access),
        serves=tuple(area.name for area in row.service_areas),
        confirmed=row.confirmed,
        source=row.source,
        checked_on=row.assured_date,
        closed_from=row.closed_from,
        closed_until=row.closed_until,
        notice=row.alert,
        notice_until=row.alert_until,
    )
