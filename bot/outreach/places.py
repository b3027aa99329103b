"""Meeting places and rounds as a team writes them down (`outreach.toml`), read and checked.

One file a territory; every problem names its line. What is written here is open data: no person stands in it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from bot.conversation.vocabulary import mark
from bot.outreach.calendar_rules import problem_of
from directory.content import LANGUAGE, Notes, Problem, Table, TomlFile, read_text
from directory.hours import is_readable
from directory.territory import Territory


class Family(StrEnum):
    """What kind of place it is; places of many families reach many kinds of people."""

    PUBLIC_SPACE = "public-space"
    FOOD_OR_THRIFT = "food-or-thrift"
    EVENT = "event"
    SCHOOL = "school"
    SOCIAL_HOUSING = "social-housing"


class WhoComes(StrEnum):
    """Who is often there."""

    FAMILIES = "families"
    YOUNG_PEOPLE = "young-people"
    OLDER_PEOPLE = "older-people"
    WITHOUT_HOME = "without-home"
    NEWCOMERS = "newcomers"
    WOMEN = "women"
    EVERYBODY = "everybody"


class Quiet(StrEnum):
    """Whether one can talk there without being heard."""

    QUIET = "quiet"
    CORNER = "corner"
    NOISY = "noisy"
    UNKNOWN = ""


class Toilets(StrEnum):
    """Whether there are toilets."""

    YES = "yes"
    NEAR = "near"
    NO = "no"
    UNKNOWN = ""


FAMILIES: Mapping[Family, str] = MappingProxyType(
    {
        Family.PUBLIC_SPACE: mark("street, park or square"),
        Family.FOOD_OR_THRIFT: mark("food aid or thrift shop"),
        Family.EVENT: mark("neighbourhood event"),
        Family.SCHOOL: mark("school or childcare"),
        Family.SOCIAL_HOUSING: mark("near social housing"),
    }
)
WHO_COMES: Mapping[WhoComes, str] = MappingProxyType(
    {
        WhoComes.FAMILIES: mark("families with children"),
        WhoComes.YOUNG_PEOPLE: mark("young people"),
        WhoComes.OLDER_PEOPLE: mark("older people"),
        WhoComes.WITHOUT_HOME: mark("people without a home"),
        WhoComes.NEWCOMERS: mark("people who arrived not long ago"),
        WhoComes.WOMEN: mark("women"),
        WhoComes.EVERYBODY: mark("all kinds of people"),
    }
)
QUIET: Mapping[Quiet, str] = MappingProxyType(
    {
        Quiet.QUIET: mark("quiet: you can talk without being heard"),
        Quiet.CORNER: mark("busy, with a quieter corner"),
        Quiet.NOISY: mark("noisy and busy"),
    }
)
TOILETS: Mapping[Toilets, str] = MappingProxyType(
    {
        Toilets.YES: mark("toilets there"),
        Toilets.NEAR: mark("toilets nearby"),
        Toilets.NO: mark("no toilets"),
    }
)
LONGEST_ID = 32


@dataclass(frozen=True)
class PlaceSheet:
    """A meeting place with its sheet."""

    id: str
    name: str
    commune: str
    family: Family
    address: str
    hours: str
    who_comes: tuple[WhoComes, ...]
    quiet: Quiet
    toilets: Toilets
    languages: tuple[str, ...]
    asked_there: tuple[str, ...]
    source: str
    checked_on: date
    trial: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the sheet says what a worker must know before going: hours, who comes, quiet, toilets."""
        return bool(self.hours and self.who_comes and self.quiet and self.toilets)


@dataclass(frozen=True)
class StopPlan:
    """A place of a round and when the round is there."""

    place: str
    rule: str


@dataclass(frozen=True)
class RoundPlan:
    """A round: which team goes, and where it stops."""

    id: str
    team: str
    stops: tuple[StopPlan, ...]


@dataclass(frozen=True)
class OutreachPlan:
    """All that an `outreach.toml` says."""

    places: tuple[PlaceSheet, ...] = ()
    rounds: tuple[RoundPlan, ...] = ()


def read_plan(
    path: Path, territory: Territory, needs: Collection[str], now: datetime
) -> tuple[OutreachPlan, tuple[Problem, ...]]:
    """Read the places and rounds of a territory, and list what is wrong with them."""
    notes = Notes(path)
    file = TomlFile(read_text(path, notes) or "", notes)
    top = file.top("place", "round", "stop")
    trial = top.truth("trial", default=False)
    top.finish()
    places = {table: _place(table, territory, needs, trial) for table in file.each("place")}
    rounds = {table: _round(table) for table in file.each("round")}
    for found in (places, rounds):
        _check_unique({table: one.id for table, one in found.items()})
    known = {place.id for place in places.values()}
    stops: dict[str, list[StopPlan]] = {one.id: [] for one in rounds.values()}
    for table in file.each("stop"):
        _read_stop(table, stops, known, territory, now)
    for table, one in rounds.items():
        if not stops[one.id]:
            table.problem("id", "has no [[stop]], add one")
    whole = tuple(RoundPlan(one.id, one.team, tuple(stops[one.id])) for one in rounds.values())
    return OutreachPlan(tuple(places.values()), whole), tuple(notes.problems)


def _place(table: Table, territory: Territory, needs: Collection[str], trial: bool) -> PlaceSheet:
    place = PlaceSheet(
        id=_short_id(table),
        name=table.text("name"),
        commune=table.text("commune"),
        family=table.word("family", Family, Family.PUBLIC_SPACE),
        address=table.text("address", required=False),
        hours=table.text("hours", required=False),
        who_comes=table.words("who_comes", WhoComes),
        quiet=table.word("quiet", Quiet, Quiet.UNKNOWN),
        toilets=table.word("toilets", Toilets, Toilets.UNKNOWN),
        languages=table.texts("languages", required=True),
        asked_there=table.texts("asked_there"),
        source=table.text("source"),
        checked_on=table.date("checked_on"),
        trial=trial,
    )
    table.finish()
    if place.commune not in {known.id for known in territory.places}:
        table.problem("commune", f'"{place.commune}" is not a commune of {territory.code}')
    if not is_readable(place.hours):
        table.problem("hours", f'"{place.hours}" is not OSM opening_hours, such as Mo-Fr 09:00-17:00')
    for language in place.languages:
        if not LANGUAGE.fullmatch(language):
            table.problem("languages", f'"{language}" is not a language code such as fr')
    for need in place.asked_there:
        if need not in needs:
            table.problem("asked_there", f'"{need}" is not a need of needs.toml')
    return place


def _round(table: Table) -> RoundPlan:
    plan = RoundPlan(_short_id(table), table.text("team"), ())
    table.finish()
    return plan


def _read_stop(
    table: Table, stops: dict[str, list[StopPlan]], places: set[str], territory: Territory, now: datetime
) -> None:
    round_, place, rule = table.text("round"), table.text("place"), table.text("rule")
    table.finish()
    if round_ not in stops:
        table.problem("round", f'"{round_}" is not the id of a [[round]]')
    if place not in places:
        table.problem("place", f'"{place}" is not the id of a [[place]]')
    if rule and (wrong := problem_of(rule, now, territory)):
        table.problem("rule", f'"{rule}" {wrong}')
    stops.setdefault(round_, []).append(StopPlan(place, rule))


def _short_id(table: Table) -> str:
    id_ = table.id()
    if len(id_) > LONGEST_ID:
        table.problem("id", f"is longer than {LONGEST_ID} letters; it stands in links")
    return id_


def _check_unique(ids: Mapping[Table, str]) -> None:
    seen: set[str] = set()
    for table, id_ in ids.items():
        if id_ in seen:
            table.problem("id", f'"{id_}" is there twice, keep one')
        seen.add(id_)
