"""territories and notices"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("territory", sa.String(length=32), nullable=False, server_default=""))
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alert", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("alert_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_until", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("service", schema=None) as batch_op:
        for column in ("closed_until", "closed_from", "alert_until", "alert"):
            batch_op.drop_column(column)
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("territory")
