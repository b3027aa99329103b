"""Which way the arrows run: webhooks -> bot -> directory, a pure core, channels that know only their own library."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import PROJECT

ROOMS = ("directory", "bot", "webhooks")
IMPURE = {
    "sqlalchemy",
    "alembic",
    "psycopg",
    "httpx",
    "telegram",
    "fastapi",
    "starlette",
    "uvicorn",
    "requests",
    "socket",
}
PURE = (
    "bot/conversation",
    "bot/understanding",
    "bot/knowledge.py",
    "bot/catalogues.py",
    "bot/translations",
    "bot/i18n.py",
    "bot/messages.py",
)
SEE_EVERYTHING = ("bot/app.py", "bot/cli.py", "bot/commands.py", "bot/terminal.py", "bot/delivery")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(*places: str) -> list[Path]:
    found = []
    for place in places:
        path = PROJECT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert found
    return found


def all_imports(path: Path) -> set[str]:
    """Everything that a module of ours brings in, through modules of ours too."""
    seen: set[Path] = set()
    waiting, names = [path], set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in imports(module):
            names.add(name)
            waiting += own_files(name)
    return names


def own_files(name: str) -> list[Path]:
    parts = name.split(".")
    if parts[0] not in ROOMS:
        return []
    candidates = [PROJECT.joinpath(*parts[:size]).with_suffix(".py") for size in range(2, len(parts) + 1)]
    return [path for path in candidates if path.is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("path", modules("directory"), ids=name_of)
def test_the_directory_stands_alone(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in ("bot", "webhooks")}


@pytest.mark.parametrize("path", modules("bot"), ids=name_of)
def test_the_bot_does_not_know_the_web_side(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] == "webhooks"}


@pytest.mark.parametrize("path", modules(*PURE), ids=name_of)
def test_the_core_is_pure_through_all_that_it_imports(path: Path) -> None:
    assert not {name for name in all_imports(path) if name.split(".")[0] in IMPURE}


@pytest.mark.parametrize("path", modules("bot/channels"), ids=name_of)
def test_a_channel_knows_messages_its_base_and_its_own_library(path: Path) -> None:
    ours = {name for name in imports(path) if name.split(".")[0] in ROOMS}
    family = path.stem.split("_")[0]
    allowed = ("bot.messages", "bot.channels.base", f"bot.channels.{family}")
    assert not {name for name in ours if not name.startswith(allowed)}


@pytest.mark.parametrize("path", modules("bot/handoff", "bot/privacy"), ids=name_of)
def test_handoff_and_privacy_do_not_know_channels(path: Path) -> None:
    assert not {name for name in imports(path) if name.startswith("bot.channels")}


@pytest.mark.parametrize("path", [p for p in modules(*ROOMS) if p.parent.name != "versions"], ids=name_of)
def test_every_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it is for"
    assert len(text.splitlines()) <= 400, "split it by idea"


def test_modules_are_found() -> None:
    assert len(modules(*ROOMS)) > 40
