"""The fixed words of the directory and of answers, said in a person's language.

One table per vocabulary; a test holds that every word of the directory has its line here.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from bot.i18n import Voice
from bot.messages import escape, link
from directory import hours
from directory.hours import OpenState, OpenStatus
from directory.search import Reason
from directory.services import Access
from directory.territory import Cost, Danger, Line, Territory


def mark(message: str) -> str:
    """Mark words for translation where they stand in a table."""
    return message


HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        # TRANSLATORS: headings above the parts of an answer; most stand on buttons too
        "first": mark("What to do first"),
        # TRANSLATORS: a heading above the deadline
        "by-when": mark("By when"),
        # TRANSLATORS: a heading: what can go wrong or do harm
        "careful": mark("Careful"),
        "who": mark("Who can have it"),
        "steps": mark("Step by step"),
        "papers": mark("Papers to bring"),
        # TRANSLATORS: a heading and a button: money that one pays, or gets
        "cost": mark("What it costs or brings"),
        # TRANSLATORS: a heading and a button: what to do when the answer is no
        "refused": mark("If they refuse"),
    }
)

REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.IN_YOUR_COMMUNE: mark("in your commune"),
        Reason.SERVES_YOUR_COMMUNE: mark("for people of your commune"),
        Reason.BY_PHONE: mark("by phone"),
        # TRANSLATORS: of a service whose workers go to where people are
        Reason.COMES_TO_YOU: mark("they come to you"),
        Reason.SPEAKS_LANGUAGE: mark("speaks your language"),
        Reason.OPEN_NOW: mark("open now"),
        Reason.OPENS_SOON: mark("opens soon"),
        Reason.WITHOUT_APPOINTMENT: mark("without appointment"),
        # TRANSLATORS: costs nothing
        Reason.FREE: mark("free"),
        Reason.WITHOUT_PAPERS: mark("also without papers"),
        Reason.FOR_WOMEN_ONLY: mark("for women only"),
        Reason.FOR_MEN_ONLY: mark("for men only"),
        Reason.FOR_YOUNG_PEOPLE: mark("for young people"),
        Reason.FOR_FAMILIES: mark("for families"),
        Reason.PHONE_FIRST: mark("call first"),
        # TRANSLATORS: one cannot go alone: a doctor or service has to refer
        Reason.NEEDS_REFERRAL: mark("another service must send you there"),
        Reason.NOT_CONFIRMED: mark("to be confirmed, call first"),
        Reason.CHECKED_LONG_AGO: mark("checked long ago, call first"),
        Reason.OTHER_COMMUNE: mark("for people of another commune"),
        # TRANSLATORS: the service helps another public than the person belongs to
        Reason.OTHER_PEOPLE: mark("for other people"),
    }
)

# The card says these on their own line already.
SAID_ELSEWHERE = frozenset(
    {
        Reason.OPEN_NOW,
        Reason.OPENS_SOON,
        Reason.WITHOUT_APPOINTMENT,
        Reason.FREE,
        Reason.PHONE_FIRST,
        Reason.NEEDS_REFERRAL,
        Reason.NOT_CONFIRMED,
        Reason.CHECKED_LONG_AGO,
    }
)

COSTS: Mapping[Cost, str] = MappingProxyType(
    {
        Cost.FREE: mark("free"),
        Cost.SMALL_FEE: mark("a small fee"),
        Cost.INCOME_BASED: mark("price depends on your income"),
        # TRANSLATORS: the reduced price that insured people pay
        Cost.INSURED_RATE: mark("price of the health insurance"),
        Cost.PAID: mark("you pay"),
        Cost.NORMAL_CALL: mark("price of a normal call"),
        Cost.UNKNOWN: mark("cost not known: ask first"),
    }
)

ACCESSES: Mapping[Access, str] = MappingProxyType(
    {
        Access.WALK_IN: mark("without appointment"),
        Access.APPOINTMENT: mark("with appointment"),
        Access.CALL_FIRST: mark("call first"),
        Access.PHONE: mark("by phone"),
        Access.ONLINE: mark("online"),
        Access.REFERRAL: mark("another service must send you there"),
        Access.OUTREACH: mark("they come to you"),
        Access.UNKNOWN: mark("ask if you need an appointment"),
    }
)

DANGERS: Mapping[Danger, str] = MappingProxyType(
    {
        # TRANSLATORS: what follows a danger: short, warm, no question, no blame; numbers stand below
        Danger.SUICIDE: mark("What you carry is heavy. You do not have to carry it alone. Call now:"),
        Danger.VIOLENCE_NOW: mark(
            "Your safety comes first. If you can, go where other people are. Call now:"
        ),
        Danger.SEXUAL_VIOLENCE: mark("It is not your fault. You can get care now, also without a complaint:"),
        Danger.CHILD_IN_DANGER: mark("A child must be safe first. Call now:"),
        Danger.NO_SHELTER_TONIGHT: mark("For tonight, call now. A place is not certain, so call early:"),
        Danger.MEDICAL_EMERGENCY: mark("Call {number} now, also without papers or money:"),
        Danger.OVERDOSE: mark("Call {number} now. Stay with the person and say what was taken:"),
        Danger.TRAFFICKING: mark("Nobody may force you or keep your papers. You can get help safely:"),
    }
)

# The need that a danger leads to, once it is over or to read more.
DANGER_NEEDS: Mapping[Danger, str] = MappingProxyType(
    {
        Danger.SUICIDE: "mental-health",
        Danger.VIOLENCE_NOW: "partner-violence",
        Danger.SEXUAL_VIOLENCE: "sexual-violence",
        Danger.CHILD_IN_DANGER: "child-in-danger",
        Danger.NO_SHELTER_TONIGHT: "shelter-tonight",
        Danger.MEDICAL_EMERGENCY: "medical-costs",
        Danger.OVERDOSE: "addiction",
        Danger.TRAFFICKING: "trafficking",
    }
)
MOST_DOORS = 3

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        # TRANSLATORS: how a request ended, as a worker notes it; stands on a button
        "right-opened": mark("A right is open"),
        "oriented": mark("Sent to the right service"),
        "answered": mark("Question answered"),
        "could-not-reach": mark("Could not reach the person"),
        "out-of-scope": mark("Not something we can do"),
    }
)


def tell_open(status: OpenStatus, voice: Voice, now: datetime) -> str:
    """Say whether a door is open: until when, or when it opens next."""
    if status.always:
        # TRANSLATORS: always open
        return voice.say("day and night")
    if status.state is OpenState.OPEN:
        if status.until is None:
            return voice.say("open now")
        return voice.say("open now, until {time}", time=voice.time(status.until))
    if status.state is OpenState.UNKNOWN or status.next_opening is None:
        return voice.say("hours not known: ask before you go")
    if status.next_opening.date() == now.astimezone(status.next_opening.tzinfo).date():
        return voice.say("closed now, opens today at {time}", time=voice.time(status.next_opening))
    return voice.say("closed now, opens {moment}", moment=voice.weekday(status.next_opening))


def tell_open_at(status: OpenStatus, voice: Voice, moment: datetime) -> str:
    """Say whether a door is open at a later moment: until when, or when it opens next."""
    if status.always:
        return voice.say("day and night")
    when = voice.weekday(moment)
    if status.state is OpenState.OPEN:
        if status.until is None:
            return voice.say("open on {moment}", moment=when)
        return voice.say("open on {moment}, until {time}", moment=when, time=voice.time(status.until))
    if status.state is OpenState.UNKNOWN or status.next_opening is None:
        return voice.say("hours not known: ask before you go")
    opens = voice.weekday(status.next_opening)
    return voice.say("closed on {moment}, opens {next_moment}", moment=when, next_moment=opens)


def tell_line(line: Line, voice: Voice, territory: Territory, now: datetime) -> str:
    """Write an emergency or help line with its hours, cost and languages."""
    facts = [tell_open(hours.status(line.hours, now, territory), voice, now)] if line.hours else []
    if line.cost is not Cost.UNKNOWN:
        facts.append(voice.say(COSTS[line.cost]))
    if line.languages:
        facts.append(voice.listing(voice.language_name(code) for code in line.languages))
    head = f"📞 <b>{voice.phone(line.phone)}</b> {voice.isolate(escape(line.name))}"
    if line.chat:
        # TRANSLATORS: a link: one can write to this help line on a web page
        facts.append(link(voice.say("written chat"), line.chat))
    return f"{head}\n{' · '.join(facts)}" if facts else head


def tell_doors(need: str, voice: Voice, territory: Territory, now: datetime) -> list[str]:
    """Write the lines to call when no worker can help: those of the need's danger first, then the helpline."""
    lines = [
        line
        for danger, known in DANGER_NEEDS.items()
        if known == need
        for line in territory.lines_for(danger)
    ]
    lines = [*lines[:MOST_DOORS], territory.line(territory.helpline)]
    return [tell_line(line, voice, territory, now) for line in dict.fromkeys(lines)]


def place_name(place: str, voice: Voice, territory: Territory) -> str:
    """Name a commune in the person's language, else as the territory's first language does."""
    names = territory.place(place).name
    return names.get(voice.language.code) or names[territory.languages[0]]
