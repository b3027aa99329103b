"""`python -m tests.crash.hurried COMMAND` is `python -m bot COMMAND` in a hurry, for the short form.

What a killed process held is free after a second and a half, an answer may take half a second, the next try comes
soon, the pace is lifted and words are not understood: buttons and words between a person and a worker do without.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot import app, cli
from bot.channels.telegram import TelegramChannel
from bot.delivery import outbox, outcomes
from bot.understanding.meaning import Decision, Meaning

ANSWER_SECONDS = 0.5


class Deaf:
    """Understands nothing, and is there at once."""

    parts: tuple[str, ...] = ("nothing",)
    is_stale = False

    def __init__(self, *parts: object) -> None:
        pass

    def understand(self, text: str, language: str = "") -> Meaning:
        return Meaning(language, Decision.UNKNOWN)

    def without_details(self, text: str) -> str:
        return ""


def hurry() -> None:
    assert timedelta(seconds=outbox.SEND_SECONDS) < outbox.LEASE
    outbox.LEASE = timedelta(seconds=1.5)
    outcomes.LONGEST_DELAY = timedelta(seconds=0.2)
    TelegramChannel.capabilities = replace(TelegramChannel.capabilities, rate=5000, rate_per_chat=5000)
    vars(app).update(TelegramChannel=partial(TelegramChannel, timeout=ANSWER_SECONDS), Understander=Deaf)


if __name__ == "__main__":
    hurry()
    sys.exit(cli.main())
