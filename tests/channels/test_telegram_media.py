"""Pictures, voice notes, files and places go on by the number that Telegram gave them, both ways."""

import functools
import operator
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_updates import read
from bot.messages import Button, Content, Document, Kind, Media, Reply
from tests.channels.test_telegram_send import CHAT, failure, send, use
from tests.telegram.standin import BotApi

PHOTO = [{"file_id": size, "file_unique_id": size, "width": 9, "height": 9} for size in ("small", "large")]
KINDS = ("photo", "voice", "audio", "video_note", "animation", "video", "document")


@pytest.fixture(autouse=True)
def acquainted(bot_api: BotApi) -> None:
    bot_api.meet(CHAT)


def an_update(**content: Any) -> dict[str, Any]:
    person = {"id": CHAT, "is_bot": False, "first_name": "A"}
    message = {"message_id": 1, "date": 1, "chat": {"id": CHAT, "type": "private"}, "from": person}
    return {"update_id": 5, "message": message | content}


def test_the_largest_size_of_a_photo_is_what_is_sent_on() -> None:
    inbound = read(an_update(photo=PHOTO, caption="La lettre"))
    assert inbound
    assert (inbound.kind, inbound.text, inbound.media) == (
        Kind.PICTURE,
        "La lettre",
        Media("photo", "large"),
    )


def test_a_position_is_sent_on_as_coarse_as_it_is_kept() -> None:
    inbound = read(an_update(location={"latitude": 50.123456, "longitude": 4.654321}))
    assert inbound
    assert inbound.media == Media("location", "50.123,4.654")


@pytest.mark.parametrize(
    "content",
    [
        {"photo": []},
        {"photo": [7]},
        {"voice": {"file_id": 7}},
        {"voice": {"file_id": "x" * 999}},
        {"voice": 3},
    ],
)
def test_what_cannot_be_sent_on_is_no_media(content: dict[str, Any]) -> None:
    inbound = read(an_update(**content))
    assert inbound
    assert inbound.media is None


@pytest.mark.parametrize(
    ("replied", "about"),
    [
        (
            {
                "reply_markup": {
                    "inline_keyboard": [[{"text": "a", "callback_data": "thread:1"}, {"url": "x"}]]
                }
            },
            ("thread:1",),
        ),
        ({"reply_markup": {"inline_keyboard": [7, [8], None]}}, ()),
        ({"reply_markup": 3}, ()),
        ("words", ()),
    ],
)
def test_a_reply_knows_the_buttons_of_what_it_replies_to(replied: Any, about: tuple[str, ...]) -> None:
    inbound = read(an_update(text="oui", reply_to_message=replied))
    assert inbound
    assert inbound.about == about


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_sent_on_by_its_number(bot_api: BotApi, kind: str) -> None:
    send(bot_api, Reply("<b>Amina</b>", ((Button("Répondre", "thread:1"),),), media=Media(kind, "number")))
    sent = bot_api.messages(CHAT)
    assert [message.media for message in sent if message.media[0]] == [(kind, "number")]
    assert any("Amina" in message.text for message in sent)
    assert functools.reduce(operator.iadd, (message.labels for message in sent), []) == ["Répondre"]


def test_words_too_long_for_a_caption_stand_above(bot_api: BotApi) -> None:
    send(bot_api, Reply("é" * 1025, media=Media("photo", "p")))
    words, picture = bot_api.messages(CHAT)
    assert (words.text, words.media[0], picture.text, picture.media) == ("é" * 1025, "", "", ("photo", "p"))


def test_a_place_is_sent_on_after_its_words(bot_api: BotApi) -> None:
    send(bot_api, Reply("Amina", media=Media("location", "50.1,4.6")))
    assert [message.media for message in bot_api.messages(CHAT)] == [("", ""), ("location", "50.1,4.6")]


def test_a_file_of_ours_comes_with_its_name(bot_api: BotApi) -> None:
    send(
        bot_api,
        Reply("Rendez-vous", document=Document("rendez-vous.ics", "text/calendar", "BEGIN:VCALENDAR")),
    )
    assert bot_api.messages(CHAT)[-1].media[0] == "document"
    assert "rendez-vous.ics" in bot_api.messages(CHAT)[-1].media[1]


def test_what_telegram_cannot_send_on_is_refused(bot_api: BotApi) -> None:
    assert failure(bot_api, Reply("x", media=Media("hologram", "1"))).reason == "media"


@pytest.mark.parametrize("kind", ["photo", "document", "audio"])
def test_what_came_through_the_web_is_handed_to_telegram(bot_api: BotApi, kind: str) -> None:
    kept = {"f" * 32: Content("lettre.jpg", "image/jpeg", b"\xff\xd8 dots")}

    async def story(channel: TelegramChannel) -> None:
        await channel.send(str(CHAT), Reply("Amina", media=Media(kind, "f" * 32, kept=True)))

    use(bot_api, story, open_kept=kept.get)
    (message,) = bot_api.messages(CHAT)
    assert (message.text, message.media[0]) == ("Amina", kind)
    assert "lettre.jpg" in message.media[1]


def test_what_is_not_kept_any_more_is_refused(bot_api: BotApi) -> None:
    assert failure(bot_api, Reply("x", media=Media("photo", "f" * 32, kept=True))).reason == "gone"
    assert bot_api.messages(CHAT) == []


def test_what_telegram_keeps_is_fetched_and_what_it_lost_is_not(bot_api: BotApi) -> None:
    bot_api.account.files["number"] = b"OggS waves"
    found: list[bytes | None] = []

    async def story(channel: TelegramChannel) -> None:
        for number in ("number", "another"):
            found.append(await channel.fetch(Media("voice", number)))

    use(bot_api, story)
    assert found == [b"OggS waves", None]


def test_a_file_says_its_name_and_size() -> None:
    document = {"file_id": "d", "file_unique_id": "d", "file_name": "bail\0.pdf", "file_size": 9}
    inbound = read(an_update(document=document))
    assert inbound
    assert inbound.media == Media("document", "d", "bail.pdf", 9)
    odd = read(an_update(document=document | {"file_name": 7, "file_size": "x"}))
    assert odd
    assert odd.media == Media("document", "d")
