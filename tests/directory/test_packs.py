from pathlib import Path

import pytest

from directory.content import ContentError
from directory.packs import Pack, check_pack, directory_of, load_pack, packaged_territories
from tests.directory.build import TESTVILLE, replace_in


def test_testville_is_whole(testville: Pack) -> None:
    assert testville.problems == ()
    assert (len(testville.territory.places), len(testville.services), len(testville.answers)) == (3, 12, 3)


def test_a_broken_territory_stops_the_start(folder: Path) -> None:
    replace_in(folder / "territory.toml", 'code = "testville"', "")
    with pytest.raises(ContentError, match=r"territory\.toml:1: code is missing"):
        load_pack(folder)


def test_a_check_goes_on_after_the_first_bad_file(folder: Path) -> None:
    replace_in(folder / "services.csv", "Mo-Su 11:30-14:00", "midi")
    replace_in(folder / "answers" / "partner-violence.md", "{line.urgences}", "112")
    problems = check_pack(folder)
    assert {Path(problem.path).name for problem in problems} == {
        "services.csv",
        "partner-violence.md",
        "food-aid.md",
    }


def test_a_check_of_a_broken_territory_lists_its_problems(folder: Path) -> None:
    replace_in(folder / "territory.toml", 'country = "BE"', "")
    assert [problem.message for problem in check_pack(folder)] == ["country is missing, add it"]


def test_a_pack_that_does_not_exist_is_told() -> None:
    with pytest.raises(
        ContentError, match=r"atlantis:1: is no territory pack, use a folder or one of: .*brussels"
    ):
        load_pack("atlantis")


def test_a_folder_can_be_given_as_text() -> None:
    assert load_pack(str(TESTVILLE)).territory.code == "testville"


def test_a_directory_is_made_without_a_database(testville: Pack) -> None:
    directory = directory_of(testville)
    service = directory.service("resto-nuage")
    assert service is not None
    assert service in directory.for_need("food-aid")
    assert directory.service("nobody") is None
    assert directory.for_need("funeral") == ()


def test_brussels_comes_with_the_program() -> None:
    assert "brussels" in packaged_territories()


@pytest.mark.parametrize("key", ["services", "related"])
def test_an_answer_that_leads_nowhere_is_told(folder: Path, key: str) -> None:
    path = folder / "answers" / "food-aid.md"
    line = next(line for line in path.read_text("utf-8").splitlines() if line.startswith(f"{key} ="))
    replace_in(path, line, f"{key} = []")
    (problem,) = check_pack(folder)
    assert problem.message.startswith(f"{key} is empty")
