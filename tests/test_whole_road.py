"""The whole road on the real program: a question, an answer, doors, a worker who accepts; Telegram is a stand-in."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.paths import PROJECT
from tests.running import Running, free_port, passerelle, wait_until
from tests.telegram.account import Sent
from tests.telegram.standin import BotApi

RESIDENT, AMINA, BRUNO = 8_100_200_300, 8_400_500_600, 8_700_800_900
WORDS = "je sais plus payer mon loyer"
PRIVATE = "Mon fils Zéphyrin a peur du juge"


@pytest.fixture(params=["polling", "webhook"])
def running(request: pytest.FixtureRequest, tmp_path: Path, bot_api: BotApi) -> Iterator[Running]:
    port = free_port()
    environ = {"TELEGRAM_BOT_TOKEN": bot_api.token, "TELEGRAM_API_URL": bot_api.url}
    if request.param == "webhook":
        environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with passerelle(tmp_path, "run", port, **environ) as started:
        wait_until(lambda: "Telegram is connected" in started.said, "Telegram is connected", started)
        yield started


def shown(bot_api: BotApi, chat: int, words: str) -> Sent:
    return bot_api.wait_for(chat, lambda message: words in message.text, timeout=15)


def become_worker(bot_api: BotApi, chat: int, name: str, invitation: str) -> None:
    bot_api.send_text(chat, f"/start {invitation}", first_name="Secretname", language_code="fr")
    shown(bot_api, chat, "Bienvenue")
    bot_api.send_text(chat, name)
    shown(bot_api, chat, "langues")
    for field in ("languages", "communes", "themes"):
        before = len(bot_api.messages(chat))
        bot_api.press_data(chat, f"next:{field}")
        bot_api.wait_for(chat, lambda _, before=before: len(bot_api.messages(chat)) > before, timeout=15)
    shown(bot_api, chat, name)
    bot_api.press_data(chat, "duty:on")
    shown(bot_api, chat, "/duty")


def test_a_question_becomes_an_answer_a_door_and_a_person(bot_api: BotApi, running: Running) -> None:
    become_worker(bot_api, AMINA, "Amina", running.invitation)
    bot_api.send_text(RESIDENT, "/start", first_name="Hiddenname", language_code="fr-BE")
    greeting = shown(bot_api, RESIDENT, "robot")
    assert greeting.labels[0] == "Français"
    assert len(greeting.text.split()) <= 60

    bot_api.send_text(RESIDENT, WORDS)
    answer = shown(bot_api, RESIDENT, "Seul un juge peut décider une expulsion")
    assert "21 novembre 2026" in answer.text
    bot_api.press_data(RESIDENT, "places:rent-arrears")
    shown(bot_api, RESIDENT, "commune")
    bot_api.send_text(RESIDENT, "eterbeek")
    shown(bot_api, RESIDENT, "CPAS d'Etterbeek")

    bot_api.press_data(RESIDENT, "talk:rent-arrears")
    card = shown(bot_api, RESIDENT, "Etterbeek")
    assert "Hiddenname" not in card.text
    bot_api.press_data(RESIDENT, "card:words")
    bot_api.wait_until_answered(15)
    bot_api.send_text(RESIDENT, PRIVATE)
    shown(bot_api, RESIDENT, PRIVATE)
    bot_api.press_data(RESIDENT, "card:send")

    request = shown(bot_api, AMINA, PRIVATE)
    accept = next(data for _, data in request.buttons if data.startswith("accept:"))
    bot_api.press_data(AMINA, accept)
    shown(bot_api, RESIDENT, "Amina")
    bot_api.send_text(AMINA, "Je viens avec vous au CPAS demain ?")
    relayed = shown(bot_api, RESIDENT, "demain")
    bot_api.send_text(RESIDENT, "Oui, merci")
    answered = shown(bot_api, AMINA, "Oui, merci")
    for message in (relayed, answered, request):
        assert str(RESIDENT) not in message.text
        assert str(AMINA) not in message.text
        assert "Hiddenname" not in message.text
        assert "Secretname" not in message.text

    bot_api.press_data(AMINA, accept.replace("accept:", "close:"))
    bot_api.wait_for(
        AMINA, lambda message: any("oriented" in data for _, data in message.buttons), timeout=15
    )
    bot_api.press_data(AMINA, accept.replace("accept:", "closed:") + ":oriented")
    bot_api.wait_for(
        RESIDENT, lambda message: "Amina" in message.text and "demain" not in message.text, timeout=15
    )
    assert bot_api.account.refusals == []

    said = running.said
    for secret in (WORDS, PRIVATE, "Zéphyrin", "Hiddenname", "Secretname", "demain", bot_api.token):
        assert secret not in said
    for chat in (RESIDENT, AMINA):
        assert str(chat) not in said


def test_a_forged_webhook_gets_403_and_a_malformed_one_400(bot_api: BotApi, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {"TELEGRAM_BOT_TOKEN": bot_api.token, "TELEGRAM_API_URL": bot_api.url, "PUBLIC_URL": url}
    with passerelle(tmp_path, "run", port, **environ) as running:
        wait_until(lambda: "Telegram is connected" in running.said, "Telegram is connected", running)
        secret = bot_api.calls("setWebhook")[-1]["secret_token"]
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        assert httpx.post(url + "/in/telegram", json={"update_id": 1}).status_code == 403
        assert (
            httpx.post(
                url + "/in/telegram", json={}, headers={**headers, **dict.fromkeys(headers, "x")}
            ).status_code
            == 403
        )
        assert httpx.post(url + "/in/telegram", content=b"{", headers=headers).status_code == 400
        assert httpx.post(url + "/in/telegram", json=[1], headers=headers).status_code == 400
        assert httpx.post(url + "/in/telegram", content=b"x" * 1_100_000, headers=headers).status_code == 413
        assert httpx.post(url + "/in/telegram", json={"update_id": 1}, headers=headers).status_code == 200
        assert httpx.get(url + "/health").json()["ok"] is True
        assert secret not in running.said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("PORT", "eighty"),
        ("TELEGRAM_BOT_TOKEN", "token"),
        ("PUBLIC_URL", "http://bot.example.org"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "https://["),
        ("DATABASE_URL", "postgresql://u:p@host:abc/x"),
        ("TERRITORY", "atlantis"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(name: str, value: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), name: value},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("passerelle: ")


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith(f"passerelle: Cannot listen at 127.0.0.1:{port}")


def test_the_terminal_chat_walks_the_same_road_and_a_link_is_printed(tmp_path: Path) -> None:
    def passerelle_says(*arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert ", 0 refused" in passerelle_says("migrate")
    assert "/?start=w-" in passerelle_says("invite-worker")
    talk = passerelle_says("chat", "--lang", "fr", given=f"{WORDS}\n1\netterbek\n/quit\n")
    assert "Seul un juge peut décider une expulsion" in talk
    assert "CPAS d'Etterbeek" in talk
