"""Inbox, outbox and timers against a simple model in memory: whatever comes in which order, both agree.

The model knows no tables: chats that remember what they heard, letters on their way, and timers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.channels.base import Capabilities, SendError, SendOutcome
from bot.delivery import handling, inbox, outbox, outcomes, timers
from bot.delivery.clock import ClockWatch
from bot.delivery.outbox import Claimed, queue, write_queued
from bot.delivery.waiting import BROADCAST, REPLY, next_moment
from bot.messages import Inbound, Kind, Reply
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, OutboxMessage, Pace, Timer
from tests.delivery.fakes import NOW, MemoryChannel, a_message

FAST = 1_000_000  # messages a second: the pace is tested elsewhere, but a stepping clock meets it here
CHANNELS = {"memory": MemoryChannel(capabilities=Capabilities(rate=FAST, rate_per_chat=FAST))}
GAP = timedelta(microseconds=1)
BURST = (FAST // 15 - 1) * GAP
CHATS = st.sampled_from(["anna", "bea"])
KEYS = st.sampled_from(["reminder", "expiry"])
MOMENTS = st.sampled_from([0, 1, 5, 60, 3600])
OUTCOMES = st.sampled_from([None, *SendOutcome])
WORDS = st.one_of(
    st.sampled_from(["hello", "hello", "fail 1", "fail 2", "poison", "news", "erase", "leave", "leave"]),
    st.builds("timer {} {}".format, KEYS, MOMENTS),
    st.builds("cancel {}".format, KEYS),
    st.builds("tell {}".format, CHATS),
)


def now_and_then(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@dataclass(eq=False)
class Chat:
    """One conversation; `free_at` is when it may be written to again."""

    name: str
    heard: list[str] = field(default_factory=list)
    blocked: bool = False
    free_at: datetime | None = None
    seen_at: datetime = NOW


@dataclass(eq=False)
class Letter:
    """One message to a person."""

    chat: Chat
    text: str
    priority: int
    not_before: datetime
    queued_at: datetime
    told_by: Chat | None = None
    status: str = "new"
    tries: int = 0
    unsure: int = 0
    lease_until: datetime | None = None

    @property
    def waits(self) -> bool:
        return self.status in ("new", "sending")


@dataclass(eq=False)
class Heard:
    """One message of a person, or a timer that was due."""

    chat: Chat
    external_id: str
    text: str
    status: str = "open"
    attempts: int = 0


@dataclass(eq=False)
class Alarm:
    chat: Chat
    text: str
    due_at: datetime
    number: int


class Model:
    """What must be true, in plain words."""

    def __init__(self) -> None:
        self.chats: dict[str, Chat] = {}
        self.every_chat: list[Chat] = []  # also those that were erased or have moved
        self.inbox: list[Heard] = []
        self.letters: list[Letter] = []
        self.alarms: dict[str, Alarm] = {}
        self.free_at: datetime | None = None
        self._alarms = 0

    def receive(self, inbound: Inbound, now: datetime) -> bool:
        if inbound.chat not in self.chats:
            self.chats[inbound.chat] = Chat(inbound.chat)
            self.every_chat.append(self.chats[inbound.chat])
        chat = self.chats[inbound.chat]
        chat.blocked, chat.seen_at = inbound.kind is Kind.LEFT, now
        return self._accept(chat, inbound.external_id, inbound.text)

    def handle(self, now: datetime) -> bool:
        waiting = next((heard for heard in self.inbox if heard.status == "open"), None)
        if waiting is None:
            return False
        waiting.attempts += 1
        if not fails(waiting.text, waiting.attempts):
            waiting.status = "done"
            self._do(waiting.chat, waiting.text, now)
        elif waiting.attempts == handling.MOST_TRIES:
            waiting.status = "parked"
            self.write(waiting.chat, "sorry", now)
        return True

    def write(
        self, chat: Chat, text: str, now: datetime, priority: int = REPLY, by: Chat | None = None
    ) -> None:
        self.letters.append(Letter(chat, text, priority, now, now, by))

    def fire(self, now: datetime) -> int:
        due = sorted((a for a in self.alarms.values() if a.due_at <= now), key=lambda a: (a.due_at, a.number))
        for alarm in due:
            self._accept(alarm.chat, f"timer {alarm.number}", alarm.text)
        self.alarms = {key: alarm for key, alarm in self.alarms.items() if alarm not in due}
        return len(due)

    def claim(self, now: datetime) -> list[Letter]:
        taken: list[Letter] = []
        self.free_at = self.free_at or now
        while self.is_open(now) and (turn := self.whose_turn(now)):
            for letter in turn:
                self._consider(letter, now, taken)
        return taken

    def is_open(self, now: datetime) -> bool:
        """Tell whether the channel may be written to."""
        return self.free_at is None or self.free_at - BURST <= now

    def whose_turn(self, now: datetime) -> list[Letter]:
        first: dict[tuple[Chat, int], Letter] = {}
        for letter in self.letters:
            if letter.waits:
                first.setdefault((letter.chat, letter.priority), letter)
        free = [
            letter
            for letter in first.values()
            if letter.not_before <= now and (letter.lease_until is None or letter.lease_until <= now)
        ]
        return sorted(free, key=lambda x: (x.priority, x.not_before, self.letters.index(x)))

    def finish(self, letter: Letter, sent: "Sending", now: datetime, error: SendError | None) -> None:
        ours = letter in self.letters and letter.waits
        if error is None:
            if ours:
                self._end(letter, "sent")
            return
        same = ours and letter.tries == sent.tries
        outcome, delay = error.outcome, now_and_then(min(2 ** (sent.tries - 1), 300))
        if outcome is SendOutcome.BLOCKED:
            self._block(sent, now, same=same)
        elif outcome is SendOutcome.LATER and now - letter.queued_at <= outcomes.GIVE_UP_AFTER:
            if error.retry_after is not None:
                delay = now_and_then(error.retry_after)
                sent.chat.free_at = max(sent.chat.free_at or now, now + delay)
            self._again(letter, now + delay, if_=same)
        elif outcome is SendOutcome.MAYBE and letter.priority == REPLY and self._may_be_unsure(letter):
            self._again(letter, now + delay, if_=same, unsure=1)
        elif outcome is SendOutcome.MOVED and self._may_be_unsure(letter):
            self._move(sent.chat, error.moved_to)
            self._again(letter, now, if_=same, unsure=1)
        elif same:
            self._end(letter, "failed")
            self._tell_of_failure({letter.told_by}, now)

    def set_right(self, now: datetime) -> None:
        """Let what waits for a moment of the old clock wait no longer."""
        for letter in self.letters:
            letter.not_before = min(letter.not_before, now)
            letter.lease_until = letter.lease_until and min(letter.lease_until, now + outbox.LEASE)
        for chat in self.every_chat:
            chat.free_at = chat.free_at and min(chat.free_at, now)
        self.free_at = self.free_at and min(self.free_at, now)

    def _may_be_unsure(self, letter: Letter) -> bool:
        return letter.unsure + 1 < outcomes.MOST_MAYBES

    def _accept(self, chat: Chat, external_id: str, text: str) -> bool:
        if any(heard.external_id == external_id for heard in self.inbox):
            return False
        self.inbox.append(Heard(chat, external_id, text))
        return True

    def _do(self, chat: Chat, text: str, now: datetime) -> None:
        chat.heard.append(text)
        self.write(chat, f"you said {text}", now)
        word, *rest = text.split()
        if word == "news":
            self.write(chat, "news", now, BROADCAST)
        elif word == "tell":
            if other := self.chats.get(rest[0]):
                self.write(other, "told", now, by=chat)
        elif word == "timer":
            known = self.alarms.get(rest[0])
            if not known:
                self._alarms += 1
            number = known.number if known else self._alarms
            self.alarms[rest[0]] = Alarm(chat, f"due {rest[0]}", now + now_and_then(int(rest[1])), number)
        elif word == "cancel":
            self.alarms.pop(rest[0], None)
        elif word == "erase":
            del self.chats[chat.name]
            self.inbox = [heard for heard in self.inbox if heard.chat is not chat]
            self.letters = [letter for letter in self.letters if letter.chat is not chat]
            self.alarms = {key: alarm for key, alarm in self.alarms.items() if alarm.chat is not chat}

    def _consider(self, letter: Letter, now: datetime, taken: list[Letter]) -> None:
        chat = letter.chat
        if letter.status == "sending" and letter.priority == BROADCAST:
            self._end(letter, "failed")
            return
        if not chat.blocked:
            if chat.free_at and chat.free_at > now:
                letter.not_before = chat.free_at
                return
            self.free_at = max(self.free_at or now, now) + GAP
            chat.free_at = max(chat.free_at or now, now) + GAP
        letter.status, letter.lease_until = "sending", now + outbox.LEASE
        letter.tries += 1
        taken.append(letter)

    def _end(self, letter: Letter, status: str) -> None:
        letter.status = status

    def _again(self, letter: Letter, not_before: datetime, *, if_: bool, unsure: int = 0) -> None:
        if if_:
            letter.status, letter.not_before, letter.lease_until = "new", not_before, None
            letter.unsure += unsure

    def _block(self, sent: "Sending", now: datetime, *, same: bool) -> None:
        if not sent.chat.blocked and sent.chat.seen_at > sent.claimed.claimed_at:
            if same:  # the person is back: what was queued since will arrive
                self._end(sent.letter, "failed")
                self._tell_of_failure({sent.letter.told_by}, now)
            return
        sent.chat.blocked = True
        lost = [letter for letter in self.letters if letter.chat is sent.chat and letter.waits]
        for letter in lost:
            self._end(letter, "failed")
        self._tell_of_failure({letter.told_by for letter in lost}, now)

    def _move(self, chat: Chat, name: str) -> None:
        there = self.chats.get(name)
        if there is None and self.chats.get(chat.name) is chat:
            self.chats[name] = self.chats.pop(chat.name)
            chat.name = name
        for letter in self.letters:
            if there and letter.chat is chat and letter.waits:
                letter.chat = there

    def _tell_of_failure(self, tellers: set[Chat | None], now: datetime) -> None:
        for chat in tellers:
            if chat and not chat.blocked and chat in self.chats.values():
                self.write(chat, "it did not arrive", now)


@dataclass
class Sending:
    """A letter in the hands of a sender."""

    claimed: Claimed
    letter: Letter
    chat: Chat
    tries: int


def fails(text: str, attempt: int) -> bool:
    return text == "poison" or (text.startswith("fail") and attempt <= int(text.split()[1]))


class Delivery(RuleBasedStateMachine):
    """Does the same to the model and to the tables, and compares all of it after each step."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.now = NOW
        self.passed = 0.0  # seconds, whatever the clock says
        self.sending: list[Sending] = []
        self.received: list[Inbound] = []

    @initialize()
    def begin(self) -> None:
        with self.database.write() as session:
            for table in (Timer, OutboxMessage, InboxMessage, Conversation, Pace):
                session.execute(delete(table))
        self.watch = ClockWatch(self.database, self.now, lambda: self.passed)

    def tick(self, seconds: float = 0.001) -> datetime:
        self.now += now_and_then(seconds)
        self.passed += seconds
        return self.now

    @rule(chat=CHATS, texts=st.lists(WORDS, min_size=1, max_size=3), at_once=st.booleans())
    def receive(self, chat: str, texts: list[str], at_once: bool) -> None:
        for text in texts:
            self.receive_one(text, chat)
        if at_once:
            self.handle_all()

    def receive_one(self, text: str, chat: str) -> None:
        kind = Kind.LEFT if text == "leave" else Kind.TEXT
        inbound = a_message(text, chat, f"message {len(self.received)}", kind)
        self.received.append(inbound)
        now = self.tick()
        assert inbox.receive(self.database, inbound, now) is self.model.receive(inbound, now) is True

    @precondition(lambda self: self.received)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        inbound = data.draw(st.sampled_from(self.received))
        now = self.tick()
        assert inbox.receive(self.database, inbound, now) == self.model.receive(inbound, now)

    @rule()
    def handle(self) -> None:
        now = self.tick()
        expected = self.model.handle(now)
        assert bool(handling.handle_next(self.database, self.answer, apologise, now)) == expected

    @rule()
    def handle_all(self) -> None:
        now = self.tick()
        while self.model.handle(now):
            assert handling.handle_next(self.database, self.answer, apologise, now)
        assert not inbox.anyone_waits(self.database)

    @rule(chat=CHATS)
    def announce(self, chat: str) -> None:
        if known := self.model.chats.get(chat):
            now = self.tick()
            self.model.write(known, "news", now, BROADCAST)
            with self.database.write() as session:
                queue(session, conversation_id(session, chat) or 0, Reply("news"), now, BROADCAST)

    @rule()
    def claim(self) -> None:
        now = self.tick()
        due = self.model.is_open(now) and bool(self.model.whose_turn(now))
        moment = next_moment(self.database, CHANNELS, now)
        assert (moment is not None and moment <= now) == due, "the sender would sleep on it, or never sleep"
        expected = self.model.claim(now)
        claimed = outbox.claim(self.database, CHANNELS, now, 100)
        assert [(c.chat, c.reply.text, c.tries) for c in claimed] == [
            (letter.chat.name, letter.text, letter.tries) for letter in expected
        ]
        self.sending += [
            Sending(one, letter, letter.chat, letter.tries)
            for one, letter in zip(claimed, expected, strict=True)
        ]

    @rule(data=st.data(), ends=st.lists(OUTCOMES, max_size=4), one_comes_back=st.booleans())
    def send(self, data: st.DataObject, ends: list[SendOutcome | None], one_comes_back: bool) -> None:
        """Claim and finish some of what is in hand; a person who had left may write meanwhile."""
        self.claim()
        for chat in [chat for chat in self.model.chats.values() if chat.blocked and one_comes_back]:
            self.receive_one("hello", chat.name)
        for end in ends[: len(self.sending)]:
            self.settle(data, self.sending.pop(data.draw(st.integers(0, len(self.sending) - 1))), end)

    @rule(
        data=st.data(), end=st.sampled_from([SendOutcome.MAYBE, SendOutcome.MOVED]), times=st.integers(2, 6)
    )
    def send_in_vain(self, data: st.DataObject, end: SendOutcome, times: int) -> None:
        """Let the channel answer the same again and again."""
        for _ in range(times):
            self.claim()
            for sent in self.sending:
                self.settle(data, sent, end)
            self.sending = []
            self.watch.look(self.tick(outcomes.LONGEST_DELAY.total_seconds()))

    @rule(data=st.data(), chat=CHATS)
    def throttle(self, data: st.DataObject, chat: str) -> None:
        """Let the channel ask for a pause while a message of the other class waits in the same chat."""
        self.receive_one("news", chat)
        self.handle_all()
        self.claim()
        for sent in [sent for sent in self.sending if sent.letter.priority == REPLY]:
            self.sending.remove(sent)
            self.settle(data, sent, SendOutcome.LATER)
        self.claim()

    @rule(data=st.data(), end=OUTCOMES, dies=st.booleans())
    def leases_run_out(self, data: st.DataObject, end: SendOutcome | None, dies: bool) -> None:
        """Every sender has died, or is only slow and says what became of its letter when others have it."""
        self.claim()
        slow = self.sending
        self.tick(outbox.LEASE.total_seconds())
        self.watch.look(self.now)
        self.sending = []
        self.claim()
        for sent in [] if dies else slow:
            self.settle(data, sent, end)

    @rule()
    def fire(self) -> None:
        now = self.tick()
        assert timers.fire_due(self.database, now) == self.model.fire(now)

    @rule(seconds=st.sampled_from([0.5, 2, 61, 3600, 90_000]))
    def pass_time(self, seconds: float) -> None:
        self.watch.look(self.tick(seconds))

    @rule(seconds=st.sampled_from([-0.1, -30, -3600, 3600]))
    def set_clock(self, seconds: float) -> None:
        """Set the clock right, which takes no time."""
        self.now += now_and_then(seconds)
        self.watch.look(self.now)
        if seconds < -1:
            self.model.set_right(self.now)

    @invariant()
    def all_is_the_same(self) -> None:
        model = self.model
        with self.database.read() as session:
            chats = {chat.id: chat for chat in session.scalars(select(Conversation))}
            heard = session.scalars(select(InboxMessage).order_by(InboxMessage.id)).all()
            letters = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
            alarms = session.scalars(select(Timer)).all()
        assert {
            c.chat: (c.state.get("heard", []), c.blocked, c.pending is not None) for c in chats.values()
        } == {
            c.name: (c.heard, c.blocked, any(h.chat is c and h.status == "open" for h in model.inbox))
            for c in model.chats.values()
        }
        assert [(chats[h.conversation_id].chat, h.status, h.attempts, h.payload is None) for h in heard] == [
            (h.chat.name, h.status, h.attempts, h.status != "open") for h in model.inbox
        ]
        assert [
            (chats[x.conversation_id].chat, x.status, x.tries, x.priority, x.payload and x.payload["text"])
            for x in letters
        ] == [
            (x.chat.name, x.status, x.tries, x.priority, x.text if x.waits else None) for x in model.letters
        ]
        assert {(a.key, chats[a.conversation_id].chat, a.text, a.due_at) for a in alarms} == {
            (key, a.chat.name, a.text, a.due_at) for key, a in model.alarms.items()
        }

    def settle(self, data: st.DataObject, sent: Sending, end: SendOutcome | None) -> None:
        end = SendOutcome.BLOCKED if sent.claimed.unreachable else end
        error = None
        if end:
            retry_after = data.draw(st.sampled_from([None, 3])) if end is SendOutcome.LATER else None
            moved_to = data.draw(CHATS | st.just("dora")) if end is SendOutcome.MOVED else ""
            error = SendError(end, "reason", retry_after=retry_after, moved_to=moved_to)
        now = self.tick()
        outcomes.finish(self.database, sent.claimed, now, error, undeliverable)
        self.model.finish(sent.letter, sent, now, error)

    @staticmethod
    def answer(session: Session, chat: Conversation, inbound: Inbound, now: datetime) -> None:
        """Do in the tables what `Model._do` does; what fails has done it already and must leave no trace."""
        tries = session.scalar(
            select(InboxMessage.attempts).where(InboxMessage.external_id == inbound.external_id)
        )
        chat.state = {"heard": [*chat.state.get("heard", []), inbound.text]}
        queue(session, chat.id, Reply(f"you said {inbound.text}"), now)
        word, *rest = inbound.text.split()
        if action := ACTIONS.get(word):
            action(session, chat, rest, now)
        if fails(inbound.text, (tries or 0) + 1):
            raise ValueError(inbound.text)


def apologise(session: Session, chat: Conversation, inbound: Inbound, now: datetime) -> None:
    queue(session, chat.id, Reply("sorry"), now)


def undeliverable(session: Session, conversation_id: int, now: datetime) -> None:
    chat = session.get(Conversation, conversation_id)
    if chat and not chat.blocked:
        queue(session, conversation_id, Reply("it did not arrive"), now)


def conversation_id(session: Session, chat: str) -> int | None:
    return session.scalar(select(Conversation.id).where(Conversation.chat == chat))


def _tell(session: Session, chat: Conversation, rest: list[str], now: datetime) -> None:
    if other := conversation_id(session, rest[0]):
        queue(session, other, Reply("told"), now, relay_from=chat.id)


def _set_timer(session: Session, chat: Conversation, rest: list[str], now: datetime) -> None:
    timers.set_timer(session, chat.id, rest[0], f"due {rest[0]}", now + now_and_then(int(rest[1])))


def _erase(session: Session, chat: Conversation, rest: list[str], now: datetime) -> None:
    write_queued(session)
    session.delete(chat)


ACTIONS: dict[str, Callable[[Session, Conversation, list[str], datetime], None]] = {
    "news": lambda session, chat, rest, now: queue(session, chat.id, Reply("news"), now, BROADCAST),
    "tell": _tell,
    "timer": _set_timer,
    "cancel": lambda session, chat, rest, now: timers.cancel_timer(session, rest[0]),
    "erase": _erase,
}


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 50), ("postgresql", 12)])
def test_the_tables_do_what_the_model_does(kind: str, examples: int, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(f"{kind}_database")

    class Here(Delivery):
        pass

    Here.database = database
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
