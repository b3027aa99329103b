"""going towards people"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_place",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("territory", sa.String(length=32), nullable=False),
        sa.Column("commune", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("family", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("who_comes", sa.JSON(), nullable=False),
        sa.Column("quiet", sa.String(length=16), nullable=False),
        sa.Column("toilets", sa.String(length=16), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("asked_there", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_place")),
    )
    with op.batch_alter_table("meeting_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_place_commune"), ["commune"], unique=False)

    op.create_table(
        "helped_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_helped_contact_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helped_contact")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("helped_contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_helped_contact_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_helped_contact_said_at"), ["said_at"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["meeting_place.id"],
            name=op.f("fk_meeting_place_id_meeting_place"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_meeting_team_id_team"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_noted_at"), ["noted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_place_id"), ["place_id"], unique=False)

    op.create_table(
        "round",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_round_team_id_team"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_team_id"), ["team_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=48), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_subscription_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "topic", name=op.f("pk_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_subscription_topic"), ["topic"], unique=False)

    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory", sa.String(length=32), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=48), nullable=False),
        sa.Column("commune", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["worker.id"], name=op.f("fk_broadcast_approved_by_worker"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["worker.id"], name=op.f("fk_broadcast_made_by_worker"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_made_at"), ["made_at"], unique=False)

    op.create_table(
        "encounter_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.String(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["meeting_place.id"],
            name=op.f("fk_encounter_code_place_id_meeting_place"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_encounter_code_worker_id_worker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounter_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_encounter_code_code_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("encounter_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_encounter_code_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_encounter_code_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "round_worker",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_worker_round_id_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_round_worker_worker_id_worker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "worker_id", name=op.f("pk_round_worker")),
    )
    op.create_table(
        "stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["meeting_place.id"],
            name=op.f("fk_stop_place_id_meeting_place"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_stop_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_stop_round_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stop_place_id"), ["place_id"], unique=False)

    op.create_table(
        "broadcast_receipt",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcast.id"],
            name=op.f("fk_broadcast_receipt_broadcast_id_broadcast"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_broadcast_receipt_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "broadcast_id", name=op.f("pk_broadcast_receipt")),
    )
    with op.batch_alter_table("broadcast_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_receipt_broadcast_id"), ["broadcast_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_receipt_queued_at"), ["queued_at"], unique=False)

    op.create_table(
        "stop_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["meeting_place.id"],
            name=op.f("fk_stop_change_place_id_meeting_place"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name=op.f("fk_stop_change_stop_id_stop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_change")),
        sa.UniqueConstraint("stop_id", "planned_at", name=op.f("uq_stop_change_stop_id_planned_at")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stop_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stop_change_planned_at"), ["planned_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("stop_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stop_change_planned_at"))

    op.drop_table("stop_change")
    with op.batch_alter_table("broadcast_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_receipt_queued_at"))
        batch_op.drop_index(batch_op.f("ix_broadcast_receipt_broadcast_id"))

    op.drop_table("broadcast_receipt")
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stop_place_id"))

    op.drop_table("stop")
    op.drop_table("round_worker")
    with op.batch_alter_table("encounter_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_encounter_code_worker_id"))
        batch_op.drop_index(batch_op.f("ix_encounter_code_expires_at"))

    op.drop_table("encounter_code")
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_made_at"))

    op.drop_table("broadcast")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_topic"))
        batch_op.drop_index(batch_op.f("ix_subscription_asked_at"))

    op.drop_table("subscription")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_team_id"))

    op.drop_table("round")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_place_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_noted_at"))

    op.drop_table("meeting")
    with op.batch_alter_table("helped_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_helped_contact_said_at"))
        batch_op.drop_index(batch_op.f("ix_helped_contact_conversation_id"))

    op.drop_table("helped_contact")
    with op.batch_alter_table("meeting_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_place_commune"))

    op.drop_table("meeting_place")
