"""Red totes that take wrong units at packing, the screen a station is open on, tracking numbers as they are compared."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("totes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_red", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wrong_unit", sa.String(length=80), server_default="", nullable=False))
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_stations_device_id"),
            "devices",
            ["warehouse_id", "device_id"],
            ["warehouse_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )
    op.execute("UPDATE labels SET tracking_number = upper(replace(tracking_number, ' ', ''))")


def downgrade() -> None:
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_stations_device_id"), type_="foreignkey")
        batch_op.drop_column("device_id")
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.drop_column("wrong_unit")
    with op.batch_alter_table("totes", schema=None) as batch_op:
        batch_op.drop_column("is_red")
