"""What was learnt from the phrases: `model/weights.npz` and `model/model.json`, written by `passerelle train`."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.lexicon import Lexicon
from bot.understanding.network import Network, heard
from bot.understanding.phrases import FILES
from bot.understanding.spelling import Spelling, coded

Floats = npt.NDArray[np.float32]

SPELLING = "spelling"
EVERYWHERE = "*"
NEED, DANGER, TALK = "need ", "danger ", "talk "
FORM = 9  # raise it when the same phrases would give other weights
LAYERS = ("hidden", "spoken")
FOLDER = files("bot.understanding") / "model"


@dataclass(frozen=True)
class Head:
    """How one encoder's numbers speak for each class."""

    centre: Floats
    network: Network

    def logits(self, rows: Floats) -> Floats:
        """Give how strongly each row speaks for each class."""
        return self.network.logits(centred(rows, self.centre))


@dataclass(frozen=True)
class SpellingHead:
    """How the spelling speaks for each class: the hidden layer in whole numbers from -127 to 127 and a size a unit."""

    spelling: Spelling
    weights: npt.NDArray[np.int8]
    size: Floats
    rest: Floats
    spoken: Floats

    def logits(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Give how strongly each list of words speaks for each class."""
        return heard(np.stack([self._of(words) for words in texts]) * self.size + self.rest, self.spoken)

    def _of(self, words: Sequence[str]) -> Floats:
        places, values = self.spelling.row(*coded(words))
        found = np.einsum("i,ij->j", values, self.weights[places].astype(np.float32))
        return np.asarray(found, np.float32)


@dataclass(frozen=True)
class Thresholds:
    """From which chance on something is done; chosen by the training on phrases that it had not seen."""

    sure: float
    maybe: float
    part: float  # for one of several needs
    talk: float
    ring: float  # danger
    doubt: float  # perhaps danger
    enough: float = 2.0  # so sure by the spelling that an encoder would change nothing; above 1: never


@dataclass(frozen=True)
class Model:
    """Everything that was learnt."""

    fingerprint: str
    classes: tuple[str, ...]
    lexicon: Lexicon
    spelling: SpellingHead
    heads: Mapping[str, Head]
    mixes: Mapping[str, Mapping[str, tuple[float, ...]]]  # by the parts that are there, by language
    thresholds: Mapping[str, Thresholds]
    figures: Mapping[str, Any]

    def mix(self, parts: Sequence[str], language: str) -> tuple[float, ...]:
        """Give what each part counts in a language."""
        by_language = self.mixes[key(parts)]
        return by_language.get(language) or by_language[EVERYWHERE]


def key(parts: Sequence[str]) -> str:
    """Name a set of parts."""
    return "+".join(parts)


def centred(rows: Floats, centre: Floats) -> Floats:
    """Move rows to the middle of what people say and make them of length 1."""
    moved = rows - centre
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)


def fingerprint(folder: Traversable) -> str:
    """Name the phrases of every language under `folder`, and the needs' labels, by what is in them."""
    found = hashlib.sha256(str(FORM).encode())
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for name in (*FILES, "language.toml"):
            if (path := entry / name).is_file():
                found.update(entry.name.encode() + path.read_bytes())
    found.update((files("directory") / "needs.toml").read_bytes())
    for name in ("outside.toml", "basics.toml"):
        found.update((files("bot.understanding") / name).read_bytes())
    return found.hexdigest()


@cache
def load_model() -> Model:
    """Read what was learnt."""
    about = json.loads((FOLDER / "model.json").read_text("utf-8"))
    with np.load(BytesIO((FOLDER / "weights.npz").read_bytes())) as stored:
        heads = {
            name: Head(
                stored[f"{name} centre"].astype(np.float32),
                Network(*(stored[f"{name} {layer}"].astype(np.float32) for layer in LAYERS)),
            )
            for name in about["encoders"]
        }
        lexicon = Lexicon(tuple(about["words of"]), stored["words"], stored["phrases with it"])
        spelling = SpellingHead(
            Spelling(stored["rarity"]),
            stored["spelling hidden"],
            stored["spelling size"],
            stored["spelling rest"],
            stored["spelling spoken"].astype(np.float32),
        )
    return Model(
        about["fingerprint"],
        tuple(about["classes"]),
        lexicon,
        spelling,
        heads,
        {parts: {code: tuple(mix) for code, mix in by.items()} for parts, by in about["mixes"].items()},
        {parts: Thresholds(**values) for parts, values in about["thresholds"].items()},
        about["figures"],
    )


def save_model(model: Model, folder: Path) -> None:
    """Write what was learnt."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "words": model.lexicon.codes,
        "phrases with it": model.lexicon.counts,
        "rarity": model.spelling.spelling.rarity,
        "spelling hidden": model.spelling.weights,
        "spelling size": model.spelling.size,
        "spelling rest": model.spelling.rest,
        "spelling spoken": model.spelling.spoken.astype(np.float16),
    }
    for name, head in model.heads.items():
        arrays[f"{name} centre"] = head.centre.astype(np.float16)
        for layer in LAYERS:
            arrays[f"{name} {layer}"] = getattr(head.network, layer).astype(np.float16)
    folder.mkdir(exist_ok=True)
    with (folder / "weights.npz").open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    about = {
        "fingerprint": model.fingerprint,
        "encoders": list(model.heads),
        "classes": model.classes,
        "words of": model.lexicon.columns,
        "thresholds": {parts: vars(values) for parts, values in model.thresholds.items()},
        "mixes": model.mixes,
        "figures": model.figures,
    }
    (folder / "model.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8")


def compact(spelling: Spelling, network: Network) -> SpellingHead:
    """Round the many weights of the spelling to whole numbers."""
    weights, rest = network.hidden[:-1], network.hidden[-1]
    size = np.maximum(np.abs(weights).max(0), 1e-9) / 127
    whole = np.rint(weights / size).astype(np.int8)
    return SpellingHead(spelling, whole, size.astype(np.float32), rest, network.spoken)
