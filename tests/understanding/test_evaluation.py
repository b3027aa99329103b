"""The figures of `passerelle evaluate`."""

import pytest

from bot.cli import main
from bot.understanding.evaluation import LinesError, Share, evaluate, read_lines
from bot.understanding.meaning import Decision, Guess, Meaning
from directory.territory import Danger


class Always:
    def __init__(self, meaning):
        self.meaning = meaning

    def understand(self, text, language=""):
        return self.meaning


RENT = Meaning("fr", Decision.ANSWER, (Guess("debts", 0.9), Guess("rent-arrears", 0.6)))


def line(kind="need", **more):
    return {"id": "1", "text": "x", "lang": "fr", "kind": kind, "needs": ["rent-arrears"], **more}


def test_a_need_that_is_second_counts_in_the_first_three_only():
    shares = evaluate([line()], Always(RENT)).figures["fr"].shares
    assert (shares["right first"], shares["in the first three"]) == (Share(0, 1), Share(1, 1))


def test_an_accepted_need_counts_as_right():
    assert evaluate([line(accept=["debts"])], Always(RENT)).figures["fr"].shares["right first"] == Share(1, 1)


def test_an_alarm_on_an_ordinary_message_is_a_miss():
    alarm = Meaning("fr", Decision.DANGER, danger=Danger.SUICIDE)
    result = evaluate([line("lure")], Always(alarm))
    assert result.figures["all"].shares["false alarm"] == Share(1, 1)
    assert "false alarm" in result.misses[0].measures


def test_a_danger_of_another_kind_is_found_but_not_right():
    found = Meaning("fr", Decision.DANGER, danger=Danger.SUICIDE)
    shares = evaluate([line("danger", danger="overdose")], Always(found)).figures["fr"].shares
    assert (shares["danger found"], shares["danger of the right kind"]) == (Share(1, 1), Share(0, 1))


def test_an_unknown_message_that_is_not_our_business_is_refused():
    shares = evaluate([line("oos")], Always(Meaning("", Decision.UNKNOWN))).figures["all"].shares
    assert (shares["refused"], shares["language recognised"]) == (Share(1, 1), Share(0, 1))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('{"text": "a"}\nx', "line 2: expected"),
        ('["text"]', "line 1: expected"),
        ('\n{"text": 1}', "line 2: expected"),
        ('{"text": "a", "kind": "wish"}', "line 1: the kind is one of need,"),
    ],
)
def test_a_line_that_is_no_labelled_message_is_named(tmp_path, written, says):
    path = tmp_path / "messages.jsonl"
    path.write_text(written)
    with pytest.raises(LinesError, match=says):
        list(read_lines(path))


def test_a_file_that_cannot_be_read_is_said_in_a_line(tmp_path, capsys):
    assert main(["evaluate", str(tmp_path / "none.jsonl")]) == 2
    assert capsys.readouterr().err.startswith("passerelle: ")
