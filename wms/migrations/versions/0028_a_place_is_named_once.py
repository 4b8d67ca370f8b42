"""The free place of a put wall that was named for units in hand stays theirs until they are put."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("worker_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("named_place_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("worker_sessions", schema=None) as batch_op:
        batch_op.drop_column("named_place_id")
