"""Holds back who does too much: an even rate with room for a burst (GCRA), in this process's memory."""

from typing import Final

MOST_KEYS: Final = 10_000


class Limit:
    """So many a second for each key, and so many at once after a pause."""

    def __init__(self, per_second: float, at_once: int) -> None:
        """Begin with everybody free."""
        self._spacing = 1 / per_second
        self._room = (at_once - 1) / per_second
        self._free_at: dict[str, float] = {}

    def seconds_to_wait(self, key: str, now: float) -> float:
        """Let one more through and give 0, or give the seconds after which to come back."""
        free_at = max(self._free_at.pop(key, now), now)
        if free_at - now > self._room:
            self._free_at[key] = free_at
            return free_at - now - self._room
        self._free_at[key] = free_at + self._spacing
        if len(self._free_at) > MOST_KEYS:
            self._forget(now)
        return 0.0

    def is_held(self, key: str, now: float) -> bool:
        """Tell whether one more would have to wait, without letting it through."""
        return self._free_at.get(key, now) - now > self._room

    def _forget(self, now: float) -> None:
        """Forget who is free again, and the longest unseen: half the room at once, so that it is rarely done."""
        held = [(key, free_at) for key, free_at in self._free_at.items() if free_at > now]
        self._free_at = dict(held[-MOST_KEYS // 2 :])
