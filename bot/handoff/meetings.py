"""Appointments: a worker proposes up to three moments, the person chooses one, both are reminded, either can cancel."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update

from bot.handoff import thread
from bot.handoff.calendar import invitation
from bot.handoff.context import Context
from bot.handoff.desk import held_request, keep_promise
from bot.handoff.lifecycle import OPEN, note
from bot.handoff.telling import answer, give_person, label, person_of, tell_worker
from bot.i18n import Voice
from bot.messages import Button, Document, Reply, Rows, column
from bot.storage.models import Appointment, Handoff, Worker

REMIND: Final = "appointment:"
BEFORE: Final = (timedelta(days=1), timedelta(hours=1))
MOST_SLOTS: Final = 3
NONE_FITS: Final = "none"


def propose(context: Context, handoff_id: str, slots: Sequence[str], where: str) -> None:
    """Let the person of a worker's request choose one of several moments."""
    worker, handoff = held_request(context, handoff_id)
    moments = sorted({datetime.fromisoformat(slot) for slot in slots})[:MOST_SLOTS]
    moments = [moment for moment in moments if moment > context.now]
    if worker is None or handoff is None or not moments:
        return
    _cancel_proposals(context, handoff)
    meeting = Appointment(
        id=secrets.token_hex(6),
        handoff_id=handoff.id,
        worker_id=worker.id,
        status="proposed",
        slots=[moment.isoformat() for moment in moments],
        sealed_where=context.sealer.seal(where),
        proposed_at=context.now,
    )
    context.session.add(meeting)
    context.session.flush()
    keep_promise(context, handoff)
    note(context.session, handoff.id, "meet", context.now, team=handoff.team_id, worker=worker.id)

    def make(voice: Voice) -> Reply:
        buttons = [
            Button(_said(context, moment, voice), f"slot:{meeting.id}:{number}")
            for number, moment in enumerate(moments)
        ]
        buttons.append(Button(voice.say("None of these"), f"slot:{meeting.id}:{NONE_FITS}"))
        lines = [voice.say("{name} proposes to meet you. Which moment suits you?", name=worker.first_name)]
        if where:
            lines.append(voice.say("Where: {place}", place=where))
        return Reply("\n".join(lines), column(buttons), voice.language.code)

    give_person(context, handoff, make)


def choose(context: Context, meeting_id: str, slot: str) -> None:
    """Take one of the proposed moments, or none; both sides hear it, and get a file for their calendar."""
    meeting, handoff = _for_the_person(context, meeting_id)
    voice = context.writer()
    if meeting is None or handoff is None or meeting.status != "proposed":
        return answer(context, voice.say("This proposal is no longer open."))
    if slot == NONE_FITS:
        meeting.status = "none-fits"
        _tell_worker(context, meeting, handoff, "none-fits")
        return answer(context, voice.say("Fine. Write what suits you better, I pass it on."))
    when = _slot(meeting, slot)
    if when is None or when <= context.now:
        return answer(context, voice.say("This proposal is no longer open."))
    meeting.status, meeting.chosen_for = "chosen", when
    context.session.flush()
    _set_reminders(context, meeting, handoff, when)
    context.tell(context.conversation.id, _confirmation(context, meeting, voice))
    worker = context.session.get(Worker, meeting.worker_id) if meeting.worker_id else None
    if worker:
        theirs = context.voice_of_id(worker.conversation_id)
        context.tell(worker.conversation_id, _confirmation(context, meeting, theirs, handoff))
    return None


def cancel(context: Context, meeting_id: str) -> None:
    """Call a meeting off, from either side; the other side hears it."""
    meeting = context.session.get(Appointment, meeting_id)
    handoff = context.session.get(Handoff, meeting.handoff_id) if meeting else None
    voice = context.writer()
    if meeting is None or handoff is None or meeting.status not in ("proposed", "chosen"):
        return answer(context, voice.say("This proposal is no longer open."))
    worker = context.session.get(Worker, meeting.worker_id) if meeting.worker_id else None
    by_person = handoff.conversation_id == context.conversation.id
    by_worker = worker is not None and worker.conversation_id == context.conversation.id
    if not (by_person or by_worker):
        return answer(context, voice.say("This proposal is no longer open."))
    meeting.status = "cancelled"
    answer(context, voice.say("The meeting is cancelled. The other side hears it now."))
    if by_person:
        _tell_worker(context, meeting, handoff, "cancelled")
    else:
        give_person(context, handoff, lambda voice: _cancelled(context, meeting, voice))
    return None


def remind(context: Context, what: str) -> None:
    """Remind the one whose timer this is of a meeting that still stands."""
    meeting = context.session.get(Appointment, what.partition(":")[0])
    handoff = context.session.get(Handoff, meeting.handoff_id) if meeting else None
    if meeting is None or handoff is None or meeting.status != "chosen" or handoff.status not in OPEN:
        return
    if meeting.chosen_for is None or meeting.chosen_for < context.now:
        return
    voice = context.writer()
    text = voice.say("Reminder: you meet {moment}.", moment=_said(context, meeting.chosen_for, voice))
    reply = Reply(_with_place(context, meeting, text, voice), _off(meeting, voice), voice.language.code)
    if handoff.conversation_id == context.conversation.id and handoff.discreet:
        thread.whisper(context, handoff, reply)
    else:
        context.tell(context.conversation.id, reply)


def _confirmation(
    context: Context, meeting: Appointment, voice: Voice, handoff: Handoff | None = None
) -> Reply:
    when = meeting.chosen_for or context.now
    said = _said(context, when, voice)
    text = voice.say("You meet {moment}. I remind you a day and an hour before.", moment=said)
    if handoff:
        text = voice.say(
            "{request}: the person chose {moment}.", request=label(context, handoff, voice), moment=said
        )
    where = context.sealer.open(meeting.sealed_where)
    title = voice.say("Meeting")
    file = Document(
        "rendez-vous.ics", "text/calendar", invitation(meeting.id, when, title, where, context.now)
    )
    text = _with_place(context, meeting, text, voice)
    return Reply(text, _off(meeting, voice), voice.language.code, document=file)


def _with_place(context: Context, meeting: Appointment, text: str, voice: Voice) -> str:
    where = context.sealer.open(meeting.sealed_where)
    return "\n".join([text, voice.say("Where: {place}", place=where)]) if where else text


def _off(meeting: Appointment, voice: Voice) -> Rows:
    return column([Button(voice.say("Cancel the meeting"), f"unmeet:{meeting.id}")])


def _cancelled(context: Context, meeting: Appointment, voice: Voice) -> Reply:
    text = voice.say("The meeting is cancelled by the other side.")
    if meeting.chosen_for:
        said = _said(context, meeting.chosen_for, voice)
        text = voice.say("The meeting of {moment} is cancelled by the other side.", moment=said)
    return Reply(text, (), voice.language.code)


def _tell_worker(context: Context, meeting: Appointment, handoff: Handoff, news: str) -> None:
    if meeting.worker_id is None:
        return

    def say(voice: Voice) -> str:
        request = label(context, handoff, voice)
        if news == "none-fits":
            return voice.say("{request}: none of the moments suits the person.", request=request)
        return voice.say("{request}: the person has cancelled the meeting.", request=request)

    tell_worker(
        context,
        meeting.worker_id,
        say,
        lambda voice: Button(voice.say("Propose a meeting"), f"appoint:{handoff.id}"),
    )


def _set_reminders(context: Context, meeting: Appointment, handoff: Handoff, when: datetime) -> None:
    worker = context.session.get(Worker, meeting.worker_id) if meeting.worker_id else None
    person = person_of(context, handoff)
    for side, conversation in (
        ("p", person.id if person else None),
        ("w", worker.conversation_id if worker else None),
    ):
        for number, before in enumerate(BEFORE):
            if conversation and when - before > context.now:
                key = f"{REMIND}{meeting.id}:{side}{number}"
                context.remind(conversation, key, key, when - before)


def _for_the_person(context: Context, meeting_id: str) -> tuple[Appointment | None, Handoff | None]:
    meeting = context.session.get(Appointment, meeting_id)
    handoff = context.session.get(Handoff, meeting.handoff_id) if meeting else None
    if handoff is None or handoff.conversation_id != context.conversation.id or handoff.status not in OPEN:
        return None, None
    return meeting, handoff


def _slot(meeting: Appointment, number: str) -> datetime | None:
    if not number.isdecimal() or int(number) >= len(meeting.slots):
        return None
    return datetime.fromisoformat(meeting.slots[int(number)])


def _said(context: Context, when: datetime, voice: Voice) -> str:
    return voice.weekday(when.astimezone(context.world.territory.zone))


def _cancel_proposals(context: Context, handoff: Handoff) -> None:
    context.session.execute(
        update(Appointment)
        .where(Appointment.handoff_id == handoff.id, Appointment.status == "proposed")
        .values(status="cancelled")
    )
