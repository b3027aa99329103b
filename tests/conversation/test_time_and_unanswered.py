"""What was not understood teaches the bot without telling on anybody; a time that people name is looked at."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.messages import plain
from bot.storage.db import Database
from bot.storage.models import Unanswered
from tests.conversations.talk import Talk, the_first_of

MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture
def talk(sqlite_database: Database) -> Talk:
    return Talk(sqlite_database, the_first_of(("brussels",)), "fr", MONDAY)


def kept(talk: Talk) -> list[tuple[str, str]]:
    with talk.database.read() as session:
        return [(row.language, row.words) for row in session.scalars(select(Unanswered))]


def said(talk: Talk, words: str) -> str:
    return "\n".join(plain(reply.text) for _, reply in talk.say("", words))


def test_names_and_numbers_of_what_was_not_understood_are_left_out(talk: Talk) -> None:
    assert "pas compris" in said(talk, "quel temps fait-il demain chez Zbigniew 0470123456")
    ((language, words),) = kept(talk)
    assert language == "fr"
    assert "zbigniew" not in words
    assert not any(sign.isdigit() for sign in words)


def test_what_was_understood_is_not_kept(talk: Talk) -> None:
    said(talk, "je sais plus payer mon loyer")
    assert kept(talk) == []


def test_doors_are_shown_for_the_day_that_was_named(talk: Talk) -> None:
    said(talk, "je veux un colis alimentaire demain")
    talk.say("", "[Services près de moi]")
    cards = said(talk, "Etterbeek")
    assert "mar. 24" in cards
    assert "now" not in cards


def test_another_time_shows_the_doors_again(talk: Talk) -> None:
    said(talk, "je veux un colis alimentaire")
    talk.say("", "[Services près de moi]")
    assert "mar. 24" not in said(talk, "Etterbeek")
    assert "mar. 24" in said(talk, "demain")


def test_a_new_question_without_a_time_is_about_now(talk: Talk) -> None:
    said(talk, "je veux un colis alimentaire demain")
    talk.say("", "[Services près de moi]")
    said(talk, "Etterbeek")
    said(talk, "où trouver un colis alimentaire")
    talk.say("", "[Services près de moi]")
    assert all("mar. 24" not in plain(reply.text) for _, reply in talk.screen.shown[-1:])
