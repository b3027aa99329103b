"""Places and rounds in a person's words."""

from collections.abc import Sequence

from bot.conversation.vocabulary import place_name
from bot.i18n import Voice
from bot.messages import escape
from bot.outreach.occurrences import Occurrence, Status
from bot.outreach.places import FAMILIES, QUIET, TOILETS, WHO_COMES, PlaceSheet
from directory.territory import Territory


def tell_place(place: PlaceSheet, voice: Voice, territory: Territory) -> str:
    """Name a meeting place, what kind of place it is and where."""
    head = f"📍 <b>{voice.isolate(escape(place.name))}</b>"
    if place.trial:
        head += " · " + voice.say("made up, for trying out")
    where = [place_name(place.commune, voice, territory)]
    if place.address:
        where.insert(0, voice.isolate(escape(place.address)))
    return f"{head}\n{voice.say(FAMILIES[place.family])} · {', '.join(where)}"


def tell_sheet(place: PlaceSheet, voice: Voice, territory: Territory) -> str:
    """Write the sheet of a place: who comes, whether it is quiet, toilets, and when that was checked."""
    lines = [tell_place(place, voice, territory)]
    if place.who_comes:
        lines.append("👥 " + voice.listing(voice.say(WHO_COMES[who]) for who in place.who_comes))
    if place.quiet in QUIET:
        lines.append("🔉 " + voice.say(QUIET[place.quiet]))
    if place.toilets in TOILETS:
        lines.append("🚻 " + voice.say(TOILETS[place.toilets]))
    checked = voice.say("Checked on {date}", date=voice.date(place.checked_on))
    lines.append(f"<i>{checked}</i>")
    return "\n".join(lines)


def tell_time(one: Occurrence, voice: Voice, where: str = "") -> str:
    """Say when somebody comes, who, and what has changed."""
    when = f"🕑 {voice.isolate(f'{voice.weekday(one.begins)}–{voice.time(one.ends)}')}"
    if one.is_cancelled:
        return when + " · ⚠️ " + voice.say("cancelled: nobody comes")
    parts = [when]
    if one.status is Status.MOVED:
        parts.append("⚠️ " + voice.say("changed"))
    if where and one.place != one.stop.place:
        parts.append(where)
    parts += [_worker(card.first_name, card.languages, voice) for card in one.stop.workers]
    return " · ".join(parts)


def tell_times(found: Sequence[Occurrence], voice: Voice) -> list[str]:
    """Say when somebody comes, a line each; or that nobody does."""
    lines = [tell_time(one, voice) for one in found]
    return lines or [voice.say("Nobody comes here in the next seven days.")]


def tell_change(one: Occurrence, place: str, new_place: str, voice: Voice) -> str:
    """Say to somebody who follows a place what has changed, in one message that stands alone."""
    moment = voice.weekday(one.planned_at)
    if one.is_cancelled:
        return voice.say("We do not come to {place} on {moment}. We are sorry.", place=place, moment=moment)
    now = voice.weekday(one.begins)
    if one.status is Status.MOVED and new_place != place:
        return voice.say(
            "On {moment} we are not at {place}. You find us at {other}: {now}.",
            moment=moment,
            place=place,
            other=new_place,
            now=now,
        )
    if one.status is Status.MOVED:
        return voice.say(
            "At {place} the hour has changed: not {moment} but {now}.", place=place, moment=moment, now=now
        )
    return voice.say("We come to {place} after all: {now}.", place=place, now=now)


def _worker(first_name: str, languages: tuple[str, ...], voice: Voice) -> str:
    name = voice.isolate(escape(first_name))
    if not languages:
        return name
    return f"{name} ({voice.listing(voice.language_name(code) for code in languages)})"
