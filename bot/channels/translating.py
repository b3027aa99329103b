"""A channel whose relayed words a machine translates on the way (LibreTranslate's form); off unless it is wanted.

What cannot be translated goes as it was written: a machine never keeps words from arriving.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from bot.channels.base import Channel
from bot.messages import Inbound, Reply, Translation, escape

logger = logging.getLogger(__name__)

SECONDS: Final = 8.0  # a translation may take; then the first words go
MOST_ANSWER: Final = 200_000  # bytes


class TranslatingChannel:
    """Another channel, with a translator before its sender."""

    def __init__(self, channel: Channel, url: str, *, seconds: float = SECONDS) -> None:
        """Translate at `url` what is to be sent through `channel`."""
        self.name = channel.name
        self.capabilities = channel.capabilities
        self._channel = channel
        self._url = url.rstrip("/") + "/translate"
        self._seconds = seconds

    def verify(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a request really comes from the channel."""
        return self._channel.verify(headers)

    def parse(self, payload: Any) -> Inbound | None:
        """Read one payload."""
        return self._channel.parse(payload)

    async def send(self, chat: str, reply: Reply) -> None:
        """Send one reply, with its relayed words translated where that works."""
        if reply.translation:
            reply = await asyncio.to_thread(self._translated, reply, reply.translation)
        await self._channel.send(chat, reply)

    async def stop(self) -> None:
        """Close the connections."""
        await self._channel.stop()

    def _translated(self, reply: Reply, wish: Translation) -> Reply:
        said = self._ask(wish)
        if not said or wish.words not in reply.text:
            return reply
        text = reply.text.replace(wish.words, escape(said)) + f"\n<i>{wish.mark}</i>"
        return replace(reply, text=text, buttons=(*reply.buttons, (wish.original,)))

    def _ask(self, wish: Translation) -> str:
        question = {"q": wish.plain, "source": wish.source, "target": wish.target, "format": "text"}
        request = Request(  # noqa: S310 - the operator's own address, http or https by the settings
            self._url, json.dumps(question).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urlopen(request, timeout=self._seconds) as answer:  # noqa: S310
                said = json.loads(answer.read(MOST_ANSWER)).get("translatedText", "")
        except (URLError, OSError, ValueError, AttributeError) as error:
            logger.warning("a translation failed: %s", type(error).__name__)
            return ""
        return said.strip() if isinstance(said, str) else ""
