"""A machine may translate what is relayed; when it fails, the first words go."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bot.channels.translating import TranslatingChannel
from bot.messages import Button, Reply, Translation, plain
from tests.conversations.talk import Screen

WORDS = "Où est l&#x27;audience ?"
ORIGINAL = Button("Show the original", "said:1")


class Machine(BaseHTTPRequestHandler):
    """LibreTranslate as far as we use it."""

    asked: list[dict[str, Any]]
    answers: bytes = b""

    def do_POST(self) -> None:
        self.asked.append(
            json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path}
        )
        self.send_response(200 if self.answers else 500)
        self.end_headers()
        self.wfile.write(self.answers)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def machine() -> Iterator[tuple[str, type[Machine]]]:
    kind = type("One", (Machine,), {"asked": []})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", kind
        server.shutdown()
        thread.join()


def sent(url: str, reply: Reply) -> Reply:
    screen = Screen()
    asyncio.run(TranslatingChannel(screen, url, seconds=2).send("r", reply))
    ((_, shown),) = screen.shown
    return shown


def a_reply(words: str = WORDS) -> Reply:
    wish = Translation(words, "fr", "ar", "Translated by a machine, it may be wrong.", ORIGINAL)
    return Reply(f"<b>Amina</b>\n{words}", (), "ar", translation=wish)


def test_relayed_words_are_translated_and_marked_with_the_original_one_tap_away(
    machine: tuple[str, type[Machine]],
) -> None:
    url, kind = machine
    kind.answers = json.dumps({"translatedText": "<أين> الجلسة؟"}).encode()
    shown = sent(url, a_reply())
    assert plain(shown.text) == "Amina\n<أين> الجلسة؟\nTranslated by a machine, it may be wrong."
    assert shown.buttons == ((ORIGINAL,),)
    (asked,) = kind.asked
    assert asked == {
        "q": "Où est l'audience ?",
        "source": "fr",
        "target": "ar",
        "format": "text",
        "path": "/translate",
    }


@pytest.mark.parametrize("answer", [b"", b"{", b"[]", b'{"translatedText": 3}', b'{"error": "busy"}'])
def test_what_the_machine_cannot_do_goes_as_it_was_written(
    machine: tuple[str, type[Machine]], answer: bytes
) -> None:
    url, kind = machine
    kind.answers = answer
    assert sent(url, a_reply()) == a_reply()


def test_a_machine_that_is_away_keeps_nothing_back() -> None:
    assert sent("http://127.0.0.1:9", a_reply()) == a_reply()


def test_what_the_bot_says_itself_never_goes_to_the_machine(machine: tuple[str, type[Machine]]) -> None:
    url, kind = machine
    assert sent(url, Reply("Bonjour")) == Reply("Bonjour")
    assert kind.asked == []
