"""The commands that a phone shows in its menu, described in every language."""

from collections.abc import Mapping, Sequence

from bot.i18n import Words


def command_menu(words: Words) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Give the commands by language."""
    return {code: _commands(words, code) for code in words.languages}


def _commands(words: Words, code: str) -> Sequence[tuple[str, str]]:
    say = words.voice(code).say
    return (
        ("menu", say("all themes")),
        ("human", say("talk to someone")),
        ("language", say("another language")),
        ("help", say("help")),
        ("me", say("what is kept about me")),
        ("erase", say("erase everything")),
        ("stop", say("stop messages")),
    )
