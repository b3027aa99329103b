"""What worker and person do in a request: pictures, ready sentences, notes, meetings, discretion; and bad input."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.inbox import receive
from bot.handoff.calendar import invitation
from bot.handoff.thread import media_of
from bot.messages import Inbound, Kind, Media
from bot.phrasebook import phrasebook
from bot.storage.models import (
    Appointment,
    Conversation,
    Handoff,
    InboxMessage,
    Note,
    OutboxMessage,
    ThreadMessage,
)
from tests.conversations.talk import Talk
from tests.handoff.town import (
    MONDAY,
    SEALER,
    SECRET,
    a_request,
    a_team,
    a_worker,
    events,
    later,
    press,
    said_to,
    the,
    who_heard,
)


@pytest.fixture(autouse=True)
def team(talk: Talk) -> None:
    """Amina and Bruno in one team, beside one that is not live."""
    team = a_team(talk.database, "Équipe Phare")
    a_worker(talk, "w", "Amina", team)
    a_worker(talk, "v", "Bruno", team, woman=True)
    a_team(talk.database, "Autre équipe", live=False)


@pytest.fixture
def request_(talk: Talk) -> str:
    """One that Amina has accepted."""
    request = a_request(talk)
    press(talk, "w", f"accept:{request}")
    return request


def send(talk: Talk, who: str, kind: Kind, text: str = "", media: Media | None = None, *about: str):  # type: ignore[no-untyped-def]
    talk.now += timedelta(seconds=5)
    message = Inbound("test", f"m{talk.now.timestamp()}{who}", who, kind, text, "fr", None, media, about)
    receive(talk.database, message, talk.now)
    return talk.settle()


@pytest.mark.parametrize("kind", [Kind.PICTURE, Kind.VOICE, Kind.LOCATION])
def test_a_picture_or_voice_note_goes_both_ways_and_its_number_is_kept_sealed(
    talk: Talk, request_: str, kind: Kind
) -> None:
    media = Media("photo", "the-number-of-the-picture")
    for who, other in (("r", "w"), ("w", "r")):
        told = send(talk, who, kind, "voici", media)
        assert [reply.media for chat, reply in told if chat == other] == [media]
        assert who in who_heard(told)
    with talk.database.read() as session:
        rows = session.scalars(select(ThreadMessage)).all()
        assert [(row.kind, media_of(row, SEALER)) for row in rows] == [("photo", media)] * 2
        assert all(media.file not in row.sealed_media for row in rows)
        assert not [row for row in session.scalars(select(InboxMessage)) if row.payload]
        assert not [row for row in session.scalars(select(OutboxMessage)) if row.payload]


def test_what_cannot_cross_to_another_channel_is_said(talk: Talk, request_: str) -> None:
    with talk.database.write() as session:
        session.get_one(Conversation, 1).channel = "console"
    told = send(talk, "r", Kind.PICTURE, "", Media("photo", "x"))
    assert who_heard(told) == {"r"}
    assert "mots écrits" in said_to(told, "r") or "written" in said_to(told, "r")


def test_replying_to_a_message_answers_that_person(talk: Talk, request_: str) -> None:
    other = a_request(talk, "s", "autre")
    press(talk, "w", f"accept:{other}")
    told = send(talk, "w", Kind.TEXT, "pour la première", None, f"thread:{request_}")
    assert "pour la première" in said_to(told, "r")
    assert "s" not in who_heard(told)


def test_a_reply_to_somebody_else_s_request_reaches_nobody(talk: Talk, request_: str) -> None:
    told = send(talk, "v", Kind.TEXT, "donnez-moi votre adresse", None, f"thread:{request_}")
    assert "r" not in who_heard(told)


def test_a_ready_sentence_goes_in_the_person_s_language(talk: Talk, request_: str) -> None:
    with talk.database.write() as session:
        session.get_one(Handoff, request_).language = "en"
    told = press(talk, "w", f"phrase:{request_}:bring-letter")
    assert "Bring the letter that you received." in said_to(told, "r")
    assert "Apportez la lettre que vous avez reçue." in said_to(told, "w")
    assert the(talk, request_).first_reply_at


def test_the_answer_and_places_go_in_the_person_s_language(talk: Talk, request_: str) -> None:
    groups = press(talk, "w", f"phrases:{request_}")
    data = [button.data for _, reply in groups for row in reply.buttons for button in row]
    assert f"phrase:{request_}:answer" in data
    assert len(said_to(press(talk, "w", f"phrase:{request_}:answer"), "r")) > 100


def test_the_book_has_sixty_sentences_each_with_its_group() -> None:
    book = phrasebook()
    assert len(book.phrases) >= 60
    assert {phrase.group for phrase in book.phrases.values()} == set(book.groups)
    assert all(phrase.fr and phrase.en and len(phrase.id) <= 24 for phrase in book.phrases.values())


def test_a_note_is_sealed_and_the_person_never_sees_it(talk: Talk, request_: str) -> None:
    press(talk, "w", f"note:{request_}")
    told = talk.say("w", "rappeler Zéphyrin")
    assert who_heard(told) == {"w"}
    with talk.database.read() as session:
        (note,) = session.scalars(select(Note)).all()
        assert "Zéphyrin" not in note.sealed_words
        assert SEALER.open(note.sealed_words) == "rappeler Zéphyrin"


def test_a_meeting_is_chosen_and_both_are_reminded_a_day_and_an_hour_before(
    talk: Talk, request_: str
) -> None:
    press(talk, "w", f"appoint:{request_}")
    told = talk.say("w", "25/11 14:00\n26/11 9h30\nCafé du Test")
    (buttons,) = [reply.buttons for chat, reply in told if chat == "r"]
    assert len(buttons) == 3
    told = press(talk, "r", buttons[0][0].data)
    assert who_heard(told) == {"r", "w"}
    files = [reply.document for _, reply in told if reply.document]
    assert len(files) == 2
    assert "DTSTART:20261125T130000Z" in files[0].text
    assert "LOCATION:Café du Test" in files[0].text
    talk.now = MONDAY.replace(day=24, hour=13, minute=1)
    assert who_heard(talk.settle()) >= {"r", "w"}
    talk.now = MONDAY.replace(day=25, hour=12, minute=1)
    assert "Café du Test" in said_to(talk.settle(), "r")


@pytest.mark.parametrize(("by", "other"), [("r", "w"), ("w", "r")])
def test_either_side_can_cancel_and_the_other_hears_it(
    talk: Talk, request_: str, by: str, other: str
) -> None:
    press(talk, "w", f"appoint:{request_}")
    told = talk.say("w", "25/11 14:00")
    (buttons,) = [reply.buttons for chat, reply in told if chat == "r"]
    press(talk, "r", buttons[0][0].data)
    meeting = buttons[0][0].data.split(":")[1]
    assert who_heard(press(talk, "v", f"unmeet:{meeting}")) == {"v"}
    assert who_heard(press(talk, by, f"unmeet:{meeting}")) == {by, other}
    talk.now = MONDAY.replace(day=24, hour=13, minute=1)
    assert talk.settle() == []
    with talk.database.read() as session:
        assert session.get_one(Appointment, meeting).status == "cancelled"


def test_a_file_for_the_calendar_says_nothing_about_why_and_folds_long_lines() -> None:
    text = invitation("a1", MONDAY, "Rendez-vous", "Rue; de, la\\Ligne " + "é" * 90, MONDAY)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "Rue\\; de\\, la\\\\Ligne" in text.replace("\r\n ", "")


def test_a_discreet_person_gets_neutral_words_until_they_press(talk: Talk) -> None:
    request = a_request(talk, "r", SECRET, "partner-violence", "discreet")
    told = press(talk, "w", f"accept:{request}")
    assert "Amina" not in said_to(told, "r")
    assert who_heard(told) >= {"r"}
    told = talk.say("w", "Je peux appeler la police avec vous")
    assert "police" not in said_to(told, "r")
    shown = said_to(press(talk, "r", "show"), "r")
    assert "Amina" in shown
    assert "police" in shown
    assert "police" not in said_to(press(talk, "r", "show"), "r")


def test_a_wish_for_a_woman_is_asked_of_women_only(talk: Talk) -> None:
    request = a_request(talk, "r", "", "rent-arrears", "woman")
    assert who_heard(press(talk, "w", f"accept:{request}")) == {"w"}
    press(talk, "v", f"accept:{request}")
    assert the(talk, request).worker_id == 2
    assert the(talk, request).wishes == ["woman"]


def test_what_the_worker_gets_is_the_card_that_was_approved(talk: Talk) -> None:
    press(talk, "r", "talk:rent-arrears")
    press(talk, "r", "card:words")
    talk.say("r", SECRET)
    for wish in ("voice", "evening", "behalf"):
        press(talk, "r", f"card:wish-{wish}")
    card = said_to(press(talk, "r", "card:back"), "r").split("\n\n")[1]
    offer = said_to(press(talk, "r", "card:send"), "w")
    lines = card.splitlines()
    assert lines[-1].endswith(f"“{SECRET}”")
    assert [line for line in lines[:-1] if line not in offer] == []
    assert f"“{SECRET}”" in offer


def test_ten_thousand_characters_arrive_whole(talk: Talk, request_: str) -> None:
    words = "é" * 9_999 + "!"
    assert words in said_to(send(talk, "r", Kind.TEXT, words), "w")
    assert words in said_to(send(talk, "w", Kind.TEXT, words), "r")


FOREIGN = (
    *("accept:{}", "decline:{}", "declined:{}:no-time", "pass:{}", "pass-to:{}:0", "pass-to:{}:2", "note:{}"),
    *(
        "appoint:{}",
        "phrases:{}",
        "phrase:{}:hello",
        "agree:{}",
        "agree:{}:history",
        "refuse:{}",
        "reopen:{}",
    ),
    *("close:{}", "closed:{}:oriented", "thread:{}", "said:1", "said:x", "slot:{}:0", "unmeet:{}", "show"),
    *(
        "pass-to:{}:99999999999999999999",
        "slot:x:99",
        "phrase:{}:",
        "declined:{}:",
        "said:99999999999999999999",
    ),
)


@pytest.mark.parametrize("who", ["x", "v"])
def test_foreign_buttons_tell_nothing_and_change_nothing(talk: Talk, request_: str, who: str) -> None:
    talk.say("w", "Bonjour")
    before = the(talk, request_)
    for data in FOREIGN:
        told = press(talk, who, data.format(request_))
        assert who_heard(told) == {who}, data
        assert SECRET not in said_to(told, who)
        assert "Bonjour" not in said_to(told, who).replace("Bonjour !", "")
    after = the(talk, request_)
    assert (after.status, after.worker_id, after.team_id) == (before.status, before.worker_id, before.team_id)
    with talk.database.read() as session:
        assert not session.scalars(select(InboxMessage).where(InboxMessage.status == "parked")).all()


def test_buttons_of_a_request_that_has_ended_do_nothing_more(talk: Talk, request_: str) -> None:
    press(talk, "w", f"closed:{request_}:oriented")
    steps = events(talk, request_)
    for who in ("w", "v", "r"):
        for data in FOREIGN:
            if not data.startswith("reopen"):
                press(talk, who, data.format(request_))
    later(talk, hours=30)
    assert events(talk, request_) == steps
