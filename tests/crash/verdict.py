"""What must hold after a crash test, and the counts of what happened."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bot.i18n import Words
from bot.storage.db import Database
from bot.storage.models import Conversation, InboxMessage, OutboxMessage, Tally
from directory.packs import Pack
from tests.crash.people import LANGUAGE, Talk, asked_about
from tests.telegram.account import Sent
from tests.telegram.standin import BotApi

# How long before its death a process may have sent what it could not mark as sent any more.
LAST_BREATH = 5.0
_NUMBER = re.compile(r"message (\d+)$")


@dataclass
class Verdict:
    """Looks at everything once all is at rest; `problems` is empty when nothing was lost, doubled or disordered."""

    database: Database
    bot_api: BotApi
    talks: Sequence[Talk]
    doubtful: set[int]
    kills: Sequence[float]
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _unsure: Counter[str] = field(default_factory=Counter)

    def judge(self, pack: Pack, words: Words) -> None:
        voice = words.voice(LANGUAGE)
        labels = {need.id: voice.label(need.label) for need in pack.needs}
        assert len(set(labels.values())) == len(labels), "two needs look the same"
        self._effects_once()
        self._unsure = self._unsure_tries()
        for talk in self.talks:
            got = self.bot_api.messages(talk.chat)
            self._unsure[str(talk.chat)] -= sum(one.message_id in self.doubtful for one in got)
            if talk.other:
                self._relayed(talk, got)
            else:
                self._answered(talk, got, labels)

    def _effects_once(self) -> None:
        """In the database: each message handled once, its effect counted once, its replies queued once."""
        written = sum(len(talk.lines) for talk in self.talks)
        self._same("accepted and handled", self._by(InboxMessage.status), {"done": written})
        self._same("answers counted", self._tallies(), dict(asked_about(self.talks)))
        self._same("replies by chat", self._replies(), {str(t.chat): self._owed(t) for t in self.talks})
        self._same(
            "replies by state", self._by(OutboxMessage.status), {"sent": sum(map(self._owed, self.talks))}
        )
        self.counts["messages"] = written
        self.counts["replies"] = sum(map(self._owed, self.talks))
        statuses = Counter(200 <= status < 300 for _, status in self.bot_api.account.deliveries)
        self.counts["deliveries accepted"], self.counts["deliveries failed"] = statuses[True], statuses[False]
        self.counts["repeated updates"] = statuses[True] - written

    def _owed(self, talk: Talk) -> int:
        """Tell how many replies a chat must get: one to each message, and the other side's words."""
        other = next((one for one in self.talks if one.chat == talk.other), None)
        return len(talk.lines) + (len(other.lines) if other else 0)

    def _answered(self, talk: Talk, got: Sequence[Sent], labels: dict[str, str]) -> None:
        """Each question has its answer, in order; only a doubtful answer came again."""
        expected = [labels[line.need] for line in talk.lines]
        heads = [message.text.partition("\n")[0] for message in got]
        self._in_order(talk, expected, heads, got)

    def _relayed(self, talk: Talk, got: Sequence[Sent]) -> None:
        """The other side's words came in order; what else came are the acknowledgements of one's own."""
        numbered = [(found[1], message) for message in got if (found := _NUMBER.search(message.text))]
        expected = [str(at) for at in range(1, self._owed(talk) - len(talk.lines) + 1)]
        self._in_order(
            talk, expected, [number for number, _ in numbered], [message for _, message in numbered]
        )
        others = [message for message in got if not _NUMBER.search(message.text)]
        again = len(others) - len(talk.lines)
        excused = sum(map(self._was_doubtful, others)) + self._unsure[str(talk.chat)]
        if not 0 <= again <= excused:
            self.problems.append(f"chat {talk.chat}: {len(others)} acknowledgements of {len(talk.lines)}")
        self.counts["came twice"] += again

    def _in_order(self, talk: Talk, expected: list[str], heads: list[str], got: Sequence[Sent]) -> None:
        at = 0
        for position, head in enumerate(heads):
            if at < len(expected) and head == expected[at]:
                at += 1
            elif at and head == expected[at - 1] and self._may_come_again(talk, got[position - 1]):
                self.counts["came twice"] += 1
            else:
                wanted = expected[at] if at < len(expected) else "nothing"
                self.problems.append(f"chat {talk.chat}, message {position}: {head!r} instead of {wanted!r}")
                return
        if at < len(expected):
            self.problems.append(f"chat {talk.chat}: only {at} of {len(expected)} arrived")

    def _may_come_again(self, talk: Talk, message: Sent) -> bool:
        """Tell whether it may have been sent again, and use up what excuses it."""
        if self._was_doubtful(message):
            return True
        # On a machine that stood still for a moment, an answer came too late without any trouble being made.
        self._unsure[str(talk.chat)] -= 1
        self.counts["came twice after a late answer"] += 1
        return self._unsure[str(talk.chat)] >= 0

    def _was_doubtful(self, message: Sent) -> bool:
        """Tell whether its sender could not know that it arrived: the answer was lost, or the sender was killed."""
        killed = any(-0.5 <= kill - message.at <= LAST_BREATH for kill in self.kills)
        return killed or message.message_id in self.doubtful

    def _same(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            self.problems.append(f"{what}: {found} instead of {wanted}")

    def _by(self, column: object) -> dict[str, int]:
        with self.database.read() as session:
            return dict(session.execute(select(column, func.count()).group_by(column)).all())  # type: ignore[call-overload]

    def _tallies(self) -> dict[str, int]:
        query = select(Tally.key, func.sum(Tally.count)).where(Tally.name.in_(("answer", "answer-missing")))
        with self.database.read() as session:
            return {key: int(count) for key, count in session.execute(query.group_by(Tally.key))}

    def _unsure_tries(self) -> Counter[str]:
        """Count, by chat, the tries after which the sender itself wrote down that it cannot know."""
        query = select(Conversation.chat, func.sum(OutboxMessage.unsure)).join_from(
            OutboxMessage, Conversation
        )
        with self.database.read() as session:
            return Counter({chat: int(n) for chat, n in session.execute(query.group_by(Conversation.chat))})

    def _replies(self) -> dict[str, int]:
        query = select(Conversation.chat, func.count()).join_from(OutboxMessage, Conversation)
        with self.database.read() as session:
            return dict(session.execute(query.group_by(Conversation.chat)).all())
