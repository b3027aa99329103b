"""The command `passerelle`: run it, talk to it, ask what it would answer, invite a worker, check the content."""

import argparse
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import commands, curation, preview
from bot.backup import BackupError
from bot.settings import SettingsError
from bot.storage.db import WrongAddress
from directory.content import ContentError

EPILOG = "Settings come from the environment; docs/operations.md lists them."


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; give the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.do(options) or 0)
    except (SettingsError, WrongAddress, ContentError, BackupError) as error:
        print(f"passerelle: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="passerelle", description=__doc__, epilog=EPILOG)
    parser.add_argument("--territory", help="the territory to speak for (default: TERRITORY, or brussels)")
    add = _adder(parser)

    add("run", commands.run, "Do all in one process: web chat, Telegram, handling and sending.")
    add("web", commands.web, "Serve the web side only: chat page, Telegram webhook, health.")
    worker = add("worker", commands.worker, "Handle and send only; any number of them on PostgreSQL.")
    worker.add_argument(
        "--status-port", type=int, default=0, metavar="PORT", help="answer /health and /metrics there"
    )
    add("migrate", commands.migrate, "Bring the database to the newest form and load the directory.")
    backup = add("backup", commands.backup, "Copy the SQLite database into a file, also while it is in use.")
    restore = add("restore", commands.restore, "Put such a copy back; nothing else may be running.")
    for command in (backup, restore):
        command.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--force", action="store_true", help="overwrite FILE")
    restore.add_argument("--force", action="store_true", help="overwrite the database")
    chat = add("chat", commands.chat, "Talk to the bot in the terminal.")
    chat.add_argument("--lang", default="", help="language of your phone, for example fr")
    chat.add_argument(
        "--start", default="", metavar="CODE", help="open with a link's code, for example w-..."
    )
    understand = add("understand", preview.understand, "Tell what a message means.")
    understand.add_argument("text", nargs="*", help="the message; without it, lines are read from the input")
    understand.add_argument("--lang", default="", help="the language that the person chose")
    understand.add_argument("--jsonl", action="store_true", help='read lines {"id", "text", "lang"?}')
    answer = add("answer", preview.answer, "Print the answer to a need.")
    answer.add_argument("need", help="id of a need, for example rent-arrears")
    answer.add_argument("--lang", default="fr", help="language of the person (default: fr)")
    answer.add_argument("--json", action="store_true", help="print it as JSON")
    services = add("services", preview.services, "Print the services that a person would be shown.")
    services.add_argument("need", help="id of a need, for example food-aid")
    services.add_argument("--near", default="", help="commune, postal code or quarter, for example Etterbeek")
    services.add_argument("--lang", default="fr", help="language of the person (default: fr)")
    services.add_argument("--at", default="", metavar="TIME", help="moment, for example 2026-11-23T10:00")
    services.add_argument("--limit", type=int, default=3, help="how many (default: 3)")
    services.add_argument("--json", action="store_true", help="print it as JSON")
    add("invite-worker", commands.invite_worker, "Print a link that makes its first user a worker.")
    add("check", preview.check, "Check all content: territories, answers, services, words.")
    coverage = add("coverage", preview.coverage, "Show which answers are there, by language.")
    coverage.add_argument("--json", action="store_true", help="print it as JSON")
    _add_directory(add("directory", curation.quality, "Keep the directory: load, look at, exchange."))
    add("train", preview.train, "Train the understanding on the phrases in the repository.")
    evaluate = add("evaluate", preview.evaluate, "Measure the understanding on files of messages.")
    evaluate.add_argument("files", nargs="+", metavar="FILE.jsonl")
    evaluate.add_argument(
        "--errors", action="store_true", help="list what was understood otherwise than it should be"
    )
    evaluate.add_argument("--csv", action="store_true", help="print the figures as CSV")
    return parser


def _adder(
    parser: argparse.ArgumentParser,
) -> Callable[[str, Callable[[Namespace], int], str], argparse.ArgumentParser]:
    kinds = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, do: Callable[[Namespace], int], says: str) -> argparse.ArgumentParser:
        command = kinds.add_parser(name, help=says, description=says)
        command.set_defaults(do=do)
        return command

    return add


def _add_directory(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser)

    add("load", curation.load, "Bring the services of the territory into the database and say what changed.")
    quality = add(
        "quality", curation.quality, "Show what is incomplete, stale, double, contradictory or missing."
    )
    quality.add_argument("--all", action="store_true", help="print whole lists")
    add("corrections", curation.corrections, "Show which services residents found wrong.")
    export = add("export", curation.export, "Write the services as HSDS 3, the standard of the field.")
    export.add_argument(
        "to", type=Path, metavar="FILE.json|FOLDER", help="a JSON file, or a new folder for CSV tables"
    )
    importer = add("import", curation.import_, "Read HSDS 3 into a services.csv for you to review.")
    importer.add_argument(
        "file", type=Path, metavar="FILE.json|FOLDER", help="a JSON file, or a folder with CSV tables"
    )
    importer.add_argument(
        "--into", type=Path, required=True, metavar="services.csv", help="a new file to write"
    )
    importer.add_argument("--all", action="store_true", help="print whole lists")


if __name__ == "__main__":
    sys.exit(main())
