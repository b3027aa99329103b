"""Pictures and files between a person and their worker on different channels, and words that did not arrive."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.turn import World
from bot.delivery.inbox import receive
from bot.delivery.loop import Loop
from bot.handoff import files
from bot.handoff.files import NotTaken, giver, keep_file, kind_of, open_file, read_upload
from bot.handoff.relay import MOST_FETCHED
from bot.messages import Content, Inbound, Kind, Media, Reply
from bot.privacy.retention import forget_old
from bot.storage.db import Database
from bot.storage.models import Conversation, Handoff, KeptFile, ThreadMessage
from bot.territories import Territories
from tests.conversations.talk import Talk
from tests.handoff.town import MONDAY, SEALER, a_request, a_team, a_worker, press, said_to, who_heard
from tests.privacy.test_pictures import PLACE, a_jpeg

CHANNELS = {"r": "web", "w": "telegram"}
PHOTO = Media("photo", "a-number-at-telegram", size=90_000)


class Crossing(Talk):
    """The person at the web chat, the worker on Telegram; one screen shows both."""

    def __init__(self, database: Database, world: World) -> None:
        super().__init__(database, world, "fr", MONDAY)
        a_worker(self, "w", "Amina", a_team(database, "Équipe Phare"))
        self.request = a_request(self)
        press(self, "w", f"accept:{self.request}")
        with database.write() as session:
            for chat in session.scalars(select(Conversation)):
                chat.channel = CHANNELS[chat.chat]
        turns = Territories(world, SEALER)
        screens = dict.fromkeys(CHANNELS.values(), self.screen)
        self._loop = Loop(
            database, screens, turns.handle, turns.apologise, turns.undeliverable, lambda: self.now
        )

    def send(
        self, who: str, kind: Kind, text: str = "", media: Media | None = None
    ) -> list[tuple[str, Reply]]:
        self.now += timedelta(seconds=5)
        number = f"{self.now.timestamp()}"
        receive(self.database, Inbound(CHANNELS[who], number, who, kind, text, "fr", media=media), self.now)
        return self.settle()

    def keep(self, content: Content) -> Media:
        """Keep a file that the person has handed over, as the web chat does."""
        with self.database.write() as session:
            by = giver(session, "web", "r")
            assert by is not None
            media = keep_file(session, SEALER, by, content, self.now)
            assert media is not None
            return media

    def rows(self, model: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(model).order_by(model.id)))


@pytest.fixture
def talk(database: Database, world: World) -> Crossing:
    return Crossing(database, world)


def media_for(told: list[tuple[str, Reply]], who: str) -> list[Media]:
    return [reply.media for chat, reply in told if chat == who and reply.media]


def test_a_picture_of_the_web_chat_reaches_the_worker_sealed_and_without_its_place(talk: Crossing) -> None:
    media = talk.keep(read_upload("IMG_2041.jpeg", a_jpeg()))
    told = talk.send("r", Kind.PICTURE, "", media)
    assert media_for(told, "w") == [media]
    assert "Amina" in said_to(told, "r")
    (kept,) = talk.rows(KeptFile)
    assert (kept.handoff_id, "IMG" in kept.sealed_name, "JFIF" in kept.sealed_content) == (
        talk.request,
        False,
        False,
    )
    with talk.database.read() as session:
        content = open_file(session, SEALER, media.file)
    assert content
    assert (content.name, content.type, PLACE in content.data) == ("IMG_2041.jpg", "image/jpeg", False)


def test_a_photo_of_telegram_reaches_the_web_chat_and_is_not_kept(talk: Crossing) -> None:
    assert media_for(talk.send("w", Kind.PICTURE, "voici", PHOTO), "r") == [PHOTO]
    assert talk.rows(KeptFile) == []


def test_what_is_too_large_for_the_other_side_is_said_to_the_sender(talk: Crossing) -> None:
    told = talk.send("w", Kind.PICTURE, "", Media("video", "a-film", size=MOST_FETCHED + 1))
    assert who_heard(told) == {"w"}
    assert [row.kind for row in talk.rows(ThreadMessage)] == []


def test_a_place_crosses_every_channel(talk: Crossing) -> None:
    here = Media("location", "50.847,4.353")
    assert media_for(talk.send("w", Kind.LOCATION, "", here), "r") == [here]
    assert media_for(talk.send("r", Kind.LOCATION, "", here), "w") == [here]


def test_before_a_file_leaves_its_sender_hears_what_it_may_tell(talk: Crossing) -> None:
    media = talk.keep(Content("bail.pdf", "application/pdf", b"%PDF-1.7"))
    told = talk.send("r", Kind.FILE, "", media)
    assert who_heard(told) == {"r"}
    assert [button.data for row in told[0][1].buttons for button in row] == ["send-file", "keep-file"]
    assert media_for(talk.send("r", Kind.CHOICE, "send-file"), "w") == [media]
    assert media_for(talk.send("r", Kind.CHOICE, "send-file"), "w") == []


def test_a_file_that_its_sender_keeps_back_reaches_nobody(talk: Crossing) -> None:
    talk.send("r", Kind.FILE, "", talk.keep(Content("bail.pdf", "application/pdf", b"%PDF-1.7")))
    assert who_heard(talk.send("r", Kind.CHOICE, "keep-file")) == {"r"}
    assert media_for(talk.send("r", Kind.CHOICE, "send-file"), "w") == []
    forget_old(talk.database, talk.now + timedelta(days=1, minutes=1))
    assert talk.rows(KeptFile) == []


def test_a_picture_for_a_discreet_person_waits_until_they_look(talk: Crossing) -> None:
    with talk.database.write() as session:
        session.get_one(Handoff, talk.request).discreet = True
    told = talk.send("w", Kind.PICTURE, "la clef", PHOTO)
    assert (media_for(told, "r"), "la clef" in said_to(told, "r")) == ([], False)
    told = talk.send("r", Kind.CHOICE, "show")
    assert media_for(told, "r") == [PHOTO]
    assert "la clef" in said_to(told, "r")


@pytest.mark.parametrize("way", ["withdraw", "erase-all"])
def test_a_kept_file_goes_with_the_request_or_the_person(talk: Crossing, way: str) -> None:
    talk.send("r", Kind.PICTURE, "", talk.keep(read_upload("a.jpg", a_jpeg())))
    talk.keep(read_upload("never sent.jpg", a_jpeg()))
    talk.send("r", Kind.CHOICE, way)
    assert [kept.handoff_id for kept in talk.rows(KeptFile)] == ([None] if way == "withdraw" else [])


def test_nobody_keeps_files_whose_words_go_to_nobody(talk: Crossing) -> None:
    with talk.database.read() as session:
        assert giver(session, "telegram", "w") is not None
        assert giver(session, "web", "somebody") is None
    talk.send("r", Kind.CHOICE, "withdraw")
    with talk.database.read() as session:
        assert (giver(session, "web", "r"), giver(session, "telegram", "w")) == (None, None)


def test_somebody_gives_so_many_files_a_day_and_no_more(
    talk: Crossing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_A_DAY", 2)
    content = Content("a.pdf", "application/pdf", b"%PDF-1.7")
    with talk.database.write() as session:
        by = giver(session, "web", "r") or 0
        given = [keep_file(session, SEALER, by, content, talk.now) is not None for _ in range(3)]
        tomorrow = keep_file(session, SEALER, by, content, talk.now + timedelta(days=1, minutes=1))
    assert (given, tomorrow is not None) == ([True, True, False], True)


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (b"OggS....", ("audio", Kind.VOICE)),
        (b"%PDF-1.4", ("document", Kind.FILE)),
        (a_jpeg(), ("photo", Kind.PICTURE)),
    ],
)
def test_a_file_is_named_for_what_it_is(data: bytes, taken: tuple[str, Kind]) -> None:
    assert kind_of(read_upload("x", data)) == taken


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\bail.pdf", "bail.pdf"),
        ('a"; x=\r\n\0.exe', "a x.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("عقد الإيجار.pdf", "عقد الإيجار.pdf"),
        ("x" * 999, "x" * 60 + ".pdf"),
    ],
)
def test_a_name_does_no_harm(name: str, kept: str) -> None:
    assert read_upload(name, b"%PDF-1.7").name == kept


def test_a_broken_picture_is_not_taken() -> None:
    with pytest.raises(NotTaken):
        read_upload("a.jpg", a_jpeg()[:50])


@pytest.mark.parametrize(("who", "other"), [("r", "w"), ("w", "r")])
def test_words_that_did_not_arrive_are_marked_and_their_writer_is_told(
    talk: Crossing, who: str, other: str
) -> None:
    talk.send(who, Kind.TEXT, "arrivé")
    talk.screen.blocked.add(other)
    told = talk.send(who, Kind.TEXT, "perdu")
    assert who in who_heard(told)
    assert [row.failed for row in talk.rows(ThreadMessage)] == [False, True]


def test_words_behind_a_blocked_one_are_marked_too(talk: Crossing) -> None:
    talk.screen.blocked.add("w")
    for number, text in enumerate(("un", "deux"), 1):
        receive(talk.database, Inbound("web", f"n{number}", "r", Kind.TEXT, text, "fr"), talk.now)
    talk.settle()
    assert [row.failed for row in talk.rows(ThreadMessage)] == [True, True]


def test_a_hint_to_a_discreet_person_that_did_not_arrive_is_marked(talk: Crossing) -> None:
    with talk.database.write() as session:
        session.get_one(Handoff, talk.request).discreet = True
    talk.screen.blocked.add("r")
    talk.send("w", Kind.TEXT, "êtes-vous là ?")
    assert [(row.said_by, row.failed) for row in talk.rows(ThreadMessage)] == [
        ("worker", True),
        ("bot", False),
    ]


def test_a_chosen_service_goes_in_the_persons_language_under_its_name(talk: Crossing, world: World) -> None:
    with talk.database.write() as session:
        session.get_one(Handoff, talk.request).language = "en"
    offered = talk.send("w", Kind.CHOICE, f"service:{talk.request}")
    fits = {service.name for service in world.directory.for_need("rent-arrears")}
    labels = [button.label for _, reply in offered for row in reply.buttons for button in row]
    assert set(labels[:-1]) <= fits
    found = talk.send("w", Kind.TEXT, world.directory.services[0].name)
    ((chosen,), _back) = found[0][1].buttons
    told = talk.send("w", Kind.CHOICE, chosen.data)
    card = said_to(told, "r")
    assert world.directory.services[0].name_in("en") in card
    assert "Checked on" in card
    assert "Checked on" not in said_to(told, "w")
    assert [row.ready for row in talk.rows(ThreadMessage)] == [chosen.data.rpartition(":")[2]]
    assert len(chosen.data.encode()) <= 64
    assert "bonjour" in said_to(talk.send("w", Kind.TEXT, "bonjour"), "r")


def test_a_name_that_no_service_has_leaves_a_way_on(talk: Crossing) -> None:
    talk.send("w", Kind.CHOICE, f"service:{talk.request}")
    told = talk.send("w", Kind.TEXT, "zzzz")
    assert [button.data for row in told[0][1].buttons for button in row] == [f"phrases:{talk.request}"]
    talk.send("w", Kind.CHOICE, f"phrases:{talk.request}")
    assert "bonjour" in said_to(talk.send("w", Kind.TEXT, "bonjour"), "r")


def test_a_service_that_has_vanished_is_not_sent(talk: Crossing) -> None:
    told = talk.send("w", Kind.CHOICE, f"phrase:{talk.request}:s-000000000000")
    assert who_heard(told) == {"w"}
    assert talk.rows(ThreadMessage) == []
