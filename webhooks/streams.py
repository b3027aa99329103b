"""Who is listening for news of a chat, and how they are told at once within this process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """What one listener waits for."""

    def __init__(self) -> None:
        """Wait in the event loop of whoever makes it."""
        self.loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the listener."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Wait until rung, at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


class Streams:
    """All listeners of this process."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.closing = False
        self._bells: dict[str, set[Bell]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def listening(self, chat: str) -> Iterator[Bell]:
        """Hear of a chat's news as long as the block lasts."""
        bell = Bell()
        with self._lock:
            self._bells.setdefault(chat, set()).add(bell)
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[chat].discard(bell)
                if not self._bells[chat]:
                    del self._bells[chat]

    def ring(self, chat: str) -> None:
        """Say, from any thread, that there is news of a chat."""
        with self._lock:
            for bell in self._bells.get(chat, ()):
                bell.loop.call_soon_threadsafe(bell.ring)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self.closing = True
        with self._lock:
            for bell in (bell for bells in self._bells.values() for bell in bells):
                bell.loop.call_soon_threadsafe(bell.ring)
