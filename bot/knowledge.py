"""From a need to the reviewed answer in the person's language, or to the honest news that there is none.

An answer is shown in one language from end to end: where one text of it lacks its translation, the whole answer
falls back to the territory's first language, and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.i18n import Markup, Voice, Words
from bot.messages import bold, escape
from bot.translations.reviews import fingerprint
from directory.answers import Answer, Placeholder, Section, Source, fill, placeholders, texts
from directory.needs import Needs
from directory.packs import Pack
from directory.search import Directory
from directory.territory import Amount, Territory, Unit


@dataclass(frozen=True)
class Told:
    """An answer ready to be shown: `language` is the one it is written in, texts hold their values.

    `original` is the language of the original where this is a translation that nobody has reviewed, else "".
    """

    answer: Answer
    voice: Voice
    paragraphs: Mapping[str, tuple[str, ...]]
    original: str = ""

    @property
    def language(self) -> str:
        """The language that the texts are written in."""
        return self.voice.language.code

    @property
    def checked_on(self) -> date:
        """The day of the last check."""
        return self.answer.checked_on

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where it was seen."""
        return self.answer.sources

    def has(self, section: str) -> bool:
        """Tell whether the answer says something about this."""
        return section in self.paragraphs

    def text(self, section: str) -> str:
        """Give one section, a line for each paragraph or step."""
        return "\n".join(self.paragraphs[section])


@dataclass(frozen=True)
class Library:
    """All that is public of one territory."""

    territory: Territory
    needs: Needs
    directory: Directory
    knowledge: "Knowledge"


class Knowledge:
    """The reviewed answers of one territory."""

    def __init__(self, pack: Pack, directory: Directory, words: Words) -> None:
        """Take the answers of `pack`; names and phones come from `directory`."""
        self._pack = pack
        self._directory = directory
        self._words = words

    @property
    def ready(self) -> frozenset[str]:
        """The needs that have a reviewed answer."""
        return frozenset(self._pack.answers)

    def languages(self, need: str) -> tuple[str, ...]:
        """Give the languages in which an answer can be told whole."""
        answer = self._pack.answers.get(need)
        return tuple(code for code in self._words.languages if answer and self._is_whole(answer, code))

    def answer(self, need: str, language: str) -> Told | None:
        """Tell the answer to a need in this language or, when it is not whole, in the territory's first."""
        answer = self._pack.answers.get(need)
        if answer is None:
            return None
        own = self._pack.territory.languages[0]
        code = language if self._is_whole(answer, language) else own
        voice = self._words.voice(code)
        paragraphs = {section.id: self._section(section, voice) for section in answer.sections}
        return Told(answer, voice, paragraphs, "" if self.is_reviewed(need, code) else own)

    def is_reviewed(self, need: str, language: str) -> bool:
        """Tell whether a reader of this language has reviewed the words of an answer as they are now."""
        if language == self._pack.territory.languages[0] or self._words.known[language].review == "native":
            return True
        review = self._words.reviews(language).get((self._pack.territory.code, need))
        return review is not None and review.fingerprint == self.fingerprint(need, language)

    def fingerprint(self, need: str, language: str) -> str:
        """Mark the words of an answer in a language, to know later whether they have changed."""
        asked = texts(self._pack.answers[need])
        return fingerprint(self._translated(text, language) or "" for text in asked)

    def _is_whole(self, answer: Answer, language: str) -> bool:
        if language == self._pack.territory.languages[0]:
            return True
        return all(self._translated(text, language) is not None for text in texts(answer))

    def _translated(self, text: str, language: str) -> str | None:
        if language == self._pack.territory.languages[0]:
            return text
        return self._words.territory_texts(self._pack.territory.code, language).find(text)

    def _section(self, section: Section, voice: Voice) -> tuple[str, ...]:
        return tuple(
            ("• " if block.kind == "item" else "") + self._told(block.text, voice) for block in section.blocks
        )

    def _told(self, text: str, voice: Voice) -> str:
        translated = self._translated(text, voice.language.code) or text
        wanted = placeholders(translated)
        return fill(escape(translated), {value: self._value(value, voice) for value in wanted})

    def _value(self, wanted: Placeholder, voice: Voice) -> str:
        territory = self._pack.territory
        if wanted.kind == "amount":
            return tell_amount(territory.amount(wanted.id), territory, voice)
        if wanted.kind == "line":
            line = territory.line(wanted.id)
            return name_and_phones(line.name, (line.phone,), voice)
        service = self._directory.service(wanted.id)
        if service is None:
            raise KeyError(f"{wanted.id}: this service has left the directory but an answer still names it")
        return name_and_phones(service.name_in(voice.language.code), service.phones[:1], voice)


def name_and_phones(name: str, phones: Iterable[str], voice: Voice) -> str:
    """Write a name with the numbers to call: `<b>Name</b> (02 123 45 67)`."""
    numbers = ", ".join(voice.phone(phone) for phone in phones if phone != name)
    shown = bold(voice.isolate(escape(name)))
    return f"{shown} ({numbers})" if numbers else shown


def tell_amount(amount: Amount, territory: Territory, voice: Voice) -> str:
    """Write an amount with its unit and the day from which it applies."""
    value = float(amount.value)
    since = voice.date(amount.applies_from)
    if amount.unit is Unit.PERCENT:
        return voice.say("{number}% (since {date})", number=voice.number(value), date=since)
    money = Markup(voice.isolate(voice.money(value, territory.currency)))
    sentences = {
        Unit.EUR: voice.say("{money} (since {date})", money=money, date=since),
        Unit.EUR_MONTH: voice.say("{money} a month (since {date})", money=money, date=since),
        Unit.EUR_YEAR: voice.say("{money} a year (since {date})", money=money, date=since),
        Unit.EUR_DAY: voice.say("{money} a day (since {date})", money=money, date=since),
        Unit.EUR_HOUR: voice.say("{money} an hour (since {date})", money=money, date=since),
        Unit.EUR_CHILD_MONTH: voice.say(
            "{money} a month for each child (since {date})", money=money, date=since
        ),
    }
    return sentences[amount.unit]
