"""One request that is the reader's: what the person approved, what was said, and every step that can follow."""

from datetime import datetime
from typing import Any, Final

from fastapi import Response

from bot.conversation.effects import AddNote, CloseRequest, PassOn, ProposeMeeting, RelayToPerson
from bot.conversation.request_card import DECLINE_REASONS, REACH_HOW, REACH_WHEN, WISHES
from bot.conversation.vocabulary import OUTCOMES, mark
from bot.desk import people, requests
from bot.desk.audit import write_down
from bot.phrasebook import phrasebook
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit

MOST_WORDS: Final = 3000  # what every channel carries in one message, under a name
MOST_SLOTS: Final = 3
TOO_LONG: Final = mark("This is too long. Write it in several parts.")
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
    if problem := _problem(words):
        return _show(visit, 422, words=words, problem=problem)
    visit.act(RelayToPerson(request, words))
    return _done(visit, request, "reply", "sent")


def phrase(visit: Visit) -> Response:
    """Send a reviewed sentence in the person's language."""
    request, chosen = _mine(visit), phrasebook().phrases.get(visit.form.get("phrase", ""))
    if chosen is None:
        return _show(visit, 422, phrase_problem=NOTHING_WRITTEN)
    opened = requests.thread(visit.session, visit.by, request, visit.house.sealer)
    language = opened.listed.language if opened else ""
    words = phrasebook().say(chosen, visit.house.words, language)
    visit.act(RelayToPerson(request, words, kind="phrase"))
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
        "teams": _other_teams(visit),
        "slots": range(MOST_SLOTS),
        "soonest": f"{visit.local_now:%Y-%m-%dT%H:%M}",
    }
    return visit.show("thread", status, **(fields | problems))


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
    return [
        (
            book.say(group, words, language),
            [(one.id, book.say(one, words, language)) for one in book.of_group(group.id)],
        )
        for group in book.groups.values()
    ]


def _other_teams(visit: Visit) -> list[people.TeamState]:
    return [one for one in people.teams(visit.session, visit.by) if one.live and one.id != visit.by.team_id]


def _moment(visit: Visit, text: str) -> datetime | None:
    """Read what a browser's field for a day and an hour gives, on the clocks of the territory."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=visit.library.territory.zone) if moment.tzinfo is None else None


def _problem(words: str) -> str:
    if not words:
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
