"""Which serial numbers were seen in a tote that a wrong item came out of: the one that was not is picked again."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.drop_column("seen")
