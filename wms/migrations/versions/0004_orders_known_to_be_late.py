"""Which orders of a wave are known to be late."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("wave_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_late", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("wave_orders", schema=None) as batch_op:
        batch_op.drop_column("is_late")
