"""Where the pure core meets the database: load what a turn may know, answer, write what it wants done."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from bot.conversation import effects
from bot.conversation.dialogues.joining import INVITATION
from bot.conversation.engine import respond
from bot.conversation.turn import (
    Effect,
    PersonView,
    State,
    Turn,
    World,
)
from bot.conversation.vocabulary import tell_line
from bot.delivery.outbox import queue, write_queued
from bot.delivery.timers import set_timer
from bot.delivery.views import request_view, worker_view
from bot.handoff import clockwork, desk, desk_link, export, meetings, relay, requests, team, teams, thread
from bot.handoff.assignment import crews_of
from bot.handoff.context import Context
from bot.handoff.lifecycle import OPEN
from bot.messages import Inbound, Kind, Reply
from bot.outreach.counting import count_for_the_report
from bot.outreach.effects import OUTREACH
from bot.outreach.topics import topics_of
from bot.privacy.erasure import erase_person
from bot.privacy.sealing import Sealer
from bot.storage.models import (
    Conversation,
    Correction,
    Handoff,
    InboxMessage,
    MeetingPlace,
    Subscription,
    Unanswered,
    Worker,
)
from bot.storage.tallies import count, midnight
from bot.understanding.meaning import Meaning, Understands

logger = logging.getLogger(__name__)

NEW_FOR = timedelta(minutes=10)
MOST_PREPARED = 100  # messages whose meaning waits for their turn

# What most turns need not look for, asked at once.
_WHAT_THERE_IS = select(
    exists().where(Handoff.conversation_id == bindparam("here"), Handoff.status.in_(OPEN)).label("request"),
    exists().where(Worker.conversation_id == bindparam("here")).label("worker"),
    exists()
    .where(InboxMessage.conversation_id == bindparam("here"), InboxMessage.status != "open")
    .label("answered"),
    exists().where(Subscription.conversation_id == bindparam("here")).label("topics"),
    exists().where(MeetingPlace.territory == bindparam("territory")).label("meets"),
)


def _set_language(context: Context, effect: effects.SetLanguage) -> None:
    context.conversation.language = effect.code


def _set_place(context: Context, effect: effects.SetPlace) -> None:
    context.conversation.place = effect.place


def _set_territory(context: Context, effect: effects.SetTerritory) -> None:
    first = next(iter(context.world.everywhere))
    context.conversation.territory = "" if effect.code == first else effect.code
    context.conversation.place = ""


def _forget(context: Context, effect: effects.ForgetMe) -> None:
    requests.withdraw(context)
    worker = team.worker_of(context.session, context.conversation.id)
    if worker:
        team.release_all(context, worker)
    write_queued(context.session)  # what was queued for this person is erased too
    erase_person(context.session, context.conversation, context.now)


def _count(context: Context, effect: effects.Count) -> None:
    count(context.session, effect.name, effect.key, context.now)
    count_for_the_report(context, effect)


def _keep_unanswered(context: Context, effect: effects.KeepUnanswered) -> None:
    context.session.add(Unanswered(language=effect.language, words=effect.words, day=midnight(context.now)))


def _report_wrong(context: Context, effect: effects.ReportWrong) -> None:
    context.session.add(Correction(service_id=effect.service, reported_at=context.now))


EFFECTS: Mapping[type[Effect], Callable[[Context, Any], None]] = MappingProxyType(
    {
        **OUTREACH,
        effects.SetLanguage: _set_language,
        effects.SetPlace: _set_place,
        effects.SetTerritory: _set_territory,
        effects.ForgetMe: _forget,
        effects.SendEverything: lambda context, _: export.send_everything(context),
        effects.Count: _count,
        effects.KeepUnanswered: _keep_unanswered,
        effects.ReportWrong: _report_wrong,
        effects.AskForWorker: lambda context, effect: requests.ask(context, effect.card),
        effects.WithdrawRequest: lambda context, _: requests.withdraw(context),
        effects.RelayToWorker: lambda context, effect: relay.to_worker(context, effect.words, effect.media),
        effects.RegisterWorker: team.register,
        effects.OpenDesk: lambda context, _: desk_link.send_link(context),
        effects.SetDuty: lambda context, effect: team.set_duty(context, effect.on),
        effects.AcceptRequest: lambda context, effect: desk.accept(context, effect.request),
        effects.DeclineRequest: lambda context, effect: desk.decline(context, effect.request, effect.reason),
        effects.RelayToPerson: lambda context, effect: relay.to_person(
            context, effect.request, effect.words, effect.media, effect.kind, effect.ready
        ),
        effects.CloseRequest: lambda context, effect: desk.close(context, effect.request, effect.outcome),
        effects.RequestDue: lambda context, effect: clockwork.due(context, effect.timer),
        effects.PassOn: lambda context, effect: desk.pass_on(context, effect.request, effect.team),
        effects.AddNote: lambda context, effect: desk.add_note(context, effect.request, effect.words),
        effects.AgreeToTeam: lambda context, effect: requests.agree(
            context, effect.request, history=effect.history
        ),
        effects.RefuseTeam: lambda context, effect: requests.refuse(context, effect.request),
        effects.ReopenRequest: lambda context, effect: requests.reopen(context, effect.request),
        effects.ShowUnread: lambda context, _: thread.show(context),
        effects.ShowOriginal: lambda context, effect: relay.show_original(context, effect.message),
        effects.ProposeMeeting: lambda context, effect: meetings.propose(
            context, effect.request, effect.slots, effect.where
        ),
        effects.ChooseSlot: lambda context, effect: meetings.choose(context, effect.meeting, effect.slot),
        effects.CancelMeeting: lambda context, effect: meetings.cancel(context, effect.meeting),
        effects.LoseTeam: lambda context, effect: teams.lose(context, effect.request),
    }
)


class _Foresighted:
    """Understands ahead of time; what is understood is kept until it is asked for, and in no case for long."""

    def __init__(self, understander: Understands) -> None:
        self._understander = understander
        self._known: dict[tuple[str, str], Meaning] = {}

    def look_ahead(self, text: str, language: str) -> None:
        while len(self._known) >= MOST_PREPARED:  # the turns of these were taken by another process
            del self._known[next(iter(self._known))]
        self._known[text, language] = self._understander.understand(text, language)

    def understand(self, text: str, language: str = "") -> Meaning:
        return self._known.pop((text, language), None) or self._understander.understand(text, language)

    def without_details(self, text: str) -> str:
        return self._understander.without_details(text)


class Turns:
    """Answers accepted messages, one transaction each."""

    def __init__(self, world: World, sealer: Sealer, desk_url: str = "") -> None:
        """Know the world, the key for words said to workers, and where the team's pages are."""
        self._desk_url = desk_url
        self._understander = _Foresighted(world.understander)
        self._world = replace(world, understander=self._understander)
        self._sealer = sealer

    def prepare(self, inbound: Inbound, language: str) -> None:
        """Understand the words of a message before its turn, which then takes the database for a moment only."""
        if inbound.kind is Kind.TEXT and inbound.text.strip():
            self._understander.look_ahead(inbound.text, language)

    def handle(self, session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> None:
        """Answer one message: replies, state and effects, all in the given transaction."""
        turn = self._turn(session, conversation, inbound, now)
        outcome = respond(turn)
        context = self._context(session, conversation, inbound, now)
        conversation.state = outcome.state.to_json()
        forgets = any(isinstance(effect, effects.ForgetMe) for effect in outcome.effects)
        if not forgets:
            self._queue(context, outcome.replies)
        for effect in sorted(outcome.effects, key=_is_a_count):  # what may still fail comes first
            EFFECTS[type(effect)](context, effect)
        if forgets and inbound.kind is not Kind.LEFT:
            self._queue(context, outcome.replies)

    def act(self, session: Session, conversation: Conversation, effect: Effect, now: datetime) -> None:
        """Do what somebody asked for elsewhere than in their chat, as if they had pressed a button there."""
        EFFECTS[type(effect)](self.surroundings(session, conversation, now), effect)

    def surroundings(self, session: Session, conversation: Conversation, now: datetime) -> Context:
        """Give what the steps of a handoff work with, for somebody who acts elsewhere than in their chat."""
        inbound = Inbound(conversation.channel, "", conversation.chat, Kind.CHOICE)
        return self._context(session, conversation, inbound, now)

    def renew(self, world: World) -> None:
        """Answer from the next message on as the world is now; words are understood as before."""
        self._world = replace(world, understander=self._understander)

    def apologise(
        self, session: Session, conversation: Conversation, inbound: Inbound, now: datetime
    ) -> None:
        """Say that a message could not be answered, with the numbers to call."""
        context = self._context(session, conversation, inbound, now)
        voice, territory = context.writer(), self._world.territory
        lines = dict.fromkeys([territory.lines[0], territory.line(territory.helpline)])
        text = "\n\n".join(
            [
                voice.say(
                    "I am sorry, something went wrong on my side. Please write it again in other words."
                ),
                voice.say("People can help you by phone:"),
                *(tell_line(line, voice, territory, now) for line in lines),
            ]
        )
        context.tell(conversation.id, Reply(text, (), voice.language.code))
        conversation.state = {}

    def undeliverable(self, session: Session, conversation_id: int, now: datetime) -> None:
        """Tell somebody that their words could not reach the other side."""
        conversation = session.get(Conversation, conversation_id)
        if conversation is None or conversation.blocked:
            return
        words = self._world.words
        voice = words.voice(conversation.language or words.match(conversation.phone_language))
        text = voice.say(
            "Your last message could not be delivered: the other side cannot be reached here now."
        )
        queue(session, conversation_id, Reply(text, (), voice.language.code), now)

    def _queue(self, context: Context, replies: tuple[Reply, ...]) -> None:
        for reply in replies:
            context.tell(context.conversation.id, reply)

    def _context(
        self, session: Session, conversation: Conversation, inbound: Inbound, now: datetime
    ) -> Context:
        def tell(
            conversation_id: int, reply: Reply, relay_from: int | None = None, said: int | None = None
        ) -> None:
            queue(session, conversation_id, reply, now, relay_from=relay_from, said=said)

        def remind(conversation_id: int, key: str, text: str, due_at: datetime) -> None:
            set_timer(session, conversation_id, key, text, due_at)

        world, sealer = self._world, self._sealer
        return Context(session, conversation, inbound, world, sealer, now, tell, remind, self._desk_url)

    def _turn(self, session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> Turn:
        invitation = ""
        if inbound.kind is Kind.START and inbound.text.startswith(INVITATION):
            valid = team.is_valid(session, inbound.text.removeprefix(INVITATION), now)
            invitation = "valid" if valid else "invalid"
        there_is = session.execute(
            _WHAT_THERE_IS, {"here": conversation.id, "territory": self._world.territory.code}
        ).one()
        return Turn(
            inbound=inbound,
            state=State.from_json(conversation.state or {}),
            person=PersonView(
                language=conversation.language,
                phone_language=conversation.phone_language,
                place=conversation.place,
                is_new=now - conversation.started_at < NEW_FOR and not there_is.answered,
                request=request_view(session, conversation.id) if there_is.request else None,
                worker=worker_view(session, conversation, now, self._world.territory)
                if there_is.worker
                else None,
                topics=topics_of(session, conversation.id) if there_is.topics else (),
            ),
            world=self._world,
            now=now.astimezone(self._world.territory.zone),
            find_teams=lambda: crews_of(session, conversation.territory, conversation.id),
            invitation=invitation,
            meets=there_is.meets,
        )


def _is_a_count(effect: Effect) -> bool:
    return isinstance(effect, effects.Count)
