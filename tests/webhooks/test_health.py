"""Who watches gets an answer in time, and figures stay in the house."""

import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.webhooks.services import InMemoryBot
from webhooks import health


def test_figures_are_for_the_house_only(client: httpx.Client) -> None:
    answer = client.get("/metrics")
    assert (answer.status_code, answer.text) == (200, "passerelle_handled_total 1.0\n")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert client.get("/metrics", headers={name: "192.0.2.7"}).status_code == 404


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("8.8.8.8", False), ("testclient", False)],
)
def test_the_house_is_this_machine_and_private_networks(address: str, own: bool) -> None:
    request = type("Request", (), {"headers": {}, "client": type("Client", (), {"host": address})})
    assert health._is_of_the_house(request) is own  # type: ignore[arg-type]


def test_a_database_that_does_not_answer_is_told_in_time_and_stops_nothing_else(
    client: httpx.Client, bot: InMemoryBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)
    answers = threading.Event()

    def hang() -> Mapping[str, Any]:
        answers.wait(20)
        return {"ok": True}

    monkeypatch.setattr(bot, "health", hang)
    since = time.monotonic()
    for _ in range(health.ASKING + 2):  # also once every thread for it hangs
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")
    assert client.get("/").status_code == 200
    assert time.monotonic() - since < 5
    answers.set()
