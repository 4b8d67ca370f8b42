"""Labels given back are followed until their money has come; what was given back before is taken up too."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_JOBS = (
    "'buy label', 'void label', 'print', 'keep wave', 'weigh', 'read tracking', 'track', 'make manifest', "
    "'check address'"
)
# A label bears its id alone, so its refund, and the first one's job, may go by it.
_TAKE_UP = """
INSERT INTO refunds (warehouse_id, id, label_id, external_id, refund_id, asked_at, due_at, status, reason, ended_at)
SELECT warehouse_id, id, id, external_id, '', COALESCE(bought_at, wanted_at), COALESCE(bought_at, wanted_at),
    'pending', '', NULL
FROM labels WHERE status = 'voided' AND charged AND external_id <> '' AND NOT EXISTS (
    SELECT 1 FROM labels AS other WHERE other.warehouse_id = labels.warehouse_id AND other.id < labels.id
    AND other.external_id = labels.external_id AND other.status = 'voided' AND other.charged)
"""
_HAVE_THEM_ASKED = """
INSERT INTO jobs (warehouse_id, id, kind, key, payload, lane, asked_at, due_at, status, attempt, owner, leased_until,
    error, ended_at)
SELECT warehouse_id, MIN(id), 'follow refunds', 'follow-refunds', '{}', '', MIN(asked_at), MIN(due_at), 'open', 0, '',
    NULL, '', NULL
FROM refunds GROUP BY warehouse_id
"""


def _allow_jobs(kinds: str) -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_jobs_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_jobs_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow_jobs(f"{_JOBS}, 'follow refunds'")
    op.create_table(
        "refunds",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("label_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(length=80), nullable=False),
        sa.Column("refund_id", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('pending', 'refunded', 'rejected')", name=op.f("ck_refunds_status")),
        sa.ForeignKeyConstraint(
            ["warehouse_id", "label_id"],
            ["labels.warehouse_id", "labels.id"],
            name=op.f("fk_refunds_label_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("warehouse_id", "external_id", name=op.f("uq_refunds_warehouse_id_external_id")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_warehouse_id_due_at"), ["warehouse_id", "due_at"])
        batch_op.create_index(batch_op.f("ix_refunds_warehouse_id_label_id"), ["warehouse_id", "label_id"])
    op.execute(_TAKE_UP)
    op.execute(_HAVE_THEM_ASKED)


def downgrade() -> None:
    op.drop_table("refunds")
    op.execute("DELETE FROM jobs WHERE kind = 'follow refunds'")
    _allow_jobs(_JOBS)
