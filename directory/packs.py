"""A whole territory pack: territory, answers and services read together and checked against each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from directory.answer_files import Known, read_answer
from directory.answers import Answer
from directory.content import ContentError, Problem, shown
from directory.needs import Needs, load_needs
from directory.search import Directory
from directory.service_files import read_services
from directory.services import Service
from directory.territory import Territory
from directory.territory_files import read_territory

PACKAGED = Path(__file__).parent / "territories"


@dataclass(frozen=True)
class Pack:
    """Everything a territory says.

    `problems` names with file and line the answers and rows that were left out; `refused` holds the ids of those rows.
    """

    territory: Territory
    needs: Needs
    answers: Mapping[str, Answer] = field(hash=False)
    services: tuple[Service, ...]
    problems: tuple[Problem, ...] = ()
    refused: tuple[str, ...] = ()


def packaged_territories() -> tuple[str, ...]:
    """Give the codes of the territories that come with the program."""
    return tuple(sorted(path.parent.name for path in PACKAGED.glob("*/territory.toml")))


def load_pack(path_or_code: Path | str, needs: Needs | None = None) -> Pack:
    """Read a pack; a broken territory raises ContentError, a broken answer or row is left out and listed."""
    folder = _folder(path_or_code)
    needs = needs or load_needs()
    territory, problems = read_territory(folder)
    if problems:
        raise ContentError(problems)
    need_ids = {need.id for need in needs}
    rows = read_services(folder / "services.csv", territory, need_ids)
    known = Known(
        needs=need_ids,
        services={service.id for service in rows.services},
        lines={line.id for line in territory.lines},
        amounts={amount.id for amount in territory.amounts},
    )
    answers, wrong = _answers(folder / "answers", known)
    return Pack(territory, needs, answers, rows.services, (*rows.problems, *wrong), rows.refused)


def check_pack(path_or_code: Path | str, needs: Needs | None = None) -> tuple[Problem, ...]:
    """List every problem of a pack, file by file; none means that it can be shown to people."""
    try:
        return load_pack(path_or_code, needs).problems
    except ContentError as error:
        return error.problems


def directory_of(pack: Pack) -> Directory:
    """Build the directory straight from a pack, without a database."""
    return Directory(pack.territory, pack.services)


def _folder(path_or_code: Path | str) -> Path:
    packaged = PACKAGED / path_or_code
    folder = packaged if isinstance(path_or_code, str) and packaged.is_dir() else Path(path_or_code)
    if not folder.is_dir():
        known = ", ".join(packaged_territories())
        raise ContentError(
            [Problem(shown(folder), 1, f"is no territory pack, use a folder or one of: {known}")]
        )
    return folder


def _answers(folder: Path, known: Known) -> tuple[dict[str, Answer], list[Problem]]:
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")):
        answer, wrong = read_answer(path, known)
        problems += wrong
        if answer:
            answers[answer.need] = answer
    return answers, problems
