"""The commands for who keeps the directory: load it, look at its state, read what residents found wrong, exchange."""

import sys
from argparse import Namespace
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from bot.app import App, utc_now
from bot.desk import gaps
from bot.settings import read_settings, served
from bot.storage.models import Correction
from directory.content import ContentError, Problem, shown
from directory.hsds_documents import Imported, read_hsds
from directory.hsds_export import Exporter, write_json
from directory.hsds_package import DESCRIPTION, write_package
from directory.hsds_review import names_left_out, review_text
from directory.hsds_terms import Terms
from directory.links import PAUSE_SECONDS, Link, check_links, open_client
from directory.loading import LoadReport
from directory.needs import load_needs
from directory.packs import Pack, directory_of, load_pack
from directory.quality import FACTS, look_at
from directory.service_files import read_services

MOST_LINES = 20


def load(options: Namespace) -> int:
    """Bring the services of the territory into the database; a refused row leaves the others alone."""
    report = _app(options).prepare()
    for name, ids in (("added", report.added), ("changed", report.changed), ("vanished", report.vanished)):
        for id_ in ids:
            print(f"{name}\t{id_}")
    tell_load(report)
    return 1 if report.refused else 0


def quality(options: Namespace) -> int:
    """Print what is incomplete, stale, double, contradictory or missing."""
    pack = _pack(options)
    found = look_at(directory_of(pack), load_needs(), utc_now().date())
    print(f"{found.total} services; complete:")
    for fact in FACTS:
        print(f"  {fact:<12}{found.complete[fact]:>5}  {found.complete[fact] / max(1, found.total):>4.0%}")
    _print_list(
        "to check again, oldest first", [f"{id_}  {days} days" for id_, days in found.due], options.all
    )
    _print_list(
        "perhaps the same door twice", [f"{one}  {other}" for one, other in found.doubles], options.all
    )
    _print_list("contradictions", list(found.contradictions), options.all)
    missing = [f"{need}: {', '.join(communes)}" for need, communes in found.missing.items()]
    _print_list("needs without a door", missing, options.all)
    return 0


def links(options: Namespace) -> int:
    """Look whether the websites of the services answer, and print what somebody should look at."""
    chosen = [
        service for service in _pack(options).services if not options.only or service.id in options.only
    ]
    counted: Counter[Link] = Counter()
    with open_client() as client:
        for found in check_links(chosen, client, PAUSE_SECONDS if options.pause is None else options.pause):
            counted[found.state] += 1
            if found.state not in (Link.WELL, Link.NOT_LOOKED_AT):
                detail = f"{found.state} ({found.detail})"
                print(f"{detail}\t{found.address}\t{' '.join(found.services)}", flush=True)
    print(", ".join(f"{counted[state]} {state}" for state in Link) + ". Nothing was changed: look yourself.")
    return 0


def corrections(options: Namespace) -> int:
    """Print the services that residents found wrong, the most often named first."""
    app = _app(options)
    app.prepare()
    query = select(Correction.service_id, func.count(), func.max(Correction.reported_at))
    with app.database.read() as session:
        rows = session.execute(query.group_by(Correction.service_id)).all()
    for service_id, count, last in sorted(rows, key=lambda row: (-row[1], row[0])):
        print(f"{count:>4}  {service_id}  last on {last:%Y-%m-%d}")
    print(f"{len(rows)} services were reported." if rows else "Nobody reported anything.")
    return 0


def unanswered(options: Namespace) -> int:
    """Print the everyday words of what was not understood, the most frequent first."""
    app = _app(options)
    app.prepare()
    with app.database.read() as session:
        rows = gaps.unanswered(session)
    for language, words, times in rows:
        print(f"{times:>4}  {language}  {words}")
    print("Add what people mean to phrases.toml, then: passerelle train" if rows else "Nothing was kept.")
    return 0


def export(options: Namespace) -> int:
    """Write the services of the territory as HSDS: one JSON file, or a folder of tables."""
    path: Path = options.to
    pack = _pack(options)
    exporter = Exporter(Terms(pack.territory, pack.needs))
    services = (exporter.service(service) for service in pack.services)
    try:
        if path.suffix == ".json":
            count = write_json(path, services)
        else:
            _check_folder(path)
            count = write_package(path, services, exporter.terms)
    except OSError as error:
        raise ContentError([Problem(shown(path), 1, f"cannot be written: {error.strerror}")]) from error
    print(f"{count} services written to {shown(path)}.")
    if pack.refused:
        print(f"{len(pack.refused)} rows of the pack are wrong and stayed behind: passerelle check")
    return 0


def import_(options: Namespace) -> int:
    """Read HSDS into a services.csv for a person to review; nothing goes into the database."""
    into: Path = options.into
    pack = _pack(options)
    if into.exists():
        raise ContentError([Problem(shown(into), 1, "is there already, give another name to --into")])
    found = read_hsds(options.file, pack.territory, pack.needs)
    _tell_import(found, options.all)
    if not found.services:
        print("Nothing was written.")
        return 1
    try:
        into.write_text(review_text(found.services, pack.territory), encoding="utf-8")
    except OSError as error:
        raise ContentError([Problem(shown(into), 1, f"cannot be written: {error.strerror}")]) from error
    to_do = read_services(into, pack.territory, {need.id for need in pack.needs}).problems
    _print_list("to fill in or correct by hand", [str(problem) for problem in to_do], options.all)
    print(f"{len(found.services)} services written to {shown(into)}: review them before they join a pack.")
    names = names_left_out(found.services, pack.territory)
    if names:
        print(f"{names} names in other languages than the territory's have no column.")
    return 1 if found.refused else 0


def tell_load(report: LoadReport) -> None:
    """Print what a load did; refused rows go to the error output with file, line and reason."""
    for problem in report.refused:
        print(problem, file=sys.stderr)
    counts = Counter(added=len(report.added), changed=len(report.changed), vanished=len(report.vanished))
    counts.update(unchanged=report.unchanged, refused=len(report.refused))
    print("Directory: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")


def _tell_import(found: Imported, everything: bool) -> None:
    for reason in found.refused:
        print(reason, file=sys.stderr)
    left_out = sorted(found.left_out.items(), key=lambda one: (-one[1], one[0]))
    _print_list("left out", [f"{count:>5}  {what}" for what, count in left_out], everything)


def _check_folder(path: Path) -> None:
    """Refuse a folder that holds something else: a pack has a services.csv of its own."""
    if path.suffix or path.is_file():
        raise ContentError([Problem(shown(path), 1, "must be a folder, or a file that ends in .json")])
    if path.is_dir() and any(path.iterdir()) and not (path / DESCRIPTION).exists():
        raise ContentError([Problem(shown(path), 1, "holds other files, name a new folder")])


def _pack(options: Namespace) -> Pack:
    return load_pack(served(options.territory)[0] if options.territory else read_settings().territory)


def _app(options: Namespace) -> App:
    settings = read_settings()
    territories = served(options.territory) if options.territory else settings.territories
    return App(replace(settings, territories=territories), working=False)


def _print_list(title: str, lines: list[str], everything: bool) -> None:
    print(f"{title}: {len(lines)}")
    shown = lines if everything else lines[:MOST_LINES]
    for line in shown:
        print(f"  {line}")
    if len(lines) > len(shown):
        print(f"  ... and {len(lines) - len(shown)} more (--all)")
