"""The commands for who keeps the directory: load it, look at its state, read what residents found wrong."""

import sys
from argparse import Namespace
from collections import Counter
from dataclasses import replace

from sqlalchemy import func, select

from bot.app import App, utc_now
from bot.settings import read_settings
from bot.storage.models import Correction
from directory.loading import LoadReport
from directory.needs import load_needs
from directory.packs import directory_of, load_pack
from directory.quality import FACTS, look_at

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
    pack = load_pack(options.territory or read_settings().territory)
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


def corrections(options: Namespace) -> int:
    """Print the services that residents found wrong, the most often named first."""
    app = _app(options)
    app.prepare()
    query = select(Correction.service_id, func.count(), func.max(Correction.reported_at))
    with app.database.read() as session:
        rows = session.execute(query.group_by(Correction.service_id)).tuples().all()
    for service_id, count, last in sorted(rows, key=lambda row: (-row[1], row[0])):
        print(f"{count:>4}  {service_id}  last on {last:%Y-%m-%d}")
    print(f"{len(rows)} services were reported." if rows else "Nobody reported anything.")
    return 0


def tell_load(report: LoadReport) -> None:
    """Print what a load did; refused rows go to the error output with file, line and reason."""
    for problem in report.refused:
        print(problem, file=sys.stderr)
    counts = Counter(added=len(report.added), changed=len(report.changed), vanished=len(report.vanished))
    counts.update(unchanged=report.unchanged, refused=len(report.refused))
    print("Directory: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")


def _app(options: Namespace) -> App:
    settings = read_settings()
    return App(replace(settings, territory=options.territory or settings.territory), working=False)


def _print_list(title: str, lines: list[str], everything: bool) -> None:
    print(f"{title}: {len(lines)}")
    shown = lines if everything else lines[:MOST_LINES]
    for line in shown:
        print(f"  {line}")
    if len(lines) > len(shown):
        print(f"  ... and {len(lines) - len(shown)} more (--all)")
