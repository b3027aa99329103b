"""The seams of this room: buttons that are heard, data that fits, no channel, everything named in the documents."""

import ast

import pytest

from bot.conversation import effects
from bot.conversation.effects import ShowDigest, ShowMeetings
from bot.conversation.engine import CHOICES, COMMANDS
from bot.outreach.effects import OUTREACH
from bot.outreach.figures import TABLES
from bot.privacy.erasure import erase_person
from bot.storage.models import BroadcastReceipt, Conversation, HelpedContact, Subscription
from tests.outreach.conftest import MONDAY, Street
from tests.paths import PROJECT
from webhooks.outreach import TITLES

MODULES = sorted((PROJECT / "bot" / "outreach").rglob("*.py"))
DIALOGUES = [
    PROJECT / f"bot/conversation/dialogues/{name}.py"
    for name in ("meeting", "rounds", "followup", "reminders", "news")
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_this_room_knows_no_channel(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    names = [node.module or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in names if name.startswith(("bot.channels", "webhooks"))]


def verbs_of_buttons(text: str) -> set[str]:
    """The word that each button sends first; those that are put together elsewhere are left out."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Button" and len(node.args) > 1:
            data = node.args[1]
            first = data.values[0] if isinstance(data, ast.JoinedStr) else data
            if isinstance(first, ast.Constant):
                found.add(str(first.value).split(":")[0])
    return found


def test_every_button_of_this_room_does_something() -> None:
    verbs = set().union(*(verbs_of_buttons(path.read_text("utf-8")) for path in [*MODULES, *DIALOGUES]))
    assert verbs - {"share-location"} <= set(CHOICES)
    assert {"meet", "met", "stop-is", "did", "why", "notice-do"} <= verbs


def test_every_command_of_this_room_is_known() -> None:
    assert {"meet", "rounds", "met", "digest", "remind", "news", "notice"} <= set(COMMANDS)


def test_every_table_of_the_report_has_a_title() -> None:
    assert set(TITLES) == set(TABLES)


def test_every_effect_of_this_room_is_one_of_the_core() -> None:
    assert all(getattr(effects, kind.__name__) is kind for kind in OUTREACH)


def test_erase_forgets_what_was_asked_and_sent(street: Street) -> None:
    person = street.person()
    with street.database.write() as session:
        session.add(Subscription(conversation_id=person, topic="urgent", asked_at=MONDAY))
        session.add(HelpedContact(conversation_id=person, said_at=MONDAY))
        erase_person(session, session.get_one(Conversation, person), MONDAY)
    for table in (Subscription, HelpedContact, BroadcastReceipt):
        assert street.read(lambda session, table=table: session.query(table).count()) == 0


def test_the_digest_asks_the_team_and_names_no_person(street: Street) -> None:
    (said,) = street.does(street.worker("Amina"), ShowDigest())
    assert said.count("?") >= 3
    assert "Saint-Exemple" in said
    assert "École des Vagues" in said  # its sheet is not whole
    assert street.does(street.person(), ShowDigest()) == []


def test_nothing_in_this_room_waits_for_words_of_a_worker(street: Street) -> None:
    """No question of the worker's side is open to free text."""
    text = (PROJECT / "bot/conversation/dialogues/rounds.py").read_text("utf-8")
    assert "ASKED" not in text
    assert street.does(street.person("en"), ShowMeetings("brumeville-haute"))
