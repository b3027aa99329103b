"""The commands that show what a resident would get, and what content is there. No database is touched."""

import csv
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.conversation.cards import map_link, tell_service
from bot.conversation.dialogues.need import answer_need
from bot.conversation.turn import PersonView, State, Turn, World
from bot.i18n import Words
from bot.messages import Inbound, Kind, plain
from bot.settings import served
from bot.understanding.evaluation import LinesError, read_lines, table
from bot.understanding.evaluation import evaluate as measure
from bot.understanding.understander import Understander
from bot.worlds import world_of
from directory import places
from directory.needs import load_needs
from directory.packs import Pack, load_pack
from directory.ranking import Who
from directory.search import Match, find_services
from directory.services import Audience

_Line = TypeVar("_Line")


def understand(options: Namespace) -> int:
    """Tell what messages mean, a JSON line each."""
    understander = _understander(options)
    if options.jsonl:
        for number, line in enumerate(sys.stdin, 1):
            if line.strip():
                _print_line(_understood(understander, line, number))
        return 0
    texts = [" ".join(options.text)] if options.text else (line.rstrip("\n") for line in sys.stdin)
    for text in texts:
        _print_line(understander.understand(text, options.lang).to_json())
    return 0


def answer(options: Namespace) -> int:
    """Print an answer as a resident would get it."""
    world = _world(options)
    if options.need not in world.needs:
        return _refuse(f"there is no need {options.need!r}; `passerelle coverage` lists them")
    told = world.knowledge.answer(options.need, options.lang)
    text = plain(answer_need(_turn(world, options.lang), options.need).replies[0].text)
    if not options.json:
        print(text)
        return 0
    value: dict[str, Any] = {
        "need": options.need,
        "territory": world.territory.code,
        "ready": told is not None,
    }
    if told:
        sources = [
            {"name": source.name, "url": source.url, "date": source.date.isoformat()}
            for source in told.sources
        ]
        value |= {
            "language": told.language,
            "checked_on": told.checked_on.isoformat(),
            "sources": sources,
            "sections": {section: plain(told.text(section)) for section in told.paragraphs},
            "related": list(told.answer.related),
        }
    _print_whole(value | {"text": text})
    return 0


def services(options: Namespace) -> int:
    """Print the services that a resident would be shown."""
    world = _world(options)
    if options.need not in world.needs:
        return _refuse(f"there is no need {options.need!r}; `passerelle coverage` lists them")
    place = places.find_place(options.near, world.territory).place if options.near else None
    if options.near and place is None:
        return _refuse(f"there is no commune {options.near!r} in {world.territory.code}, or several")
    try:
        now = _moment(options.at, world)
    except ValueError:
        return _refuse(f"--at must be a moment like 2026-11-23T10:00, not {options.at!r}")
    who = Who(frozenset(map(Audience, options.who)), options.age)
    found = find_services(world.directory, options.need, place, now, options.lang, options.limit, who=who)
    voice = world.words.voice(options.lang)
    if options.json:
        shown = [_service_value(match, world) for match in found.services]
        head = {"need": options.need, "place": place, "language": options.lang, "at": now.isoformat()}
        _print_whole(head | {"total": found.total, "widened": found.widened, "services": shown})
        return 0
    cards = [
        plain(tell_service(match, number, voice, world.territory, now))
        for number, match in enumerate(found.services, 1)
    ]
    print("\n\n".join(cards) or "No service is known for this need.")
    return 0 if found.services else 1


def evaluate(options: Namespace) -> int:
    """Measure the understanding on files of messages."""
    try:
        lines = [line for name in options.files for line in read_lines(Path(name))]
    except (LinesError, OSError) as error:
        return _refuse(str(error))
    found = measure(_counted(lines), _understander(options))
    rows = table(found)
    if options.csv:
        csv.writer(sys.stdout).writerows(rows)
    else:
        for row in rows:
            print(row[0].ljust(26), *(cell.rjust(15) for cell in row[1:]))
    for miss in found.misses if options.errors else ():
        said = ", ".join(guess.id for guess in miss.meaning.needs[:3])
        print(
            f"{miss.id}: {', '.join(miss.measures)}; {miss.meaning.decision}, {miss.meaning.danger}, {said}"
        )
    return 0


def train(options: Namespace) -> int:
    """Train the understanding."""
    try:
        from bot.understanding.training import main  # brings the training's own parts only here
    except ModuleNotFoundError as missing:
        print(f"Training needs {missing.name}, which `make .venv/dev` installs.", file=sys.stderr)
        return 2
    main(load_needs(), Words())
    return 0


def _world(options: Namespace) -> World:
    return world_of(_pack(options), Words())


def _understander(options: Namespace) -> Understander:
    return Understander(Words(), _pack(options).territory)


def _pack(options: Namespace) -> Pack:
    return load_pack(served(options.territory or os.environ.get("TERRITORY", ""))[0])


def _turn(world: World, language: str) -> Turn:
    inbound = Inbound("console", "preview", "preview", Kind.TEXT)
    return Turn(
        inbound,
        State(),
        PersonView(language=language),
        world,
        datetime.now(UTC).astimezone(world.territory.zone),
    )


def _counted(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Say how far it is, to somebody who watches."""
    for number, line in enumerate(lines, 1):
        if sys.stderr.isatty():
            print(f"\r{number} of {len(lines)}", end="" if number < len(lines) else "\n", file=sys.stderr)
        yield line


def _understood(understander: Understander, line: str, number: int) -> dict[str, Any]:
    try:
        message = json.loads(line)
        text, language = message["text"], message.get("lang") or ""
        if not isinstance(text, str):
            raise TypeError
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        return {"id": None, "error": f'line {number} is not of the form {{"id", "text", "lang"?}}'}
    return {"id": message.get("id"), **understander.understand(text, str(language)).to_json()}


def _service_value(match: Match, world: World) -> dict[str, Any]:
    service, status = match.service, match.open_status
    return {
        "id": service.id,
        "name": service.name,
        "reasons": list(match.reasons),
        "commune": service.place or None,
        "distance_km": match.distance_km,
        "open": {
            "state": status.state,
            "until": status.until.isoformat() if status.until else None,
            "next_opening": status.next_opening.isoformat() if status.next_opening else None,
            "always": status.always,
        },
        "phones": list(service.phones),
        "address": service.address or None,
        "postal_code": service.postal_code or None,
        "map": map_link(service, world.territory) if service.address else None,
        "website": service.website or None,
        "languages": list(service.languages),
        "audience": list(service.audience),
        "cost": service.cost,
        "access": list(service.access),
        "confirmed": service.confirmed,
        "source": service.source,
        "checked_on": service.checked_on.isoformat(),
    }


def _moment(given: str, world: World) -> datetime:
    if not given:
        return datetime.now(UTC).astimezone(world.territory.zone)
    moment = datetime.fromisoformat(given)
    return moment if moment.tzinfo else moment.replace(tzinfo=world.territory.zone)


def _refuse(reason: str) -> int:
    print(f"passerelle: {reason}", file=sys.stderr)
    return 2


def _print_line(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _print_whole(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
