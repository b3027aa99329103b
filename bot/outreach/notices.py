"""The reviewed texts of messages to many. Nothing else can be sent: there is no field for free words.

Each text is in the catalogues of all languages, like every word of the bot, and names no subject that could harm
somebody whose phone is seen by others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.conversation.vocabulary import mark
from bot.outreach import topics
from bot.outreach.limits import Kind


class About(StrEnum):
    """What a text names."""

    NOTHING = ""
    NEED = "need"
    PLACE = "place"


@dataclass(frozen=True)
class Notice:
    """One text: its kind, what it names, the need that its button opens."""

    kind: Kind
    label: str
    text: str
    about: About = About.NOTHING
    need: str = ""
    emergency_number: bool = False


NOTICES: Final[Mapping[str, Notice]] = MappingProxyType(
    {
        "heat": Notice(
            Kind.URGENT,
            mark("Great heat"),
            mark(
                "Very hot days are coming. Drink water often and stay in the shade. Look in on people who live alone."
            ),
            emergency_number=True,
        ),
        "cold": Notice(
            Kind.URGENT,
            mark("Great cold"),
            mark(
                "Very cold nights are coming. If you have no warm place to sleep, press below: I show you whom to call."
            ),
            need="shelter-tonight",
            emergency_number=True,
        ),
        "danger": Notice(
            Kind.URGENT,
            mark("Danger in the neighbourhood"),
            mark("There is a danger in {commune}. Stay away from it and do what the emergency services say."),
            emergency_number=True,
        ),
        "right": Notice(
            Kind.INFORMATION,
            mark("A right to look at"),
            mark("You asked me for news. Here is a right that people often miss. Press to read it."),
            about=About.NEED,
        ),
        "new-place": Notice(
            Kind.INFORMATION,
            mark("A new meeting place"),
            mark("You can now meet us at {place}. Press to see when."),
            about=About.PLACE,
        ),
        "what-we-do": Notice(
            Kind.PROMOTION,
            mark("What the team does"),
            mark("The team shows what it does, at {place}. You are welcome. Press to see when."),
            about=About.PLACE,
        ),
        "take-part": Notice(
            Kind.INVITATION,
            mark("An invitation to take part"),
            mark(
                "The team invites you to do something together, at {place}. Only if you like. Press to see when."
            ),
            about=About.PLACE,
        ),
    }
)


def topic_of(notice: Notice, theme: str) -> str:
    """Name the topic whose subscribers get a notice; `theme` is that of the need it names."""
    if notice.kind is Kind.URGENT:
        return topics.URGENT
    if notice.about is About.NEED:
        return topics.theme_topic(theme)
    return topics.PLACES if notice.kind is Kind.INFORMATION else topics.ACTIVITIES
