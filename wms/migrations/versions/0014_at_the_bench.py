"""Packing slips, boxes that are full before their order is, and products that ship in their own, inserts and gift notes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INSERTS_FOR = "'all', 'gift', 'channel', 'carrier', 'product'"
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
        batch_op.add_column(sa.Column("caught", sa.String(length=80), server_default="", nullable=False))

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ships_in_own_box", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gift_note", sa.Text(), server_default="", nullable=False))

    op.create_table(
        "inserts",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("applies", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.CheckConstraint(f"applies IN ({_INSERTS_FOR})", name=op.f("ck_inserts_applies")),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_inserts")),
        sa.UniqueConstraint("warehouse_id", "name", name=op.f("uq_inserts_warehouse_id_name")),
    )
    op.create_table(
        "order_inserts",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=True),
        sa.Column("worker_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["warehouse_id", "order_id"],
            ["orders.warehouse_id", "orders.id"],
            name=op.f("fk_order_inserts_order_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id", "package_id"],
            ["packages.warehouse_id", "packages.id"],
            name=op.f("fk_order_inserts_package_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_order_inserts")),
        sa.UniqueConstraint(
            "warehouse_id", "order_id", "name", name=op.f("uq_order_inserts_warehouse_id_order_id_name")
        ),
    )
    with op.batch_alter_table("order_inserts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_inserts_warehouse_id_package_id"), ["warehouse_id", "package_id"])


def downgrade() -> None:
    op.drop_table("order_inserts")
    op.drop_table("inserts")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_column("gift_note")

    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.drop_column("caught")
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
