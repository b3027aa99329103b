"""The pages of the team: who is there, who may what, who comes in and who goes."""

from urllib.parse import urlencode

from fastapi import Response

from bot.conversation.dialogues.joining import INVITATION
from bot.conversation.effects import SetDuty
from bot.conversation.links import link_code
from bot.conversation.vocabulary import mark
from bot.desk import people as team_of
from bot.desk import photos
from bot.desk.audit import write_down
from bot.desk.roles import Role
from bot.handoff import team
from bot.storage.models import Worker
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit, read_number

LAST_ONE = mark("Nobody else is coordinator: make somebody else one first.")


def roster(visit: Visit) -> Response:
    """Show who is there, and the reader's own duty."""
    return show_roster(visit)


def show_roster(visit: Visit, status: int = 200, **problems: str) -> Response:
    """Show who is there, and what was wrong with what the reader sent."""
    everybody = team_of.colleagues(visit.session, visit.by)
    own = next((one for one in everybody if one.id == visit.by.worker_id), None)
    has_photo = photos.photo_of(visit.session, visit.by.worker_id) is not None
    return visit.show("roster", status, everybody=everybody, own=own, has_photo=has_photo, **problems)


def duty(visit: Visit) -> Response:
    """Start or end the reader's own duty."""
    on = visit.form.get("duty") == "on"
    visit.act(SetDuty(on))
    write_down(visit.session, visit.by, "duty", visit.now, new="on" if on else "off")
    return visit.go("/desk/roster", "on-duty" if on else "off-duty")


def people(visit: Visit) -> Response:
    """Show everybody's role."""
    return _people(visit)


def invite(visit: Visit) -> Response:
    """Make a link that makes its first user a worker or a coordinator; it is shown once."""
    role = _role(visit)
    chosen = visit.form.get("team", "")
    there = {one.id: one for one in team_of.teams(visit.session, visit.by)}
    team_id = read_number(chosen) if chosen else None
    if team_id is not None and team_id not in there:
        raise Refused(404, NOT_FOUND)
    code = team.invite(visit.session, visit.now, role=role, team_id=team_id)
    payload = link_code(visit.by.territory, INVITATION + code)
    write_down(visit.session, visit.by, "invite", visit.now, new=role)
    return _people(visit, invitation=f"{visit.house.page_url}/?{urlencode({'start': payload})}", code=payload)


def change_role(visit: Visit) -> Response:
    """Give somebody another role; they log in again with it."""
    worker, role = _worker(visit), _role(visit)
    try:
        old = team_of.change_role(visit.session, worker, role)
    except team_of.LastCoordinator:
        return _people(visit, problem=LAST_ONE, status=409)
    if old == role:
        return visit.go("/desk/people", "unchanged")
    write_down(visit.session, visit.by, "role", visit.now, str(worker.id), old=old, new=role)
    return visit.go("/desk/people", "saved")


def remove(visit: Visit) -> Response:
    """Take somebody out of the team; they are logged out with the same step."""
    worker = _worker(visit)
    try:
        team_of.check_not_the_last(visit.session, worker)
    except team_of.LastCoordinator:
        return _people(visit, problem=LAST_ONE, status=409)
    write_down(visit.session, visit.by, "remove", visit.now, str(worker.id), old=worker.role)
    team.release_all(visit.surroundings(), worker)  # what they hold goes back to the team
    visit.session.flush()
    team_of.leave_team(visit.session, worker)
    return visit.show("goodbye") if worker.id == visit.by.worker_id else visit.go("/desk/people", "removed")


def _people(
    visit: Visit, *, invitation: str = "", code: str = "", problem: str = "", status: int = 200
) -> Response:
    return visit.show(
        "people",
        status,
        everybody=team_of.colleagues(visit.session, visit.by),
        teams=team_of.teams(visit.session, visit.by),
        invitation=invitation,
        code=code,
        problem=problem,
        valid_days=team.VALID_FOR.days,
    )


def _worker(visit: Visit) -> Worker:
    worker = team_of.colleague(visit.session, visit.by, read_number(visit.part("id")))
    if worker is None:
        raise Refused(404, NOT_FOUND)
    return worker


def _role(visit: Visit) -> Role:
    given = visit.form.get("role", "")
    if given not in set(Role):
        raise Refused(404, NOT_FOUND)
    return Role(given)
