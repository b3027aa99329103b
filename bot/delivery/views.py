"""What a turn may know of a person's own request and of the worker who writes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.turn import RequestView, ThreadView, WorkerView
from bot.handoff import desk, requests, team
from bot.handoff.hours import is_open
from bot.storage.models import Appointment, Conversation, Handoff, Team, ThreadMessage, Worker
from directory.territory import Territory


def request_view(session: Session, conversation_id: int) -> RequestView | None:
    """Give a person's open request."""
    handoff = requests.open_request(session, conversation_id)
    if handoff is None:
        return None
    holder = session.get(Worker, handoff.worker_id) if handoff.worker_id else None
    ours = session.get(Team, handoff.team_id) if handoff.team_id else None
    following = session.get(Team, handoff.next_team) if handoff.next_team else None
    meeting = session.scalar(
        select(Appointment)
        .where(Appointment.handoff_id == handoff.id, Appointment.status == "chosen")
        .limit(1)
    )
    talked = select(ThreadMessage.id).where(
        ThreadMessage.handoff_id == handoff.id, ThreadMessage.said_by.in_(("person", "worker"))
    )
    return RequestView(
        id=handoff.id,
        status=handoff.status,
        asked_at=handoff.asked_at,
        worker_name=holder.first_name if holder else "",
        team_name=ours.name if ours else "",
        promised_until=handoff.promised_until,
        missed=handoff.missed_at is not None,
        next_team=following.name if following else "",
        talked=following is not None and session.scalar(talked.limit(1)) is not None,
        meeting=meeting.chosen_for if meeting else None,
        meeting_id=meeting.id if meeting else "",
    )


def worker_view(
    session: Session, conversation: Conversation, now: datetime, territory: Territory
) -> WorkerView | None:
    """Give the worker behind a conversation, with the requests they have."""
    worker = team.worker_of(session, conversation.id)
    if worker is None:
        return None
    own = session.get(Team, worker.team_id) if worker.team_id else None
    present = worker.absent_until is None or worker.absent_until <= now
    return WorkerView(
        worker.first_name,
        worker.on_duty or (present and is_open(worker.hours, now, territory)),
        tuple(worker.languages),
        tuple(worker.communes),
        tuple(worker.themes),
        tuple(_thread(handoff) for handoff in desk.held_by(session, worker.id)),
        team=own.name if own else "",
        trial=own.trial if own else False,
        other_teams=_other_teams(session, conversation.territory, worker.team_id),
    )


def _other_teams(session: Session, territory: str, own: int | None) -> tuple[tuple[int, str], ...]:
    query = select(Team.id, Team.name).where(Team.territory == territory, Team.live.is_(True))
    rows = session.execute(query.order_by(Team.name)).all()
    return tuple((id_, name) for id_, name in rows if id_ != own)


def _thread(handoff: Handoff) -> ThreadView:
    wrote, answered = handoff.person_wrote_at, handoff.worker_wrote_at
    waiting = wrote if wrote and (answered is None or wrote > answered) else None
    return ThreadView(handoff.id, handoff.need, handoff.language, handoff.place, handoff.asked_at, waiting)
