"""The fixed words of the directory and of answers, said in a person's language.

One table per vocabulary; a test holds that every word of the directory has its line here.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from bot.i18n import Voice
from bot.messages import escape, link
from directory import hours
from directory.hours import OpenState, OpenStatus
from directory.search import Match, Reason
from directory.services import Access, Service
from directory.territory import Cost, Danger, Line, Territory


def mark(message: str) -> str:
    """Mark words for translation where they stand in a table."""
    return message


HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "first": mark("What to do first"),
        "by-when": mark("By when"),
        "careful": mark("Careful"),
        "who": mark("Who can have it"),
        "steps": mark("Step by step"),
        "papers": mark("Papers to bring"),
        "cost": mark("What it costs or brings"),
        "refused": mark("If they refuse"),
    }
)

REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.IN_YOUR_COMMUNE: mark("in your commune"),
        Reason.SERVES_YOUR_COMMUNE: mark("for people of your commune"),
        Reason.BY_PHONE: mark("by phone"),
        Reason.COMES_TO_YOU: mark("they come to you"),
        Reason.SPEAKS_LANGUAGE: mark("speaks your language"),
        Reason.OPEN_NOW: mark("open now"),
        Reason.OPENS_SOON: mark("opens soon"),
        Reason.WITHOUT_APPOINTMENT: mark("without appointment"),
        Reason.FREE: mark("free"),
        Reason.WITHOUT_PAPERS: mark("also without papers"),
        Reason.FOR_WOMEN_ONLY: mark("for women only"),
        Reason.FOR_MEN_ONLY: mark("for men only"),
        Reason.FOR_YOUNG_PEOPLE: mark("for young people"),
        Reason.FOR_FAMILIES: mark("for families"),
        Reason.PHONE_FIRST: mark("call first"),
        Reason.NEEDS_REFERRAL: mark("another service must send you there"),
        Reason.NOT_CONFIRMED: mark("to be confirmed, call first"),
        Reason.CHECKED_LONG_AGO: mark("checked long ago, call first"),
        Reason.OTHER_COMMUNE: mark("for people of another commune"),
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


def tell_line(line: Line, voice: Voice, territory: Territory, now: datetime) -> str:
    """Write an emergency or help line with its hours, cost and languages."""
    facts = [tell_open(hours.status(line.hours, now, territory), voice, now)] if line.hours else []
    if line.cost is not Cost.UNKNOWN:
        facts.append(voice.say(COSTS[line.cost]))
    if line.languages:
        facts.append(voice.listing(voice.language_name(code) for code in line.languages))
    head = f"📞 <b>{voice.phone(line.phone)}</b> {voice.isolate(escape(line.name))}"
    if line.chat:
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


def tell_service(match: Match, number: int, voice: Voice, territory: Territory, now: datetime) -> str:
    """Write a service card: name, why it fits, hours, phone, address, languages, cost, date of the check."""
    service = match.service
    lines = [f"<b>{number}. {voice.isolate(escape(service.name_in(voice.language.code)))}</b>"]
    reasons = [voice.say(REASONS[reason]) for reason in match.reasons if reason not in SAID_ELSEWHERE]
    if reasons:
        lines.append("✓ " + " · ".join(reasons))
    lines.append("🕑 " + tell_open(match.open_status, voice, now))
    if service.phones:
        lines.append("📞 " + " / ".join(voice.phone(phone) for phone in service.phones[:2]))
    lines.append("📍 " + _where(match, voice, territory))
    if service.website:
        lines.append("🌐 " + link(voice.isolate(escape(_host(service.website))), service.website))
    if service.languages:
        lines.append("🗣 " + voice.listing(voice.language_name(code) for code in service.languages))
    lines.append(" · ".join(_conditions(service, voice)))
    checked = voice.say("Checked on {date}", date=voice.date(service.checked_on))
    for reason in (Reason.CHECKED_LONG_AGO, Reason.NOT_CONFIRMED):
        if reason in match.reasons:
            checked += " · " + voice.say(REASONS[reason])
    lines.append(f"<i>{checked}</i>")
    return "\n".join(lines)


def place_name(place: str, voice: Voice, territory: Territory) -> str:
    """Name a commune in the person's language, else as the territory's first language does."""
    names = territory.place(place).name
    return names.get(voice.language.code) or names[territory.languages[0]]


def map_link(service: Service, territory: Territory) -> str:
    """Give the address of a map that shows the door."""
    if service.latitude is not None and service.longitude is not None:
        at = f"{service.latitude:.5f}", f"{service.longitude:.5f}"
        return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"
    commune = territory.place(service.place).name[territory.languages[0]] if service.place else ""
    town = f"{service.postal_code} {commune}".strip()
    return "https://www.openstreetmap.org/search?query=" + quote(f"{service.address}, {town}")


def _where(match: Match, voice: Voice, territory: Territory) -> str:
    service = match.service
    if not service.address_public:
        return voice.say("The address is kept secret to protect people. Call to come.")
    commune = place_name(service.place, voice, territory) if service.place else ""
    town = " ".join(part for part in (service.postal_code, commune) if part)
    written = ", ".join(part for part in (service.address, town) if part)
    parts = [voice.isolate(escape(written))] if written else []
    if service.address:
        parts.append(link(voice.say("map"), map_link(service, territory)))
    if match.distance_km is not None:
        parts.append(voice.isolate(escape(voice.distance(match.distance_km))))
    return " · ".join(parts) or voice.say("no address: call or write")


def _conditions(service: Service, voice: Voice) -> list[str]:
    said = [voice.say(COSTS[service.cost])]
    said += [voice.say(ACCESSES[access]) for access in service.access or (Access.UNKNOWN,)]
    return list(dict.fromkeys(said))


def _host(website: str) -> str:
    return website.split("://")[-1].split("/")[0].removeprefix("www.")
