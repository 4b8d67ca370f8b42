"""A serial number is one unit's, and an accepted step knows the scan it came from."""

import sqlalchemy as sa
from alembic import op

from wms.domain.ids import new_id

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OTHERS = "task_id, product_id, at, worker_id, location_proof, product_proof, tote_proof, lot, tote_id, put_at, lost_at"


def _split_off_the_others() -> None:
    """Leave a serial number with one unit of a scan that counted several; the others have none."""
    connection = op.get_bind()
    several = connection.execute(sa.text("SELECT id FROM picked_units WHERE serial <> '' AND quantity > 1"))
    for (row_id,) in several.all():
        others = (
            f"INSERT INTO picked_units (warehouse_id, id, quantity, serial, {_OTHERS}) "  # noqa: S608 - our own words
            f"SELECT warehouse_id, :new, quantity - 1, '', {_OTHERS} FROM picked_units WHERE id = :old"
        )
        _ = connection.execute(sa.text(others), {"old": row_id, "new": new_id()})
        _ = connection.execute(sa.text("UPDATE picked_units SET quantity = 1 WHERE id = :old"), {"old": row_id})
    if connection.dialect.name == "postgresql":
        # It alters no table with rows that it has not checked yet.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")


def upgrade() -> None:
    _split_off_the_others()
    with op.batch_alter_table("picked_units", schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_picked_units_one_serial"), "serial = '' OR quantity = 1")
    with op.batch_alter_table("pick_steps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pick_steps", schema=None) as batch_op:
        batch_op.drop_column("scan")
    with op.batch_alter_table("picked_units", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_picked_units_one_serial"), type_="check")
