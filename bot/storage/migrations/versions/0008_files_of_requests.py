"""files that come through the web, where a picture lies, what was chosen, and which message a delivery is of"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXED = ("conversation_id", "handoff_id", "kept_at")


def upgrade() -> None:
    op.create_table(
        "kept_file",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("handoff_id", sa.String(length=16), nullable=True),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("sealed_name", sa.Text(), nullable=False),
        sa.Column("sealed_content", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_kept_file_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_kept_file_handoff_id_handoff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_file")),
    )
    with op.batch_alter_table("kept_file", schema=None) as batch_op:
        for column in INDEXED:
            batch_op.create_index(batch_op.f(f"ix_kept_file_{column}"), [column], unique=False)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("said", sa.Integer(), nullable=True))
    with op.batch_alter_table("thread_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_media", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ready", sa.String(length=80), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("thread_message", schema=None) as batch_op:
        batch_op.drop_column("ready")
        batch_op.drop_column("sealed_media")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("said")
    op.drop_table("kept_file")
