"""One request that is the reader's: what the person approved, what was said, and every step that can follow."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fastapi import Response

from bot.channels import web
from bot.conversation.effects import AddNote, CloseRequest, PassOn, ProposeMeeting, RelayToPerson
from bot.conversation.ready import SECTIONS, fitting_services, id_of, name_ready, say_ready
from bot.conversation.request_card import DECLINE_REASONS, REACH_HOW, REACH_WHEN, WISHES
from bot.conversation.turn import World
from bot.conversation.vocabulary import OUTCOMES, mark
from bot.desk import people, requests
from bot.desk.audit import write_down
from bot.handoff import files
from bot.messages import Content, Media
from bot.phrasebook import phrasebook
from webhooks.desk import meeting
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit

MOST_WORDS: Final = 3000  # what every channel carries in one message, under a name
MOST_SLOTS: Final = 3
TOO_LONG: Final = mark("This is too long. Write it in several parts.")
NOT_TAKEN: Final = mark("Only pictures, PDF and sound files can be sent, at most 5 MB.")
TOO_MANY: Final = mark("These are too many files for one day. Send this one tomorrow.")
NOTHING_WRITTEN: Final = mark("Nothing is written yet.")
HOW_IT_ENDED: Final = mark("Choose how it ended.")
NO_MOMENT: Final = mark("Write at least one moment that lies ahead.")
OWN_TEAM: Final = 0


def thread(visit: Visit) -> Response:
    """Show one request: whole to who holds it, the card without words to whom it is offered."""
    return _show(visit)


def reply(visit: Visit) -> Response:
    """Pass words on to the person; what cannot be sent stays in the field."""
    request, words = _mine(visit), visit.form.get("words", "").strip()
    try:
        file = files.read_upload("", visit.file) if visit.file else None
    except files.NotTaken:
        return _show(visit, 422, words=words, problem=NOT_TAKEN)
    if problem := _problem(words, file):
        return _show(visit, 422, words=words, problem=problem)
    media = _keep(visit, file) if file else None
    if file and media is None:
        return _show(visit, 422, words=words, problem=TOO_MANY)
    visit.act(RelayToPerson(request, words, media))
    return _done(visit, request, "reply", "sent")


def phrase(visit: Visit) -> Response:
    """Send a reviewed sentence, an answer, papers or a place in the person's language."""
    request, chosen = _mine(visit), visit.form.get("phrase", "")
    opened = requests.thread(visit.session, visit.by, request, visit.house.sealer)
    asked = opened.listed if opened else None
    said = say_ready(chosen, asked, asked.language, _world(visit), visit.local_now) if asked else None
    if said is None:
        return _show(visit, 422, phrase_problem=NOTHING_WRITTEN)
    visit.act(RelayToPerson(request, said.words, kind="phrase", ready=chosen))
    return _done(visit, request, "reply", "sent")


def note(visit: Visit) -> Response:
    """Keep a note, sealed, for the team."""
    request, words = _mine(visit), visit.form.get("note", "").strip()
    if problem := _problem(words):
        return _show(visit, 422, note=words, note_problem=problem)
    visit.act(AddNote(request, words))
    return _done(visit, request, "note", "noted")


def meet(visit: Visit) -> Response:
    """Propose up to three moments, of which the person chooses one."""
    request, where = _mine(visit), visit.form.get("where", "").strip()[:200]
    given = [visit.form.get(f"slot{number}", "") for number in range(MOST_SLOTS)]
    moments = [moment for text in given if (moment := _moment(visit, text)) and moment > visit.now]
    if not moments:
        return _show(visit, 422, meet_problem=NO_MOMENT, where=where)
    visit.act(ProposeMeeting(request, tuple(moment.isoformat() for moment in moments), where))
    return _done(visit, request, "meet", "proposed")


def pass_on(visit: Visit) -> Response:
    """Send the request to colleagues, or ask the person for a yes to another team."""
    request, given = _mine(visit), visit.form.get("team", "")
    team = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
    if team not in {OWN_TEAM, *(one.id for one in _other_teams(visit))}:
        raise Refused(404, NOT_FOUND)
    visit.act(PassOn(request, team))
    write_down(visit.session, visit.by, "pass-on", visit.now, request, new=str(team or ""))
    return visit.go("/desk/mine", "passed")


def close(visit: Visit) -> Response:
    """End a request with its outcome."""
    request, outcome = _mine(visit), visit.form.get("outcome", "")
    if outcome not in OUTCOMES:
        return _show(visit, 422, close_problem=HOW_IT_ENDED)
    visit.act(CloseRequest(request, outcome))
    write_down(visit.session, visit.by, "close", visit.now, request)
    return visit.go("/desk/mine", "closed")


def _show(visit: Visit, status: int = 200, **problems: Any) -> Response:
    request = visit.part("id")
    opened = requests.thread(visit.session, visit.by, request, visit.house.sealer)
    if opened is None:
        offered = requests.offered(visit.session, visit.by, request)
        if offered is None:
            raise Refused(404, NOT_FOUND)
        return visit.show("offer", offer=offered, now=visit.now, reasons=DECLINE_REASONS)
    fields: dict[str, Any] = {
        "thread": opened,
        "page": f"/desk/requests/{request}",
        "wishes": _wishes(opened),
        "outcomes": OUTCOMES,
        "most": MOST_WORDS,
        "phrases": _phrases(visit),
        "services": _services(visit, opened),
        "wanted": visit.query("place"),
        "name_ready": lambda id_: name_ready(id_, visit.voice, _world(visit)),
        "shown": web.SHOWN,
        "map_address": web.map_address,
        "teams": _other_teams(visit),
        "slots": range(MOST_SLOTS),
        "soonest": f"{visit.local_now:%Y-%m-%dT%H:%M}",
    }
    return visit.show("thread", status, **(fields | meeting.shown(visit, request) | problems))


def _wishes(opened: requests.Thread) -> list[tuple[str, str]]:
    """Name what the person wished, as they chose it; nothing where they chose nothing."""
    found = [
        (mark("How"), REACH_HOW.get(opened.reach_how, "")),
        (mark("When"), REACH_WHEN.get(opened.reach_when, "")),
    ]
    found += [(mark("Wish"), WISHES.get(wish, "")) for wish in opened.wishes]
    return [(name, said) for name, said in found if said]


def _phrases(visit: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    book, words, language = phrasebook(), visit.house.words, visit.voice.language.code
    sections = [(id_, visit.voice.say(label)) for id_, label in SECTIONS.items()]
    return [
        (visit.voice.say("About the question"), sections),
        *(
            (
                book.say(group, words, language),
                [(one.id, book.say(one, words, language)) for one in book.of_group(group.id)],
            )
            for group in book.groups.values()
        ),
    ]


def _services(visit: Visit, opened: requests.Thread) -> list[tuple[str, str]]:
    """Give the places to choose from: those of the name that is looked for, or those that fit best."""
    found = fitting_services(opened.listed, visit.query("place"), _world(visit), visit.local_now)
    return [(id_of(service), service.name_in(visit.voice.language.code)) for service in found]


def _world(visit: Visit) -> World:
    """Give what is true for everybody, with the services as they are now."""
    return replace(visit.surroundings().world, directory=visit.library.directory)


def _other_teams(visit: Visit) -> list[people.TeamState]:
    return [one for one in people.teams(visit.session, visit.by) if one.live and one.id != visit.by.team_id]


def _moment(visit: Visit, text: str) -> datetime | None:
    """Read what a browser's field for a day and an hour gives, on the clocks of the territory."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=visit.library.territory.zone) if moment.tzinfo is None else None


def _keep(visit: Visit, file: Content) -> Media | None:
    return files.keep_file(visit.session, visit.house.sealer, visit.by.conversation_id, file, visit.now)


def _problem(words: str, file: Content | None = None) -> str:
    if not words and file is None:
        return NOTHING_WRITTEN
    return TOO_LONG if len(words) > MOST_WORDS else ""


def _mine(visit: Visit) -> str:
    request = visit.part("id")
    if not requests.is_mine(visit.session, visit.by, request):
        raise Refused(404, NOT_FOUND)
    return request


def _done(visit: Visit, request: str, action: str, done: str) -> Response:
    write_down(visit.session, visit.by, action, visit.now, request)
    return visit.go(f"/desk/requests/{request}", done)
