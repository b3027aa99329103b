"""teams and promises"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCOPE = ("languages", "communes", "themes")
FIRST_TEAM = {
    "name": "Passerelle",
    "hours": "",
    "fallback": "",
    "trial": True,
    "live": True,
    "most_open": 40,
    "reply_minutes": 120,
    "urgent_minutes": 120,
}


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("languages", "communes", "themes")),
        sa.Column("hours", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("most_open", "reply_minutes", "urgent_minutes")
        ),
        sa.Column("fallback", sa.String(length=64), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sqlite_autoincrement=True,
    )
    _widen_worker_and_invitation()
    _widen_handoff()
    _add_thread()
    _give_existing_workers_a_team()


def _widen_worker_and_invitation() -> None:
    with op.batch_alter_table("worker") as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("woman", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("hours", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("absent_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_worker_team_id"), ["team_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_worker_team_id_team"), "team", ["team_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_invitation_team_id_team"), "team", ["team_id"], ["id"], ondelete="CASCADE"
        )


def _widen_handoff() -> None:
    with op.batch_alter_table("handoff") as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        for name in ("wishes", "tried_teams"):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        for name, length in (("reach_how", 16), ("reach_when", 16), ("reason", 32)):
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        for name in ("discreet", "on_behalf", "urgent", "history_goes"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in ("consented_team", "next_team"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name in ("promised_until", "reminded_at", "first_reply_at", "missed_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_handoff_team_id"), ["team_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_handoff_team_id_team"), "team", ["team_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("offer") as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=32), nullable=False, server_default=""))
    with op.batch_alter_table("handoff_event") as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("worker_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=32), nullable=False, server_default=""))


def _of_handoff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["handoff_id"], ["handoff.id"], name=op.f(f"fk_{table}_handoff_id_handoff"), ondelete="CASCADE"
    )


def _of_worker(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["worker_id"], ["worker.id"], name=op.f(f"fk_{table}_worker_id_worker"), ondelete="SET NULL"
    )


def _add_thread() -> None:
    op.create_table(
        "thread_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.String(length=16), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed_words", sa.Text(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        _of_handoff("thread_message"),
        _of_worker("thread_message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_message")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.String(length=16), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("sealed_words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _of_handoff("note"),
        _of_worker("note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("handoff_id", sa.String(length=16), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("chosen_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_where", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        _of_handoff("appointment"),
        _of_worker("appointment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    for table, moment in (
        ("thread_message", "said_at"),
        ("note", "written_at"),
        ("appointment", "proposed_at"),
    ):
        for column in ("handoff_id", moment):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _give_existing_workers_a_team() -> None:
    """They go on as before, by /duty; their team says that it is only for trying out until it is made ready."""
    connection = op.get_bind()
    served = connection.execute(
        sa.text(
            "SELECT DISTINCT conversation.territory FROM worker"
            " JOIN conversation ON conversation.id = worker.conversation_id"
        )
    )
    team = sa.table(
        "team",
        *(sa.column(name, sa.JSON) for name in SCOPE),
        *map(sa.column, ("territory", "name", "hours", "fallback")),
        *map(sa.column, ("most_open", "reply_minutes", "urgent_minutes")),
        *(sa.column(name, sa.Boolean) for name in ("trial", "live")),
    )
    for (territory,) in served.all():
        first = {key: [] for key in SCOPE} | FIRST_TEAM | {"territory": territory}
        connection.execute(sa.insert(team).values(first))
    op.execute(
        "UPDATE worker SET team_id = (SELECT team.id FROM team JOIN conversation"
        " ON conversation.territory = team.territory WHERE conversation.id = worker.conversation_id)"
    )
    op.execute(
        "UPDATE handoff SET status = CASE status WHEN 'asked' THEN 'offered' ELSE status END,"
        " team_id = (SELECT team.id FROM team JOIN conversation"
        " ON conversation.territory = team.territory WHERE conversation.id = handoff.conversation_id)"
    )
    op.execute("UPDATE handoff SET consented_team = team_id")


def downgrade() -> None:
    op.execute("UPDATE handoff SET status = 'asked' WHERE status = 'offered'")
    op.execute("UPDATE handoff SET status = 'accepted' WHERE status = 'in-contact'")
    for table in ("appointment", "note", "thread_message"):
        op.drop_table(table)
    with op.batch_alter_table("handoff_event") as batch_op:
        for column in ("reason", "worker_id", "team_id"):
            batch_op.drop_column(column)
    with op.batch_alter_table("offer") as batch_op:
        batch_op.drop_column("reason")
    with op.batch_alter_table("handoff") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_handoff_team_id_team"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_handoff_team_id"))
        for column in (
            *("missed_at", "first_reply_at", "reminded_at", "promised_until"),
            *("next_team", "consented_team", "history_goes", "urgent", "on_behalf", "discreet"),
            *("reason", "reach_when", "reach_how", "tried_teams", "wishes", "team_id"),
        ):
            batch_op.drop_column(column)
    for table, columns in (
        ("invitation", ("team_id",)),
        ("worker", ("absent_until", "hours", "woman", "team_id")),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_team_id_team"), type_="foreignkey")
            if table == "worker":
                batch_op.drop_index(batch_op.f("ix_worker_team_id"))
            for column in columns:
                batch_op.drop_column(column)
    op.drop_table("team")
