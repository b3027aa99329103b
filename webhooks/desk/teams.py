"""The page of the teams: write one down or change it, see what it lacks, let it go live."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

from fastapi import Response

from bot.conversation.vocabulary import mark
from bot.desk import people
from bot.desk.audit import write_down
from bot.handoff.teams import TeamPlan, close_team, make_team, open_team
from bot.storage.models import Team
from directory.content import LANGUAGE
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit, read_number

# What a team lacks or should have, by the words of `bot.handoff.teams.readiness`.
LACKS: Final[Mapping[str, str]] = {
    "hours": mark("opening hours"),
    "workers": mark("a second worker"),
    "fallback": mark("a line to call when a promise fails"),
    "roster": mark("duty hours of at least one worker"),
    "coordinator": mark("a coordinator"),
}
# What is wrong in a team, by the field with which `TeamPlan.problems` begins.
WRONG: Final[Mapping[str, str]] = {
    "commune": mark("This commune is not known here."),
    "theme": mark("This theme is not known here."),
    "name": mark("Write a name of 80 characters at most."),
    "hours": mark("The opening hours cannot be read. Write them like this: Mo-Fr 09:00-17:00; PH off"),
    "fallback": mark("This line to call is not known here."),
    "urgent_minutes": mark("The minutes for danger must be 1 or more, and not more than the others."),
    "most_open": mark("The requests at the same time must be 1 or more."),
}
MOST_DIGITS: Final = 5  # of minutes and of requests
NOT_READY: Final = mark("This team cannot go live yet: look at what is missing.")


@dataclass(frozen=True)
class Scope:
    """A part of a team's scope: what can be ticked, and what it means when nothing is."""

    field: str  # of TeamPlan
    title: str
    empty: str
    names: Callable[[Visit], dict[str, str]]


SCOPES: Final = (
    Scope(
        "languages",
        mark("Languages"),
        mark("None ticked: those of its workers."),
        lambda visit: {code: visit.voice.language_name(code) for code in visit.house.words.languages},
    ),
    Scope(
        "communes",
        mark("Communes"),
        mark("None ticked: all."),
        lambda visit: {place.id: visit.place(place.id) for place in visit.library.territory.places},
    ),
    Scope(
        "themes",
        mark("Themes"),
        mark("None ticked: all."),
        lambda visit: {theme.id: visit.voice.label(theme.label) for theme in visit.library.needs.themes},
    ),
)


def teams(visit: Visit) -> Response:
    """Show the teams and what each lacks; the one of `?change=` stands in the form."""
    if not (given := visit.query("change")):
        return _teams(visit)
    return _teams(visit, plan=_plan_of(_team(visit, given)), changing=True)


def write(visit: Visit) -> Response:
    """Write a team down, or change the one of this name; it is not live by that."""
    plan = _read(visit)
    if problems := plan.problems(visit.library.territory, visit.library.needs):
        fields = dict.fromkeys(problem.split()[0] for problem in problems)
        return _teams(visit, 422, plan=plan, problems=[WRONG[field] for field in fields])
    team = make_team(visit.session, visit.by.territory, plan)
    write_down(visit.session, visit.by, "team", visit.now, str(team.id), new=plan.name)
    return visit.go("/desk/teams", "saved")


def set_live(visit: Visit) -> Response:
    """Let a team go live if nothing is missing, or take it offline."""
    team = _team(visit, visit.part("id"))
    on = visit.form.get("live") == "on"
    if on and not open_team(visit.session, team).is_ready:
        return _teams(visit, 409, problem=NOT_READY)
    if not on:
        close_team(visit.surroundings(), team)
    write_down(visit.session, visit.by, "team-live", visit.now, str(team.id), new="on" if on else "off")
    return visit.go("/desk/teams", "live" if on else "not-live")


def _teams(visit: Visit, status: int = 200, plan: TeamPlan | None = None, **more: Any) -> Response:
    known = plan or TeamPlan("")
    return visit.show(
        "teams",
        status,
        teams=[(team, _said_scopes(visit, team)) for team in people.teams(visit.session, visit.by)],
        lacks=LACKS,
        lines=visit.library.territory.lines,
        plan=known,
        scopes=_scopes(visit, known),
        **more,
    )


def _scopes(visit: Visit, plan: TeamPlan) -> list[tuple[Scope, list[tuple[str, str, bool]]]]:
    """Give what can be ticked: for each part of a scope the ids, their names, and whether they are ticked."""
    found = []
    for scope in SCOPES:
        ticked, names = getattr(plan, scope.field), scope.names(visit)
        boxes = {id_: _name(visit, id_, names) for id_ in (*names, *ticked)}
        in_order = sorted(boxes.items(), key=lambda one: normalize("NFD", one[1]).casefold())
        found.append((scope, [(f"{scope.field}-{id_}", name, id_ in ticked) for id_, name in in_order]))
    return found


def _said_scopes(visit: Visit, team: people.TeamState) -> list[tuple[str, str]]:
    """Say for whom a team is; a part that holds everybody is not named."""
    return [
        (scope.title, visit.voice.listing(_name(visit, id_, scope.names(visit)) for id_ in ids))
        for scope in SCOPES
        if (ids := getattr(team, scope.field))
    ]


def _name(visit: Visit, id_: str, names: Mapping[str, str]) -> str:
    return names.get(id_) or visit.voice.language_name(id_)  # a team may speak what the bot does not


def _read(visit: Visit) -> TeamPlan:
    form = visit.form
    ticked = {
        scope.field: tuple(
            name.removeprefix(f"{scope.field}-") for name in form if name.startswith(f"{scope.field}-")
        )
        for scope in SCOPES
    }
    return TeamPlan(
        form.get("name", "").strip(),
        form.get("hours", "").strip()[:500],
        form.get("fallback", ""),
        most_open=read_number(form.get("most_open", ""), MOST_DIGITS),
        reply_minutes=read_number(form.get("reply_minutes", ""), MOST_DIGITS),
        urgent_minutes=read_number(form.get("urgent_minutes", ""), MOST_DIGITS),
        **(ticked | {"languages": tuple(one for one in ticked["languages"] if LANGUAGE.fullmatch(one))}),
    )


def _plan_of(team: Team) -> TeamPlan:
    return TeamPlan(
        team.name,
        team.hours,
        team.fallback,
        tuple(team.languages),
        tuple(team.communes),
        tuple(team.themes),
        team.most_open,
        team.reply_minutes,
        team.urgent_minutes,
    )


def _team(visit: Visit, given: str) -> Team:
    team = visit.session.get(Team, read_number(given))
    if team is None or team.territory != visit.by.territory:
        raise Refused(404, NOT_FOUND)
    return team
