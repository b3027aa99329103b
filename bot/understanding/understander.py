"""From a message to its meaning: language, danger, command words, small talk, needs and place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from bot.i18n import Words
from bot.understanding.danger import DangerFinder
from bot.understanding.language import LanguageGuesser
from bot.understanding.matcher import PhraseMatcher, Weighed
from bot.understanding.meaning import Decision, Guess, Meaning
from bot.understanding.phrases import Phrase, read_phrases
from bot.understanding.text import clauses, clean, sentences, windows, words_of
from directory.needs import Needs
from directory.places import find_place_in
from directory.territory import Territory

# On phrases that the matcher had not seen: above SURE with MARGIN the first guess was right in 82 %, and 4 % of
# everyday sentences about other things reach SURE; 13 % reach MAYBE (they get buttons, not an answer).
SURE, MARGIN = 0.57, 0.15
MAYBE = 0.42
TALK = 0.5  # small talk or asking for a person, when no need weighs more
SURE_OF_PART = 0.7  # with MARGIN, for one of several needs: a part says less than a whole message
LONGEST_TALK = 12  # words; what is longer is about something
PART = 0.95  # what a part of a message counts against the whole
MOST_NEEDS = 6
MOST_PARTS = 24


@dataclass(frozen=True)
class _Read:
    """A message taken apart once."""

    words: list[str]
    sentences: list[list[str]]
    clauses: list[list[str]]
    language: str


class Understander:
    """Tells what words mean, by spelling alone; never raises, never waits."""

    def __init__(
        self, words: Words, needs: Needs, territory: Territory, folder: Traversable | None = None
    ) -> None:
        """Read the phrases of every language under `folder` (default: the packaged `locales`) and learn from them."""
        folder = folder or files("locales")
        phrases = read_phrases(needs, folder)
        self._territory = territory
        self._commands = _commands(words)
        self._language = LanguageGuesser(phrases.all)
        ordinary = {word for phrase in phrases.needs for word in words_of(phrase.text)}
        self._danger = DangerFinder(folder, ordinary)
        talk = [*phrases.smalltalk, *_asking_for_a_person(words)]
        self._matcher = PhraseMatcher(phrases.needs, phrases.dangers, phrases.lures, talk)

    def understand(self, text: str, language: str = "") -> Meaning:
        """Understand one message; `language` is the one the person chose, if any."""
        bare = clean(text)
        read = self._read(bare)
        if not read.words or bare.startswith("/"):
            return Meaning(read.language, Decision.UNKNOWN)
        place = find_place_in(bare, self._territory).place
        spoken = language or read.language
        whole = self._matcher.weigh(read.words, spoken)
        parts = [self._matcher.weigh(words, spoken) for words in read.sentences]
        guesses, sure = self._needs(whole, parts, read, spoken)
        danger = self._danger.find([read.words, *read.sentences], [whole, *parts])
        if danger:
            return Meaning(read.language, Decision.DANGER, guesses, danger, place, sure=sure)
        decision, word = self._decide(read, language, whole, parts, guesses)
        return Meaning(read.language, decision, guesses, None, place, word, sure)

    def _read(self, bare: str) -> _Read:
        words = words_of(bare)
        in_sentences = [words_of(sentence) for sentence in sentences(bare)]
        shorter = [window for sentence in in_sentences for window in windows(sentence)]
        distinct = [part for part in in_sentences + shorter if part and part != words][:MOST_PARTS]
        in_clauses = [words_of(clause) for clause in clauses(bare)]
        return _Read(
            words,
            distinct,
            [clause for clause in in_clauses if clause and clause != words][:MOST_PARTS],
            self._language.guess(bare, words),
        )

    def _needs(
        self, whole: Weighed, parts: Sequence[Weighed], read: _Read, language: str
    ) -> tuple[tuple[Guess, ...], tuple[str, ...]]:
        best = {guess.id: guess.score for guess in whole.needs}
        in_clauses = [self._matcher.rank_words(words, language) for words in read.clauses]
        for needs in [*(part.needs for part in parts), *in_clauses]:
            for guess in needs:
                best[guess.id] = max(best.get(guess.id, 0.0), PART * guess.score)
        sure = tuple(dict.fromkeys(needs[0].id for needs in in_clauses if _is_sure(needs, SURE_OF_PART)))
        several = sure if len(sure) > 1 else ()
        ordered = sorted(best, key=lambda id_: (id_ not in several, -best[id_]))
        return tuple(Guess(id_, round(best[id_], 4)) for id_ in ordered[:MOST_NEEDS]), several

    def _decide(
        self, read: _Read, language: str, whole: Weighed, parts: Sequence[Weighed], guesses: tuple[Guess, ...]
    ) -> tuple[Decision, str]:
        commands = self._commands.get(" ".join(read.words))
        if commands:
            word = commands.get(language) or commands.get(read.language) or next(iter(commands.values()))
            return (Decision.HUMAN if word == "human" else Decision.UNKNOWN), word
        top = guesses[0].score if guesses else 0.0
        asking = any(one.talk == "human" and one.talk_weight >= TALK for one in [whole, *parts])
        if asking:
            return Decision.HUMAN, ""
        if whole.talk_weight >= max(TALK, top) and top < SURE and len(read.words) <= LONGEST_TALK:
            return (Decision.HUMAN, "") if whole.talk == "human" else (Decision.SMALLTALK, whole.talk)
        if _is_sure(guesses) or (guesses and top >= SURE and _is_sure(whole.needs)):
            return Decision.ANSWER, ""
        return (Decision.CHOOSE if top >= MAYBE else Decision.UNKNOWN), ""


def _is_sure(ranked: Sequence[Guess], least: float = SURE) -> bool:
    if not ranked or ranked[0].score < least:
        return False
    return len(ranked) == 1 or ranked[0].score - ranked[1].score >= MARGIN


def _commands(words: Words) -> Mapping[str, Mapping[str, str]]:
    commands: dict[str, dict[str, str]] = {}
    for code, language in words.known.items():
        for word, texts in language.words.items():
            for text in texts:
                commands.setdefault(" ".join(words_of(clean(text))), {}).setdefault(code, word)
    return commands


def _asking_for_a_person(words: Words) -> list[Phrase]:
    return [
        Phrase(text, "human", code)
        for code, language in words.known.items()
        for text in language.words.get("human", ())
    ]
