"""The card of a service: who it is for, when it opens, where it is, what it costs, and when that was checked."""

from datetime import datetime, timedelta
from urllib.parse import quote

from bot.conversation.vocabulary import (
    ACCESSES,
    COSTS,
    REASONS,
    SAID_ELSEWHERE,
    place_name,
    tell_open,
    tell_open_at,
)
from bot.i18n import Voice
from bot.messages import escape, link
from directory.search import Match, Reason
from directory.services import Access, Service
from directory.territory import Territory

CLOSURE_TOLD_BEFORE = timedelta(days=14)


def tell_service(
    match: Match,
    number: int,
    voice: Voice,
    territory: Territory,
    now: datetime,
    moment: datetime | None = None,
) -> str:
    """Write a service card: name, why it fits, hours, phone, address, languages, cost, who may come, the check.

    Args:
        moment: when the person needs the door open; `match` was made for it.
    """
    service = match.service
    lines = [f"<b>{number}. {voice.isolate(escape(service.name_in(voice.language.code)))}</b>"]
    reasons = [voice.say(REASONS[reason]) for reason in match.reasons if reason not in SAID_ELSEWHERE]
    if reasons:
        lines.append("✓ " + " · ".join(reasons))
    is_later = moment is not None and moment > now
    tell = tell_open_at if is_later else tell_open
    lines.append("🕑 " + tell(match.open_status, voice, moment if is_later and moment else now))
    lines += _news(service, voice, territory, now)
    if service.phones:
        lines.append("📞 " + " / ".join(voice.phone(phone) for phone in service.phones[:2]))
    lines.append("📍 " + _where(match, voice, territory))
    if service.website:
        lines.append("🌐 " + link(voice.isolate(escape(_host(service.website))), service.website))
    if service.languages:
        lines.append("🗣 " + voice.listing(voice.language_name(code) for code in service.languages))
    lines.append(" · ".join(_conditions(service, voice)))
    who = [_ages(service), _as_written(service.condition, voice, territory)]
    if any(who):
        lines.append("👥 " + " · ".join(filter(None, who)))
    checked = voice.say("Checked on {date}", date=voice.date(service.checked_on))
    for reason in (Reason.CHECKED_LONG_AGO, Reason.NOT_CONFIRMED):
        if reason in match.reasons:
            checked += " · " + voice.say(REASONS[reason])
    mark_of_age = "⚠️ " if Reason.CHECKED_LONG_AGO in match.reasons else ""
    lines.append(f"{mark_of_age}<i>{checked}</i>")
    return "\n".join(lines)


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
        # TRANSLATORS: a link to a map that shows the door
        parts.append(link(voice.say("map"), map_link(service, territory)))
    if match.distance_km is not None:
        parts.append(voice.isolate(escape(voice.distance(match.distance_km))))
    return " · ".join(parts) or voice.say("no address: call or write")


def _conditions(service: Service, voice: Voice) -> list[str]:
    said = [voice.say(COSTS[service.cost])]
    said += [voice.say(ACCESSES[access]) for access in service.access or (Access.UNKNOWN,)]
    return list(dict.fromkeys(said))


def _news(service: Service, voice: Voice, territory: Territory, now: datetime) -> list[str]:
    """Say when it is closed for a time, once that is near, and what is different for now."""
    today, lines = now.astimezone(territory.zone).date(), []
    start, end = service.closed_from, service.closed_until
    if start and start - today <= CLOSURE_TOLD_BEFORE and (end is None or end >= today):
        first = voice.date(start)
        if end:
            said = voice.say("closed from {start} to {end}", start=first, end=voice.date(end))
        else:
            said = voice.say("closed from {start}, end not known: call first", start=first)
        lines.append("⛔ " + said)
    if notice := service.notice_on(today):
        lines.append("ℹ️ " + _as_written(notice, voice, territory))
    return lines


def _as_written(text: str, voice: Voice, territory: Territory) -> str:
    """Give a sentence of the directory, which is written in one language, with its name where it is another one."""
    if not text:
        return ""
    written, own = voice.isolate(escape(text)), territory.languages[0]
    return written if voice.language.code == own else f"({voice.language_name(own)}) {written}"


def _ages(service: Service) -> str:
    least, most = service.minimum_age, service.maximum_age
    if least is not None and most is not None:
        return f"{least}–{most}"
    if least is not None:
        return f"{least}+"
    return f"≤ {most}" if most is not None else ""


def _host(website: str) -> str:
    return website.split("://")[-1].split("/")[0].removeprefix("www.")
