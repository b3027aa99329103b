"""The pack of Testville, and copies of it to spoil."""

import shutil
from pathlib import Path

import pytest

from directory.packs import Pack, load_pack
from tests.directory.build import TESTVILLE


@pytest.fixture(scope="session")
def testville() -> Pack:
    return load_pack(TESTVILLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Testville that a test may spoil."""
    return Path(shutil.copytree(TESTVILLE, tmp_path / "testville"))
