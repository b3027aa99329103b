"""The terminal: numbers press buttons."""

import asyncio

from bot.channels.console import ConsoleChannel
from bot.messages import Button, Kind, Reply, column


def a_terminal(*replies: Reply) -> tuple[ConsoleChannel, list[str]]:
    written: list[str] = []
    channel = ConsoleChannel(written.append)
    say(channel, *replies)
    return channel, written


def say(channel: ConsoleChannel, *replies: Reply) -> None:
    for reply in replies:
        asyncio.run(channel.send("console", reply))


def typed(channel: ConsoleChannel, line: str) -> tuple[Kind, str]:
    message = channel.parse(line)
    assert message
    return message.kind, message.text


def test_numbers_go_on_over_all_replies_to_one_line() -> None:
    languages, themes = Reply("Langue ?", column([Button("Français", "language:fr")])), a_theme("Logement")
    channel, written = a_terminal(languages, themes)
    assert written == ["Langue ?\n  [1] Français\n", "Thème ?\n  [2] Logement\n"]
    assert typed(channel, "2") == (Kind.CHOICE, "theme:logement")


def test_new_buttons_begin_at_one_again() -> None:
    channel, written = a_terminal(a_theme("Logement"))
    typed(channel, "1")
    say(channel, Reply("sans bouton"), a_theme("Santé"))
    assert written[-1] == "Thème ?\n  [1] Santé\n"
    assert typed(channel, "1") == (Kind.CHOICE, "theme:santé")


def test_buttons_stay_while_a_reply_brings_no_others() -> None:
    channel, _ = a_terminal(a_theme("Logement"))
    typed(channel, "bonjour")
    say(channel, Reply("sans bouton"))
    assert typed(channel, "1") == (Kind.CHOICE, "theme:logement")


def test_a_number_that_is_no_button_is_words() -> None:
    channel, _ = a_terminal(a_theme("Logement"))
    for line in ("0", "2", "1040", "112", "²", "-1"):
        assert typed(channel, line) == (Kind.TEXT, line)


def test_links_show_their_address() -> None:
    reply = Reply(
        '<a href="https://example.org/a">plan</a>', ((Button("Carte", url="https://example.org/b"),),)
    )
    _, written = a_terminal(reply)
    assert written == ["plan (https://example.org/a)\n  Carte: https://example.org/b\n"]


def a_theme(name: str) -> Reply:
    return Reply("Thème ?", column([Button(name, f"theme:{name.lower()}")]))
