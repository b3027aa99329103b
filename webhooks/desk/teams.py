"""The page of the teams: write one down, see what it lacks, let it go live."""

from typing import Any

from fastapi import Response

from bot.conversation.vocabulary import mark
from bot.desk import people
from bot.desk.audit import write_down
from bot.handoff.teams import TeamPlan, close_team, make_team, open_team
from bot.storage.models import Team
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit

# What a team lacks or should have, by the words of `bot.handoff.teams.readiness`.
LACKS = {
    "hours": mark("opening hours"),
    "workers": mark("a second worker"),
    "fallback": mark("a line to call when a promise fails"),
    "roster": mark("duty hours of at least one worker"),
    "coordinator": mark("a coordinator"),
}
NOT_READY = mark("This team cannot go live yet: look at what is missing.")


def teams(visit: Visit) -> Response:
    """Show the teams and what each lacks."""
    return _teams(visit)


def write(visit: Visit) -> Response:
    """Write a team down, or change the one of this name; it is not live by that."""
    form = visit.form
    plan = TeamPlan(
        form.get("name", "").strip(),
        form.get("hours", "").strip()[:500],
        form.get("fallback", ""),
        most_open=_number(form.get("most_open", "")),
        reply_minutes=_number(form.get("reply_minutes", "")),
        urgent_minutes=_number(form.get("urgent_minutes", "")),
    )
    if problems := plan.problems(visit.library.territory, visit.library.needs):
        return _teams(visit, 422, plan=plan, problems=problems)
    team = make_team(visit.session, visit.by.territory, plan)
    write_down(visit.session, visit.by, "team", visit.now, str(team.id), new=plan.name)
    return visit.go("/desk/teams", "saved")


def set_live(visit: Visit) -> Response:
    """Let a team go live if nothing is missing, or take it offline."""
    given = visit.part("id")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    team = visit.session.get(Team, number)
    if team is None or team.territory != visit.by.territory:
        raise Refused(404, NOT_FOUND)
    on = visit.form.get("live") == "on"
    if on and not open_team(visit.session, team).is_ready:
        return _teams(visit, 409, problem=NOT_READY)
    if not on:
        close_team(visit.surroundings(), team)
    write_down(visit.session, visit.by, "team-live", visit.now, given, new="on" if on else "off")
    return visit.go("/desk/teams", "live" if on else "not-live")


def _teams(visit: Visit, status: int = 200, **more: Any) -> Response:
    return visit.show(
        "teams",
        status,
        teams=people.teams(visit.session, visit.by),
        lacks=LACKS,
        lines=visit.library.territory.lines,
        plan=more.pop("plan", TeamPlan("")),
        **more,
    )


def _number(given: str) -> int:
    """Read a number; 0, which no team may have, where there is none."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
