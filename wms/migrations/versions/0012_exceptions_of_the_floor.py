"""Exceptions worked through on the floor: products sent instead of a missing one, broken totes, wrong items."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STEPS = "'location', 'units', 'lot', 'serial', 'tote', 'said', 'short', 'skip', 'full'"


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["warehouse_id", column],
        [f"{to}.warehouse_id", f"{to}.id"],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _allow_steps(kinds: str) -> None:
    with op.batch_alter_table("pick_steps", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_pick_steps_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_pick_steps_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow_steps(f"{_STEPS}, 'wrong'")
    op.create_table(
        "product_substitutes",
        _id("warehouse_id"),
        _id("id"),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("product_id <> substitute_id", name=op.f("ck_product_substitutes_another")),
        _refers("product_substitutes", "product_id", "products"),
        _refers("product_substitutes", "substitute_id", "products"),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_product_substitutes")),
        sa.UniqueConstraint(
            "warehouse_id",
            "product_id",
            "substitute_id",
            name=op.f("uq_product_substitutes_warehouse_id_product_id_substitute_id"),
        ),
    )
    op.create_table(
        "errands",
        _id("warehouse_id"),
        _id("worker_id"),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("tote_id", sa.BigInteger(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('broken tote', 'wrong item')", name=op.f("ck_errands_kind")),
        _refers("errands", "worker_id", "workers"),
        _refers("errands", "batch_id", "batches"),
        _refers("errands", "tote_id", "totes"),
        _refers("errands", "product_id", "products"),
        _refers("errands", "task_id", "pick_tasks"),
        sa.PrimaryKeyConstraint("warehouse_id", "worker_id", "device", name=op.f("pk_errands")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepts_substitutes", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_order_lines_replaces_id"),
            "order_lines",
            ["warehouse_id", "replaces_id"],
            ["warehouse_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )


def downgrade() -> None:
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_order_lines_replaces_id"), type_="foreignkey")
        batch_op.drop_column("replaces_id")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_column("accepts_substitutes")

    op.drop_table("errands")
    op.drop_table("product_substitutes")
    # Further down nothing keeps a line opened again from being closed by UNDO of what was done before it.
    op.execute(
        "DELETE FROM pick_steps WHERE (warehouse_id, batch_id) IN"
        " (SELECT warehouse_id, batch_id FROM pick_steps WHERE kind = 'wrong')"
    )
    _allow_steps(_STEPS)
