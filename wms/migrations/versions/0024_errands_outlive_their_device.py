"""An errand is its worker's on whatever device: what was begun on a dead handheld goes on at another one.

Of several that a worker has on several devices, the one of the walk that goes on stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_LEFT = """
DELETE FROM errands WHERE EXISTS (
    SELECT 1 FROM (
        SELECT warehouse_id, worker_id, device, ROW_NUMBER() OVER (
            PARTITION BY warehouse_id, worker_id
            ORDER BY CASE WHEN EXISTS (
                SELECT 1 FROM batches WHERE batches.warehouse_id = one.warehouse_id AND batches.id = one.batch_id
                AND batches.worker_id = one.worker_id AND batches.device = one.device AND batches.status = 'started'
            ) THEN 0 WHEN batch_id IS NULL THEN 1 ELSE 2 END, device
        ) AS rank FROM errands AS one
    ) AS ranked
    WHERE ranked.rank > 1 AND ranked.warehouse_id = errands.warehouse_id
    AND ranked.worker_id = errands.worker_id AND ranked.device = errands.device
)
"""


def upgrade() -> None:
    op.execute(_LEFT)
    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.drop_constraint("pk_errands", type_="primary")
        batch_op.drop_column("device")
        batch_op.create_primary_key(op.f("pk_errands"), ["warehouse_id", "worker_id"])


def downgrade() -> None:
    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device", sa.String(length=40), nullable=False, server_default=""))
        batch_op.drop_constraint("pk_errands", type_="primary")
        batch_op.create_primary_key(op.f("pk_errands"), ["warehouse_id", "worker_id", "device"])
