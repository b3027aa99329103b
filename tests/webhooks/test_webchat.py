"""The web chat's doors, without a browser."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from bot.messages import Button, Content, Document, Inbound, Kind, Media, Reply
from tests.webhooks.services import InMemoryBot

HERE = Media("location", "50.837,4.395")


def a_message(kind: str = "text", text: str = "bonjour", number: int = 1, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "text": text, "id": f"message-{number}", "language": "fr", **more}


def the_chat(client: httpx.Client) -> str:
    return client.cookies["passerelle"]


@contextmanager
def listening(client: httpx.Client, after: int = 0, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    with client.stream("GET", f"/chat/events?after={after}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer)


def events(answer: httpx.Response) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif event:
            yield event
            event = {}


def test_the_page_is_in_the_language_of_the_address_or_the_browser(client: httpx.Client) -> None:
    def page(path: str, accepted: str) -> str:
        return client.get(path, headers={"Accept-Language": accepted}).text

    assert '<html lang="fr" dir="ltr">' in page("/", "nl;q=0.9, fr-BE;q=0.8, en;q=0.7")
    assert '<html lang="ar" dir="rtl">' in page("/?lang=ar", "fr")
    assert 'placeholder="اكتب هنا"' in page("/?lang=ar", "fr")
    assert '<html lang="en" dir="ltr">' in page("/?lang=%22%3E%3Cscript%3E", ";q=x,,*;q=0.5,tlh")


def test_every_answer_forbids_what_the_page_does_not_need(client: httpx.Client) -> None:
    for path in ("/", "/static/chat.js", "/health", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert client.get("/").headers["cache-control"] == "no-store"


def test_a_talk_begins_with_a_random_strict_cookie_and_is_taken_up_with_it(client: httpx.Client) -> None:
    cookie = client.post("/chat/open").headers["set-cookie"]
    assert re.match(r"passerelle=[0-9a-f]{32}; HttpOnly; Max-Age=2592000; Path=/; SameSite=strict$", cookie)
    chat = the_chat(client)
    client.post("/chat/open")
    assert the_chat(client) == chat


def test_a_link_from_elsewhere_does_not_begin_another_talk(client: httpx.Client) -> None:
    """A strict cookie does not come along with it, so the page itself must not set one."""
    assert "set-cookie" not in client.get("/").headers


def test_what_a_person_does_is_received_in_their_chat(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    sent = [
        a_message(text="je sais plus payer mon loyer", number=1, chat="f" * 32),
        a_message("choice", "need:rent-arrears", 2),
        a_message("start", "w-code", 3),
        a_message("location", "", 4, position=[50.837216, 4.395117]),
    ]
    assert [client.post("/chat", json=message).status_code for message in sent] == [204] * 4
    chat = the_chat(client)
    assert bot.received == [
        Inbound("web", f"{chat}:message-1", chat, Kind.TEXT, "je sais plus payer mon loyer", "fr"),
        Inbound("web", f"{chat}:message-2", chat, Kind.CHOICE, "need:rent-arrears", "fr"),
        Inbound("web", f"{chat}:message-3", chat, Kind.START, "w-code", "fr"),
        Inbound("web", f"{chat}:message-4", chat, Kind.LOCATION, "", "fr", (50.837, 4.395), HERE),
    ]


def test_another_site_cannot_speak_for_a_person(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": ""},
    ):
        assert client.post("/chat", json=a_message(), headers=headers).status_code == 403
        assert client.post("/chat/open", headers=headers).status_code == 403
    assert bot.received == []


def test_without_a_talk_nothing_is_heard_or_told(client: httpx.Client) -> None:
    assert client.post("/chat", json=a_message()).status_code == 401
    assert client.get("/chat/messages").status_code == 401
    assert client.get("/chat/events").status_code == 401
    assert client.get("/chat/messages", headers={"Cookie": "passerelle=../../etc"}).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"{}", json.dumps(a_message(text="x" * 4097)).encode(), b"[" * 60_000]
)
def test_an_unreadable_message_is_refused(client: httpx.Client, body: bytes) -> None:
    client.post("/chat/open")
    assert client.post("/chat", content=body).status_code == 400


def test_a_body_that_no_person_can_have_written_is_refused(client: httpx.Client) -> None:
    client.post("/chat/open")
    assert client.post("/chat", content=b" " * 70_000).status_code == 413


def test_a_flood_is_told_when_to_come_back(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    answers = [client.post("/chat", json=a_message(number=number)) for number in range(20)]
    held_back = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 204
    assert held_back[-1].headers["Retry-After"] == "1"
    assert len(bot.received) == 20 - len(held_back)


def test_what_the_bot_says_is_streamed_and_never_as_html(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    with listening(client) as stream:
        assert next(stream)["event"] == "ready"
        bot.say(the_chat(client), Reply("<b>Le CPAS</b>\n&lt;script&gt;", ((Button("Oui", "yes"),),), "fr"))
        event = next(stream)
    message = json.loads(event["data"])
    assert event["id"] == str(message["id"]) == "1"
    assert [(span["text"], span["bold"]) for span in message["spans"]] == [
        ("Le CPAS", True),
        ("\n<script>", False),
    ]
    assert message["buttons"] == [[{"label": "Oui", "data": "yes", "url": ""}]]
    assert (message["language"], message["direction"]) == ("fr", "ltr")


def test_a_stream_goes_on_where_it_was_broken(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    for text in ("one", "two", "three"):
        bot.say(the_chat(client), Reply(text))
    with listening(client, after=1, **{"Last-Event-ID": "2"}) as stream:
        next(stream)
        assert json.loads(next(stream)["data"])["spans"][0]["text"] == "three"


def test_an_erased_talk_is_erased_on_the_page_too(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    bot.say(the_chat(client), Reply("before"))
    with listening(client, after=1) as stream:
        next(stream)
        bot.erase(the_chat(client))
        bot.say(the_chat(client), Reply("Everything is erased."))
        assert next(stream)["event"] == "erased"
        assert json.loads(next(stream)["data"])["id"] == 2
    news = client.get("/chat/messages?after=1").json()
    assert (news["erased"], [message["id"] for message in news["messages"]]) == (True, [2])


def test_where_streams_do_not_pass_the_same_can_be_fetched(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    for text in ("one", "two"):
        bot.say(the_chat(client), Reply(text))
    assert [m["id"] for m in client.get("/chat/messages?after=1").json()["messages"]] == [2]
    assert [m["id"] for m in client.get("/chat/messages?after=-1e9").json()["messages"]] == [1, 2]
    assert [m["id"] for m in client.post("/chat/open").json()["messages"]] == [1, 2]


def test_nobody_hears_another_persons_talk(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    bot.say("0" * 32, Reply("for somebody else"))
    assert client.get("/chat/messages").json()["messages"] == []


def test_a_workers_invitation_has_a_talk_of_its_own(client: httpx.Client) -> None:
    assert 'data-seat=""' in client.get("/?start=hello").text
    assert 'data-seat="team"' in client.get("/?start=w-code").text
    client.post("/chat/open")
    client.post("/chat/open?seat=team")
    assert the_chat(client) != client.cookies["passerelle-team"]
    assert client.post("/chat/open?seat=../x").status_code == 400


def test_a_message_that_cannot_be_kept_is_asked_for_again(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    bot.broken = RuntimeError()
    assert client.post("/chat", json=a_message()).status_code == 503


def test_a_document_is_fetched_by_whom_it_is_for_and_by_nobody_else(
    client: httpx.Client, bot: InMemoryBot
) -> None:
    client.post("/chat/open")
    bot.say(
        the_chat(client), Reply("Rendez-vous", document=Document("rv.ics", "text/calendar", "BEGIN:VCAL"))
    )
    (message,) = client.get("/chat/messages").json()["messages"]
    assert message["file"] == {"name": "rv.ics", "shown": ""}
    assert "VCAL" not in json.dumps(message)
    file = client.get(f"/chat/files/{message['id']}")
    assert (file.status_code, file.text) == (200, "BEGIN:VCAL")
    assert file.headers["content-disposition"] == "attachment; filename*=utf-8''rv.ics"
    assert file.headers["content-type"].startswith("text/calendar")
    assert file.headers["content-security-policy"].startswith("sandbox")
    assert file.headers["cache-control"] == "no-store"
    client.cookies.set("passerelle", "0" * 32)
    assert client.get(f"/chat/files/{message['id']}").status_code == 404
    client.cookies.clear()
    assert client.get(f"/chat/files/{message['id']}").status_code == 401


def test_a_document_goes_with_its_message(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    bot.say(
        the_chat(client), Reply("Rendez-vous", document=Document("rv.ics", "text/calendar", "BEGIN:VCAL"))
    )
    bot.erase(the_chat(client))
    for number in ("1", "0", "2", "-1", "x", "9" * 30):
        assert client.get(f"/chat/files/{number}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "content", "served"),
    [
        ("photo", Content("a.jpg", "image/jpeg", b"dots"), ("image/jpeg", "inline")),
        ("voice", Content("a.ogg", "audio/ogg", b"waves"), ("audio/ogg", "inline")),
        ("document", Content("a.pdf", "application/pdf", b"%PDF"), ("application/pdf", "attachment")),
        ("document", Content("a.svg", "", b"<svg>"), ("application/octet-stream", "attachment")),
        ("document", Content('a"\r\n.html', "text/html", b"<p>"), ("application/octet-stream", "attachment")),
    ],
)
def test_only_pictures_and_sounds_are_shown_and_the_rest_is_downloaded(
    client: httpx.Client, bot: InMemoryBot, kind: str, content: Content, served: tuple[str, str]
) -> None:
    client.post("/chat/open")
    bot.files["number"] = content
    bot.say(the_chat(client), Reply("Amina", media=Media(kind, "number")))
    file = client.get("/chat/files/1")
    how = file.headers["content-disposition"].split(";")[0]
    assert (file.headers["content-type"], how, file.content) == (*served, content.data)
    assert "number" not in client.get("/chat/messages").text
    bot.files.clear()
    assert client.get("/chat/files/1").status_code == 404


def test_a_place_is_shown_on_a_map(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    bot.say(the_chat(client), Reply("Amina", media=HERE))
    (message,) = client.get("/chat/messages").json()["messages"]
    assert "mlat=50.837&mlon=4.395" in message["buttons"][0][0]["url"]
    assert "file" not in message


def a_file(client: httpx.Client, data: bytes, name: str = "lettre.jpg", number: int = 1, **more: Any) -> int:
    given = {"id": f"message-{number}", "language": "fr", "name": name}
    return client.post("/chat/files", params=given, content=data, **more).status_code


PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\4IDATdotscrc.\0\0\0\0IENDcrc."


def test_a_file_is_taken_for_what_it_is_and_not_for_its_name(client: httpx.Client, bot: InMemoryBot) -> None:
    client.post("/chat/open")
    kept = Media("photo", "f" * 32, kept=True)
    bot.keeps = lambda content: kept
    assert a_file(client, PNG, "../../passwd.html") == 204
    chat = the_chat(client)
    assert bot.given == [Content("passwd.png", "image/png", PNG)]
    assert bot.received == [
        Inbound("web", f"{chat}:message-1", chat, Kind.PICTURE, "", "fr", media=kept),
    ]


def test_a_file_that_nobody_waits_for_is_said_to_have_been_sent(
    client: httpx.Client, bot: InMemoryBot
) -> None:
    client.post("/chat/open")
    assert a_file(client, b"%PDF-1.7 ...", "bail.pdf") == 204
    assert [(message.kind, message.media) for message in bot.received] == [(Kind.FILE, None)]


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"<svg/>", 415), (b"<html>", 415), (b"", 415), (PNG[:20], 415), (b"%PDF-1" + b" " * 5 * 2**20, 413)],
)
def test_what_is_no_picture_sound_or_pdf_or_too_large_is_not_taken(
    client: httpx.Client, bot: InMemoryBot, data: bytes, status: int
) -> None:
    client.post("/chat/open")
    assert a_file(client, data) == status
    assert (bot.given, bot.received) == ([], [])


def test_a_file_needs_our_own_page_a_talk_and_some_patience(client: httpx.Client, bot: InMemoryBot) -> None:
    assert a_file(client, PNG) == 401
    client.post("/chat/open")
    assert a_file(client, PNG, headers={"Sec-Fetch-Site": "cross-site"}) == 403
    assert a_file(client, PNG, number=-0) == 204
    assert 429 in [a_file(client, PNG, number=number) for number in range(10)]


def test_who_leaves_quickly_finds_nothing_on_coming_back(client: httpx.Client, bot: InMemoryBot) -> None:
    assert client.post("/chat/leave").status_code == 401
    client.post("/chat/open")
    bot.say(the_chat(client), Reply("secret"))
    assert client.post("/chat/leave", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/chat/messages").json()["messages"]
    assert client.post("/chat/leave").status_code == 204
    assert client.post("/chat/open").json()["messages"] == []
