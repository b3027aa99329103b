"""The command line is a contract: others measure with its lines and keys."""

import argparse
import io
import json
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

from bot.cli import _parser, main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def go(*arguments: str, given: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        status = main(arguments)
        return status, capsys.readouterr().out

    return go


def test_understand_answers_each_line_with_the_keys_of_the_contract(run: Run) -> None:
    lines = [
        {"id": "a", "text": "je sais plus payer mon loyer"},
        {"id": 7, "text": "ik wil niet meer leven", "lang": "nl"},
        {"id": "c", "text": "hello"},
        {"id": "d", "text": "I want to talk to a human"},
        {"id": "e", "text": ""},
    ]
    status, out = run(
        "understand", "--jsonl", given="\n".join(json.dumps(line) for line in lines) + "\n\n{broken\n"
    )
    *answers, broken = (json.loads(line) for line in out.splitlines())
    assert status == 0
    assert [answer["id"] for answer in answers] == ["a", 7, "c", "d", "e"]
    assert all(
        set(answer) == {"id", "language", "decision", "needs", "danger", "place"} for answer in answers
    )
    assert [answer["decision"] for answer in answers] == ["answer", "danger", "smalltalk", "human", "unknown"]
    assert answers[0]["needs"][0]["id"] == "rent-arrears"
    assert set(answers[0]["needs"][0]) == {"id", "score"}
    assert answers[1]["danger"] == "suicide"
    assert "line 7" in broken["error"]


def test_answer_prints_what_a_resident_would_get(run: Run) -> None:
    status, out = run("answer", "rent-arrears", "--lang", "nl")
    assert status == 0
    assert "huur" in out.lower()


def test_answer_as_json_holds_the_sections_and_sources(run: Run) -> None:
    _, out = run("answer", "rent-arrears", "--lang", "ar", "--json")
    value = json.loads(out)
    assert (value["need"], value["language"], value["ready"]) == ("rent-arrears", "ar", True)
    assert value["sources"][0]["url"].startswith("https://")
    assert {"what", "first", "papers", "refused"} <= set(value["sections"])


def test_answer_refuses_an_unknown_need(run: Run) -> None:
    assert run("answer", "rent")[0] == 2


def test_services_are_real_and_near(run: Run) -> None:
    status, out = run(
        "services",
        "rent-arrears",
        "--near",
        "Etterbeek",
        "--lang",
        "fr",
        "--at",
        "2026-11-23T10:00",
        "--json",
    )
    value = json.loads(out)
    assert status == 0
    assert value["place"] == "etterbeek"
    assert 1 <= len(value["services"]) <= 3
    for service in value["services"]:
        assert {"id", "name", "reasons", "open", "phones", "address", "cost", "access", "checked_on"} <= set(
            service
        )
        assert service["open"]["state"] in ("open", "closed", "unknown")


def test_who_says_something_of_themselves_is_not_sent_to_doors_for_others(run: Run) -> None:
    def found(*who: str) -> list[dict[str, object]]:
        out = run("services", "shelter-tonight", "--lang", "fr", "--limit", "100", "--json", *who)[1]
        shown: list[dict[str, object]] = json.loads(out)["services"]
        return shown

    everybody, men = found(), found("--for", "men", "--age", "30")
    assert any("for-women-only" in str(one["reasons"]) for one in everybody)
    assert 0 < len(men) < len(everybody)
    assert not any("for-women-only" in str(one["reasons"]) for one in men)


@pytest.mark.parametrize("near", ["Paris", "1050000"])
def test_services_refuses_a_place_it_does_not_know(near: str, run: Run) -> None:
    assert run("services", "food-aid", "--near", near)[0] == 2


def test_services_refuses_a_moment_it_cannot_read(run: Run) -> None:
    assert run("services", "food-aid", "--at", "tomorrow")[0] == 2


def test_all_content_is_in_order(run: Run) -> None:
    status, out = run("check")
    assert (status, out.splitlines()[-1]) == (0, "All content is in order.")
    assert out.startswith("Hardest to read, of at least ")


def test_coverage_counts_answers_by_language(run: Run) -> None:
    _, out = run("coverage", "--json")
    table = json.loads(out)
    assert len(table) == 88
    whole = [need for need, row in table.items() if set(row["languages"]) >= {"fr", "nl", "en", "ar"}]
    assert len(whole) >= 12
    assert all(row["services"] > 0 for row in table.values())


@pytest.mark.parametrize(
    "command",
    [
        *("run", "web", "worker", "migrate", "chat", "invite-worker", "backup", "restore"),
        *("understand", "answer", "services", "check", "coverage", "evaluate"),
    ],
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "usage: passerelle" in capsys.readouterr().out


def commands_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Give what does each command and each part of one."""
    parts = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for command in (command for part in parts for command in part.choices.values()):
        yield command.get_default("do")
        yield from commands_of(command)


def test_each_command_leads_to_something_that_can_be_done() -> None:
    named = set(commands_of(_parser()))
    assert len(named) > 30
    for name in named:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(f"bot.{module}"), function)), name
