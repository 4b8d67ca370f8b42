"""Orders share a tote, and with it a slot of the cart: those of one unit, and those sorted at a put wall."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OWN = sa.text("method = 'cluster'")


def upgrade() -> None:
    with op.batch_alter_table("batch_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("method", sa.String(length=24), server_default="cluster", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_batch_orders_warehouse_id_batch_id_slot"), type_="unique")
        batch_op.create_check_constraint(
            batch_op.f("ck_batch_orders_method"), "method IN ('cluster', 'put wall', 'single unit')"
        )
        batch_op.create_index(
            batch_op.f("ix_batch_orders_warehouse_id_tote_id"), ["warehouse_id", "tote_id"], unique=False
        )
        batch_op.create_index(
            "uq_batch_orders_own_slot",
            ["warehouse_id", "batch_id", "slot"],
            unique=True,
            sqlite_where=_OWN,
            postgresql_where=_OWN,
        )

    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shares_singles", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("sorts_at_wall", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("totes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wall", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("wall_slot", sa.String(length=8), server_default="", nullable=False))

    with op.batch_alter_table("picked_units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_picked_units_warehouse_id_tote_id"), ["warehouse_id", "tote_id"], unique=False
        )

    with op.batch_alter_table("worker_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shared_tote_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("sorting_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("worker_sessions", schema=None) as batch_op:
        batch_op.drop_column("sorting_id")
        batch_op.drop_column("shared_tote_id")

    with op.batch_alter_table("picked_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_picked_units_warehouse_id_tote_id"))
        batch_op.drop_column("lost_at")

    with op.batch_alter_table("totes", schema=None) as batch_op:
        batch_op.drop_column("wall_slot")
        batch_op.drop_column("wall")

    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.drop_column("sorts_at_wall")
        batch_op.drop_column("shares_singles")

    # Further down each order has a slot of its own: beyond those of any cart.
    op.execute(
        "UPDATE batch_orders SET slot = 1000 + (SELECT count(*) FROM batch_orders AS other"
        " WHERE other.warehouse_id = batch_orders.warehouse_id AND other.batch_id = batch_orders.batch_id"
        " AND other.order_id < batch_orders.order_id) WHERE method <> 'cluster'"
    )
    with op.batch_alter_table("batch_orders", schema=None) as batch_op:
        batch_op.drop_index("uq_batch_orders_own_slot", sqlite_where=_OWN, postgresql_where=_OWN)
        batch_op.drop_index(batch_op.f("ix_batch_orders_warehouse_id_tote_id"))
        batch_op.drop_constraint(batch_op.f("ck_batch_orders_method"), type_="check")
        batch_op.create_unique_constraint(
            batch_op.f("uq_batch_orders_warehouse_id_batch_id_slot"), ["warehouse_id", "batch_id", "slot"]
        )
        batch_op.drop_column("method")
