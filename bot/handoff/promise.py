"""What can be promised: the offer of a person exists only when a team in scope has room and will be there soon.

Pure: teams and workers come as values. The deadline counts hours of duty, not hours of the clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.handoff.hours import AHEAD, Stretch, after, clipped, is_open, joined, opened, rounded, shared
from bot.handoff.scope import fits
from directory.territory import Territory

SOON = timedelta(hours=72)  # a team that begins later is not offered: from Friday evening to Monday morning
WOMAN, ELSEWHERE = "woman", "elsewhere"
WISHES = (WOMAN, ELSEWHERE)
HALF, TURN = 0.5, 0.75  # of the promised duty: remind the team, look for another one


@dataclass(frozen=True)
class Wanted:
    """What a request asks of a team."""

    language: str
    place: str = ""
    theme: str = ""
    urgent: bool = False
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Colleague:
    """A worker as the promise sees them; `free` is how many requests more they can hold."""

    id: int
    conversation: int
    first_name: str
    languages: tuple[str, ...]
    communes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    woman: bool = False
    hours: str = ""
    absent_until: datetime | None = None
    on_duty: bool = False
    free: int = 5
    role: str = "worker"


@dataclass(frozen=True)
class Crew:
    """A live team: `free` is how many requests more it can hold, `waiting` how many nobody has taken yet."""

    id: int
    name: str
    languages: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    hours: str = ""
    free: int = 40
    waiting: int = 0
    reply_minutes: int = 240
    urgent_minutes: int = 60
    fallback: str = ""
    trial: bool = False
    colleagues: tuple[Colleague, ...] = ()


@dataclass(frozen=True)
class Promise:
    """What a person is told before they agree; `unmet` are the wishes that this team cannot fulfil."""

    team: int
    name: str
    until: datetime
    begins: datetime
    half: datetime
    turn: datetime
    unmet: tuple[str, ...] = ()
    trial: bool = False


def best_promise(
    crews: Iterable[Crew], wanted: Wanted, now: datetime, territory: Territory, without: Iterable[int] = ()
) -> Promise | None:
    """Give the promise of the team that fulfils most wishes and answers soonest; None when none can be kept."""
    left = set(without)
    found = [
        made for crew in crews if crew.id not in left and (made := promise(crew, wanted, now, territory))
    ]
    return min(found, key=lambda made: (made.trial, len(made.unmet), made.until, made.team), default=None)


def promise(crew: Crew, wanted: Wanted, now: datetime, territory: Territory) -> Promise | None:
    """Tell what a team can promise for a request: with all wishes if it can, else without those it cannot."""
    for kept in _fewer_wishes(wanted.wishes):
        made = _promise(crew, replace(wanted, wishes=kept), now, territory)
        if made:
            return replace(made, unmet=tuple(wish for wish in wanted.wishes if wish not in kept))
    return None


def suits(crew: Crew, colleague: Colleague, wanted: Wanted) -> bool:
    """Tell whether a worker's and the team's scope hold a request, and the worker fulfils its wishes."""
    if wanted.language not in (crew.languages or colleague.languages):
        return False
    place = "" if ELSEWHERE in wanted.wishes else wanted.place
    if ELSEWHERE in wanted.wishes and wanted.place and wanted.place in colleague.communes:
        return False
    if WOMAN in wanted.wishes and not colleague.woman:
        return False
    asked = {"language": wanted.language, "place": place, "theme": wanted.theme}
    return fits(colleague.languages, crew.communes, crew.themes, **asked) and fits(
        colleague.languages, colleague.communes, colleague.themes, **asked
    )


def is_there(crew: Crew, colleague: Colleague, now: datetime, territory: Territory) -> bool:
    """Tell whether a worker is on duty now: by /duty, or by the roster and not absent."""
    if colleague.on_duty:
        return True
    if not colleague.hours or (colleague.absent_until and colleague.absent_until > now):
        return False
    within = not crew.hours or is_open(crew.hours, now, territory)
    return within and is_open(colleague.hours, now, territory)


def duty_of(
    crew: Crew, colleague: Colleague, now: datetime, minutes: int, territory: Territory
) -> tuple[Stretch, ...]:
    """Give a worker's duty from now on; whoever has begun it by /duty is counted on for as long as is promised."""
    end = now + AHEAD
    rostered: tuple[Stretch, ...] = ()
    if colleague.hours:
        rostered = opened(colleague.hours, now, end, territory)
        if crew.hours:
            rostered = shared(rostered, opened(crew.hours, now, end, territory))
        if colleague.absent_until:
            rostered = clipped(rostered, max(now, colleague.absent_until), end)
    if not colleague.on_duty:
        return rostered
    return joined([*rostered, (now, now + timedelta(minutes=minutes))])


def room(crew: Crew, fitting: Iterable[Colleague]) -> int:
    """Tell how many requests more can be promised to these workers, those that wait included."""
    return min(crew.free, sum(max(0, one.free) for one in fitting) - crew.waiting)


def _promise(crew: Crew, wanted: Wanted, now: datetime, territory: Territory) -> Promise | None:
    fitting = [one for one in crew.colleagues if one.free > 0 and suits(crew, one, wanted)]
    minutes = crew.urgent_minutes if wanted.urgent else crew.reply_minutes
    duties = {one.id: duty_of(crew, one, now, minutes, territory) for one in fitting}
    there = [one for one in fitting if duties[one.id] and duties[one.id][0][0] <= now + SOON]
    if room(crew, there) < 1:
        return None
    duty = joined(stretch for one in there for stretch in duties[one.id])
    length = timedelta(minutes=minutes)
    until, half, turn = (after(duty, length * share) for share in (1, HALF, TURN))
    if until is None or half is None or turn is None:
        return None
    return Promise(crew.id, crew.name, rounded(until), duty[0][0], half, turn, trial=crew.trial)


def _fewer_wishes(wishes: tuple[str, ...]) -> list[tuple[str, ...]]:
    alone = [(wish,) for wish in wishes] if len(wishes) > 1 else []
    return [wishes, *alone, ()] if wishes else [()]
