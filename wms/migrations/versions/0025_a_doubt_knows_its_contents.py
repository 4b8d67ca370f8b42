"""A box that weighed wrong is doubted with what was in it: other contents are weighed anew, the same stay in doubt."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NOW_IN_IT = """
UPDATE recounts SET units = (
    SELECT COALESCE(SUM(quantity), 0) FROM package_lines WHERE package_lines.warehouse_id = recounts.warehouse_id
    AND package_lines.package_id = recounts.package_id AND package_lines.product_id = recounts.product_id
)
"""
# Those of boxes whose weight was taken meanwhile.
_OVER = """
DELETE FROM recounts WHERE EXISTS (
    SELECT 1 FROM packages WHERE packages.warehouse_id = recounts.warehouse_id AND packages.id = recounts.package_id
    AND (packages.status <> 'open' OR packages.weighed)
)
"""


def upgrade() -> None:
    op.execute(_OVER)
    with op.batch_alter_table("recounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("units", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(_NOW_IN_IT)
    with op.batch_alter_table("recounts", schema=None) as batch_op:
        batch_op.alter_column("units", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("recounts", schema=None) as batch_op:
        batch_op.drop_column("units")
