"""The commands of translators and coordinators: what is wrong, how far each language is, reviews, a new language."""

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from bot import coverage as content
from bot.i18n import Words
from bot.knowledge import Library
from bot.settings import served
from bot.translations.meaning import unlike
from bot.translations.picture import draw
from bot.translations.reviews import ROLE, Review, write_reviews
from bot.translations.skeleton import SkeletonError, begin_language
from bot.translations.status import Share, State, shares, stale, states_by_need
from bot.translations.texts import Official, short
from bot.understanding.encoders import load_encoders
from bot.worlds import library_of
from directory.content import ContentError
from directory.needs import load_needs
from directory.packs import check_pack, load_pack, packaged_territories
from directory.readability import LEAST_EASE

HARDEST = 3  # answers to name
LOCALES = files("locales")
MODEL = "es"  # the language whose catalogues tell what there is to translate


def check(options: Namespace) -> int:
    """Check all content; what only a person can judge are warnings."""
    if options.meaning is not None:
        return _compare_meaning(options.meaning)
    codes = [options.territory] if options.territory else packaged_territories()
    needs, words = load_needs(), Words()
    found = [str(problem) for code in codes for problem in check_pack(code, needs)]
    findings = content.findings_in_words(needs, words, official_languages())
    found += [str(finding) for finding in findings if finding.is_error]
    eases = content.ease_by_answer(codes)
    found += content.problems_of_ease(eases)
    warnings = [str(finding) for finding in findings if not finding.is_error]
    for line in [*found, *(warnings if options.warnings else ())]:
        print(line)
    hardest = [f"{name} {ease:.0f}" for name, ease in list(eases.items())[:HARDEST]]
    print(f"Hardest to read, of at least {LEAST_EASE}: {', '.join(hardest)}")
    if warnings and not options.warnings:
        print(f"{len(warnings)} warnings; `passerelle check --warnings` lists them.")
    print(f"{len(found)} problems" if found else "All content is in order.")
    return 1 if found else 0


def _compare_meaning(languages: list[str]) -> int:
    """List the translations that are least like their source, for somebody to read."""
    words = Words()
    if unknown := [code for code in languages if code not in words.languages]:
        return _refuse(f"{', '.join(unknown)} is not offered")
    encoder = load_encoders().get("e5")
    if encoder is None:
        return _refuse("the sentence encoder is not installed (requirements-meaning.lock)")
    for code in languages or words.languages:
        threshold, found = unlike(LOCALES, code, official_languages(), encoder)
        for one in found:
            print(one)
        print(f"{code}: {len(found)} texts below {threshold:.2f}, read them\n", flush=True)
    return 0


def coverage(options: Namespace) -> int:
    """Show how far each language is."""
    library, words = _known(options)
    doors = {need.id: len(library.directory.for_need(need.id)) for need in library.needs}
    if options.json:
        table = content.answers_by_language(library.needs, library.knowledge, words)
        rows = {need: {"languages": list(codes), "services": doors[need]} for need, codes in table.items()}
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    states = states_by_need(library.needs, library.knowledge, words, library.territory.languages[0])
    if options.picture:
        options.picture.write_text(_picture(library, words, states), "utf-8")
        print(f"{options.picture} written.")
        return 0
    if not options.stale:
        _print_needs(states, doors)
        _print_shares(shares(LOCALES, words, official_languages(), states), words)
    return _print_stale(words)


def reviewed(options: Namespace) -> int:
    """Note that a reader of a language has reviewed answers."""
    if not ROLE.fullmatch(options.by):
        return _refuse("--by is a role, for example coordinator: 2 to 40 letters, no address")
    library, words = _known(options)
    code, knowledge = options.language, library.knowledge
    wanted = [need.id for need in library.needs] if options.all else options.needs
    wrong = [need for need in wanted if code not in knowledge.languages(need)]
    if code not in words.languages or code == library.territory.languages[0]:
        return _refuse(f"{code!r} is no language that is offered as a translation")
    if not wanted or (wrong and not options.all):
        return _refuse(f"no whole answer in {code}: {', '.join(wrong) or 'name one need or more, or --all'}")
    territory, today = library.territory.code, datetime.now(UTC).astimezone(library.territory.zone).date()
    known = dict(words.reviews(code))
    for need in (need for need in wanted if need not in wrong):
        mark = knowledge.fingerprint(need, code)
        known[territory, need] = Review(territory, need, today, options.by, mark)
    write_reviews(_folder(), code, known.values())
    print(f"{len(wanted) - len(wrong)} answers of {territory} are reviewed in {code}.")
    return 0


def new_language(options: Namespace) -> int:
    """Make the files of a language that nobody has begun."""
    try:
        home = begin_language(_folder(), options.language, load_needs(), MODEL)
    except SkeletonError as error:
        return _refuse(str(error))
    print(
        f"locales/{home.name} is there. Translate LC_MESSAGES, first passerelle.po and labels.po, then the rest."
    )
    print("CONTRIBUTING.md tells how; `passerelle coverage` shows how far you are.")
    return 0


@cache
def official_languages() -> Official:
    """Give the official languages of each territory."""
    found: dict[str, tuple[str, ...]] = {}
    for code in packaged_territories():
        try:
            found[code] = load_pack(code).territory.languages
        except ContentError:  # its own check tells it
            continue
    return found


def _known(options: Namespace) -> tuple[Library, Words]:
    words = Words()
    return library_of(load_pack(served(options.territory or "")[0]), words), words


def _folder() -> Path:
    """Where the languages lie on the disk."""
    return Path(str(LOCALES / "checks.toml")).parent


def _picture(library: Library, words: Words, states: Mapping[str, Mapping[str, State]]) -> str:
    themes = {
        theme.label["en"]: [need.id for need in library.needs.of_theme(theme.id)]
        for theme in library.needs.themes
    }
    names = {code: language.name for code, language in words.languages.items()}
    return draw(themes, states, names)


def _print_needs(states: Mapping[str, Mapping[str, State]], doors: Mapping[str, int]) -> None:
    codes = list(next(iter(states.values())))
    print(f"{'need':<26}{' '.join(codes)}  services")
    for need, row in states.items():
        print(f"{need:<26}{' '.join(row[code].ljust(2) for code in codes)}  {doors[need]}")
    ready = sum(any(state is not State.MISSING for state in row.values()) for row in states.values())
    without = sum(not count for count in doors.values())
    print(f"{ready} of {len(states)} needs have an answer; {without} have no service")
    print("o original, r reviewed by a reader of the language, x translated, . missing\n")


def _print_shares(found: list[Share], words: Words) -> None:
    print(f"{'language':<10}{'texts':>12}{'share':>7}{'reviewed':>10}  ")
    for share in found:
        offered = "" if share.language in words.languages else "  not offered yet"
        state = words.known[share.language].review
        print(
            f"{share.language:<10}{f'{share.told}/{share.asked}':>12}{share.percent:>6}%"
            f"{f'{share.reviewed}/{share.answers}':>10}  {state}{offered}"
        )


def _print_stale(words: Words) -> int:
    """List what has to be translated again; a long list of what nobody has begun is only counted."""
    for code in words.known:
        waiting = stale(LOCALES, code, official_languages())
        changed = [text for text in waiting if text.entry.fuzzy or text.entry.obsolete]
        for text in changed:
            state = "nobody asks for it" if text.entry.obsolete else "its source has changed"
            print(f"{text.path}:{text.entry.line}: {state}: {short(text)!r}")
        if missing := len(waiting) - len(changed):
            print(f"locales/{code}: {missing} texts are not translated yet")
    return 0


def _refuse(reason: str) -> int:
    print(f"passerelle: {reason}", file=sys.stderr)
    return 2
