import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from bot.i18n import Words
from tests.webhooks.services import InMemoryBot, write_locales
from webhooks.app import create_app
from webhooks.server import Server


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    return write_locales(tmp_path_factory.mktemp("locales"))


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
def serving(bot: InMemoryBot) -> Iterator[str]:
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
