"""The commands of going towards people: load places and rounds, print posters, and a living desk to look at."""

import asyncio
import sys
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.app import App
from bot.channels.base import SendError
from bot.outreach import demo, schedule
from bot.outreach.occurrences import clashes
from bot.outreach.places import read_plan
from bot.outreach.posters import PAPERS, CannotDraw, Form, draw, place_addresses, place_payload, read_sheet
from bot.privacy.sealing import Sealer
from bot.settings import SettingsError, read_settings, served
from bot.worlds import silent_worlds

CLASHES_WITHIN = timedelta(days=28)


def load_rounds(options: Namespace) -> int:
    """Bring the meeting places and rounds of a territory into the database, or say what is wrong with the file."""
    app = _app(options)
    pack, now = app.pack, app.now()
    plan, problems = read_plan(options.file, pack.territory, {need.id for need in pack.needs}, now)
    if problems:
        print("\n".join(map(str, problems)), file=sys.stderr)
        return 2
    app.prepare()
    with app.database.write() as session:
        unknown = schedule.keep_plan(session, plan, pack.territory)
        found = schedule.read_calendar(session, pack.territory, now, now + CLASHES_WITHIN)
    print(f"{len(plan.places)} places, {len(plan.rounds)} rounds, {len(found)} times in the next four weeks.")
    for place in plan.places:
        if not place.is_whole:
            print(f"{place.id}: the sheet is not whole (hours, who_comes, quiet, toilets).")
    for name in dict.fromkeys(unknown):
        print(f'The team "{name}" is not known: its rounds are shown without a team.')
    for one, other in clashes(found):
        print(f"At the same time on {one.begins:%Y-%m-%d %H:%M}: {one.place} and {other.place}.")
    return 0


def draw_poster(options: Namespace) -> int:
    """Draw the poster or the pocket cards of a meeting place into a file."""
    app, place = App(read_settings(), working=False), options.place
    app.prepare()
    with app.database.read() as session:
        sheet = read_sheet(session, app.libraries, app.words, place, (), app.now())
        payload = place_payload(session, app.libraries, place)
    if sheet is None:
        print(f'passerelle: "{place}" is not the id of a meeting place (passerelle rounds).', file=sys.stderr)
        return 2
    name, form = "card" if options.card else "poster", Form(options.format)
    file = options.out or Path(f"{place}-{name}.{form}")
    try:
        addresses = place_addresses(app.page_url, payload, asyncio.run(app.telegram_link(payload)))
        file.write_bytes(draw(replace(sheet, addresses=addresses), PAPERS[name, form], form))
    except SendError as error:
        print(f"passerelle: Telegram cannot be reached ({error.reason}); try again.", file=sys.stderr)
        return 1
    except (CannotDraw, OSError) as error:
        print(f"passerelle: {error}", file=sys.stderr)
        return 1
    print("\n".join([str(file), *addresses]))
    return 0


def play_demo(options: Namespace) -> int:
    """Fill a database that holds nothing with some months of a made-up team, and say where to look."""
    app = _app(options)
    app.prepare()
    world = next(iter(silent_worlds(app.libraries.values(), app.words).values()))
    try:
        played = demo.play(app.database, world, Sealer(app.settings.secret_key), app.now())
    except demo.NotEmpty as error:
        print(
            f"passerelle: {error} Use another DATABASE_URL, for example sqlite:///var/demo.db",
            file=sys.stderr,
        )
        return 2
    print(f"Made up: {played.rounds} rounds and {played.meetings} meetings since {played.began:%Y-%m-%d}.")
    print("Start it with the same DATABASE_URL (make run), then open:")
    for path in ("meet", "rounds", "report"):
        print(f"  {app.page_url}/{path}")
    return 0


def _app(options: Namespace) -> App:
    settings = read_settings()
    if options.territory:
        settings = replace(settings, territories=served(options.territory))
    if len(settings.territories) > 1:
        raise SettingsError("Name one territory: passerelle --territory brussels ...")
    return App(settings, working=False)
