"""The pages of going out: the team's rounds, what becomes of each, the places, whom one met, the last month.

What may be noted, and what is said about it, is what the worker's chat would show (`bot.desk.outreach`).
"""

from fastapi import Response

from bot.conversation.effects import (
    ChangeStop,
    FixMeeting,
    JoinRound,
    NoteMeeting,
    ShowDigest,
    ShowStop,
)
from bot.conversation.turn import Effect
from bot.desk import outreach
from bot.desk.audit import write_down
from bot.messages import Reply
from bot.outreach import schedule
from bot.outreach.encounters import COUNTS
from bot.outreach.telling import tell_sheet, tell_time
from bot.outreach.topics import place_topic
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.replies import choices_of, lines_of
from webhooks.desk.visit import Refused, Visit, read_number

LONGEST_KEY = 24


def rounds(visit: Visit) -> Response:
    """Show the rounds of the reader's team: what is to be noted, and what comes."""
    territory, voice = visit.library.territory, visit.voice
    places = schedule.read_places(visit.session, territory)
    found = outreach.rounds_of(visit.session, visit.by.worker_id, territory, visit.now)
    shown = [
        (
            f"{one.stop.id}.{int(one.planned_at.timestamp()) // 60}",
            one,
            places[one.place],
            lines_of(tell_time(one, voice))[0],
        )
        for one in found
    ]
    return visit.show("rounds", rounds=shown, now=visit.now)


def stop(visit: Visit) -> Response:
    """Show one time of a stop with all that can be noted about it."""
    reply = _stop(visit)
    return visit.show("stop", lines=lines_of(reply.text), choices=choices_of(reply, "stop-is", "come"))


def change_stop(visit: Visit) -> Response:
    """Note what became of one time of a stop, or whether the reader is announced there; followers are told."""
    pressed = visit.form.get("press", "")
    if pressed not in {button.data for button in choices_of(_stop(visit), "stop-is", "come")}:
        raise Refused(404, NOT_FOUND)
    kind, _, rest = pressed.partition(":")
    which, _, what = rest.partition(":")
    effect: Effect = JoinRound(what, which == "yes") if kind == "come" else ChangeStop(*_key(visit), what)
    visit.ask(effect)
    new = f"come-{which}" if kind == "come" else what
    write_down(visit.session, visit.by, "round", visit.now, visit.part("key")[:LONGEST_KEY], new=new)
    return visit.go("/desk/rounds", "round-noted")


def places(visit: Visit) -> Response:
    """Show the meeting places with their sheets, and how many people follow each."""
    territory, voice = visit.library.territory, visit.voice
    counts = outreach.asked_for(visit.session, visit.by.territory)
    shown = [
        (place, lines_of(tell_sheet(place, voice, territory))[1:], counts.get(place_topic(place.id), 0))
        for place in schedule.read_places(visit.session, territory).values()
    ]
    return visit.show("places", places=sorted(shown, key=lambda one: one[0].name.casefold()))


def met(visit: Visit) -> Response:
    """Ask in three steps where, about what, and how many people the reader met; nobody's identity fits in."""
    place, theme = visit.query("place"), visit.query("theme")
    (reply,) = visit.ask(NoteMeeting(place, theme))
    steps = [(button.label, button.data.split(":")[1:]) for button in choices_of(reply, "met")]
    return visit.show("met", lines=lines_of(reply.text), steps=steps, place=place, theme=theme)


def note_met(visit: Visit) -> Response:
    """Note a meeting without a request: the day is today, the language the first of the place."""
    people = read_number(visit.form.get("people", ""))
    if people not in COUNTS:
        raise Refused(404, NOT_FOUND)
    (reply,) = visit.ask(NoteMeeting(visit.form.get("place", ""), visit.form.get("theme", ""), people))
    fixes = choices_of(reply, "met-fix")
    if not fixes:  # a place or theme that is not known: asked again
        raise Refused(404, NOT_FOUND)
    note = fixes[0].data.split(":")[1]
    write_down(visit.session, visit.by, "met", visit.now, note)
    return visit.go(f"/desk/met/{note}")


def noted(visit: Visit) -> Response:
    """Show what was noted, and what can be corrected within the hour: the language, the day, or all of it."""
    reply = _fixed(visit, "")
    return visit.show("noted", lines=lines_of(reply.text), choices=choices_of(reply, "met-fix"))


def fix_met(visit: Visit) -> Response:
    """Correct what was just noted."""
    pressed, note = visit.form.get("press", ""), visit.part("id")
    if pressed not in {button.data for button in choices_of(_fixed(visit, ""), "met-fix")}:
        raise Refused(404, NOT_FOUND)
    what = pressed.split(":")[2]
    _fixed(visit, what)
    write_down(visit.session, visit.by, "met", visit.now, note, new=what)
    return visit.go("/desk/met", "unnoted") if what == "undo" else visit.go(f"/desk/met/{note}", "saved")


def digest(visit: Visit) -> Response:
    """Show how the last month went, with questions for the team."""
    (reply,) = visit.ask(ShowDigest())
    return visit.show("digest", lines=lines_of(reply.text))


def _stop(visit: Visit) -> Reply:
    (reply,) = visit.ask(ShowStop(*_key(visit)))
    if not choices_of(reply, "stop-is", "come"):
        raise Refused(404, NOT_FOUND)
    return reply


def _fixed(visit: Visit, what: str) -> Reply:
    (reply,) = visit.ask(FixMeeting(read_number(visit.part("id")), what))
    if not reply.buttons:
        raise Refused(404, NOT_FOUND)
    return reply


def _key(visit: Visit) -> tuple[int, int]:
    """Read `stop.minute`; 0, which no stop has, for what is no number."""
    stop_id, _, minute = visit.part("key")[:LONGEST_KEY].partition(".")
    return read_number(stop_id), read_number(minute)
