"""Counts of what happened on a day, gathered in a transaction and written as its last act.

In one order for everybody: two transactions that count the same things never wait for each other in a circle,
and nobody waits longer than a commit takes.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from bot.storage.db import Insert, Upsert, before_commit
from bot.storage.models import Tally


def _adding(insert: Insert) -> Executable:
    more = Tally.__table__.c.count + insert.excluded.count
    return insert.on_conflict_do_update(index_elements=["day", "name", "key"], set_={"count": more})


_ADD = Upsert(Tally, _adding)


def midnight(now: datetime) -> datetime:
    """Give the day: nothing that is counted tells the hour."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def count(session: Session, name: str, key: str, now: datetime) -> None:
    """Count one more of something today; it stays only if the transaction commits."""
    before_commit(session, _write, (midnight(now), name, key))


def _write(session: Session, counted: list[tuple[datetime, str, str]]) -> None:
    rows = [
        {"day": day, "name": name, "key": key, "count": times}
        for (day, name, key), times in sorted(Counter(counted).items())
    ]
    session.execute(_ADD.on(session), rows)
