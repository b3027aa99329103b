"""The meetings of a request on its page: what the person chose, and calling one off."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from bot.conversation.effects import CancelMeeting
from bot.conversation.vocabulary import mark
from bot.desk import meetings, requests
from bot.desk.audit import write_down
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit

STATES: Final[Mapping[str, str]] = {
    "proposed": mark("The person has not chosen yet."),
    "chosen": mark("The person chose:"),
    "none-fits": mark("None of the moments suits the person."),
    "cancelled": mark("Cancelled."),
}


def shown(visit: Visit, request: str) -> dict[str, Any]:
    """Give what the page of a request shows of its meetings."""
    found = meetings.meetings(visit.session, visit.by, request, visit.house.sealer)
    return {"meetings": found, "meeting_states": STATES}


def cancel(visit: Visit) -> Response:
    """Call a meeting off that the reader proposed; the person hears it."""
    request, meeting = visit.part("id"), visit.form.get("meeting", "")
    if not requests.is_mine(visit.session, visit.by, request) or not meetings.is_mine_to_cancel(
        visit.session, visit.by, request, meeting
    ):
        raise Refused(404, NOT_FOUND)
    visit.act(CancelMeeting(meeting))
    write_down(visit.session, visit.by, "unmeet", visit.now, request)
    return visit.go(f"/desk/requests/{request}", "unmet")
