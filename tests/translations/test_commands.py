"""The commands of translators and coordinators, on a copy of the program where they write."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bot.cli import main
from tests.paths import PROJECT


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for room in ("bot", "directory", "locales"):
        shutil.copytree(PROJECT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )


def test_a_new_language_and_a_review_are_written_and_shown(copy: Path) -> None:
    assert run(copy, "new-language", "so").returncode == 0
    assert (copy / "locales" / "so" / "LC_MESSAGES" / "brussels.po").is_file()
    assert run(copy, "reviewed", "es", "--all", "--by", "native reader").returncode == 0
    written = (copy / "locales" / "es" / "reviewed.toml").read_text("utf-8")
    assert "[brussels.food-aid]" in written
    assert 'by = "native reader"' in written
    rows = {line.partition(" ")[0]: line for line in run(copy, "coverage").stdout.splitlines()}
    assert "not offered yet" in rows["so"]
    assert "texts are not translated yet" in rows["locales/so:"]
    assert " r " in rows["food-aid"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("reviewed", "fr", "food-aid"),
        ("reviewed", "es", "food-bank"),
        ("reviewed", "es", "food-aid", "--by", "somebody@example.org"),
        ("new-language", "es"),
        ("check", "--meaning", "xx"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert capsys.readouterr().err.startswith("passerelle: ")


def test_the_picture_has_a_cell_for_each_language_and_theme(tmp_path: Path) -> None:
    path = tmp_path / "coverage.svg"
    assert main(("coverage", "--picture", str(path))) == 0
    told = [title.text or "" for title in ET.parse(path).iter("{http://www.w3.org/2000/svg}title")]
    assert any(title.startswith("Health, fr: ") for title in told)
    assert sum(": " in title for title in told) >= 16 * 13
