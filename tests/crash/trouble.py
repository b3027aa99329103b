"""What goes wrong at the Bot API during a crash test, and which of it leaves the sender in doubt."""

import random
from collections import Counter
from contextvars import ContextVar
from typing import Any

from tests.telegram.account import Account, Failure, Sent, dropped, late, server_error, throttled

# Of a hundred messages, how many meet which trouble.
PERCENT = {"429": 2.0, "500": 2.0, "late": 1.0, "dropped-before": 1.0, "dropped-after": 1.0}
REPEATED = 0.1

_in_doubt: ContextVar[bool] = ContextVar("in_doubt", default=False)


class Trouble:
    """Plans failures and repeats from a seed; notes the messages that arrived though their sender cannot know."""

    def __init__(self, account: Account, seed: int, late_seconds: float) -> None:
        self.counts: Counter[str] = Counter()
        self.doubtful: set[int] = set()
        self._dice = random.Random(seed)
        self._seed = seed
        self._failures = {
            "429": throttled(1),
            "500": server_error(),
            "late": late(late_seconds),
            "dropped-before": dropped(),
            "dropped-after": dropped(happens=True),
        }
        self._account = account
        self._keep = account.keep
        account.trouble = self.next
        account.repeats = self.repeats
        account.keep = self.keep  # type: ignore[method-assign, assignment]

    def next(self, method: str) -> Failure | None:
        """Say what happens to this call; the same request then keeps its message in the same context."""
        if method.lower() != "sendmessage":
            return None
        name = self._draw()
        failure = self._failures.get(name)
        self.counts[name or "fine"] += 1
        _in_doubt.set(bool(failure and failure.happens))
        return failure

    def repeats(self, update_id: int) -> bool:
        return random.Random(f"{self._seed}-{update_id}").random() < REPEATED

    def keep(self, *message: Any) -> Sent:
        sent = self._keep(*message)
        if _in_doubt.get():
            self.doubtful.add(sent.message_id)
        return sent

    def _draw(self) -> str:
        left = self._dice.random() * 100
        for name, percent in PERCENT.items():
            left -= percent
            if left < 0:
                return name
        return ""
