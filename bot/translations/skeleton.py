"""Begins a language: its folder with everything that a translator fills in, and nothing that is wrong meanwhile."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.plural import to_gettext

from bot.catalogues import Entry, read_entries
from bot.translations.form import CATEGORIES
from directory.needs import Needs
from directory.territory import Danger

CODE = re.compile(r"[a-z]{2,3}")
WRITTEN = re.compile(r"nplurals=(\d+); plural=(.+);")
WORDS = ("yes", "no", "stop", "help", "human", "menu", "language", "me", "erase", "state", "withdraw")
SMALLTALK = ("greeting", "thanks", "who", "free", "goodbye")
HEADER = """\
# {name}: {domain}.
msgid ""
msgstr ""
"Project-Id-Version: Passerelle\\n"
"Language: {code}\\n"
"Plural-Forms: nplurals={count}; plural={rule};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


class SkeletonError(Exception):
    """The language cannot be begun; the message says why."""


def begin_language(folder: Path, code: str, needs: Needs, model: str) -> Path:
    """Make the folder of a language; its catalogues ask for what those of the language `model` ask for."""
    if not CODE.fullmatch(code):
        raise SkeletonError(f"{code!r} is no language code: two or three small letters (ISO 639)")
    home = folder / code
    if home.exists():
        raise SkeletonError(f"{code} is there already: {home.name}/ in locales")
    try:
        locale = Locale.parse(code)
    except UnknownLocaleError as error:
        raise SkeletonError(
            f"{code!r} is not known to CLDR, which knows how to count and to write dates"
        ) from error
    texts = home / "LC_MESSAGES"
    texts.mkdir(parents=True)
    name = locale.get_display_name(code) or code
    name = name[:1].upper() + name[1:]
    direction = "rtl" if locale.text_direction == "rtl" else "ltr"
    order = 1 + len([path for path in folder.iterdir() if (path / "language.toml").is_file()])
    (home / "language.toml").write_text(_language(name, direction, order), "utf-8")
    (home / "phrases.toml").write_text(_phrases(needs), "utf-8")
    (home / "dangers.toml").write_text(_dangers(), "utf-8")
    (home / "terms.toml").write_text(_terms(folder / "es" / "terms.toml"), "utf-8")
    for path in sorted((folder / model / "LC_MESSAGES").glob("*.po")):
        header = _header(name, path.stem, code)
        (texts / path.name).write_text(header + _entries(read_entries(path), plural_rule(code)[0]), "utf-8")
    return home


def plural_rule(code: str) -> tuple[int, str]:
    """Give the number of plural forms that whole numbers need, and the rule in the words of gettext."""
    plural = Locale.parse(code).plural_form
    used = {plural(n) for n in range(201)}
    ordered = [name for name in CATEGORIES if name in used]
    rules = {name: plural.rules[name] for name in ordered[:-1]}  # the last one is for everything else
    found = WRITTEN.fullmatch(to_gettext(rules))
    if found is None:
        raise SkeletonError(f"the plural rule of {code!r} cannot be written for gettext: write it by hand")
    return int(found[1]), found[2]


def _header(name: str, domain: str, code: str) -> str:
    count, rule = plural_rule(code)
    return HEADER.format(name=name, domain=domain, code=code, count=count, rule=rule)


def _entries(entries: Iterable[Entry], forms: int) -> str:
    """Ask for the same texts, with no answer yet."""
    asked = [entry for entry in entries if entry.id and not entry.obsolete]
    return "".join("\n" + _entry(entry, forms) for entry in asked)


def _entry(entry: Entry, forms: int) -> str:
    flags = "".join(
        f"{line}\n" for line in entry.notes.split("\n") if line.startswith(("#.", "#:", "#, python"))
    )
    one, *many = (_quoted(source) for source in entry.sources)
    if many:
        answers = "".join(f'msgstr[{n}] ""\n' for n in range(forms))
        return f"{flags}msgid {one}\nmsgid_plural {many[0]}\n{answers}"
    return f'{flags}msgid {one}\nmsgstr ""\n'


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _language(name: str, direction: str, order: int) -> str:
    words = "".join(f"{word} = []\n" for word in WORDS)
    return (
        f'name = "{name}"\ndirection = "{direction}"\norder = {order}\n'
        f'review = "draft"  # "native" once native readers have checked all of it\n\n'
        f'# Single words and short commands as people type them, in small letters: ["yes", "ok"]\n[words]\n{words}'
    )


def _phrases(needs: Needs) -> str:
    lines = [
        "# How people say it, in their own spelling. Take the # away from a line and fill it: 10 to 20 phrases each.",
        "[needs]",
    ]
    lines += [f'# {need.id} = [""]  # {need.label["en"]}' for need in needs]
    lines += [
        "",
        "# Danger, said directly and in soft words.",
        "[dangers]",
        *(f'# {danger} = [""]' for danger in Danger),
    ]
    lines += ["", "# What sounds like a danger or a need and is neither.", "[lures]", '# none = [""]']
    lines += ["", "[smalltalk]", *(f'# {kind} = [""]' for kind in SMALLTALK), ""]
    return "\n".join(lines)


def _dangers() -> str:
    return "\n".join(
        [
            "# Runs of words that together mean a danger; docs/content.md tells how.",
            *(f"# {danger} = []" for danger in Danger),
            "# none = []",
            "",
        ]
    )


def _terms(model: Path) -> str:
    """Ask for the terms that another language has."""
    if not model.is_file():
        return "[terms]\n"
    terms = tomllib.loads(model.read_text("utf-8"))["terms"]
    lines = [f'# "{term}" = [""]' for term in terms]
    return "\n".join(
        ["# How official terms are said: French beginning = the accepted beginnings.", "[terms]", *lines, ""]
    )
