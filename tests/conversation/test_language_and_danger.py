"""What holds in every talk: the language that was heard is kept, danger is heard wherever words stand."""

from datetime import UTC, datetime

import pytest

from bot.conversation.turn import World
from bot.i18n import Words
from bot.messages import Kind
from bot.storage.db import Database
from bot.understanding.meaning import Decision, Guess, Meaning
from directory.territory import Danger
from tests.conversations.talk import Talk
from tests.worlds import small_town

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return small_town()


@pytest.fixture
def talk(sqlite_database: Database, world: World) -> Talk:
    return Talk(sqlite_database, world, "en-GB", MORNING)


def test_the_language_that_was_heard_first_stays_after_a_button(talk: Talk) -> None:
    (_, first), *_ = talk.say("", "لا أستطيع دفع الإيجار")
    assert first.language == "ar"
    label = next(button.label for row in first.buttons for button in row if button.data.startswith("places:"))
    (_, second), *_ = talk.say("", f"[{label}]")
    assert second.language == "ar"


def test_another_language_later_is_offered_and_not_imposed(talk: Talk) -> None:
    talk.say("", "/start")
    talk.say("", "[English]")
    (_, reply), *_ = talk.say("", "je sais plus payer mon loyer")
    assert reply.language == "en"
    assert "language:fr" in {button.data for row in reply.buttons for button in row}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.PICTURE, "mon mari me frappe maintenant aidez moi"),
        (Kind.EDIT, "je veux mourir"),
        (Kind.TEXT, "/help je veux mourir"),
        (Kind.START, "je veux mourir"),
        (Kind.FILE, "il a un couteau et il veut me tuer"),
    ],
)
def test_danger_is_heard_wherever_words_stand(
    kind: Kind, text: str, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "_read", lambda who, what: (kind, what, None))
    (_, reply), *_ = talk.say("", text)
    assert "112" in reply.text


def test_a_worker_who_lost_a_request_gets_the_numbers_too(talk: Talk) -> None:
    talk.language = "fr"
    for who, name in (("w", "Amina"), ("v", "Bruno")):
        talk.say(who, "/start {invitation}")
        talk.say(who, name)
        for label in ("C'est bon", "Tout prendre", "Tout prendre", "Commencer ma permanence"):
            talk.say(who, f"[{label}]")
    talk.say("", "je veux parler à quelqu'un")
    talk.say("", "[Oui, envoyer ceci]")
    talk.say("w", "[Accepter]")
    talk.say("v", "[Accepter]")
    (chat, reply), *_ = talk.say("v", "je veux mourir")
    assert chat == "v"
    assert "112" in reply.text


@pytest.mark.parametrize("code", Words().languages)
def test_the_greeting_is_short_in_every_language(code: str, talk: Talk) -> None:
    talk.language = code
    (_, greeting), *_ = talk.say(code[0] + "x", "/start")
    assert greeting.language == code
    assert len(greeting.text.split()) <= 60


def test_somebody_new_who_only_names_a_commune_is_told_who_speaks(talk: Talk) -> None:
    talk.language = "fr"
    (_, reply), *_ = talk.say("", "Brumeville-Haute")
    assert "robot" in reply.text


def test_words_that_might_mean_a_danger_open_the_numbers_in_one_tap(
    talk: Talk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubtful = Meaning("fr", Decision.ANSWER, (Guess("debts", 0.9),), doubt=Danger.SUICIDE)
    monkeypatch.setattr(type(world.understander), "understand", lambda *_: doubtful)
    talk.say("", "/start")
    (_, reply), *_ = talk.say("", "je n'en peux plus de ces factures")
    assert reply.buttons[0][0].data == "danger:suicide"
    (_, numbers), *_ = talk.say("", f"[{reply.buttons[0][0].label}]")
    assert "112" in numbers.text


def test_the_code_of_a_link_is_never_read_as_words(
    talk: Talk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Meaning("fr", Decision.DANGER, danger=Danger.SUICIDE)
    monkeypatch.setattr(type(world.understander), "understand", lambda *_: heard)
    (_, reply), *_ = talk.say("", "/start w-kill-me_now")
    assert "112" not in reply.text
