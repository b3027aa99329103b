"""The commands for exchange: export to a file or folder, import into a file that a person reviews."""

from pathlib import Path

import pytest

from bot.cli import main
from directory.packs import load_pack
from directory.service_files import read_services
from tests.directory.build import TESTVILLE

PACK = load_pack(TESTVILLE)


def run(*words: str | Path) -> int:
    return main(["--territory", str(TESTVILLE), "directory", *map(str, words)])


@pytest.mark.parametrize("name", ["all.json", "tables"])
def test_what_was_exported_is_imported_for_review(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", tmp_path / name) == 0
    assert run("import", tmp_path / name, "--into", tmp_path / "services.csv") == 0
    assert "12 services written" in capsys.readouterr().out
    rows = read_services(tmp_path / "services.csv", PACK.territory, {need.id for need in PACK.needs})
    assert (rows.services, rows.problems) == (PACK.services, ())


def test_an_export_never_overwrites_the_pack(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "services.csv").read_text("utf-8")
    assert run("export", folder) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (folder / "services.csv").read_text("utf-8") == before


def test_an_export_may_be_renewed(tmp_path: Path) -> None:
    assert [run("export", tmp_path / "tables"), run("export", tmp_path / "tables")] == [0, 0]


def test_an_import_never_overwrites_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "any.json", "--into", folder / "services.csv") == 2
    assert "is there already" in capsys.readouterr().err


def test_a_refused_file_writes_nothing_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_text('[{"id": "1", "status": "active"}]', "utf-8")
    assert run("import", tmp_path / "bad.json", "--into", tmp_path / "new.csv") == 1
    assert "[0].name: is missing" in capsys.readouterr().err
    assert not (tmp_path / "new.csv").exists()


def test_what_a_person_must_fill_in_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service = '{"id": "ac148810-d857-441c-9679-408f346de14b", "name": "Soup", "status": "active"}'
    (tmp_path / "foreign.json").write_text(service, "utf-8")
    assert run("import", tmp_path / "foreign.json", "--into", tmp_path / "new.csv") == 0
    out = capsys.readouterr().out
    for column in ("needs", "serves", "checked_on"):
        assert f"new.csv:2: {column}: is empty, fill it in" in out


@pytest.mark.parametrize("name", ["all.txt", "missing/all.json"])
def test_a_place_that_cannot_be_written_is_said(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", tmp_path / name) == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("command", ["export", "import"])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        run(command, "--help")
    assert "HSDS 3" in capsys.readouterr().out
