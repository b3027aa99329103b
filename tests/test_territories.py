"""Several territories in one process: settings, links, requests that stay where they are asked, one understanding."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App
from bot.cli import main
from bot.conversation.links import link_code, read_link
from bot.conversation.turn import World
from bot.i18n import Words
from bot.settings import SettingsError, read_settings, served
from bot.storage.db import Database
from bot.storage.models import Conversation, Handoff, Offer
from bot.worlds import worlds_of
from directory.packs import load_pack
from directory.territory import Danger
from tests.conversations.talk import Talk
from tests.databases import SqliteBackend

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def worlds() -> Mapping[str, World]:
    return worlds_of({code: load_pack(code) for code in ("brussels", "reunion", "quebec")}, Words())


@pytest.fixture
def talk(database: Database, worlds: Mapping[str, World]) -> Talk:
    return Talk(database, worlds["brussels"], "fr", MORNING)


def territory_of(talk: Talk, who: str = "r") -> tuple[str, str]:
    with talk.database.read() as session:
        found = session.scalars(select(Conversation).where(Conversation.chat == who)).one()
        return found.territory, found.place


def press(talk: Talk, who: str, data: str) -> list[str]:
    talk.screen.data_of = lambda chat, label: label  # type: ignore[method-assign]
    return [reply.text for _, reply in talk.say(who, f"[{data}]")]


def a_worker(talk: Talk, who: str, territory: str) -> None:
    talk.say(who, f"/start t-{territory}_{{invitation}}")
    talk.say(who, who.upper())
    for field in ("languages", "communes", "themes"):
        press(talk, who, f"next:{field}")
    press(talk, who, "duty:on")


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ("", ("brussels",)),
        ("reunion", ("reunion",)),
        ("brussels,reunion", ("brussels", "reunion")),
        (" quebec , brussels, ", ("quebec", "brussels")),
    ],
)
def test_a_setting_says_which_territories_are_served(given: str, codes: tuple[str, ...]) -> None:
    assert served(given) == codes


def test_a_territory_is_served_once() -> None:
    with pytest.raises(SettingsError, match="twice"):
        served("brussels,brussels")


def test_a_territory_that_is_not_there_stops_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--territory", "brussels,atlantis", "directory", "load"]) == 2
    assert "atlantis" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("territory", "rest"), [("reunion", ""), ("reunion", "n-food-aid"), ("", "w-a_b-c"), ("", "")]
)
def test_a_link_is_read_as_it_was_written(territory: str, rest: str) -> None:
    assert read_link(link_code(territory, rest)) == (territory, rest)


def test_all_territories_understand_with_one_model_and_keep_their_own_numbers(
    worlds: Mapping[str, World],
) -> None:
    matchers = {id(vars(world.understander)["_matcher"]) for world in worlds.values()}
    assert len(matchers) == 1
    first = [world.territory.lines_for(Danger.SUICIDE)[0].phone for world in worlds.values()]
    assert first == ["112", "112", "911"]


@pytest.mark.parametrize(
    "said", ["/start t-reunion", "97430", "@location -21.27 55.52", "J'habite au Tampon"]
)
def test_a_link_a_code_a_position_and_a_name_lead_to_the_territory(talk: Talk, said: str) -> None:
    talk.say("r", said)
    assert territory_of(talk)[0] == "reunion"


@pytest.mark.parametrize(
    "said", ["il manque le tampon sur mon passeport", "bonjour", "1040", "@location 50.83 4.39", "Paris"]
)
def test_everything_else_leads_nowhere(talk: Talk, said: str) -> None:
    talk.say("r", said)
    assert territory_of(talk)[0] == ""


def test_a_commune_that_is_known_is_not_left_for_a_name_in_a_sentence(talk: Talk) -> None:
    talk.say("r", "1040")
    told = talk.say("r", "ma sœur vit à Saint-Denis et n'a pas de quoi manger")
    assert territory_of(talk) == ("", "etterbeek")
    assert any(button.data == "territory:reunion" for row in told[-1][1].buttons for button in row)


def test_erasing_everything_forgets_the_territory_too(talk: Talk) -> None:
    talk.say("r", "/start t-quebec")
    press(talk, "r", "erase-all")
    assert territory_of(talk) == ("", "")


def test_a_request_goes_to_the_workers_of_its_territory_only(talk: Talk) -> None:
    a_worker(talk, "w", "brussels")
    a_worker(talk, "v", "reunion")
    talk.say("r", "/start t-reunion")
    press(talk, "r", "talk:food-aid")
    told = press_and_see(talk, "card:send")
    assert {chat for chat in told if chat != "r"} == {"v"}
    with talk.database.read() as session:
        assert len(session.scalars(select(Offer)).all()) == 1


def test_an_invitation_for_another_territory_leads_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'passerelle.db'}")
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests, long enough")
    monkeypatch.setenv("TERRITORY", "brussels,reunion")
    assert main(["--territory", "reunion", "invite-worker"]) == 0
    assert "/?start=t-reunion_w-" in capsys.readouterr().out
    assert main(["invite-worker"]) == 0
    assert "/?start=w-" in capsys.readouterr().out


def test_no_worker_of_another_territory_is_promised(talk: Talk) -> None:
    a_worker(talk, "w", "brussels")
    talk.say("r", "/start t-reunion")
    press(talk, "r", "talk:food-aid")
    press(talk, "r", "card:send")
    with talk.database.read() as session:
        assert session.scalars(select(Handoff)).all() == []


def test_who_waits_for_a_worker_stays_in_the_territory(talk: Talk) -> None:
    a_worker(talk, "w", "brussels")
    press(talk, "r", "talk:food-aid")
    press(talk, "r", "card:send")
    for said in ("/start t-reunion", "97430", "@location -21.27 55.52"):
        talk.say("r", said)
    assert territory_of(talk)[0] == ""


def test_a_worker_stays_where_they_joined(talk: Talk) -> None:
    a_worker(talk, "v", "reunion")
    talk.say("v", "/start t-quebec")
    assert territory_of(talk, "v")[0] == "reunion"


def test_the_directories_of_all_are_loaded_and_read(tmp_path: Path, sqlite_backend: SqliteBackend) -> None:
    environ = {"DATABASE_URL": sqlite_backend.empty(), "TERRITORY": "reunion,quebec"}
    app = App(read_settings(environ, tmp_path), working=False)
    report = app.prepare()
    counts = [len(load_pack(code).services) for code in ("reunion", "quebec")]
    assert len(report.added) == sum(counts)
    assert [len(library.directory.services) for library in app.libraries.values()] == counts
    assert app.prepare().unchanged == sum(counts)
    app.database.close()


def press_and_see(talk: Talk, data: str) -> set[str]:
    talk.screen.data_of = lambda chat, label: label  # type: ignore[method-assign]
    return {chat for chat, _ in talk.say("r", f"[{data}]")}
