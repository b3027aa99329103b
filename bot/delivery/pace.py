"""The channels' limits, held over all processes together: one row a channel and one a chat (GCRA).

A row keeps one moment, `free_at`: when all that was let through would have gone at an even pace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.orm import Session

from bot.channels.base import Capabilities
from bot.storage.db import Insert, Upsert
from bot.storage.models import Pace


def _later(insert: Insert) -> Executable:
    return insert.on_conflict_do_update(
        index_elements=["key"],
        set_={"free_at": insert.excluded.free_at},
        where=Pace.__table__.c.free_at < insert.excluded.free_at,
    )


_MISSING = Upsert(Pace, lambda insert: insert.on_conflict_do_nothing())
_LATER = Upsert(Pace, _later)
_LOOK = select(Pace.key, Pace.free_at).where(Pace.key.in_(bindparam("keys", expanding=True)))
_LOCK = _LOOK.order_by(Pace.key).with_for_update()


@dataclass(frozen=True)
class Limit:
    """So many a second in the long run, and so many at once after a pause."""

    per_second: float
    at_once: int = 1

    @property
    def spacing(self) -> timedelta:
        """Tell how far apart two messages stand."""
        return timedelta(seconds=1 / self.per_second)

    def opens_at(self, free_at: datetime) -> datetime:
        """Tell when the next message may go."""
        return free_at - (self.at_once - 1) * self.spacing

    def after_one(self, free_at: datetime, now: datetime) -> datetime:
        """Tell the `free_at` after one more message went."""
        return max(free_at, now) + self.spacing


def overall(capabilities: Capabilities) -> Limit:
    """Give the limit of a whole channel: never above its rate in any second, and hardly below it in the long run.

    The two that go at once make up for a sender that wakes late; each more would cost one a second for ever.
    """
    at_once = max(1, int(capabilities.rate / 15))
    return Limit(capabilities.rate + 1 - at_once, at_once)


def per_chat(capabilities: Capabilities, chat: str) -> Limit:
    """Give the limit of one chat; a group's is evenly spaced, so that it holds over any minute."""
    prefix = capabilities.group_prefix
    is_group = bool(prefix) and chat.startswith(prefix)
    return Limit(capabilities.rate_per_group if is_group else capabilities.rate_per_chat)


def chat_key(channel: str, conversation_id: int) -> str:
    """Name the row of a chat; never by its address."""
    return f"{channel}:{conversation_id}"


def lock(session: Session, keys: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Read rows and keep other processes from them until this transaction ends; missing ones are made."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found = dict(session.execute(_LOCK, {"keys": wanted}).all())
    if len(found) < len(wanted):
        missing = [{"key": key, "free_at": now} for key in wanted if key not in found]
        session.execute(_MISSING.on(session), missing)
        found = dict(session.execute(_LOCK, {"keys": wanted}).all())
    return found


def look(session: Session, keys: Iterable[str]) -> dict[str, datetime]:
    """Read rows; a missing one is free."""
    wanted = list(keys)
    return dict(session.execute(_LOOK, {"keys": wanted}).all()) if wanted else {}


def shut(session: Session, channel: str, capabilities: Capabilities, until: datetime) -> None:
    """Let nothing through a whole channel before a moment, and no burst after it."""
    limit = overall(capabilities)
    hold(session, {channel: until + (limit.at_once - 1) * limit.spacing})


def hold(session: Session, moments: Mapping[str, datetime]) -> None:
    """Write rows; a moment only ever moves later."""
    if not moments:
        return
    session.execute(
        _LATER.on(session), [{"key": key, "free_at": free_at} for key, free_at in sorted(moments.items())]
    )
