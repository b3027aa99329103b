"""Danger: words that must be answered before anything else.

What was learnt of the whole message and of its loudest sentence is heard together with curated runs of words of all
languages, close together and perhaps misspelt. Idioms are curated too and silence the words that they are made of; a
film or a year nearby only softens them to a gentle question, in its own language and clause. A need never rings or
hides danger.
"""

import math
import tomllib
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from bot.understanding.matcher import NEED_BEHIND, Weighed
from bot.understanding.model import Thresholds
from bot.understanding.phrases import PhrasesError
from bot.understanding.runs import Hit, RunFinder
from bot.understanding.text import JOINING
from directory.territory import Danger

# The spelling alone must give danger at least this chance before the encoder may ring: never by it alone.
SPELT = 0.05
SILENCE = "none"
# These were chosen on messages that had not been learnt from.
LOUD = 0.35  # the share of the loudest sentence beside the whole message
NAMED = 1.0  # what words that name a danger add, in odds
# A few words, or a sentence, by themselves sound like many things: from the first chance on they are asked about, from
# the second they ring, when words name the danger.
ASKS_ALONE, RINGS_ALONE = 0.8, 0.9
LEAST = 1e-4
# Words that name a danger are nearly all that was said when others are a third at most, of more than three.
FEW, THIRD = 3, 3
LETTER = 30  # words; what is longer is about much else
NEAR = 5  # how many words from a run a silencing word may stand
LONG = 20  # words; in what is longer either side of a run may be another thought
AROUND = 4  # how many words on each side of a run are looked at with it, by themselves


# Which danger to speak of when words name several: the one with the more special numbers to call.
MOST_TELLING = (
    Danger.SUICIDE,
    Danger.OVERDOSE,
    Danger.MEDICAL_EMERGENCY,
    Danger.SEXUAL_VIOLENCE,
    Danger.CHILD_IN_DANGER,
    Danger.TRAFFICKING,
    Danger.VIOLENCE_NOW,
    Danger.NO_SHELTER_TONIGHT,
)
# The words that name these are right more often than what was learnt of the whole message; for the others it is less.
UNMISTAKABLE = frozenset({Danger.SUICIDE, Danger.SEXUAL_VIOLENCE})


@dataclass(frozen=True)
class Found:
    """A danger that was named, or one that may be meant."""

    danger: Danger | None = None
    doubt: Danger | None = None


class DangerFinder:
    """Finds danger in a message."""

    def __init__(self, folder: Traversable, ordinary: Container[str] = ()) -> None:
        """Read `dangers.toml` of every language under `folder`; `ordinary` words are never taken for misspelt ones."""
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        tables = {
            entry.name: _read(entry / "dangers.toml")
            for entry in entries
            if (entry / "dangers.toml").is_file()
        }
        runs = [
            (language, name, line)
            for language, table in tables.items()
            for name, lines in table.items()
            for line in lines
        ]
        self._runs = [_Curated(language, name, len(line.split())) for language, name, line in runs]
        self._finder = RunFinder([line for _, _, line in runs], ordinary)

    def find(
        self,
        texts: Sequence[Sequence[str]],
        weighed: Sequence[Weighed],
        limits: Thresholds,
        language: str = "",
        closely: Callable[[Sequence[Sequence[str]]], float] | None = None,
        *,
        knows: bool = True,
    ) -> Found:
        """Give the danger that a message speaks of.

        Args:
            texts: the words of the whole message, then those of each of its sentences.
            weighed: what was learnt of each.
            limits: from which chance on danger rings, or is asked about.
            language: the likeliest one, "" when not known.
            closely: gives the chance of danger in the most alarming of a few lists of words; asked about the words
                around those that name a danger in a letter.
            knows: whether most of the words were learnt; otherwise nothing learnt speaks against words that name one.
        """
        whole, loudest = weighed[0], max(weighed, key=lambda one: one.danger_weight)
        enough = _odds(limits.ring)
        hits = self._finder.hits_in(texts)
        said = len(texts[0])

        def is_meant(danger: Danger, hit: Hit, words: Sequence[str], alone: float) -> bool:
            """Tell whether the words that name a danger mean it; `alone` is the chance of danger in their sentence."""
            beside = said - (hit.last - hit.first + 1)
            # They are all that was said, or nearly: "j'ai envi de me tué".
            if not knows or beside == 0 or (said > FEW and THIRD * beside <= said):
                return True
            if alone >= RINGS_ALONE or _heard(whole, loudest, _need_behind(danger, whole)) + NAMED >= enough:
                return True
            if closely is None or said <= LETTER:
                return False
            return closely(list(_around(hit, words))) >= RINGS_ALONE

        doubts = []
        for words, there, one in zip(texts, hits, weighed, strict=True):
            found, hit = self._named(words, there, language)
            if found.danger and hit and is_meant(found.danger, hit, words, one.danger_weight):
                sure = whole.danger_weight >= limits.ring and found.danger not in UNMISTAKABLE
                return Found(Danger(whole.danger) if sure else found.danger)
            doubts.append(found.danger or found.doubt)
        if _heard(whole, loudest) >= enough and max(whole.spelt_danger, loudest.spelt_danger) >= SPELT:
            return Found(Danger(whole.danger))  # idioms and films were learnt too: no curated word is surer
        for there, one in zip(hits, weighed, strict=True):
            if one.danger_weight >= (limits.doubt if one is whole else ASKS_ALONE):
                doubts.append(None if self._is_idiom(there, language) else Danger(one.danger))
        return Found(doubt=next((doubt for doubt in doubts if doubt), None))

    def _is_idiom(self, hits: Sequence[Hit], language: str) -> bool:
        runs = [self._runs[hit.run] for hit in hits]
        return any(
            run.name == SILENCE and run.words > 1 and (not language or run.language == language)
            for run in runs
        )

    def _named(self, words: Sequence[str], hits: Sequence[Hit], language: str) -> tuple[Found, Hit | None]:
        """Give the first danger that nothing silences, and where; what a film or the past goes with is only a doubt."""
        ringing = [hit for hit in hits if self._runs[hit.run].name != SILENCE]
        silent = [hit for hit in hits if self._runs[hit.run].name == SILENCE]
        doubt = None
        # The language's own runs first: "devient violent" is not the "violat" of another one.
        of_kind = sorted(
            ringing,
            key=lambda hit: (
                self._runs[hit.run].language != language,
                MOST_TELLING.index(Danger(self._runs[hit.run].name)),
            ),
        )
        for hit in of_kind:
            danger = Danger(self._runs[hit.run].name)
            languages = {self._runs[other.run].language for other in ringing if _overlap(hit, other)}
            near = [
                other
                for other in silent
                if (spoken := self._runs[other.run].language) in languages | {language}
                and _beside(hit, other, words, JOINING.get(spoken, frozenset()))
            ]
            if not near:
                return Found(danger), hit
            idiom = any(self._runs[other.run].words > 1 and _overlap(hit, other) for other in near)
            if danger is Danger.SUICIDE or not idiom:  # "I could die of shame" is asked about
                doubt = doubt or danger
        return Found(doubt=doubt), None


@dataclass(frozen=True, slots=True)
class _Curated:
    language: str
    name: str  # of the danger, or "none"
    words: int


def _need_behind(danger: Danger, weighed: Weighed) -> float:
    """Give the chance of the need that goes with a danger: who names the one speaks of nothing else."""
    need = NEED_BEHIND.get(danger)
    return next((guess.score for guess in weighed.needs if guess.id == need), 0.0)


def _heard(whole: Weighed, loudest: Weighed, need: float = 0.0) -> float:
    """Give, in odds, what was learnt of the whole message and, for a lesser share, of its loudest sentence.

    `need` is the chance of the need behind a danger that words name.
    """
    chance = whole.danger_weight + need
    return (1 - LOUD) * _odds(chance) + LOUD * _odds(max(loudest.danger_weight, chance))


def _odds(chance: float) -> float:
    """Turn a chance into what can be added up: 0 for one half."""
    held = min(max(chance, LEAST), 1 - LEAST)
    return math.log(held / (1 - held))


def _around(hit: Hit, words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give the words around a hit; in a long text either side may be another thought, so each comes alone too."""
    first, end = max(0, hit.first - AROUND), hit.last + 1 + AROUND
    yield words[first:end]
    if len(words) > LONG:
        yield words[hit.first : end]
        yield words[first : hit.last + 1]


def _overlap(one: Hit, other: Hit) -> bool:
    return one.first <= other.last and other.first <= one.last


def _beside(hit: Hit, silence: Hit, words: Sequence[str], joining: Collection[str]) -> bool:
    """Tell whether a silencing word stands near, with no "but" or "and" between: that would be another thought."""
    if hit.first - NEAR > silence.last or silence.first > hit.last + NEAR:
        return False
    if _overlap(hit, silence):
        return True
    between = range(min(hit.first, silence.first), max(hit.last, silence.last) + 1)
    return not any(words[place] in joining for place in between)


def _read(path: Traversable) -> Mapping[str, list[str]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PhrasesError(f"{path}: {error}") from error
    unknown = set(table) - set(Danger) - {SILENCE}
    if unknown:
        raise PhrasesError(
            f"{path}: {', '.join(sorted(unknown))} is not a danger; take one of {', '.join(Danger)}"
        )
    return table
