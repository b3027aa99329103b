"""`BotApi`: what a test does in the place of people and of Telegram, and what it sees of the bot."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from aiogram.types import Update

from tests.telegram.account import Account, Failure, Sent
from tests.telegram.methods import as_update_message, chat_of
from tests.telegram.server import Server
from tests.telegram.strict import unknown_fields

T = TypeVar("T")

PATIENCE: Final = 5.0  # seconds that a test waits for the bot
_numbers = itertools.count(1)


class BotApi:
    """One bot at the stand-in: give `url` and `token` to the bot under test."""

    def __init__(self, server: Server) -> None:
        self.token = f"{next(_numbers)}:standin"
        self.url = server.url
        self.account = Account(self.token)
        self._server = server
        server.add(self.account)

    @staticmethod
    @contextmanager
    def running() -> Iterator["BotApi"]:
        """Start a stand-in of one's own, for benchmarks and separate processes."""
        server = Server()
        server.start()
        try:
            yield BotApi(server)
        finally:
            server.stop()

    def close(self) -> None:
        self._server.remove(self.token)

    # what people do

    def meet(self, chat: int, **user: Any) -> None:
        """Let the bot know a person; whoever writes does so by that."""
        known = self.account.people.get(chat, {"id": chat, "is_bot": False, "first_name": "Sam"})
        self.account.people[chat] = known | user

    def send_text(self, chat: int, text: str, **user: Any) -> int:
        """Write to the bot; `user` sets the person's fields, such as language_code."""
        self.meet(chat, **user)
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.send_message(chat, **content)

    def send_location(self, chat: int, latitude: float, longitude: float) -> int:
        return self.send_message(chat, location={"latitude": latitude, "longitude": longitude})

    def send_message(self, chat: int, **content: Any) -> int:
        """Send the bot any other message."""
        self.meet(chat)
        return self.send_update("message", self.message(chat, **content))

    def message(self, chat: int, **content: Any) -> dict[str, Any]:
        self.meet(chat)
        base = {"message_id": self.account.next_message_id(), "date": int(time.time())}
        return base | {"chat": chat_of(self.account, chat), "from": self.account.people[chat]} | content

    def press(self, chat: int, label: str, message_id: int | None = None) -> int:
        """Press the latest button of that label, in that message if one is given."""
        for message in reversed(self.messages(chat)):
            data = dict(message.buttons).get(label)
            if data is not None and message_id in (None, message.message_id):
                return self.press_data(chat, data, message)
        shown = [message.labels for message in self.messages(chat)]
        raise AssertionError(f"no button {label!r} in chat {chat}, only {shown}")

    def press_data(self, chat: int, data: str, message: Sent | None = None) -> int:
        """Press a button that holds `data`; without `message`, under one too old to be shown."""
        assert not data.startswith(("http://", "https://")), f"this button opens {data}"
        self.meet(chat)
        too_old = {"chat": chat_of(self.account, chat), "message_id": 1, "date": 0}
        query_id = str(self.account.next_message_id())
        query = {
            "id": query_id,
            "from": self.account.people[chat],
            "chat_instance": str(chat),
            "data": data,
            "message": as_update_message(self.account, message) if message else too_old,
        }
        self.account.open_queries.add(query_id)
        return self.send_update("callback_query", query)

    def block(self, chat: int) -> int:
        """Block the bot, as a person does; Telegram tells the bot and refuses its messages."""
        self.meet(chat)
        self.account.blocked[chat] = "bot was blocked by the user"
        return self.send_update("my_chat_member", self._membership(chat, "member", "kicked"))

    def unblock(self, chat: int) -> int:
        del self.account.blocked[chat]
        return self.send_update("my_chat_member", self._membership(chat, "kicked", "member"))

    def deactivate(self, chat: int) -> None:
        """Delete the person's account; Telegram tells nobody."""
        self.meet(chat)
        self.account.blocked[chat] = "user is deactivated"

    def send_update(self, kind: str, value: dict[str, Any]) -> int:
        """Let any update wait for the bot, after checking that Telegram could have sent it."""
        update = Update.model_validate({"update_id": 1, kind: value})
        unknown = list(unknown_fields(update))
        assert not unknown, f"Telegram sends no {unknown}"
        return self.account.enqueue({kind: value})

    def send_raw(self, update: dict[str, Any]) -> int:
        """Let anything wait for the bot, unchecked; an update_id in it is kept."""
        return self.account.enqueue(update)

    # what Telegram does

    def fail_next(self, *failures: Failure, method: str = "sendMessage") -> None:
        """Let the next calls of a method go wrong, one after another."""
        self.account.fail_next(method, *failures)

    # what the bot did

    def messages(self, chat: int) -> list[Sent]:
        """All that the bot sent to a chat, oldest first."""
        with self.account.lock:
            return [message for message in self.account.sent if message.chat == chat]

    def wait_for(
        self, chat: int, wanted: str | Callable[[Sent], bool] = "", timeout: float = PATIENCE, after: int = 0
    ) -> Sent:
        """Wait for a message that holds some words, or passes a test, sent after message number `after`."""
        matches = wanted if callable(wanted) else lambda message: wanted in message.text

        def found() -> Sent | None:
            return next((m for m in self.messages(chat) if m.message_id > after and matches(m)), None)

        return self._wait(found, timeout, lambda: f"chat {chat} got {[m.text for m in self.messages(chat)]}")

    def wait_until_taken(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot has confirmed every update."""
        self._wait(
            lambda: not self.account.pending or None, timeout, lambda: f"{len(self.account.pending)} wait"
        )

    def wait_until_answered(self, timeout: float = PATIENCE) -> None:
        """Wait until no pressed button is left spinning."""
        self._wait(lambda: not self.account.open_queries or None, timeout, lambda: "a button still spins")

    def wait_for_poll(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot has asked for updates."""
        self._wait(lambda: self.account.pollers, timeout, lambda: "nobody polls")

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The fields of every call of a method."""
        with self.account.lock:
            return [fields for name, fields in self.account.calls if name == method]

    def _wait(self, found: Callable[[], T | None], timeout: float, otherwise: Callable[[], str]) -> T:
        with self.account.lock:
            result = self.account.lock.wait_for(found, timeout)
            assert result, f"waited {timeout} s in vain: {otherwise()}"
            return result

    def _membership(self, chat: int, before: str, after: str) -> dict[str, Any]:
        def member(status: str) -> dict[str, Any]:
            return {"user": self.account.me, "status": status} | (
                {"until_date": 0} if status == "kicked" else {}
            )

        return {
            "chat": chat_of(self.account, chat),
            "from": self.account.people[chat],
            "date": int(time.time()),
            "old_chat_member": member(before),
            "new_chat_member": member(after),
        }
