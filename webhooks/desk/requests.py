"""The pages of requests: what waits, what is mine, and taking a request or leaving it."""

from fastapi import Response

from bot.conversation.effects import AcceptRequest, DeclineRequest
from bot.conversation.request_card import DECLINE_REASONS
from bot.desk import requests
from bot.desk.audit import write_down
from bot.storage.models import Handoff, Worker
from webhooks.desk.gate import NOT_FOUND
from webhooks.desk.visit import Refused, Visit


def queue(visit: Visit) -> Response:
    """Show what waits for somebody."""
    waiting = requests.queue(visit.session, visit.by)
    held = requests.in_hand(visit.session, visit.by)
    return visit.show("queue", waiting=waiting, held=held, now=visit.now, reasons=DECLINE_REASONS)


def mine(visit: Visit) -> Response:
    """Show what the worker holds."""
    return visit.show("mine", held=requests.mine(visit.session, visit.by), now=visit.now)


def accept(visit: Visit) -> Response:
    """Take a request; the first one has it."""
    request = visit.part("id")
    if requests.offered(visit.session, visit.by, request) is None and not requests.is_mine(
        visit.session, visit.by, request
    ):
        if visit.session.get(Handoff, request) is None:
            raise Refused(404, NOT_FOUND)
        return visit.go("/desk", "gone")
    visit.act(AcceptRequest(request))
    held = requests.mine(visit.session, visit.by)
    if request not in {one.id for one in held}:
        room = visit.session.get_one(Worker, visit.by.worker_id).most_open
        return visit.go("/desk", "full" if len(held) >= room else "gone")
    write_down(visit.session, visit.by, "accept", visit.now, request)
    return visit.go(f"/desk/requests/{request}", "accepted")


def decline(visit: Visit) -> Response:
    """Leave a request to the others."""
    request = visit.part("id")
    if requests.offered(visit.session, visit.by, request) is None:
        raise Refused(404, NOT_FOUND)
    reason = visit.form.get("reason", "")
    visit.act(DeclineRequest(request, reason if reason in DECLINE_REASONS else ""))
    write_down(visit.session, visit.by, "decline", visit.now, request)
    return visit.go("/desk", "declined")
