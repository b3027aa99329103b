"""A team from the command line: made, looked at, not opened before it is ready."""

from pathlib import Path

import pytest

from bot.app import App
from bot.cli import main
from bot.handoff.teams import find_team
from bot.settings import read_settings
from bot.storage.models import Conversation, Worker
from tests.handoff.town import MONDAY


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/p.sqlite")


def somebody(name: str, team: str) -> None:
    app = App(read_settings(), working=False)
    with app.database.write() as session:
        chat = Conversation(channel="web", chat=name, state={}, started_at=MONDAY, last_seen_at=MONDAY)
        session.add(chat)
        session.flush()
        session.add(
            Worker(
                conversation_id=chat.id,
                team_id=find_team(session, "", team).id,
                first_name=name,
                languages=["fr"],
                joined_at=MONDAY,
            )
        )
    app.database.close()


def test_a_team_goes_live_once_it_has_hours_two_workers_and_a_number(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "teams.toml"
    file.write_text('[[team]]\nname = "Sud-Est"\ncommunes = ["etterbeek"]\n', "utf-8")
    assert main(["teams", "make", "--file", str(file)]) == 0
    assert main(["teams", "open", "Sud-Est"]) == 1
    assert capsys.readouterr().out.count("missing:") == 6
    for name in ("Amina", "Bruno"):
        somebody(name, "Sud-Est")
    made = ["teams", "make", "Sud-Est", "--hours", "Mo-Fr 09:00-17:00", "--fallback", "allo-aide-sociale"]
    assert main(made) == 0
    assert main(["teams", "roster", "Sud-Est", "Amina", "--hours", "Mo-We 09:00-13:00", "--woman"]) == 0
    assert main(["teams", "check", "Sud-Est"]) == 0
    assert main(["teams", "open", "Sud-Est"]) == 0
    main(["teams", "list"])
    assert "Sud-Est (live): Mo-Fr 09:00-17:00" in capsys.readouterr().out
    assert main(["invite-worker", "--team", "Sud-Est"]) == 0
    assert main(["teams", "remove", "Sud-Est"]) == 0
    assert main(["teams", "check", "Sud-Est"]) == 2


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["X", "--hours", "whenever"], "hours"),
        (["X", "--fallback", "nowhere"], "fallback"),
        (["X", "--themes", "magic"], "theme"),
        (["X", "--communes", "atlantis"], "commune"),
        (["X", "--most-open", "0"], "most_open"),
        (["X", "--urgent-minutes", "999"], "urgent_minutes"),
        (["x" * 81], "name"),
        (["--file", "missing.toml"], "missing.toml"),
    ],
)
def test_a_team_that_is_written_wrong_is_refused_with_the_reason(
    capsys: pytest.CaptureFixture[str], options: list[str], why: str
) -> None:
    assert main(["teams", "make", *options]) == 2
    assert why in capsys.readouterr().err
