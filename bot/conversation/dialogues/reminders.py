"""A reminder that a person asks for: of a day that matters to them, so many days before.

What will be sent names the day and no subject.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.conversation.effects import SetReminder
from bot.conversation.turn import Outcome, Turn
from bot.messages import Button, Kind, column

DATE_ASKED = "remind.date"
LEADS = (0, 1, 7, 30)  # days before
IN_WEEKS = (1, 2, 4, 8, 12, 26)
MOST_DAYS = 366
WRITTEN = re.compile(r"\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,2})(?:\s*[./\-\s]\s*(\d{4}))?\s*")
ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")


def ask_date(turn: Turn, need: str = "") -> Outcome:
    """Ask which day matters."""
    voice, today = turn.voice, turn.now.date()
    about = need if need in turn.world.needs else turn.state.need
    days = [today + timedelta(weeks=weeks) for weeks in IN_WEEKS]
    buttons = [Button(voice.date(day), f"remind-on:{day.isoformat()}") for day in days]
    text = voice.say(
        "Which day must you not miss: a deadline, an appointment, the end of a card?"
        " Write it like {example}, or choose.",
        example=f"{days[2]:%d/%m/%Y}",
    )
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    state = replace(turn.state, asked=DATE_ASKED, draft={**turn.state.draft, "remind": about})
    return Outcome((turn.reply(text, *rows, (Button(voice.say("No reminder"), "menu"),)),), state)


def hear_date(turn: Turn) -> Outcome | None:
    """Read the day that was written; None when the words are about something else."""
    if turn.inbound.kind is not Kind.TEXT or not any(sign.isdigit() for sign in turn.inbound.text):
        return None
    return choose_date(turn, turn.inbound.text)


def choose_date(turn: Turn, written: str) -> Outcome:
    """Ask how many days before, or for another day when this one is not in the coming year."""
    voice, today = turn.voice, turn.now.date()
    day = read_date(written, today)
    if day is None or not today < day <= today + timedelta(days=MOST_DAYS):
        asked = ask_date(turn, turn.state.draft.get("remind", ""))
        text = voice.say("I need a day in the coming year.") + " " + asked.replies[0].text
        return replace(asked, replies=(replace(asked.replies[0], text=text),))
    possible = [lead for lead in LEADS if day - timedelta(days=lead) > today]
    buttons = [Button(_lead(turn, lead), f"remind-before:{day.isoformat()}:{lead}") for lead in possible]
    text = voice.say("When shall I remind you of {date}?", date=voice.date(day))
    return Outcome((turn.reply(text, *column(buttons)),), replace(turn.state, asked=""))


def choose_lead(turn: Turn, rest: str) -> Outcome | None:
    """Set the reminder, `date:days before`."""
    written, _, lead = rest.partition(":")
    day = read_date(written, turn.now.date())
    if day is None or lead not in map(str, LEADS):
        return None
    moment = day - timedelta(days=int(lead))
    if not turn.now.date() < moment <= turn.now.date() + timedelta(days=MOST_DAYS):
        return choose_date(turn, written)
    about = turn.state.draft.get("remind", "")
    return Outcome((), replace(turn.state, asked=""), (SetReminder(about, day, int(lead)),))


def read_date(written: str, today: date) -> date | None:
    """Read a day as people here write it, 5/12 or 05.12.2026; without a year the next such day is meant."""
    if iso := ISO.fullmatch(written):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    found = WRITTEN.fullmatch(written)
    if found is None:
        return None
    day, month = int(found[1]), int(found[2])
    if found[3]:
        return _date(int(found[3]), month, day)
    this_year = _date(today.year, month, day)
    return this_year if this_year and this_year > today else _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _lead(turn: Turn, days: int) -> str:
    if not days:
        return turn.voice.say("On that day, in the morning")
    return turn.voice.say_n("{n} day before", "{n} days before", days)
