"""What is put in beside the goods weighs something: 0 where nobody has said how much."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("inserts", "order_inserts"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("weight_g", sa.BigInteger(), nullable=False, server_default="0"))
            batch_op.create_check_constraint(op.f(f"ck_{table}_weight"), "weight_g >= 0")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("weight_g", server_default=None)


def downgrade() -> None:
    for table in ("order_inserts", "inserts"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_weight"), type_="check")
            batch_op.drop_column("weight_g")
