"""the desk on the web: links, sessions, roles, audit, edited services"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_edit",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "field", name=op.f("pk_service_edit")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("territory", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_audit_event_worker_id_worker"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_happened_at"), ["happened_at"], unique=False)
        batch_op.create_index("ix_audit_event_subject", ["action", "subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "desk_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_desk_link_worker_id_worker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_link")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_desk_link_code_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("desk_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_link_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_link_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "desk_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_desk_session_worker_id_worker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desk_session_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("desk_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_session_worker_id"), ["worker_id"], unique=False)

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=16), server_default="worker", nullable=False))

    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=16), server_default="worker", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.drop_column("role")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_column("role")

    with op.batch_alter_table("desk_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_session_worker_id"))
        batch_op.drop_index(batch_op.f("ix_desk_session_expires_at"))

    op.drop_table("desk_session")
    with op.batch_alter_table("desk_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_link_worker_id"))
        batch_op.drop_index(batch_op.f("ix_desk_link_expires_at"))

    op.drop_table("desk_link")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_worker_id"))
        batch_op.drop_index("ix_audit_event_subject")
        batch_op.drop_index(batch_op.f("ix_audit_event_happened_at"))

    op.drop_table("audit_event")
    op.drop_table("service_edit")
