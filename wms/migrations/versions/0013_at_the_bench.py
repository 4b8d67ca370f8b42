"""Packing slips, boxes that are full before their order is, and products that ship in their own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None

_SLIP_RULES = "'never', 'each box', 'gifts'"


def upgrade() -> None:
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slips", sa.String(length=24), server_default="never", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_warehouses_slips"), f"slips IN ({_SLIP_RULES})")

    with op.batch_alter_table("print_jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slip_of_id", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_print_jobs_warehouse_id_slip_of_id"), ["warehouse_id", "slip_of_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_print_jobs_slip_of_id"),
            "packages",
            ["warehouse_id", "slip_of_id"],
            ["warehouse_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )

    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("full", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("own_box", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ships_in_own_box", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.drop_column("own_box")
        batch_op.drop_column("full")

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("ships_in_own_box")

    with op.batch_alter_table("print_jobs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_print_jobs_slip_of_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_print_jobs_warehouse_id_slip_of_id"))
        batch_op.drop_column("slip_of_id")

    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_warehouses_slips"), type_="check")
        batch_op.drop_column("slips")
