"""What the desk has changed in the directory: field by field, over what the packs say.

A change holds until the pack says something else about the same field: then somebody has written down something
newer. So a reload neither loses a change nor keeps an old one for ever.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.storage.models import ServiceEdit
from directory.csv_rows import Refusal, mark
from directory.hsds_review import review_text
from directory.packs import Pack
from directory.service_files import columns_of, read_cells
from directory.services import Service
from directory.territory import Territory

NEVER = frozenset({"id"})  # old references must still find the service


def cells_of(service: Service, territory: Territory) -> dict[str, str]:
    """Write a service as the cells of its row."""
    return next(csv.DictReader(io.StringIO(review_text([service], territory), newline="")))


def edited(pack: Pack, session: Session) -> Pack:
    """Give a pack with what the desk has changed; an edit that does not fit any more is left out."""
    edits = _edits(session)
    if not edits:
        return pack
    services = tuple(
        _edited(service, edits[service.id], pack) if service.id in edits else service
        for service in pack.services
    )
    return replace(pack, services=services)


def change(
    session: Session, pack: Pack, service_id: str, given: Mapping[str, str], now: datetime
) -> tuple[dict[str, tuple[str, str]], tuple[Refusal, ...]]:
    """Change fields of a service; the same reader as for services.csv decides.

    Returns:
        What was changed, old and new by field; and why nothing was, when something is wrong.
    """
    base = next((service for service in pack.services if service.id == service_id), None)
    if base is None:
        return {}, (Refusal("id", mark("this service is not in the pack any more"), {}),)
    said = cells_of(base, pack.territory)
    before = cells_of(_edited(base, _edits(session).get(service_id, ()), pack), pack.territory)
    wanted = {name: given.get(name, before[name]) for name in columns_of(pack.territory)}
    service, problems = read_cells(wanted | {"id": service_id}, pack.territory, _needs(pack))
    if service is None:
        return {}, problems
    after = cells_of(service, pack.territory)
    changed = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    for name, (_, value) in changed.items():
        session.execute(
            delete(ServiceEdit).where(ServiceEdit.service_id == service_id, ServiceEdit.field == name)
        )
        if value != said[name]:
            session.add(
                ServiceEdit(service_id=service_id, field=name, base=said[name], value=value, edited_at=now)
            )
    return changed, ()


def _edits(session: Session) -> dict[str, tuple[ServiceEdit, ...]]:
    found: dict[str, tuple[ServiceEdit, ...]] = {}
    for edit in session.scalars(select(ServiceEdit).order_by(ServiceEdit.service_id, ServiceEdit.field)):
        found[edit.service_id] = (*found.get(edit.service_id, ()), edit)
    return found


def _edited(service: Service, edits: tuple[ServiceEdit, ...], pack: Pack) -> Service:
    cells = cells_of(service, pack.territory)
    newer = {edit.field: edit.value for edit in edits if cells.get(edit.field) == edit.base}
    if not newer:
        return service
    read, _ = read_cells(cells | newer, pack.territory, _needs(pack))
    return read or service


def _needs(pack: Pack) -> set[str]:
    return {need.id for need in pack.needs}
