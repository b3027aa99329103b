"""Says of a request what Telegram would say.

Forms are checked by aiogram's models of the Bot API, which know nothing of our code; limits by hand.
"""

import json
import re
import types
import typing
from collections.abc import Iterator
from typing import Any, Final

import aiogram.methods
from aiogram.enums import MessageEntityType
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardMarkup,
    Update,
)
from pydantic import BaseModel, ValidationError

TEXT_LIMIT: Final = 4096
ENTITY_LIMIT: Final = 100
DATA_LIMIT: Final = 64
BUTTON_LIMIT: Final = 100
COMMAND_LIMIT: Final = 100
KEYBOARDS: Final = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"}
UPDATE_KINDS: Final = frozenset(Update.model_fields) - {"update_id"}
MODELS: Final[dict[str, type[TelegramMethod[Any]]]] = {
    model.__api_method__.lower(): model
    for model in vars(aiogram.methods).values()
    if isinstance(model, type) and issubclass(model, TelegramMethod) and model is not TelegramMethod
}


class Refused(Exception):
    """Telegram's answer to a request that it does not carry out."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


def checked(method: str, fields: dict[str, Any]) -> TelegramMethod[Any]:
    """Read a request strictly, or refuse it."""
    model = MODELS.get(method.lower())
    if model is None:
        raise Refused(404, "Not Found")
    values = {name: _decoded(model, name, value) for name, value in fields.items()}
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    try:
        request = model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise bad(f"field {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if unknown := next(unknown_fields(request), ""):
        raise bad(f"unknown field {unknown}")
    if check := CHECKS.get(model.__api_method__):
        check(request, values)
    return request


def unknown_fields(value: Any, path: str = "") -> Iterator[str]:
    """Walk a model for what it took in without knowing it."""
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}".lstrip(".") for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from unknown_fields(item, f"{path}.{index}")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _decoded(model: type[BaseModel], name: str, value: Any) -> Any:
    """Read a form field, which is text, as the JSON that Telegram expects in it."""
    field = model.model_fields.get(name)
    if field is None or not isinstance(value, str):
        return value
    annotation = field.annotation
    union = typing.get_origin(annotation) in (types.UnionType, typing.Union)
    options = typing.get_args(annotation) if union else (annotation,)
    if str in options and not (int in options and re.fullmatch(r"-?\d+", value)):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _check_message(request: Any, values: dict[str, Any]) -> None:
    if isinstance(values.get("parse_mode"), str):
        raise bad("this stand-in reads entities, not parse_mode")
    if not request.text.strip():
        raise bad("message text is empty")
    if units(request.text) > TEXT_LIMIT:
        raise bad("message is too long")
    _check_entities(request.text, request.entities or [])
    _check_keyboard(request, values)


def _check_entities(text: str, entities: list[MessageEntity]) -> None:
    if len(entities) > ENTITY_LIMIT:
        raise bad("too many entities")
    raw = text.encode("utf-16-le")
    for entity in entities:
        start, end = entity.offset, entity.offset + entity.length
        if entity.type not in MessageEntityType._value2member_map_:
            raise bad(f"unsupported entity type {entity.type}")
        if entity.length < 1 or start < 0 or end > len(raw) // 2:
            raise bad("entity lies outside the text")
        if any(0xDC00 <= int.from_bytes(raw[2 * at : 2 * at + 2], "little") < 0xE000 for at in (start, end)):
            raise bad("entity begins or ends in the middle of a UTF-16 symbol")
        if entity.type == "text_link":
            _check_url(entity.url or "", "entity")


def _check_keyboard(request: Any, values: dict[str, Any]) -> None:
    markup = request.reply_markup
    if "reply_markup" not in values or markup is None:
        return
    given = values["reply_markup"]
    if not isinstance(given, dict) or len(KEYBOARDS & given.keys()) != 1:
        raise bad("object expected as reply markup")
    rows = getattr(markup, "inline_keyboard", None) or getattr(markup, "keyboard", None) or []
    if isinstance(markup, InlineKeyboardMarkup | ReplyKeyboardMarkup) and not all(rows):
        raise bad("keyboard row is empty")
    if sum(map(len, rows)) > BUTTON_LIMIT:
        raise bad("reply markup is too long")
    if not all(button.text.strip() for row in rows for button in row):
        raise bad("text buttons must be non-empty")
    if isinstance(markup, InlineKeyboardMarkup):
        for button in (button for row in rows for button in row):
            _check_button(button)


def _check_button(button: InlineKeyboardButton) -> None:
    actions = set(button.model_dump(exclude_none=True)) - {"text", "style", "icon_custom_emoji_id"}
    if len(actions) != 1:
        raise bad("text buttons are unallowed in the inline keyboard")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")
    if button.url is not None:
        _check_url(button.url, "inline keyboard button")


def _check_url(url: str, place: str) -> None:
    if not re.match(r"(https?://[^/\s]+\.[^/\s]+|tg://\w+)", url, re.IGNORECASE):
        raise bad(f"{place} URL is invalid: wrong HTTP URL")


def _check_edit(request: Any, values: dict[str, Any]) -> None:
    if not isinstance(request.chat_id, int) or request.message_id is None:
        raise bad("message identifier is not specified")
    _check_keyboard(request, values)


def _check_commands(request: Any, values: dict[str, Any]) -> None:
    if len(request.commands) > COMMAND_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in request.commands:
        _check_command(command)
    _check_language(request, values)


def _check_command(command: BotCommand) -> None:
    if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= units(command.description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def _check_language(request: Any, values: dict[str, Any]) -> None:
    if not re.fullmatch(r"([a-z]{2})?", request.language_code or ""):
        raise bad("invalid language code specified")
    if units(getattr(request, "description", "") or "") > 512:
        raise bad("description is too long")
    if units(getattr(request, "short_description", "") or "") > 120:
        raise bad("short description is too long")


def _check_webhook(request: Any, values: dict[str, Any]) -> None:
    if not re.match(r"https://|http://127\.0\.0\.1[:/]|$", request.url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if request.secret_token is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", request.secret_token):
        raise bad("secret token contains unallowed characters")
    if not 1 <= (request.max_connections or 40) <= 100:
        raise bad("max_connections is out of range")
    _check_wanted(request, values)


def _check_updates(request: Any, values: dict[str, Any]) -> None:
    if not 1 <= (100 if request.limit is None else request.limit) <= 100 or (request.timeout or 0) < 0:
        raise bad("limit or timeout is out of range")
    _check_wanted(request, values)


def _check_wanted(request: Any, values: dict[str, Any]) -> None:
    if not set(request.allowed_updates or ()) <= UPDATE_KINDS:
        raise bad("can't parse allowed updates")


def _check_callback_answer(request: Any, values: dict[str, Any]) -> None:
    if units(request.text or "") > 200:
        raise bad("MESSAGE_TOO_LONG")


CHECKS: Final = {
    "sendMessage": _check_message,
    "editMessageReplyMarkup": _check_edit,
    "setMyCommands": _check_commands,
    "setMyDescription": _check_language,
    "setMyShortDescription": _check_language,
    "setWebhook": _check_webhook,
    "getUpdates": _check_updates,
    "answerCallbackQuery": _check_callback_answer,
}
