"""Goods known to customs and as hazards, and addresses checked with the carrier."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_JOBS = "'buy label', 'void label', 'print', 'keep wave', 'weigh', 'read tracking', 'track', 'make manifest'"
_EXCEPTIONS = "'short', 'mismatch', 'label', 'print', 'channel', 'unknown barcode', 'wave', 'help', 'skip', 'scale'"


def _allow(table: str, kinds: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow("jobs", f"{_JOBS}, 'check address'")
    _allow("exceptions", f"{_EXCEPTIONS}, 'customs', 'address'")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hs_code", sa.String(length=12), server_default="", nullable=False))
        batch_op.add_column(sa.Column("origin_country", sa.String(length=2), server_default="", nullable=False))
        batch_op.add_column(sa.Column("is_hazardous", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("addresses", sa.String(length=24), server_default="never", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_warehouses_addresses"), "addresses IN ('never', 'carrier')")
    op.create_table(
        "address_checks",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["warehouse_id", "order_id"],
            ["orders.warehouse_id", "orders.id"],
            name=op.f("fk_address_checks_order_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_address_checks")),
        sa.UniqueConstraint("warehouse_id", "order_id", name=op.f("uq_address_checks_warehouse_id_order_id")),
    )
    with op.batch_alter_table("address_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_checks_warehouse_id_due_at"), ["warehouse_id", "due_at"])


def downgrade() -> None:
    op.drop_table("address_checks")
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_warehouses_addresses"), type_="check")
        batch_op.drop_column("addresses")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("is_hazardous")
        batch_op.drop_column("origin_country")
        batch_op.drop_column("hs_code")
    # The kinds below are not known further down.
    op.execute("DELETE FROM jobs WHERE kind = 'check address'")
    op.execute("DELETE FROM exceptions WHERE kind IN ('customs', 'address')")
    _allow("jobs", _JOBS)
    _allow("exceptions", _EXCEPTIONS)
