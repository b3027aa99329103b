"""The command `passerelle`: run it, talk to it, ask what it would answer, invite a worker, check the content."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from bot.mistakes import Mistake
from directory.content import ContentError
from directory.services import Audience

Add: TypeAlias = Callable[[str, str, str], argparse.ArgumentParser]

MOST_PAUSE = 3600
EPILOG = "Settings come from the environment; docs/operations.md lists them."


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; give the exit status."""
    options = _parser().parse_args(arguments)
    try:
        room, _, name = options.do.rpartition(".")
        return int(getattr(import_module(f"bot.{room}"), name)(options) or 0)
    except (Mistake, ContentError) as error:
        print(f"passerelle: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="passerelle", description=__doc__, epilog=EPILOG)
    parser.add_argument(
        "--territory",
        help="the territory to speak for, or several: brussels,reunion (default: TERRITORY, or brussels)",
    )
    add = _adder(parser)

    add("run", "commands.run", "Do all in one process: web chat, Telegram, handling and sending.")
    add("web", "commands.web", "Serve the web side only: chat page, Telegram webhook, health.")
    worker = add("worker", "commands.worker", "Handle and send only; any number of them on PostgreSQL.")
    worker.add_argument(
        "--status-port", type=int, default=0, metavar="PORT", help="answer /health and /metrics there"
    )
    add("migrate", "commands.migrate", "Bring the database to the newest form and load the directory.")
    backup = add(
        "backup", "commands.backup", "Copy the SQLite database into a file, also while it is in use."
    )
    restore = add("restore", "commands.restore", "Put such a copy back; nothing else may be running.")
    for command in (backup, restore):
        command.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--force", action="store_true", help="overwrite FILE")
    restore.add_argument("--force", action="store_true", help="overwrite the database")
    chat = add("chat", "commands.chat", "Talk to the bot in the terminal.")
    chat.add_argument("--lang", default="", help="language of your phone, for example fr")
    chat.add_argument(
        "--start", default="", metavar="CODE", help="open with a link's code, for example w-..."
    )
    understand = add("understand", "preview.understand", "Tell what a message means.")
    understand.add_argument("text", nargs="*", help="the message; without it, lines are read from the input")
    understand.add_argument("--lang", default="", help="the language that the person chose")
    understand.add_argument("--jsonl", action="store_true", help='read lines {"id", "text", "lang"?}')
    answer = add("answer", "preview.answer", "Print the answer to a need.")
    answer.add_argument("need", help="id of a need, for example rent-arrears")
    answer.add_argument("--lang", default="fr", help="language of the person (default: fr)")
    answer.add_argument("--json", action="store_true", help="print it as JSON")
    services = add("services", "preview.services", "Print the services that a person would be shown.")
    services.add_argument("need", help="id of a need, for example food-aid")
    services.add_argument("--near", default="", help="commune, postal code or quarter, for example Etterbeek")
    services.add_argument("--lang", default="fr", help="language of the person (default: fr)")
    services.add_argument(
        "--for",
        dest="who",
        action="append",
        default=[],
        choices=list(Audience),
        help="who asks, if they say so",
    )
    services.add_argument("--age", type=int, help="how old they are, if they say so")
    services.add_argument("--at", default="", metavar="TIME", help="moment, for example 2026-11-23T10:00")
    services.add_argument("--limit", type=int, default=3, help="how many (default: 3)")
    services.add_argument("--json", action="store_true", help="print it as JSON")
    rounds = add(
        "rounds", "outreach_commands.load_rounds", "Load the meeting places and rounds of a territory."
    )
    rounds.add_argument("file", type=Path, metavar="outreach.toml")
    poster = add(
        "poster", "outreach_commands.draw_poster", "Draw the poster or pocket cards of a meeting place."
    )
    poster.add_argument("place", metavar="PLACE", help="id of a meeting place, for example parc-du-phare")
    poster.add_argument("--format", choices=["pdf", "svg"], default="pdf", help="default: pdf")
    poster.add_argument("--card", action="store_true", help="the card; as PDF ten on a page, to cut out")
    poster.add_argument("--out", type=Path, metavar="FILE", help="default: PLACE-poster.pdf or the like")
    add("demo", "outreach_commands.play_demo", "Fill an empty database with a made-up team, to look at.")
    invite = add(
        "invite-worker", "commands.invite_worker", "Print a link that makes its first user a worker."
    )
    invite.add_argument(
        "--coordinator", action="store_true", help="the first user also keeps team and directory in order"
    )
    invite.add_argument("--team", default="", metavar="NAME", help="without it, the team for trying out")
    teams = add("teams", "team_commands.list_teams", "List and make teams, and look whether they are ready.")
    _add_teams(_adder(teams))
    add("rotate-key", "commands.rotate_key", "Seal all that is sealed with a new SECRET_KEY.")
    _add_translating(add)
    _add_directory(add("directory", "curation.quality", "Keep the directory: load, look at, exchange."))
    add("train", "preview.train", "Train the understanding on the phrases in the repository.")
    add("unanswered", "curation.unanswered", "Show everyday words of messages that were not understood.")
    evaluate = add("evaluate", "preview.evaluate", "Measure the understanding on files of messages.")
    evaluate.add_argument("files", nargs="+", metavar="FILE.jsonl")
    evaluate.add_argument(
        "--errors", action="store_true", help="list what was understood otherwise than it should be"
    )
    evaluate.add_argument("--csv", action="store_true", help="print the figures as CSV")
    return parser


def _seconds(given: str) -> float:
    seconds = float(given)
    if not 0 <= seconds <= MOST_PAUSE:
        raise argparse.ArgumentTypeError(f"must be a number of seconds from 0 to {MOST_PAUSE}")
    return seconds


def _adder(parser: argparse.ArgumentParser) -> Add:
    """Let commands be added by name, by what does it (a function of a module of `bot`) and by what it is for.

    A module is imported when its command runs: each brings a good part of the program with it.
    """
    kinds = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, do: str, says: str) -> argparse.ArgumentParser:
        command = kinds.add_parser(name, help=says, description=says)
        command.set_defaults(do=do)
        return command

    return add


def _add_teams(add: Add) -> None:
    add(
        "list",
        "team_commands.list_teams",
        "List the teams, what they lack, and whether they keep their promises.",
    )
    making = add(
        "make", "team_commands.make", "Write a team, from options or from a TOML file of [[team]] tables."
    )
    making.add_argument(
        "name", nargs="?", default="", metavar="NAME", help="what people read before they agree"
    )
    making.add_argument("--file", type=Path, metavar="FILE.toml")
    making.add_argument("--hours", default="", help="OSM syntax, for example: Mo-Fr 09:00-17:00; PH off")
    making.add_argument(
        "--fallback", default="", metavar="LINE", help="id of a line to call when a promise fails"
    )
    for what in ("languages", "communes", "themes"):
        making.add_argument(f"--{what}", default="", metavar="A,B", help="none for all")
    making.add_argument("--most-open", type=int, help="requests at the same time")
    making.add_argument("--reply-minutes", type=int, help="of duty, to the first words")
    making.add_argument("--urgent-minutes", type=int, help="the same for danger")
    for name, do, says in (
        ("check", "team_commands.check", "Say what a team still needs."),
        ("open", "team_commands.open_", "Let a team go live, if it is ready."),
        ("close", "team_commands.close", "Take a team offline."),
        ("remove", "team_commands.remove", "Take a team away for good."),
    ):
        add(name, do, says).add_argument("name", metavar="NAME")
    person = add("roster", "team_commands.roster", "Write a worker's duty hours, absence and room.")
    person.add_argument("name", metavar="TEAM")
    person.add_argument("worker", metavar="FIRST-NAME")
    person.add_argument("--hours", help="OSM syntax; an empty text for /duty only")
    person.add_argument(
        "--absent-until", type=date.fromisoformat, metavar="DATE", help="for example 2026-12-24"
    )
    person.add_argument("--most-open", type=int, default=0, help="requests at the same time")
    person.add_argument("--woman", action="store_true", default=None, help="she says so herself")


def _add_translating(add: Add) -> None:
    check = add("check", "translating.check", "Check all content: territories, answers, services, words.")
    check.add_argument("--warnings", action="store_true", help="also list what only a person can judge")
    check.add_argument(
        "--meaning",
        nargs="*",
        metavar="LANG",
        help="instead, list the translations least like their source (needs the encoder, minutes)",
    )
    coverage = add("coverage", "translating.coverage", "Show how far each language is, need by need.")
    coverage.add_argument("--json", action="store_true", help="print it as JSON")
    coverage.add_argument("--stale", action="store_true", help="only list the texts to translate again")
    coverage.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw it instead")
    reviewed = add(
        "reviewed", "translating.reviewed", "Note that a reader of a language has reviewed answers."
    )
    reviewed.add_argument("language", metavar="LANG", help="for example tr")
    reviewed.add_argument("needs", nargs="*", metavar="NEED", help="ids of needs, for example rent-arrears")
    reviewed.add_argument("--all", action="store_true", help="all answers that are whole in this language")
    reviewed.add_argument("--by", default="coordinator", metavar="ROLE", help="who: a role, never a name")
    new = add(
        "new-language", "translating.new_language", "Make the files of a language that nobody has begun."
    )
    new.add_argument("language", metavar="LANG", help="its code of two or three letters, for example so")


def _add_directory(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser)

    add(
        "load", "curation.load", "Bring the services of the territory into the database and say what changed."
    )
    quality = add(
        "quality", "curation.quality", "Show what is incomplete, stale, double, contradictory or missing."
    )
    quality.add_argument("--all", action="store_true", help="print whole lists")
    links = add(
        "links", "curation.links", "Look whether the websites of services answer: slowly, for you to read."
    )
    links.add_argument("--pause", type=_seconds, help="seconds between two requests")
    links.add_argument("--only", action="append", default=[], metavar="SERVICE", help="look at this one only")
    add("corrections", "curation.corrections", "Show which services residents found wrong.")
    export = add("export", "curation.export", "Write the services as HSDS 3, the standard of the field.")
    export.add_argument(
        "to", type=Path, metavar="FILE.json|FOLDER", help="a JSON file, or a new folder for CSV tables"
    )
    importer = add("import", "curation.import_", "Read HSDS 3 into a services.csv for you to review.")
    importer.add_argument(
        "file", type=Path, metavar="FILE.json|FOLDER", help="a JSON file, or a folder with CSV tables"
    )
    importer.add_argument(
        "--into", type=Path, required=True, metavar="services.csv", help="a new file to write"
    )
    importer.add_argument("--all", action="store_true", help="print whole lists")


if __name__ == "__main__":
    sys.exit(main())
