"""How each language says the bot's own words: catalogues, fallback, dates, hours, amounts, directions.

Catalogues are standard gettext `.po` files: the bot's own words are read at start, a territory's answers when a
language is first asked for. The bot's msgids are plain English; a territory's msgids are its own first language. A
fuzzy (stale) entry counts as missing.
"""

import gettext
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel import Locale
from babel.dates import format_date, format_skeleton, match_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from bot.catalogues import Catalogue, CatalogueError, Id, read_catalogue
from bot.messages import escape, link
from bot.translations.reviews import Review, read_reviews

LEAST_SHARE = 0.7  # of the own words; what is missing is said in English, and `passerelle check` refuses it
FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
SOURCE = "en"
TEAM_LANGUAGES = ("fr", "nl", "en")  # of the desk on the web; its words stand in desk.po


@cache
def _weekday_and_day(locale: Locale) -> str:
    """Find the form that a language has for a day and its weekday; to look for it takes a quarter of a millisecond."""
    wanted = "EEEEdMMM"
    return match_skeleton(wanted, locale.datetime_skeletons) or wanted


class Markup(str):
    """Words that already stand in a reply's form: they are not escaped again."""

    __slots__ = ()


@dataclass(frozen=True)
class Language:
    """One language that a person can choose.

    `order` is its row among the buttons; `numbers` the locale whose separators its readers here know.
    """

    code: str
    name: str
    right_to_left: bool
    review: str
    words: Mapping[str, tuple[str, ...]]
    order: int = 100
    numbers: str = ""


class Voice:
    """One language's way of saying things; every value it is given is escaped and kept in its own direction."""

    def __init__(self, language: Language, catalogue: gettext.NullTranslations) -> None:
        """Speak `language` with the words of `catalogue`."""
        self.language = language
        self._catalogue = catalogue

    def with_more(self, catalogue: gettext.NullTranslations) -> "Voice":
        """Speak the same language with the words of another catalogue first."""
        catalogue.add_fallback(self._catalogue)
        return Voice(self.language, catalogue)

    @cached_property
    def locale(self) -> Locale:
        """The CLDR rules of the language."""
        return Locale.parse(self.language.code)

    @cached_property
    def _numbers(self) -> Locale:
        return Locale.parse(self.language.numbers or self.language.code)

    def say(self, message: str, **values: object) -> str:
        """Say the bot's own words, with values filled in."""
        return self._fill(self._catalogue.gettext(message), values)

    def say_n(self, one: str, many: str, n: int, **values: object) -> str:
        """Say it for `n` things, in the plural form that the language asks for."""
        return self._fill(self._catalogue.ngettext(one, many, n), values | {"n": self.number(n)})

    def label(self, labels: Mapping[str, str]) -> str:
        """Name something that comes with labels in some languages (the English one is always there)."""
        return labels.get(self.language.code) or self._catalogue.gettext(labels[SOURCE])

    def isolate(self, value: str) -> str:
        """Keep a name, number or address in its own direction inside a right-to-left sentence."""
        if not self.language.right_to_left:
            return value
        bare = value.replace(FIRST_STRONG_ISOLATE, "").replace(POP_DIRECTIONAL_ISOLATE, "")
        return f"{FIRST_STRONG_ISOLATE}{bare}{POP_DIRECTIONAL_ISOLATE}"

    def phone(self, number: str) -> "Markup":
        """Write a number to tap and call."""
        dialled = "".join(sign for sign in number if sign.isdigit() or sign == "+")
        return Markup(self.isolate(link(escape(number), f"tel:{dialled}")))

    def number(self, value: float) -> str:
        """Write a number with Latin digits."""
        return format_decimal(value, locale=self._numbers, numbering_system="latn")

    def date(self, day: date) -> str:
        """Write a day: 21 November 2026."""
        return format_date(day, "long", locale=self.locale)

    def weekday(self, moment: datetime) -> str:
        """Write a day and hour: Monday at 09:00."""
        day = format_skeleton(_weekday_and_day(self.locale), moment, locale=self.locale)
        return f"{day} {self.time(moment)}"

    def time(self, moment: datetime) -> str:
        """Write an hour as clocks here show it: 09:00."""
        return f"{moment:%H:%M}"

    def distance(self, kilometres: float) -> str:
        """Write a distance: 800 m, 1.2 km."""
        if kilometres < 1:
            metres = max(100, round(kilometres * 10) * 100)
            return format_unit(metres, "meter", "short", locale=self.locale, numbering_system="latn")
        return format_unit(
            round(kilometres, 1), "kilometer", "short", locale=self.locale, numbering_system="latn"
        )

    def money(self, value: float, currency: str) -> str:
        """Write an amount of money."""
        return format_currency(value, currency, locale=self._numbers, numbering_system="latn")

    def listing(self, parts: Iterable[str]) -> str:
        """Join parts as the language does: a, b and c."""
        return format_list(list(parts), locale=self.locale)

    def language_name(self, code: str) -> str:
        """Name another language in this one; the code when CLDR does not know."""
        name: str = self.locale.languages.get(code, code)
        return name

    def _fill(self, text: str, values: Mapping[str, object]) -> str:
        shown = {
            name: value if isinstance(value, Markup) else self.isolate(escape(value))
            for name, value in values.items()
        }
        return text.format(**shown) if shown else text


class Words:
    """All languages that the bot speaks, and the texts of its territories in them."""

    def __init__(self, folder: Traversable | None = None) -> None:
        """Read every language under `folder` (default: the packaged `locales`).

        `known` are all that people may write in; offered are those that have nearly all of the bot's own words.
        """
        self._folder = folder or files("locales")
        self._shared: dict[Id, Id] = {}
        self.known = {code: _read_language(self._folder / code, code) for code in _codes(self._folder)}
        if SOURCE not in self.known:
            raise CatalogueError(f"{self._folder}: the folder `{SOURCE}` is missing")
        self._voices = {
            code: Voice(language, catalogue)
            for code, language in self.known.items()
            if (catalogue := self._own_words(code)) is not None
        }
        self._languages = {code: voice.language for code, voice in self._voices.items()}

    @property
    def languages(self) -> Mapping[str, Language]:
        """Every language offered, by code."""
        return self._languages

    def voice(self, code: str) -> Voice:
        """Speak a language; one that is not offered is spoken in English."""
        return self._voices.get(code) or self._voices[SOURCE]

    @cache  # noqa: B019 - one Words lives as long as the process
    def team_voice(self, tag: str) -> Voice:
        """Speak on the team's own pages: in the language of a tag, or in another one that the team reads."""
        code = self.match(tag)
        code = next(
            (known for known in (code, *TEAM_LANGUAGES) if known in TEAM_LANGUAGES and known in self._voices),
            SOURCE,
        )
        catalogue = self._catalogue(code, "desk")
        return self._voices[code].with_more(catalogue)

    def match(self, tag: str) -> str:
        """Give the offered language for a phone's tag ("fr-BE" -> "fr"), or "" when there is none."""
        code = tag.replace("_", "-").split("-")[0].lower()
        code = {"prs": "fa", "ary": "ar", "pbu": "ps"}.get(code, code)
        return code if code in self._languages else ""

    @cache  # noqa: B019 - one Words lives as long as the process
    def territory_texts(self, territory: str, code: str) -> Catalogue:
        """Give a territory's answers in a language (msgid: the text in the territory's first language)."""
        return self._catalogue(code, territory)

    @cache  # noqa: B019
    def reviews(self, code: str) -> Mapping[tuple[str, str], Review]:
        """Give which answers a reader of a language has reviewed, by territory and need."""
        return read_reviews(self._folder, code)

    def _own_words(self, code: str) -> Catalogue | None:
        catalogue, labels = self._catalogue(code, "passerelle"), self._catalogue(code, "labels")
        asked, told = (catalogue.asked + labels.asked), (catalogue.told + labels.told)
        if code != SOURCE and (not asked or told < LEAST_SHARE * asked):
            return None
        catalogue.add_fallback(labels)
        return catalogue

    def _catalogue(self, code: str, domain: str) -> Catalogue:
        return read_catalogue(self._folder / code / "LC_MESSAGES" / f"{domain}.po", self._shared)


def _codes(folder: Traversable) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if (entry / "language.toml").is_file())


def _read_language(folder: Traversable, code: str) -> Language:
    path = folder / "language.toml"
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        words = {name: tuple(values) for name, values in raw.get("words", {}).items()}
        return Language(
            code=code,
            name=raw["name"],
            right_to_left=raw["direction"] == "rtl",
            review=raw["review"],
            words=words,
            order=raw.get("order", 100),
            numbers=raw.get("numbers", ""),
        )
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CatalogueError(f"{path}: {error}; see docs/content.md for what it must hold") from error
