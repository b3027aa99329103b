"""What the machine finds wrong in a translation: each kind of mistake, and the languages as they are."""

import shutil
from pathlib import Path

import pytest

from bot.catalogues import CatalogueError
from bot.translations.checking import check_language
from bot.translations.form import numbers
from bot.translations.rules import folded, read_rules
from bot.translations.skeleton import plural_rule
from bot.translations.texts import Finding
from tests.paths import PROJECT

LOCALES = PROJECT / "locales"
OFFICIAL = {"brussels": ("fr", "nl")}


def header_of(language: str) -> str:
    count, rule = plural_rule(language)
    return f'msgid ""\nmsgstr "Plural-Forms: nplurals={count}; plural={rule};\\n"\n\n'


def check(folder: Path, language: str, domain: str, entries: str, header: str = "") -> list[Finding]:
    """Check a language that has nothing but these entries."""
    texts = folder / language / "LC_MESSAGES"
    texts.mkdir(parents=True)
    shutil.copy(LOCALES / "checks.toml", folder)
    (texts / f"{domain}.po").write_text((header or header_of(language)) + entries, "utf-8")
    return list(check_language(folder, language, OFFICIAL))


def one(source: str, said: str) -> str:
    return f'msgid "{source}"\nmsgstr "{said}"\n'


WRONG = {
    "placeholders differ": ("es", "passerelle", one("Hello {name}", "Hola {nombre}")),
    "tags differ": ("es", "passerelle", one("<b>Careful</b>", "Cuidado")),
    "commands differ": ("es", "passerelle", one("Write /me to see it.", "Escriba /yo para verlo.")),
    "a link or address is missing": ("es", "brussels", one("Voyez actiris.be.", "Mire la página.")),
    "the number 30 is missing": ("es", "brussels", one("Vous avez 30 jours.", "Tiene treinta días.")),
    "the number 40 is not in the source": ("fa", "brussels", one("Vous avez du temps.", "۴۰ روز وقت دارید.")),
    "direction marks": ("ar", "passerelle", one("Call 112", "اتصلوا \u2068112")),
    "words of the source outside brackets: avec vous": (
        "es",
        "brussels",
        one("Parlez avec vous.", "Hable avec vous."),
    ),
    "words of the source outside brackets: loyer": ("ru", "brussels", one("Le loyer.", "Это loyer.")),
    "a sentence has 23 words": ("tr", "passerelle", one("Long", " ".join(["kelime"] * 23))),
    "is the same as the source": ("es", "brussels", one("Lettre recommandée.", "Lettre recommandée.")),
    "the name 'Fedasil' is missing": ("es", "brussels", one("Allez chez Fedasil demain.", "Vaya mañana.")),
    "not translated": ("es", "passerelle", one("Hello", "")),
    "stale: its source has changed": ("es", "passerelle", "#, fuzzy\n" + one("Hello", "Hola")),
    "nobody asks for it any more": ("es", "passerelle", '#~ msgid "Old"\n#~ msgstr "Viejo"\n'),
    "stands on a button and has 24 characters, at most 22": (
        "es",
        "labels",
        "#. theme home: stands on a button, at most 22 characters\n"
        + one("Home", "La casa donde una vive.."),
    ),
    "has 1 plural forms, the language has 2": (
        "es",
        "passerelle",
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} día"\n',
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, message: str) -> None:
    language, domain, entries = WRONG[message]
    (found,) = check(tmp_path, language, domain, entries)
    assert found.message.startswith(message)
    assert found.path == f"locales/{language}/LC_MESSAGES/{domain}.po"
    assert found.line in (4, 5)


RIGHT = (
    ("es", "brussels", one("Allez au CPAS avec « la lettre ».", "Vaya al CPAS con «la lettre» (la lettre).")),
    ("ru", "brussels", one("L'Office des étrangers décide.", "Решает Office des étrangers.")),
    ("fa", "brussels", one("Vous avez 30 jours et 1 000 euros.", "۳۰ روز و ۱٬۰۰۰ یورو دارید.")),
    ("es", "brussels", one("Actiris : {service.a}", "Actiris: {service.a}")),
    ("ar", "brussels", one("Garantie de 2 ans.", "ضمان سنتين.")),
)


@pytest.mark.parametrize(("language", "domain", "entries"), RIGHT)
def test_what_is_right_is_left_alone(tmp_path: Path, language: str, domain: str, entries: str) -> None:
    assert check(tmp_path, language, domain, entries) == []


def test_a_term_is_said_the_same_everywhere(tmp_path: Path) -> None:
    entries = one("Les propriétaires.", "Los caseros.") + "\n" + one("Le propriétaire.", "La propietaria.")
    home = tmp_path / "es"
    home.mkdir()
    (home / "terms.toml").write_text('[terms]\n"propriétaire" = ["propietari"]\n', "utf-8")
    shutil.copy(LOCALES / "checks.toml", tmp_path)
    (home / "LC_MESSAGES").mkdir()
    (home / "LC_MESSAGES" / "brussels.po").write_text(header_of("es") + entries, "utf-8")
    (found,) = check_language(tmp_path, "es", OFFICIAL)
    assert found.line == 4
    assert "propriétaire" in found.message


def test_a_language_that_is_not_offered_may_have_gaps(tmp_path: Path) -> None:
    check(tmp_path, "es", "passerelle", one("Hello", ""))
    (found,) = check_language(tmp_path, "es", OFFICIAL, offered=False)
    assert not found.is_error


def test_babels_own_arabic_header_is_refused(tmp_path: Path) -> None:
    trap = (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 :"
        " n%100>=0 && n%100<=2 ? 4 : 5);"
    )
    (found,) = check(tmp_path, "ar", "brussels", "", f'msgid ""\nmsgstr "Plural-Forms: {trap}\\n"\n\n')
    assert "Plural-Forms is not what the language has" in found.message


def test_a_broken_table_of_terms_is_named(tmp_path: Path) -> None:
    shutil.copy(LOCALES / "checks.toml", tmp_path)
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "terms.toml").write_text("[terms\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"terms\.toml"):
        read_rules(tmp_path, "es")


def test_turkish_capitals_and_accents_fold_alike() -> None:
    assert folded("İŞVEREN") == folded("işveren")
    assert folded("IŞIK") == folded("ışık")
    assert folded("أطِبّاء") == folded("اطباء")


def test_numbers_are_read_in_any_script() -> None:
    assert numbers("1 000 EUR le 3 mai {amount.a9}") == numbers("۱٬۰۰۰ ... ٣") == [1000, 3]


def test_every_translated_language_has_the_same_terms() -> None:
    tables = [read_rules(LOCALES, path.parent.name).terms for path in LOCALES.glob("*/terms.toml")]
    assert len(tables) > 10
    assert {tuple(sorted(term.source for term in table)) for table in tables} == {
        tuple(sorted(term.source for term in tables[0]))
    }
