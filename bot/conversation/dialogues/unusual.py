"""What is not words: a voice note, a picture, an edited message. Always a helpful line, never silence."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.conversation.turn import Outcome, Turn
from bot.conversation.vocabulary import mark
from bot.messages import Button, Kind, column

LINES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.VOICE: mark("I cannot listen to voice messages. Write a few words, or press a button below."),
        Kind.PICTURE: mark(
            "I cannot read pictures. Write in a few words what it is about, for example: “letter from a bailiff”."
        ),
        Kind.FILE: mark("I cannot read files. Write in a few words what it is about."),
        Kind.STICKER: mark("Nice! To help you, I need a few words, or press a button below."),
        Kind.CONTACT: mark("I do not need a phone number. Write your question in a few words."),
        Kind.LOCATION: mark("Thank you. What do you look for near there?"),
        Kind.EDIT: mark("I saw that you changed a message. Please send it again as a new one."),
        Kind.UNKNOWN: mark("I cannot read this kind of message. Write a few words, or press a button below."),
        Kind.TEXT: mark("This message is empty. Write a few words, or press a button below."),
        Kind.CHOICE: mark("This button is too old. Choose again:"),
    }
)


def answer_unusual(turn: Turn) -> Outcome | None:
    """Say how to go on after something that is not words."""
    line = LINES.get(turn.inbound.kind)
    if line is None:
        return None
    say = turn.voice.say
    text = say(line)
    request = turn.person.request
    if request and request.has_worker and turn.inbound.kind not in (Kind.CHOICE, Kind.LOCATION):
        text += "\n" + say("I can pass on only written words to {name} for now.", name=request.worker_name)
    buttons = column([Button(say("All themes"), "menu"), Button(say("Talk to someone"), "talk")])
    return Outcome((turn.reply(text, *buttons),), turn.state)
