"""The words of the chat page itself, and the language it begins in."""

import re
from typing import Final

from bot.i18n import SOURCE, Voice, Words

PREFERENCE: Final = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?")


def page_words(words: Words) -> dict[str, dict[str, str]]:
    """Give the page's words in every language, by code."""
    return {code: _words(words.voice(code)) for code in words.languages}


def page_language(words: Words, asked: str, accepted: str) -> str:
    """Choose the language asked for in the address, else the first accepted one that we have."""
    for tag in (asked, *_tags(accepted)):
        if code := words.match(tag):
            return code
    return SOURCE


def _tags(accepted: str) -> list[str]:
    """Read an Accept-Language header, the most wanted first."""
    found = [PREFERENCE.fullmatch(part) for part in accepted[:256].split(",")]
    return [match[1] for match in sorted(filter(None, found), key=_wish, reverse=True)]


def _wish(preference: re.Match[str]) -> float:
    try:
        return float(preference[2] or 1)
    except ValueError:
        return 0.0


def _words(voice: Voice) -> dict[str, str]:
    return {
        "dir": "rtl" if voice.language.right_to_left else "ltr",
        "talk": voice.say("Conversation"),
        "robot": voice.say("Robot"),
        "you": voice.say("You"),
        "about": voice.say("You are writing with a robot."),
        "placeholder": voice.say("Write here"),
        "send": voice.say("Send"),
        "typing": voice.say("The robot is writing"),
        "offline": voice.say("No connection. Your message leaves when it is back."),
        "busy": voice.say("Too many messages at once. Please wait a moment."),
        "failed": voice.say("This message could not be sent."),
        "lost": voice.say("Your position could not be read. Write the name of your commune."),
        "leave": voice.say("Leave quickly"),
        "leaving": voice.say(
            "Leave quickly: this page goes away at once. With a keyboard, press Escape twice."
        ),
        "escape": voice.say("Or press Escape twice."),
        "attach": voice.say("Send a picture, a PDF or a sound file, at most 5 MB"),
        "untaken": voice.say("Only pictures, PDF and sound files can be sent, at most 5 MB."),
        "file": voice.say("File"),
        "picture": voice.say("Picture"),
        "sound": voice.say("Sound"),
        "script": voice.say("This page needs JavaScript. Switch it on, then load the page again."),
    }
