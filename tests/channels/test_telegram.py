"""What a Telegram update means to us."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

from bot.channels.base import Unreadable
from bot.channels.telegram import TelegramChannel
from bot.messages import Inbound, Kind

SPEC = Path(__file__).parents[3] / "shared" / "data" / "telegram_bot_api_spec.json"
PRIVATE = {"id": 7, "type": "private", "first_name": "Sam"}
GROUP = {"id": -100, "type": "supergroup", "title": "Neighbours"}
SAM = {"id": 7, "is_bot": False, "first_name": "Sam", "language_code": "fr"}
channel = TelegramChannel("1:test", secret="s3cret")


def update(kind: str = "message", sender: Any = SAM, **content: Any) -> dict[str, Any]:
    base = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": sender}
    return {"update_id": 5, kind: base | content}


def pressed(**content: Any) -> dict[str, Any]:
    base = {"id": "1", "chat_instance": "1", "from": SAM, "data": "c:9f3k"}
    return {"update_id": 5, "callback_query": base | {"message": update()["message"]} | content}


def parse(payload: Any) -> Inbound:
    inbound = channel.parse(payload)
    assert inbound, f"silence after {payload}"
    return inbound


def test_a_message_tells_who_waits_and_in_which_language() -> None:
    assert parse(update(text="je sais plus payer mon loyer")) == Inbound(
        "telegram", "5", "7", Kind.TEXT, "je sais plus payer mon loyer", "fr"
    )


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("/start", Kind.START, ""),
        ("/start w_42-x", Kind.START, "w_42-x"),
        ("/start@standin_bot place-7", Kind.START, "place-7"),
        ("/Start", Kind.START, ""),
        ("/started", Kind.TEXT, "/started"),
        ("/help", Kind.TEXT, "/help"),
        ("/help@standin_bot", Kind.TEXT, "/help"),
        ("/help@standin_bot  me", Kind.TEXT, "/help me"),
        ("/?", Kind.TEXT, "/?"),
        ("50 €/mois @home", Kind.TEXT, "50 €/mois @home"),
    ],
)
def test_start_carries_a_payload_and_other_commands_lose_the_name(text: str, kind: Kind, words: str) -> None:
    assert (parse(update(text=text)).kind, parse(update(text=text)).text) == (kind, words)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"voice": {}}, Kind.VOICE),
        ({"audio": {}}, Kind.VOICE),
        ({"video_note": {}}, Kind.VOICE),
        ({"photo": []}, Kind.PICTURE),
        ({"photo": [], "live_photo": {}}, Kind.PICTURE),
        ({"video": {}}, Kind.PICTURE),
        ({"animation": {}, "document": {}}, Kind.PICTURE),
        ({"document": {}}, Kind.FILE),
        ({"contact": {}}, Kind.CONTACT),
        ({"sticker": {}}, Kind.STICKER),
        ({"dice": {}}, Kind.STICKER),
        ({"poll": {}}, Kind.UNKNOWN),
        ({"thought": {}}, Kind.UNKNOWN),
        ({}, Kind.UNKNOWN),
    ],
)
def test_whatever_a_person_sends_has_a_kind(content: dict[str, Any], kind: Kind) -> None:
    assert parse(update(**content)).kind is kind


def test_words_under_a_picture_are_kept() -> None:
    assert parse(update(photo=[], caption="ma facture")).text == "ma facture"


def test_words_of_a_formatted_message_are_kept() -> None:
    bold = {"type": "bold", "text": "mon loyer"}
    blocks = [{"type": "paragraph", "text": ["je paie plus ", bold]}, {"type": "footer", "text": "merci"}]

    assert parse(update(rich_message={"blocks": blocks})).text == "je paie plus mon loyer\nmerci"


def test_a_position_is_taken_rounded() -> None:
    place = {"latitude": 50.837216, "longitude": 4.395117}

    assert parse(update(location=place)).position == (50.837, 4.395)


def test_a_shared_place_has_a_position() -> None:
    place = {"latitude": 50.83, "longitude": 4.39}

    assert parse(update(location=place)).position == (50.83, 4.39)
    assert parse(update(location=place, venue={"location": place})).kind is Kind.LOCATION


@pytest.mark.parametrize("latitude", [91, float("nan"), float("inf"), "50", None, True])
def test_a_place_outside_the_world_is_unreadable(latitude: Any) -> None:
    with pytest.raises(Unreadable):
        channel.parse(update(location={"latitude": latitude, "longitude": 4}))


def test_a_button_gives_its_data_even_under_a_message_too_old_to_be_shown() -> None:
    too_old = {"chat": PRIVATE, "message_id": 1, "date": 0}

    assert parse(pressed()) == Inbound("telegram", "5", "7", Kind.CHOICE, "c:9f3k", "fr")
    assert parse(pressed(message=too_old)).kind is Kind.CHOICE
    assert channel.parse(pressed(message=None)) is None


def test_an_edit_is_told_from_a_new_message_and_a_moving_position_is_no_edit() -> None:
    assert parse(update("edited_message", text="loyer")).kind is Kind.EDIT
    assert channel.parse(update("edited_message", location={"latitude": 1, "longitude": 1})) is None


def test_who_blocks_the_bot_has_left_and_who_unblocks_it_writes_next() -> None:
    assert parse(update("my_chat_member", new_chat_member={"status": "kicked"})).kind is Kind.LEFT
    assert channel.parse(update("my_chat_member", new_chat_member={"status": "member"})) is None


@pytest.mark.parametrize(
    "payload",
    [
        update(chat=GROUP, text="loyer"),
        pressed(message=update(chat=GROUP)["message"]),
        update("channel_post", chat={"id": -1, "type": "channel"}, text="news"),
        update("business_message", text="to somebody else"),
        update("guest_message", text="to somebody else"),
        update("message_reaction"),
        update(text="from another bot", sender=SAM | {"is_bot": True}),
        {"update_id": 5, "poll": {"id": "1"}},
        {"update_id": 5, "inline_query": {"id": "1", "from": SAM, "query": "loyer"}},
        {"update_id": 5},
    ],
)
def test_nobody_waits_for_an_answer_to_it(payload: dict[str, Any]) -> None:
    assert channel.parse(payload) is None


def test_a_kind_of_update_that_we_do_not_know_gets_a_line_too() -> None:
    assert parse(update("telepathy")).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "hello",
        {},
        {"update_id": "5"},
        {"update_id": True},
        {"update_id": 5, "message": []},
        update(chat=PRIVATE | {"id": "7"}),
        update(chat=PRIVATE | {"id": 2**63}),
        update(chat=[]),
        update(text=5),
        update(voice={}, caption=["a"]),
        pressed(data=5),
        update(text="a", sender=SAM | {"language_code": 5}),
    ],
)
def test_a_payload_of_another_form_is_unreadable(payload: Any) -> None:
    with pytest.raises(Unreadable):
        channel.parse(payload)


def test_what_no_database_takes_is_left_out() -> None:
    assert parse(update(text="lo\0yer \ud83d 😀")).text == "loyer \ufffd 😀"


def test_a_deeply_nested_message_does_no_harm() -> None:
    block: Any = "x"
    for _ in range(400):
        block = {"text": [block], "blocks": [block]} if len(str(block)) < 5000 else {"text": [block]}

    assert parse(update(rich_message={"blocks": [block]})).kind is Kind.UNKNOWN


@pytest.mark.skipif(not SPEC.exists(), reason="the specification is not at hand")
def test_every_kind_of_update_of_the_specification_is_answered_or_left() -> None:
    spec = json.loads(SPEC.read_text())["types"]
    kinds = {field["name"]: field["types"][0] for field in spec["Update"]["fields"][1:]}
    full = {
        kind: {f["name"]: _sample(spec, f) for f in spec[type_]["fields"]} for kind, type_ in kinds.items()
    }

    answered = {kind for kind, value in full.items() if channel.parse({"update_id": 5, kind: value})}

    assert len(kinds) == 25
    assert answered == {"message", "callback_query", "my_chat_member"}  # a full edit is a moving position
    for field in spec["Message"]["fields"]:
        message = {"message_id": 1, "date": 1, "chat": PRIVATE, field["name"]: _sample(spec, field)}
        assert parse({"update_id": 5, "message": message})


def _sample(spec: dict[str, Any], field: dict[str, Any], depth: int = 0) -> Any:
    kind = field["types"][0]
    simple = {"Integer": 7, "String": "a", "Boolean": False, "Float": 1.5, "True": True}
    if kind in simple:
        return {"type": "private", "status": "kicked"}.get(field["name"], simple[kind])
    if kind.startswith("Array of "):
        return [_sample(spec, field | {"types": [kind.removeprefix("Array of ")]}, depth)]
    subtypes = spec.get(kind, {}).get("subtypes")
    if subtypes:
        return _sample(spec, field | {"types": [subtypes[-1]]}, depth)
    inner = spec.get(kind, {}).get("fields", []) if depth < 3 else []
    return {f["name"]: _sample(spec, f, depth + 1) for f in inner if f["required"]}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "chat",
                    "from",
                    "id",
                    "type",
                    "text",
                    "data",
                    "message",
                    "location",
                    "latitude",
                    "rich_message",
                    "blocks",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "other"]), ANYTHING)
def test_no_payload_breaks_the_reading(kind: str, value: Any) -> None:
    for payload in (
        {"update_id": 5, kind: value},
        update(kind, **(value if isinstance(value, dict) else {})),
    ):
        try:
            inbound = channel.parse(payload)
        except Unreadable:
            continue
        assert inbound is None or inbound.text.encode() is not None


@pytest.mark.parametrize(
    ("headers", "genuine"),
    [
        ({"X-Telegram-Bot-Api-Secret-Token": "s3cret"}, True),
        ({"x-telegram-bot-api-secret-token": "s3cret"}, True),
        ({"X-Telegram-Bot-Api-Secret-Token": "S3cret"}, False),
        ({"X-Telegram-Bot-Api-Secret-Token": "é"}, False),
        ({}, False),
    ],
)
def test_only_who_knows_the_secret_is_telegram(headers: dict[str, str], genuine: bool) -> None:
    assert channel.verify(Headers(headers)) is genuine


def test_without_a_secret_nobody_is_telegram() -> None:
    assert not TelegramChannel("1:test").verify(Headers({"X-Telegram-Bot-Api-Secret-Token": ""}))
