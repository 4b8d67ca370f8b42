"""What becomes of short orders: they wait, are split or are cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_POLICIES = "'wait', 'split', 'cancel'"


def upgrade() -> None:
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("when_short", sa.String(length=24), server_default="wait", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_warehouses_when_short"), f"when_short IN ({_POLICIES})")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("when_short", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("split_from_id", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_orders_when_short"), f"when_short IN ({_POLICIES})")
        batch_op.create_index(batch_op.f("ix_orders_warehouse_id_split_from_id"), ["warehouse_id", "split_from_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_orders_split_from_id"),
            "orders",
            ["warehouse_id", "split_from_id"],
            ["warehouse_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )

    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("zones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asks_empty", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_empty_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_column("asked_empty_id")

    with op.batch_alter_table("zones", schema=None) as batch_op:
        batch_op.drop_column("asks_empty")

    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.drop_column("recalled_at")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_orders_split_from_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_orders_warehouse_id_split_from_id"))
        batch_op.drop_constraint(batch_op.f("ck_orders_when_short"), type_="check")
        batch_op.drop_column("split_from_id")
        batch_op.drop_column("when_short")

    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_warehouses_when_short"), type_="check")
        batch_op.drop_column("when_short")
