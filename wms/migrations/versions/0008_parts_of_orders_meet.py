"""Walks are split by zone: parts of an order meet in a consolidation lane."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KINDS = "'pick', 'reserve', 'lane', 'hold', 'dock', 'hospital', 'depot'"


def _allow(kinds: str) -> None:
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_locations_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_locations_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow(_KINDS.replace("'hold'", "'hold', 'consolidation'"))
    with op.batch_alter_table("batch_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_part", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("batch_orders", schema=None) as batch_op:
        batch_op.drop_column("is_part")
    op.execute("UPDATE locations SET kind = 'lane' WHERE kind = 'consolidation'")
    _allow(_KINDS)
