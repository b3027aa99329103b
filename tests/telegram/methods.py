"""What each method of the Bot API does to an account; forms and limits are checked before."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram.types import InlineKeyboardMarkup

from tests.telegram.account import Account, Sent, Webhook
from tests.telegram.strict import Refused, bad


async def get_me(account: Account, request: Any) -> Any:
    return account.me | {"can_join_groups": False, "can_read_all_group_messages": False}


async def send_message(account: Account, request: Any) -> Any:
    chat = _open_chat(account, request.chat_id)
    return _as_message(
        account, account.keep(chat, request.text, request.entities or [], request.reply_markup)
    )


def sends(kind: str) -> Callable[[Account, Any], Awaitable[Any]]:
    """Send something that is not words: a file that Telegram keeps, or one that comes along."""

    async def send(account: Account, request: Any) -> Any:
        chat = _open_chat(account, request.chat_id)
        if len((getattr(request, "caption", None) or "").encode("utf-16-le")) > 2 * 1024:
            raise bad("message caption is too long")
        file = f"{request.latitude},{request.longitude}" if kind == "location" else getattr(request, kind)
        words = getattr(request, "caption", None) or ""
        entities = getattr(request, "caption_entities", None) or []
        kept = account.keep(chat, words, entities, request.reply_markup, (kind, str(file)))
        return _as_message(account, kept)

    return send


async def get_file(account: Account, request: Any) -> Any:
    if request.file_id not in account.files:
        raise bad("wrong file_id or the file is temporarily unavailable")
    size = len(account.files[request.file_id])
    if size > 20_000_000:
        raise bad("file is too big")
    number = request.file_id
    return {"file_id": number, "file_unique_id": number, "file_size": size, "file_path": f"files/{number}"}


async def edit_message_reply_markup(account: Account, request: Any) -> Any:
    chat = _open_chat(account, request.chat_id)
    found = [m for m in account.sent if m.chat == chat and m.message_id == request.message_id]
    if not found:
        raise bad("message to edit not found")
    if found[0].keyboard == request.reply_markup:
        raise bad("message is not modified: specified new message content and reply markup are the same")
    return _as_message(account, account.replace_keyboard(found[0], request.reply_markup))


async def send_chat_action(account: Account, request: Any) -> Any:
    _open_chat(account, request.chat_id)
    return True


async def answer_callback_query(account: Account, request: Any) -> Any:
    if request.callback_query_id not in account.open_queries:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    with account.lock:
        account.open_queries.discard(request.callback_query_id)
        account.lock.notify_all()
    return True


async def set_my_commands(account: Account, request: Any) -> Any:
    commands = [(command.command, command.description) for command in request.commands]
    account.settings["commands", request.language_code or ""] = commands
    return True


async def set_my_description(account: Account, request: Any) -> Any:
    account.settings["description", request.language_code or ""] = request.description or ""
    return True


async def set_my_short_description(account: Account, request: Any) -> Any:
    account.settings["short_description", request.language_code or ""] = request.short_description or ""
    return True


async def set_webhook(account: Account, request: Any) -> Any:
    if not request.url:
        return await delete_webhook(account, request)
    webhook = Webhook(request.url, request.secret_token, request.max_connections or 40)
    if webhook != account.webhook or request.drop_pending_updates:  # else what is under way goes on
        _begin_anew(account, request)
    _want(account, request)
    account.webhook = webhook
    account.bell.ring()
    return True


async def delete_webhook(account: Account, request: Any) -> Any:
    account.webhook = None
    _begin_anew(account, request)
    account.bell.ring()
    return True


async def get_webhook_info(account: Account, request: Any) -> Any:
    url = account.webhook.url if account.webhook else ""
    return {"url": url, "has_custom_certificate": False, "pending_update_count": len(account.pending)}


async def get_updates(account: Account, request: Any) -> Any:
    """Wait for updates; asking for those from `offset` on confirms all before it."""
    if account.webhook:
        raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
    _want(account, request)
    account.confirm(request.offset or 0)
    mine = account.next_poller()
    deadline = time.monotonic() + min(request.timeout or 0, 50)
    with account.bell.listening() as bell:
        while True:
            bell.clear()
            if account.pollers != mine:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
            left = deadline - time.monotonic()
            batch = account.waiting(100 if request.limit is None else request.limit)
            if batch or left <= 0 or account.closed:
                return batch
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), left)


def _want(account: Account, request: Any) -> None:
    if request.allowed_updates is not None:
        account.wanted = set(request.allowed_updates) or None


def _begin_anew(account: Account, request: Any) -> None:
    with account.lock:
        if request.drop_pending_updates:
            account.pending.clear()
        account.queues = {}  # the tasks of the webhook before hold the old ones
        account.arrivals.clear()
        account.arrivals.extend(account.pending[number] for number in sorted(account.pending))


def _open_chat(account: Account, chat: int | str) -> int:
    if not isinstance(chat, int) or chat not in account.people:
        raise bad("chat not found")
    if chat in account.blocked:
        raise Refused(403, f"Forbidden: {account.blocked[chat]}")
    return chat


def _as_message(account: Account, message: Sent) -> dict[str, Any]:
    return as_update_message(account, message) | {"from": account.me}


def as_update_message(account: Account, message: Sent) -> dict[str, Any]:
    """Show a sent message as Telegram repeats it; only keyboards under a message are repeated."""
    shown: dict[str, Any] = {
        "message_id": message.message_id,
        "date": int(time.time()),
        "chat": chat_of(account, message.chat),
        "from": account.me,
        "text": message.text,
    }
    if message.entities:
        shown["entities"] = [entity.model_dump(exclude_none=True) for entity in message.entities]
    if isinstance(message.keyboard, InlineKeyboardMarkup):
        shown["reply_markup"] = message.keyboard.model_dump(exclude_none=True)
    return shown


def chat_of(account: Account, chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": account.people[chat]["first_name"]}


METHODS: Final[dict[str, Callable[[Account, Any], Awaitable[Any]]]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    **{
        "send" + "".join(word.title() for word in kind.split("_")): sends(kind)
        for kind in ("photo", "voice", "audio", "video_note", "animation", "video", "document", "location")
    },
    "getFile": get_file,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getUpdates": get_updates,
}
