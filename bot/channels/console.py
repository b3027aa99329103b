"""Speaks with one person at a terminal; used by `passerelle chat`.

Buttons are numbered: a line that is one of the numbers last shown presses that button, any other is words.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from bot.channels.base import Capabilities, SendError, SendOutcome, Unreadable
from bot.messages import SHARE_LOCATION, Button, Inbound, Kind, Reply, plain

NAME: Final = "console"
TEXT_LIMIT: Final = 4096
NUMBER: Final = re.compile(r"[0-9]{1,3}")
START: Final = re.compile(r"/start(?!\S)\s*")


class ConsoleChannel:
    """One terminal behind the contract of all channels; `chat` is its only address."""

    name = NAME
    capabilities = Capabilities(text_limit=65536, rate=1000.0, rate_per_chat=1000.0)

    def __init__(self, write: Callable[[str], None], chat: str = NAME) -> None:
        """Show replies through `write`, one text with all its lines at a time."""
        self.chat = chat
        self._write = write
        self._shown: list[Button] = []
        self._answered = True  # the person has done something since the last reply

    def verify(self, headers: Mapping[str, str]) -> bool:
        """Refuse: no request over the web comes from a terminal."""
        return False

    def parse(self, payload: Any) -> Inbound | None:
        """Read one typed line.

        Raises:
            Unreadable: it is not a text, or too long.
        """
        if not isinstance(payload, str) or len(payload) > TEXT_LIMIT:
            raise Unreadable("not a line, or too long")
        self._answered = True
        kind, text = self._meaning(_clean(payload).strip())
        return Inbound(channel=NAME, external_id=str(uuid4()), chat=self.chat, kind=kind, text=text)

    async def stop(self) -> None:
        """Do nothing: there are no connections."""

    async def send(self, chat: str, reply: Reply) -> None:
        """Show one reply and its buttons.

        Raises:
            SendError: with the decision what to do next.
        """
        if chat != self.chat:
            raise SendError(SendOutcome.REJECTED, "address")
        text = plain(reply.text).strip()
        if not text:
            raise SendError(SendOutcome.REJECTED, "empty")
        buttons = [b for row in reply.buttons for b in row if b.data != SHARE_LOCATION]
        self._write("\n".join([text, *self._number(buttons)]) + "\n")

    def _meaning(self, line: str) -> tuple[Kind, str]:
        if NUMBER.fullmatch(line) and 0 < int(line) <= len(self._shown):
            return Kind.CHOICE, self._shown[int(line) - 1].data
        if command := START.match(line):
            return Kind.START, line[command.end() :]
        return Kind.TEXT, line

    def _number(self, buttons: list[Button]) -> list[str]:
        """Number what can be pressed; the numbers go on over all replies to one line."""
        if self._answered and buttons:
            self._shown, self._answered = [], False
        lines = []
        for button in buttons:
            if button.url:
                lines.append(f"  {button.label}: {button.url}")
            else:
                self._shown.append(button)
                lines.append(f"  [{len(self._shown)}] {button.label}")
        return lines


def _clean(text: str) -> str:
    """Leave out what no database takes: NUL and half characters."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
