"""How people come to us: the link of a place, a code from a worker's hand; and meetings without a request.

Links and codes are counted by place and way. A code is kept as a hash, works once and for two days.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.conversation.dialogues.meeting import CODE_LINK
from bot.conversation.effects import ArriveAtPlace, FixMeeting, GiveCode, GreetEncounter, NoteMeeting
from bot.conversation.links import link_code
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, column
from bot.outreach import schedule
from bot.outreach.meetings import follow_button, tell, this_week_at
from bot.outreach.telling import tell_place, tell_times
from bot.outreach.workers import worker_of
from bot.storage.models import EncounterCode, Meeting, Worker
from bot.storage.tallies import count

VALID_FOR: Final = timedelta(hours=48)
MOST_OPEN_CODES: Final = 50
SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper
CODE_LENGTH: Final = 10
FIX_WITHIN: Final = timedelta(hours=1)
MOST_NEEDS: Final = 4
COUNTS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)


def make_code(session: Session, worker_id: int, place_id: str | None, now: datetime) -> str | None:
    """Make a code to hand out; None when too many of this worker's are still open."""
    open_codes = select(func.count()).where(
        EncounterCode.worker_id == worker_id, EncounterCode.used_at.is_(None), EncounterCode.expires_at > now
    )
    if (session.scalar(open_codes) or 0) >= MOST_OPEN_CODES:
        return None
    code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
    session.add(
        EncounterCode(
            code_hash=_hash(code), worker_id=worker_id, place_id=place_id, expires_at=now + VALID_FOR
        )
    )
    return code


def use_code(session: Session, code: str, now: datetime) -> tuple[str, str] | None:
    """Use a code up; give the worker's first name and the place. Of two who use it at once, one does."""
    row = session.execute(
        update(EncounterCode)
        .where(
            EncounterCode.code_hash == _hash(code.lower()),
            EncounterCode.used_at.is_(None),
            EncounterCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(EncounterCode.worker_id, EncounterCode.place_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    worker = session.get(Worker, row.worker_id)
    return (worker.first_name if worker else "", row.place_id or "")


def arrive(context: Context, effect: ArriveAtPlace) -> None:
    """Show what there is at the place whose link was opened; an unknown place adds nothing to the greeting."""
    if _show_context(context, effect.place, ""):
        count(context.session, "reached", f"link:{effect.place}", context.now)


def greet_encounter(context: Context, effect: GreetEncounter) -> None:
    """Greet by the meeting in the street; an old or unknown code adds nothing to the greeting."""
    used = use_code(context.session, effect.code, context.now)
    if used is None:
        return
    first_name, place_id = used
    voice, place = context.writer(), schedule.read_place(context.session, place_id)
    if place:
        met = voice.say("You met {name} at {place}.", name=first_name, place=place.name)
    else:
        met = voice.say("You met {name}.", name=first_name)
    count(context.session, "reached", f"code:{place_id}", context.now)
    if not _show_context(context, place_id, met):
        tell(context, f"{met} {_ask_anything(voice)}", *column(_last_buttons(voice)))


def give_code(context: Context, effect: GiveCode) -> None:
    """Give a worker a code to hand out."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    if worker is None:
        return
    place = schedule.read_place(context.session, effect.place)
    code = make_code(context.session, worker.id, place.id if place else None, context.now)
    if code is None:
        tell(
            context,
            voice.say("Too many of your codes are still unused. Wait until they end, after two days."),
        )
        return
    payload = link_code(context.conversation.territory, CODE_LINK + code)
    lines = [
        voice.say("For one person, once, for two days. The bot will greet them with your first name."),
        voice.say("In Telegram they write to the bot: {words}", words=f"/start {payload}"),
    ]
    if context.desk_url:
        lines.append(voice.say("Or they open: {address}", address=f"{context.desk_url}/?start={payload}"))
    tell(context, "\n".join(lines), (Button(voice.say("The rounds"), "rounds"),))


def note_meeting(context: Context, effect: NoteMeeting) -> None:
    """Take a worker through three taps, place, theme and number, and note the meeting; nobody's identity fits in."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    if worker is None:
        return
    places = schedule.read_places(context.session, context.world.territory)
    themes = {theme.id: voice.label(theme.label) for theme in context.world.needs.themes}
    if effect.place not in places:
        _ask_place(context, voice)
    elif effect.theme not in themes:
        buttons = [Button(name, f"met:{effect.place}:{theme}") for theme, name in themes.items()]
        tell(context, voice.say("What was it about?"), *_pairs(buttons))
    elif effect.people not in COUNTS:
        base = f"met:{effect.place}:{effect.theme}"
        buttons = [Button(voice.number(n), f"{base}:{n}") for n in COUNTS]
        tell(context, voice.say("How many people?"), buttons[:5], buttons[5:])
    else:
        language = (*places[effect.place].languages, context.world.territory.languages[0])[0]
        day = context.now.astimezone(context.world.territory.zone).date()
        meeting = Meeting(
            place_id=effect.place,
            team_id=worker.team_id,
            day=day,
            theme=effect.theme,
            people=effect.people,
            language=language,
            noted_at=context.now,
        )
        context.session.add(meeting)
        context.session.flush()
        _tell_noted(context, meeting, voice)


def fix_meeting(context: Context, effect: FixMeeting) -> None:
    """Correct what was just noted: the language, the day, or all of it."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    meeting = context.session.get(Meeting, effect.meeting)
    if (
        worker is None
        or meeting is None
        or meeting.team_id != worker.team_id
        or context.now - meeting.noted_at > FIX_WITHIN
    ):
        tell(context, voice.say("This note cannot be changed any more."))
        return
    if effect.what == "undo":
        context.session.execute(delete(Meeting).where(Meeting.id == meeting.id))
        tell(context, voice.say("The note is deleted."), (Button(voice.say("I met people"), "met"),))
        return
    if effect.what == "yesterday":
        today = context.now.astimezone(context.world.territory.zone).date()
        meeting.day = today - timedelta(days=1)
    elif effect.what in context.world.words.languages:
        meeting.language = effect.what
    _tell_noted(context, meeting, voice)


def _show_context(context: Context, place_id: str, met: str) -> bool:
    voice, territory = context.writer(), context.world.territory
    place = schedule.read_place(context.session, place_id) if place_id else None
    if place is None:
        return False
    asked = [need for need in place.asked_there if need in context.world.needs][:MOST_NEEDS]
    lines = [met, tell_place(place, voice, territory), *tell_times(this_week_at(context, place.id), voice)]
    if asked:
        lines += ["", voice.say("People here often ask about:")]
    buttons = [Button(voice.label(context.world.needs.need(need).label), f"need:{need}") for need in asked]
    tell(
        context,
        "\n".join(line for position, line in enumerate(lines) if line or position),
        *_languages(context, place.languages),
        *column([*buttons, follow_button(context, place, voice), *_last_buttons(voice)]),
    )
    return True


def _languages(context: Context, codes: tuple[str, ...]) -> tuple[tuple[Button, ...], ...]:
    """Offer the languages of the place in their own names."""
    words = context.world.words.languages
    shown = [Button(words[code].name, f"language:{code}") for code in codes if code in words]
    return _pairs(shown)


def _pairs(buttons: list[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _ask_anything(voice: Voice) -> str:
    return voice.say("Write your question in your own words, or choose a theme:")


def _last_buttons(voice: Voice) -> list[Button]:
    return [Button(voice.say("Talk to someone"), "talk"), Button(voice.say("All themes"), "menu")]


def _ask_place(context: Context, voice: Voice) -> None:
    """Offer the places, those of today's rounds first."""
    places = schedule.read_places(context.session, context.world.territory)
    start = context.now - timedelta(hours=18)
    today = schedule.read_calendar(context.session, context.world.territory, start, context.now)
    order = dict.fromkeys([*(one.place for one in reversed(today)), *places])
    buttons = [Button(places[id_].name[:60], f"met:{id_}") for id_ in order if id_ in places]
    tell(context, voice.say("Where did you meet people?"), *column(buttons[:20]))


def _tell_noted(context: Context, meeting: Meeting, voice: Voice) -> None:
    place = schedule.read_place(context.session, meeting.place_id)
    theme = voice.label(context.world.needs.theme(meeting.theme).label)
    text = voice.say(
        "Noted: {place}, {day}, {theme}, {people}, {language}.",
        place=place.name if place else "",
        day=voice.date(meeting.day),
        theme=theme,
        people=voice.say_n("{n} person", "{n} people", meeting.people),
        language=voice.language_name(meeting.language),
    )
    codes = dict.fromkeys([*(place.languages if place else ()), *context.world.territory.languages])
    others = [code for code in codes if code != meeting.language and code in context.world.words.languages]
    buttons = [Button(context.world.words.languages[c].name, f"met-fix:{meeting.id}:{c}") for c in others[:6]]
    last = [
        Button(voice.say("It was yesterday"), f"met-fix:{meeting.id}:yesterday"),
        Button(voice.say("Delete this note"), f"met-fix:{meeting.id}:undo"),
        Button(voice.say("I met people"), "met"),
    ]
    tell(context, text, *_pairs(buttons), *column(last))


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
