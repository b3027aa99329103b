"""The pages of the directory: what residents found wrong, what the bot could not answer, and the services to mend."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from fastapi import Response

from bot.conversation.vocabulary import mark
from bot.desk import gaps
from bot.desk.audit import read_log, write_down
from bot.desk.edits import NEVER, cells_of, change, edited
from bot.storage.bells import DIRECTORY, announce
from directory.csv_rows import Refusal
from directory.loading import load_services
from directory.packs import Pack
from directory.service_files import REQUIRED, columns_of
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit

ON_A_PAGE: Final = 30
MOST_CELL: Final = 2000
LONG: Final = frozenset({"hours", "condition", "notice", "serves", "needs", "audience", "source"})
CHANGED_MEANWHILE: Final = mark("Somebody changed this service meanwhile. Look at it again, then save.")
# What the bot counts when it has nothing, or the wrong thing, to say.
COUNTED: Final[Mapping[str, str]] = {
    "not-understood": mark("not understood, by language"),
    "answer-missing": mark("no answer written yet"),
    "wrong-guess": mark("the answer was not about this"),
    "no-places": mark("no door known"),
    "nobody-on-duty": mark("nobody was on duty"),
}


def corrections(visit: Visit) -> Response:
    """Show what residents found wrong and what could not be answered."""
    directory = visit.library.directory
    wrong = [
        (one, service)
        for one in gaps.corrections(visit.session)
        if (service := directory.service(one.service_id)) is not None
    ]
    counted = [one for one in gaps.counted(visit.session, visit.now) if one.name in COUNTED]
    return visit.show(
        "corrections",
        wrong=wrong,
        counted=counted,
        names=COUNTED,
        phrases=gaps.unanswered(visit.session),
    )


def settle(visit: Visit) -> Response:
    """Forget what was said about a service: somebody has looked."""
    service_id = visit.part("id")
    times = gaps.settle(visit.session, service_id)
    if not times:
        raise Refused(404, NOT_FOUND)
    write_down(visit.session, visit.by, "correction", visit.now, service_id, old=str(times))
    return visit.go("/desk/corrections", "settled")


def services(visit: Visit) -> Response:
    """Show the services, to choose one."""
    words, page = visit.query("q").casefold().split(), visit.page_number()
    found = sorted(
        (
            service
            for service in _pack_now(visit).services
            if all(word in f"{service.id} {service.name} {service.organization}".casefold() for word in words)
        ),
        key=lambda service: service.name.casefold(),
    )
    start = (page - 1) * ON_A_PAGE
    return visit.show(
        "directory",
        services=found[start : start + ON_A_PAGE],
        total=len(found),
        more=len(found) > start + ON_A_PAGE,
        page=page,
        q=visit.query("q"),
    )


def service(visit: Visit) -> Response:
    """Show all fields of a service and how they changed."""
    return _service(visit, _cells(visit))


def save(visit: Visit) -> Response:
    """Change a service: the reader of services.csv decides whether it is right."""
    cells, service_id = _cells(visit), visit.part("id")
    given = {name: visit.form[name][:MOST_CELL] for name in cells if name in visit.form and name not in NEVER}
    if visit.form.get("version") != _version(cells):
        return _service(visit, cells, given, (Refusal("", CHANGED_MEANWHILE, {}),), 409)
    changed, problems = change(visit.session, _pack(visit), service_id, given, visit.now)
    if problems:
        return _service(visit, cells, given, problems, 422)
    if not changed:
        return visit.go(f"/desk/directory/{service_id}", "unchanged")
    for name, (old, new) in changed.items():
        write_down(visit.session, visit.by, "directory", visit.now, service_id, field=name, old=old, new=new)
    visit.session.flush()
    load_services(visit.session, _pack_now(visit))
    announce(visit.session, DIRECTORY)
    return visit.go(f"/desk/directory/{service_id}", "saved")


def _service(
    visit: Visit,
    cells: Mapping[str, str],
    given: Mapping[str, str] | None = None,
    problems: tuple[Refusal, ...] = (),
    status: int = 200,
) -> Response:
    service_id = visit.part("id")
    return visit.show(
        "service",
        status,
        id=service_id,
        title=cells["name"],
        cells=dict(cells) | dict(given or {}),
        required=REQUIRED,
        long=LONG,
        never=NEVER,
        version=_version(cells),
        problems=problems,
        wrong={one.column for one in problems},
        history=read_log(visit.session, visit.by, 1, "directory", service_id),
    )


def _cells(visit: Visit) -> dict[str, str]:
    wanted = visit.part("id")
    found = next((one for one in _pack_now(visit).services if one.id == wanted), None)
    if found is None:
        raise Refused(404, NOT_FOUND)
    cells = cells_of(found, visit.library.territory)
    return {name: cells[name] for name in columns_of(visit.library.territory)}


def _pack(visit: Visit) -> Pack:
    return visit.house.packs[visit.house.code_of(visit.by.territory)]


def _pack_now(visit: Visit) -> Pack:
    return edited(_pack(visit), visit.session)


def _version(cells: Mapping[str, str]) -> str:
    return sha256(repr(sorted(cells.items())).encode()).hexdigest()[:16]
