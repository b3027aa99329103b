"""Who writes during a crash test and what: people who ask, and people who talk with their worker in numbers."""

import random
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.conversation.engine import COMMANDS
from bot.storage.db import Database
from bot.storage.models import Conversation, Handoff, Worker
from bot.understanding.meaning import Decision, Understands
from directory.needs import Needs
from tests.telegram.standin import BotApi

FIRST_ASKER, FIRST_RESIDENT, FIRST_WORKER = 8_100_000_000, 8_200_000_000, 8_300_000_000
LANGUAGE = "fr"
THEIR_NEED = "rent-arrears"


@dataclass(frozen=True)
class Line:
    """Something written or pressed; `need` is what it asks about."""

    text: str = ""
    data: str = ""
    need: str = ""


@dataclass
class Talk:
    """One chat: what is written in it, and how many words of the other side come into it."""

    chat: int
    lines: list[Line] = field(default_factory=list)
    other: int = 0


def askers(
    count: int, messages: int, needs: Needs, sentences: Mapping[str, str], dice: random.Random
) -> list[Talk]:
    """People who ask, first by button, then also in words; never twice the same in a row."""
    talks = [Talk(FIRST_ASKER + number) for number in range(count)]
    ids = [need.id for need in needs]
    for number in range(messages):
        lines = talks[number % count].lines
        need = dice.choice([need for need in ids if not lines or need != lines[-1].need])
        in_words = [words for words, meant in sentences.items() if lines and meant == need]
        lines.append(
            Line(dice.choice(in_words), need=need) if in_words else Line(data=f"need:{need}", need=need)
        )
    return talks


def pairs(count: int, messages: int, database: Database) -> list[Talk]:
    """People and their workers, who have taken their requests already; each message is a number."""
    now = datetime.now(UTC)
    talks = []
    for number in range(count):
        here, there = FIRST_RESIDENT + number, FIRST_WORKER + number
        lines = [Line(f"message {at}") for at in range(1, messages // (2 * count) + 1)]
        talks += [Talk(here, lines, other=there), Talk(there, list(lines), other=here)]
        with database.write() as session:
            request = uuid.uuid4().hex[:12]
            resident, worker = (
                Conversation(
                    channel="telegram",
                    chat=str(chat),
                    language=LANGUAGE,
                    state=state,
                    started_at=now,
                    last_seen_at=now,
                )
                for chat, state in ((here, {}), (there, {"thread": request}))
            )
            session.add_all([resident, worker])
            session.flush()
            who = Worker(conversation_id=worker.id, first_name="Amina", languages=[LANGUAGE], joined_at=now)
            session.add(who)
            session.flush()
            session.add(
                Handoff(
                    id=request,
                    conversation_id=resident.id,
                    worker_id=who.id,
                    status="accepted",
                    language=LANGUAGE,
                    need=THEIR_NEED,
                    asked_at=now,
                    accepted_at=now,
                )
            )
    return talks


def sure_sentences(understander: Understands, sentences: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Choose the sentences that are answered at once; give the need of each."""
    sure = {}
    for sentence in (sentence for some in sentences.values() for sentence in some):
        meaning = understander.understand(sentence)
        alone = meaning.danger is None and meaning.word not in COMMANDS and len(meaning.sure) <= 1
        if alone and meaning.decision is Decision.ANSWER and meaning.language in ("", LANGUAGE):
            sure[sentence] = meaning.needs[0].id
    return sure


def write_all(bot_api: BotApi, talks: Sequence[Talk], seconds: float, dice: random.Random) -> None:
    """Write everything, each talk in its order, at random moments within so many seconds."""
    due = []
    for talk in talks:
        bot_api.meet(talk.chat, language_code=LANGUAGE)
        moments = sorted(dice.uniform(0, seconds) for _ in talk.lines)
        due += [(moment, talk.chat, line) for moment, line in zip(moments, talk.lines, strict=True)]
    begun = time.monotonic()
    for moment, chat, line in sorted(due, key=lambda one: one[0]):
        time.sleep(max(0.0, begun + moment - time.monotonic()))
        if line.data:
            bot_api.press_data(chat, line.data)
        else:
            bot_api.send_text(chat, line.text)


def asked_about(talks: Sequence[Talk]) -> Counter[str]:
    return Counter(line.need for talk in talks for line in talk.lines if line.need)
