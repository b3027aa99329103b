"""A whole territory pack: territory, answers and services read together and checked against each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from directory.answer_files import Known, read_answer
from directory.answers import Answer
from directory.content import ContentError, Problem, shown
from directory.needs import Needs, load_needs
from directory.plain_language import problems_of_language
from directory.readability import ease_of
from directory.search import Directory
from directory.service_files import read_services
from directory.services import Service
from directory.territory import Territory
from directory.territory_files import read_territory
from directory.wording import load_wording

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
    need_ids = {need.id for need in needs}
    territory, problems = read_territory(folder, need_ids)
    if problems:
        raise ContentError(problems)
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
        pack = load_pack(path_or_code, needs)
    except ContentError as error:
        return error.problems
    return (*pack.problems, *_problems_of_answers(_folder(path_or_code) / "answers", pack))


def ease_of_answers(pack: Pack) -> dict[str, float]:
    """Tell how easy each answer is to read, the hardest first; empty where nobody wrote down the language's words."""
    wording = load_wording(pack.territory.languages[0])
    if wording is None:
        return {}
    found = {need: ease_of(answer, wording) for need, answer in pack.answers.items()}
    return dict(sorted(found.items(), key=lambda one: one[1]))


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


def _problems_of_answers(folder: Path, pack: Pack) -> list[Problem]:
    wording = load_wording(pack.territory.languages[0])
    return [
        Problem(shown(folder / f"{need}.md"), line, message)
        for need, answer in pack.answers.items()
        for line, message in chain(_missing_links(answer), problems_of_language(answer, wording))
    ]


def _missing_links(answer: Answer) -> Iterator[tuple[int, str]]:
    if not answer.services:
        yield 1, "services is empty, name those that matter wherever the person lives"
    if not answer.related:
        yield 1, "related is empty, name the rights that people in this situation often miss"


def _answers(folder: Path, known: Known) -> tuple[dict[str, Answer], list[Problem]]:
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")):
        answer, wrong = read_answer(path, known)
        problems += wrong
        if answer:
            answers[answer.need] = answer
    return answers, problems
