"""The card of a request in words: what the person reads before they agree, and the worker afterwards, byte for byte."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.conversation.turn import Card, World
from bot.conversation.vocabulary import DANGER_NEEDS, mark, place_name
from bot.handoff.promise import ELSEWHERE, WOMAN, Wanted
from bot.i18n import Voice
from bot.messages import escape
from directory.needs import Urgency

REACH_HOW: Mapping[str, str] = MappingProxyType(
    {
        # TRANSLATORS: how somebody wishes to be reached; stands on a button
        "write": mark("In writing, here"),
        "voice": mark("By voice message"),
        "meet": mark("In person"),
    }
)
REACH_WHEN: Mapping[str, str] = MappingProxyType(
    {
        # TRANSLATORS: when somebody can be reached; stands on a button
        "morning": mark("In the morning"),
        "afternoon": mark("In the afternoon"),
        "evening": mark("In the evening"),
    }
)
WISHES: Mapping[str, str] = MappingProxyType(
    {
        # TRANSLATORS: whom somebody wishes to talk to; stands on a button
        WOMAN: mark("A woman"),
        ELSEWHERE: mark("Nobody of my commune"),
    }
)
DECLINE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        # TRANSLATORS: why a worker leaves a request to others; stands on a button
        "no-time": mark("No time now"),
        "language": mark("Not my language"),
        "knows-person": mark("I know this person"),
        "other": mark("Another reason"),
    }
)


def tell_card(card: Card, voice: Voice, world: World, before_words: str) -> list[str]:
    """Write the lines of a card; what was not asked for stands nowhere."""
    unsaid = voice.say("not said")
    need = voice.label(world.needs.need(card.need).label) if card.need in world.needs else unsaid
    place = place_name(card.place, voice, world.territory) if card.place else unsaid
    lines = [
        voice.say("Language: {language}", language=voice.language_name(card.language)),
        voice.say("Commune: {commune}", commune=place),
        voice.say("Question: {need}", need=need),
    ]
    reach = [voice.say(words[key]) for words, key in ((REACH_HOW, card.how), (REACH_WHEN, card.when)) if key]
    if reach:
        lines.append(voice.say("To be reached: {how}", how=voice.listing(reach)))
    if card.wishes:
        wishes = voice.listing(voice.say(WISHES[wish]) for wish in card.wishes)
        lines.append(voice.say("Wishes: {wishes}", wishes=wishes))
    if card.behalf:
        lines.append(voice.say("Asked for somebody else, by a person they trust."))
    if card.discreet:
        lines.append(voice.say("Be discreet: somebody may look at this phone."))
    words = f"“{voice.isolate(escape(card.words))}”" if card.words else unsaid
    return [*lines, f"{before_words} {words}"]


def wanted(card: Card, world: World) -> Wanted:
    """Give what a card asks of a team."""
    theme = world.needs.need(card.need).theme if card.need in world.needs else ""
    return Wanted(card.language, card.place, theme, card.urgent, card.wishes)


def is_urgent(need: str, world: World) -> bool:
    """Tell whether a need cannot wait: danger, violence, tonight."""
    if need not in world.needs:
        return False
    known = world.needs.need(need)
    return need in DANGER_NEEDS.values() or known.theme == "safety" or known.urgency is Urgency.TODAY
