"""Calls for help with their answers, and skips that are asked for a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = "'short', 'mismatch', 'label', 'print', 'channel', 'unknown barcode', 'wave'"


def _allow_kinds(kinds: str) -> None:
    with op.batch_alter_table("exceptions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_exceptions_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_exceptions_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow_kinds(f"{_KINDS}, 'help', 'skip'")
    with op.batch_alter_table("exceptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("worker_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("call_id", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("pick_tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skip_asked", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("pick_tasks", schema=None) as batch_op:
        batch_op.drop_column("skip_asked")

    with op.batch_alter_table("worker_sessions", schema=None) as batch_op:
        batch_op.drop_column("call_id")

    with op.batch_alter_table("exceptions", schema=None) as batch_op:
        batch_op.drop_column("heard_at")
        batch_op.drop_column("answer")
    # The kinds below are not known further down.
    op.execute("DELETE FROM exceptions WHERE kind IN ('help', 'skip')")
    _allow_kinds(_KINDS)
