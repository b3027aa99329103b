import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.i18n import Words
from tests.webhooks.browser import chromium, flags
from tests.webhooks.services import InMemoryBot, write_locales
from webhooks.app import WebServices, create_app
from webhooks.server import Server


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    return write_locales(tmp_path_factory.mktemp("locales"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium; while it is there, this thread has an event loop, so it goes with its module."""
    path = chromium()
    if not path:
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium: install one, or name it in CHROMIUM")
        pytest.skip("no Chromium here: install one, or name it in CHROMIUM, to test the chat page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        yield browser
        browser.close()


@pytest.fixture
def bot(words: Words) -> InMemoryBot:
    return InMemoryBot(words)


@pytest.fixture
def address(bot: InMemoryBot) -> Iterator[str]:
    """The doors of `bot`, open at this address."""
    with serving(bot) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """A browser at the chat page, as far as headers and cookies go."""
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=5) as client:
        yield client


@contextmanager
def serving(bot: WebServices) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(create_app(bot), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"
        listening.close()
