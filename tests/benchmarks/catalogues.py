"""What all languages cost at start: seconds until every text can be said, and memory for each language.

The baseline is the standard reader and its compiled form, in a process of its own as well.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

import psutil  # type: ignore[import-untyped]
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.i18n import Words
from tests.benchmarks.figures import Figure, at_most
from tests.paths import PROJECT

SECONDS, MIB_A_LANGUAGE = 1.0, 3.0
ROUNDS = 3
TERRITORY = "brussels"


def figures() -> Iterator[Figure]:
    """Read all catalogues a few times in fresh processes; the middle one counts."""
    (seconds, memory), (before, memory_before) = (_middle(way) for way in ("ours", "standard"))
    yield at_most("start-up-catalogues", seconds, "s", SECONDS, before)
    yield at_most("memory-per-language", memory, "MiB", MIB_A_LANGUAGE, memory_before)


def _middle(way: str) -> tuple[float, float]:
    measured = []
    for _ in range(ROUNDS):
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.catalogues", way],
            cwd=PROJECT,
            capture_output=True,
            check=True,
        )
        measured.append(json.loads(done.stdout))
    seconds, memory = zip(*measured, strict=True)
    return sorted(seconds)[ROUNDS // 2], sorted(memory)[ROUNDS // 2]


def _ours() -> tuple[int, object]:
    words = Words()
    texts = [words.territory_texts(TERRITORY, code) for code in words.languages]
    return len(words.languages), (words, texts)


def _standard() -> tuple[int, object]:
    texts = []
    languages = [entry for entry in files("locales").iterdir() if (entry / "language.toml").is_file()]
    for language in languages:
        for domain in ("passerelle", "labels", TERRITORY):
            path = language / "LC_MESSAGES" / f"{domain}.po"
            if path.is_file():
                compiled = BytesIO()
                with path.open("rb") as file:
                    write_mo(compiled, read_po(file))
                compiled.seek(0)
                texts.append(GNUTranslations(compiled))
    return len(languages), texts


def _measure(read: Callable[[], tuple[int, object]]) -> tuple[float, float]:
    process = psutil.Process()
    gc.collect()
    before, begun = process.memory_info().rss, time.perf_counter()
    count, kept = read()
    seconds = time.perf_counter() - begun
    gc.collect()
    memory = process.memory_info().rss - before
    assert kept
    return seconds, memory / count / 2**20


if __name__ == "__main__":
    print(json.dumps(_measure({"ours": _ours, "standard": _standard}[sys.argv[1]])))
