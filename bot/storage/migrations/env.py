"""What Alembic looks at: both metadata, on the connection that `bot.storage.migrations` opened."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import DateTime, TypeDecorator

from bot.storage.models import Base as People
from directory.models import Base as Directory


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # A migration must not change when our own column types do.
    if kind == "type" and isinstance(item, TypeDecorator) and isinstance(item.impl, DateTime):
        return f"sa.DateTime(timezone={item.impl.timezone})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[People.metadata, Directory.metadata],
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
