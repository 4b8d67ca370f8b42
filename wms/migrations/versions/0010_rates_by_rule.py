"""Labels go with the cheapest service that the shop's method allows; cartons have walls."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SIZES = "length_mm > 0 AND width_mm > 0 AND height_mm > 0"


def _size_check(condition: str) -> None:
    with op.batch_alter_table("carton_types", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_carton_types_sizes"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_carton_types_sizes"), condition)


def upgrade() -> None:
    with op.batch_alter_table("shipping_methods", schema=None) as batch_op:
        batch_op.add_column(sa.Column("allowed", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declined", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("choice", sa.String(length=500), server_default="", nullable=False))
    with op.batch_alter_table("carton_types", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wall_mm", sa.BigInteger(), server_default="0", nullable=False))
    _size_check(f"{_SIZES} AND wall_mm >= 0")


def downgrade() -> None:
    _size_check(_SIZES)
    with op.batch_alter_table("carton_types", schema=None) as batch_op:
        batch_op.drop_column("wall_mm")
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.drop_column("choice")
        batch_op.drop_column("declined")
    with op.batch_alter_table("shipping_methods", schema=None) as batch_op:
        batch_op.drop_column("allowed")
