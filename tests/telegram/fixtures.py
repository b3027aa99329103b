"""One server for the whole run, one bot of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.telegram.server import Server
from tests.telegram.standin import BotApi


@pytest.fixture(scope="session")
def bot_api_server() -> Iterator[Server]:
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bot_api(bot_api_server: Server) -> Iterator[BotApi]:
    api = BotApi(bot_api_server)
    yield api
    api.close()
