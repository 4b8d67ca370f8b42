"""Stations have scales; what their readings say of boxes and products is kept, and boxes are counted again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_EXCEPTIONS = "'short', 'mismatch', 'label', 'print', 'channel', 'unknown barcode', 'wave', 'help', 'skip'"
_JOBS = "'buy label', 'void label', 'print', 'keep wave'"


def _allow(table: str, kinds: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_kind"), f"kind IN ({kinds})")


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["warehouse_id", column],
        [f"{target}.warehouse_id", f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )


def upgrade() -> None:
    _allow("exceptions", f"{_EXCEPTIONS}, 'scale'")
    _allow("jobs", f"{_JOBS}, 'weigh'")
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scale", sa.String(length=200), server_default="", nullable=False))

    op.create_table(
        "weighings",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("station_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("fault_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault_told", sa.Boolean(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'strange', 'empty', 'own', 'taken')", name=op.f("ck_weighings_state")),
        _refers("weighings", "station_id", "stations"),
        _refers("weighings", "package_id", "packages"),
        _refers("weighings", "session_id", "worker_sessions"),
        sa.PrimaryKeyConstraint("warehouse_id", "station_id", name=op.f("pk_weighings")),
    )
    op.create_table(
        "weight_samples",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_mg", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers("weight_samples", "product_id", "products"),
        _refers("weight_samples", "package_id", "packages"),
        sa.PrimaryKeyConstraint("warehouse_id", "product_id", "package_id", name=op.f("pk_weight_samples")),
    )
    with op.batch_alter_table("weight_samples", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_weight_samples_warehouse_id_product_id_at"),
            ["warehouse_id", "product_id", "at"],
            unique=False,
        )
    op.create_table(
        "learned_weights",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_mg", sa.BigInteger(), nullable=False),
        sa.Column("spread_mg", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.BigInteger(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit_mg > 0 AND spread_mg >= 0 AND samples > 0", name=op.f("ck_learned_weights_learned")),
        _refers("learned_weights", "product_id", "products"),
        sa.PrimaryKeyConstraint("warehouse_id", "product_id", name=op.f("pk_learned_weights")),
    )
    op.create_table(
        "recounts",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_recounts_counted")),
        _refers("recounts", "package_id", "packages"),
        _refers("recounts", "product_id", "products"),
        sa.PrimaryKeyConstraint("warehouse_id", "package_id", "product_id", name=op.f("pk_recounts")),
    )


def downgrade() -> None:
    for table in ("recounts", "learned_weights", "weight_samples", "weighings"):
        op.drop_table(table)
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.drop_column("scale")
    # The kinds below are not known further down.
    op.execute("DELETE FROM jobs WHERE kind = 'weigh'")
    op.execute("DELETE FROM exceptions WHERE kind = 'scale'")
    _allow("jobs", _JOBS)
    _allow("exceptions", _EXCEPTIONS)
