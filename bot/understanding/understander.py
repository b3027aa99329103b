"""From a message to its meaning: language, danger, command words, small talk, needs and place."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from importlib.resources import files

from bot.i18n import Words
from bot.understanding.danger import DangerFinder
from bot.understanding.encoders import Encoder, load_encoders
from bot.understanding.keeping import without_details
from bot.understanding.language import LanguageGuesser
from bot.understanding.matcher import LearntMatcher, Piece, Weighed
from bot.understanding.meaning import Decision, Guess, Meaning
from bot.understanding.model import fingerprint, load_model
from bot.understanding.phrases import outside_phrases
from bot.understanding.scripts import in_own_letters
from bot.understanding.text import clauses, clean, sentences, windows, words_of
from bot.understanding.when import find_when, only_when
from bot.understanding.where import elsewhere, only_place
from directory.places import find_place_in
from directory.territory import Territory

LONGEST_TALK = 12  # words; what is longer is about something
PART, HINT = 0.6, 0.15  # what a part of a message counts against the whole, when it is sure and when not
SHORTEST_PART = 2  # words
KNOWN = 0.5  # of the words of a message
SHORTEST_WORD = 2  # letters
STRETCH = 12  # words; what is longer and has no pause may hold a danger among much else
MOST_NEEDS = 6
MOST_PARTS = 12


@dataclass(frozen=True)
class _Read:
    """A message taken apart once."""

    whole: Piece
    sentences: list[Piece]  # when there are several
    clauses: list[Piece]
    stretches: list[Piece]  # of what goes on for long without a pause
    language: str  # "" when not sure
    likeliest: str


class Understander:
    """Tells what words mean; never raises, never waits. `parts` says by what: spelling, and which encoders."""

    def __init__(
        self,
        words: Words,
        territory: Territory,
        encoders: Mapping[str, Encoder] | None = None,
    ) -> None:
        """Read what was learnt; `encoders` are those to use (default: all that are installed and run here)."""
        model, folder = load_model(), files("locales")
        self.is_stale = model.fingerprint != fingerprint(folder)
        self._territory = territory
        self._commands = _commands(words)
        self._lexicon = model.lexicon
        self._language = LanguageGuesser(model.lexicon)
        self._outside = {tuple(words_of(phrase.text)) for phrase in outside_phrases()}
        self._danger = DangerFinder(folder, model.lexicon.ordinary)
        self._matcher = LearntMatcher(model, load_encoders() if encoders is None else encoders)
        self.parts = self._matcher.parts
        self._limits = self._matcher.thresholds

    def without_details(self, text: str) -> str:
        """Give what may be kept of a message that was not understood; "" for nothing."""
        bare = clean(text)
        language = self._language.likeliest(bare, words_of(bare))
        return without_details(text, self._lexicon.everyday(language))

    def of(self, territory: Territory) -> "Understander":
        """Understand the same words, with the places of another territory."""
        other = copy(self)
        other._territory = territory
        return other

    def understand(self, text: str, language: str = "") -> Meaning:
        """Understand one message; `language` is the one the person chose, if any."""
        bare = clean(text)
        if bare.startswith("/"):  # a command: there is nothing to understand
            return Meaning("", Decision.UNKNOWN)
        read = self._read(bare, language)
        if not read.whole.words:
            return Meaning(read.language, Decision.UNKNOWN)
        return replace(self._meaning(bare, read, language), when=find_when(read.whole.words, read.likeliest))

    def _meaning(self, bare: str, read: _Read, language: str) -> Meaning:
        named = find_place_in(bare, self._territory)
        place = named.place
        if " ".join(read.whole.words) not in self._commands:
            here = only_place(bare, self._lexicon.ordinary, self._territory)
            time = only_when(read.whole.words, read.likeliest)
            if here or time or is_nothing(read.whole.words) or tuple(read.whole.words) in self._outside:
                return Meaning(read.language, Decision.UNKNOWN, place=here.place if here else place)
        spoken = read.likeliest
        pieces = [*read.sentences, *read.clauses]
        whole, weighed = self._matcher.weigh_with_parts(read.whole, pieces, spoken)
        parts, in_clauses = weighed[: len(read.sentences)], weighed[len(read.sentences) :]
        guesses, sure = self._needs(whole, parts, in_clauses)
        # What was learnt is no reason to doubt words that name a danger among others that are not known.
        knows = self._lexicon.share_known(read.whole.words) > KNOWN
        stretch = self._matcher.loudest(read.stretches, spoken, self._limits.doubt)
        texts = [(read.whole, whole), *zip(read.sentences, parts, strict=True), *stretch]

        def closely(each: Sequence[Sequence[str]]) -> float:
            loud = self._matcher.loudest([Piece.of(words) for words in each], spoken, self._limits.doubt)
            return max((weight.danger_weight for _, weight in loud), default=0.0)

        found = self._danger.find(
            [elsewhere(piece.words, named, self._territory) for piece, _ in texts],
            [weight for _, weight in texts],
            self._limits,
            spoken,
            closely,
            knows=knows,
        )
        # "Don't write me any more" is about messages when it is the whole of one, and no goodbye to life.
        says_stop = "stop" in self._commands.get(" ".join(read.whole.words), {}).values()
        if found.danger and not says_stop:
            return Meaning(read.language, Decision.DANGER, guesses, found.danger, place, sure=sure)
        decision, word = self._decide(read, language, whole, weighed, guesses)
        if decision is Decision.HUMAN:
            sure = sure or self._surest(guesses)
        if decision is Decision.ANSWER and len(read.whole.words) == 1:
            decision = Decision.CHOOSE
        doubt = None if says_stop else found.doubt
        return Meaning(read.language, decision, guesses, None, place, word, sure, doubt)

    def _read(self, bare: str, chosen: str) -> _Read:
        written = words_of(bare)
        language = self._language.guess(bare, written)
        if chosen and chosen != language:
            own = self._lexicon.own(chosen)
            if all(word in own for word in written):
                language = chosen  # what is plain in the chosen language proposes no other
        letters = language or chosen or self._language.likeliest(bare, written)

        def piece(text: str) -> Piece:
            return Piece(
                in_own_letters(text, letters, self._lexicon.neighbours), tuple(words_of(text, letters))
            )

        whole = piece(bare)
        in_sentences = [piece(sentence) for sentence in sentences(bare)]
        distinct = [one for one in in_sentences if one.words and one.words != whole.words]
        in_clauses = [piece(clause) for clause in clauses(bare, letters)]
        long_enough = [
            one for one in in_clauses if len(one.words) >= SHORTEST_PART and one.words != whole.words
        ]
        stretches = [
            Piece.of(words)
            for one in long_enough or [whole]
            if len(one.words) > STRETCH
            for words in windows(one.words, STRETCH)
        ]
        return _Read(whole, distinct[:MOST_PARTS], long_enough[:MOST_PARTS], stretches, language, letters)

    def _needs(
        self, whole: Weighed, parts: Sequence[Weighed], in_clauses: Sequence[Weighed]
    ) -> tuple[tuple[Guess, ...], tuple[str, ...]]:
        best = {guess.id: guess.score for guess in whole.needs}
        for weighed in [*parts, *in_clauses]:
            for guess in weighed.needs:
                share = PART if guess.score >= self._limits.part else HINT
                best[guess.id] = max(best.get(guess.id, 0.0), share * guess.score)
        sure = tuple(
            dict.fromkeys(
                one.needs[0].id for one in in_clauses if one.needs and one.needs[0].score >= self._limits.part
            )
        )
        several = sure if len(sure) > 1 else ()
        ordered = sorted(best, key=lambda id_: (id_ not in several, -best[id_]))
        return tuple(Guess(id_, round(best[id_], 4)) for id_ in ordered[:MOST_NEEDS]), several

    def _surest(self, guesses: Sequence[Guess]) -> tuple[str, ...]:
        return tuple(guess.id for guess in guesses[:1] if guess.score >= self._limits.sure)

    def _decide(
        self, read: _Read, language: str, whole: Weighed, parts: Sequence[Weighed], guesses: tuple[Guess, ...]
    ) -> tuple[Decision, str]:
        words, limits = read.whole.words, self._limits
        commands = self._commands.get(" ".join(words))
        if commands:
            word = commands.get(language) or commands.get(read.language) or next(iter(commands.values()))
            return (Decision.HUMAN if word == "human" else Decision.UNKNOWN), word
        top = guesses[0].score if guesses else 0.0
        if any(one.talk == "human" and one.talk_weight >= limits.talk for one in [whole, *parts]):
            return Decision.HUMAN, ""
        if whole.talk_weight >= max(limits.talk, top) and len(words) <= LONGEST_TALK:
            return Decision.SMALLTALK, whole.talk
        if top >= limits.sure:
            return Decision.ANSWER, ""
        return (Decision.CHOOSE if top >= limits.maybe else Decision.UNKNOWN), ""


def is_nothing(words: Sequence[str]) -> bool:
    """Tell whether there is no word in it, only single letters and numbers."""
    return all(word.isdigit() or (len(word) < SHORTEST_WORD and word.isascii()) for word in words)


def _commands(words: Words) -> Mapping[str, Mapping[str, str]]:
    commands: dict[str, dict[str, str]] = {}
    for code, language in words.known.items():
        for word, texts in language.words.items():
            for text in texts:
                commands.setdefault(" ".join(words_of(clean(text))), {}).setdefault(code, word)
    return commands
