"""From a price on, each unit is scanned when it is picked, also where one scan may stand for several."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan_each_from_cents", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.alter_column("scan_each_from_cents", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.drop_column("scan_each_from_cents")
