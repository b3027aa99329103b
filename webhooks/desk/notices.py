"""The pages of messages to many: made of reviewed texts, shown in every language, approved by a second person."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response
from markupsafe import Markup

from bot.conversation.effects import MakeNotice, ShapeNotice, StepNotice
from bot.conversation.vocabulary import mark
from bot.desk import outreach
from bot.desk.audit import write_down
from bot.messages import Reply
from bot.outreach import broadcasts, letters, schedule, topics
from bot.outreach.news import TOPIC_LABELS
from bot.outreach.notice_desk import EVERYWHERE, STATUSES
from bot.outreach.notices import NOTICES, About
from bot.storage.models import Broadcast, Worker
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.replies import choices_of, lines_of
from webhooks.desk.visit import Refused, Visit, read_number

STEPS: Final[Mapping[str, str]] = {
    "propose": mark("Ask a second person to approve"),
    "approve": mark("Approve and send"),
    "refuse": mark("Refuse"),
    "pause": mark("Pause"),
    "go-on": mark("Go on"),
    "stop": mark("Stop, for good"),
}
NAME_IT: Final = mark("Choose what this text is about.")
NOT_NOW: Final = mark("This is not possible any more: look at it again.")
BEFORE_SENDING: Final = frozenset({"draft", "proposed"})


def notices(visit: Visit) -> Response:
    """Show the messages to many, and the texts of which one can be made."""
    return _notices(visit)


def make(visit: Visit) -> Response:
    """Write a draft: which text, what it names, for people of which commune and language."""
    form = visit.form
    chosen, about, commune, speaking = (form.get(n, "") for n in ("notice", "about", "commune", "language"))
    communes = {place.id for place in visit.library.territory.places}
    languages = visit.house.words.languages
    if chosen not in NOTICES or commune not in {"", *communes} or speaking not in {"", *languages}:
        raise Refused(404, NOT_FOUND)
    visit.ask(MakeNotice(chosen))
    listed = outreach.notices_of(visit.session, visit.by.worker_id, visit.library.territory)
    row = next(one for one in listed if one.status == "draft")  # of drafts only the reader's own are listed
    kind, _, id_ = about.partition(":")
    if NOTICES[chosen].about is not About.NOTHING:
        if kind == NOTICES[chosen].about:
            visit.ask(ShapeNotice(row.id, "about", id_))
        if not row.about:
            visit.session.delete(row)
            visit.session.flush()
            return _notices(visit, 422, problem=NAME_IT, chosen=chosen)
    visit.ask(ShapeNotice(row.id, "in", commune or EVERYWHERE))
    if speaking:  # each answer draws the message in every language
        visit.ask(ShapeNotice(row.id, "speaking", speaking))
    write_down(visit.session, visit.by, "notice", visit.now, str(row.id), new="draft")
    return visit.go(f"/desk/notices/{row.id}")


def notice(visit: Visit) -> Response:
    """Show a message in every language, whom it reaches, how far it is, and what can be done with it now."""
    return _notice(visit, _row(visit))


def step(visit: Visit) -> Response:
    """Take a step with a message: of two who try at once, one does."""
    row, name = _row(visit), visit.form.get("step", "")
    if name not in _steps(visit, row, _look(visit, row)):
        return _notice(visit, row, 409, problem=NOT_NOW)
    visit.ask(StepNotice(row.id, name))
    if row.status != broadcasts.TRANSITIONS[name][1]:
        return _notice(visit, row, 409, problem=NOT_NOW)
    write_down(visit.session, visit.by, "notice", visit.now, str(row.id), new=name)
    return visit.go(f"/desk/notices/{row.id}", "notice-stepped")


def _notices(visit: Visit, status: int = 200, **more: Any) -> Response:
    territory, voice = visit.library.territory, visit.voice
    places = schedule.read_places(visit.session, territory).values()
    return visit.show(
        "notices",
        status,
        rows=outreach.notices_of(visit.session, visit.by.worker_id, territory),
        texts=NOTICES,
        statuses=STATUSES,
        needs=[
            (
                voice.label(theme.label),
                [(n.id, voice.label(n.label)) for n in visit.library.needs.of_theme(theme.id)],
            )
            for theme in visit.library.needs.themes
        ],
        places=[(place.id, place.name) for place in places],
        spoken=[(code, language.name) for code, language in visit.house.words.languages.items()],
        communes=sorted((visit.place(place.id), place.id) for place in territory.places),
        asked=_asked(visit),
        **more,
    )


def _notice(visit: Visit, row: Broadcast, status: int = 200, **more: Any) -> Response:
    context, words, look = visit.surroundings(), visit.house.words, _look(visit, row)
    mine = visit.voice.language.code
    codes = [mine, *(code for code in words.languages if code != mine)]
    return visit.show(
        "notice",
        status,
        row=row,
        text=NOTICES[row.notice],
        lines=lines_of(look.text),
        letters=[(words.languages[code], _letter(visit, row, code)) for code in codes],
        counts=broadcasts.preview(context, row) if row.status in BEFORE_SENDING else None,
        steps=_steps(visit, row, look),
        names=STEPS,
        is_mine=row.made_by == visit.by.worker_id,
        **more,
    )


def _look(visit: Visit, row: Broadcast) -> Reply:
    (reply,) = visit.ask(StepNotice(row.id, "look"))
    return reply


def _steps(visit: Visit, row: Broadcast, look: Reply) -> list[str]:
    """Give the steps that the reader can take now: those of their chat, and those before it is sent."""
    first = {"draft": ["propose", "stop"]}.get(row.status, [])
    worker = visit.session.get_one(Worker, visit.by.worker_id)
    if row.status == "proposed" and outreach.is_second_person(row, worker):
        first = ["approve", "refuse"]
    held = [button.data.split(":")[2] for button in choices_of(look, "notice-do")]
    return [*first, *(name for name in held if name in STEPS)]


def _letter(visit: Visit, row: Broadcast, code: str) -> list[Markup]:
    return lines_of(letters.write(row, visit.house.words.voice(code), visit.surroundings()).text)


def _asked(visit: Visit) -> list[tuple[str, int | None]]:
    """Say how many asked for what; the follow-up of answers is no message to many."""
    voice, territory = visit.voice, visit.library.territory
    counts = outreach.asked_for(visit.session, visit.by.territory)
    names = {topic: voice.say(label) for topic, label in TOPIC_LABELS.items()}
    names |= {topics.theme_topic(t.id): voice.label(t.label) for t in visit.library.needs.themes}
    names |= {
        topics.place_topic(p.id): p.name for p in schedule.read_places(visit.session, territory).values()
    }
    return [(name, counts[topic]) for topic, name in names.items() if topic in counts]


def _row(visit: Visit) -> Broadcast:
    row = visit.session.get(Broadcast, read_number(visit.part("id")))
    if row is None or row.territory != visit.library.territory.code:
        raise Refused(404, NOT_FOUND)
    if row.status == "draft" and row.made_by != visit.by.worker_id:
        raise Refused(404, NOT_FOUND)
    return row
