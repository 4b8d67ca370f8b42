"""After the dock: what carriers say of boxes on their way, manifests, and labels for the way back."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_JOBS = "'buy label', 'void label', 'print', 'keep wave', 'weigh'"
_STATUSES = "'unknown', 'announced', 'in transit', 'failed', 'returned', 'delivered'"
_MOMENTS = ("promised_at", "tracked_at", "delivered_at", "track_due_at")


def _allow_jobs(kinds: str) -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_jobs_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_jobs_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow_jobs(f"{_JOBS}, 'read tracking', 'track', 'make manifest'")
    _create_manifests()
    with op.batch_alter_table("labels", schema=None) as batch_op:
        for name in _MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("track_status", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("manifest_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("return_of_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("way", sa.String(length=24), server_default="out", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_labels_way"), "way IN ('out', 'return')")
        batch_op.create_foreign_key(
            batch_op.f("fk_labels_return_of_id"),
            "labels",
            ["warehouse_id", "return_of_id"],
            ["warehouse_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_labels_manifest_id"),
            "manifests",
            ["warehouse_id", "manifest_id"],
            ["warehouse_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )
        batch_op.create_index(
            batch_op.f("ix_labels_warehouse_id_manifest_id"), ["warehouse_id", "manifest_id"], unique=False
        )
        batch_op.create_check_constraint(batch_op.f("ck_labels_track_status"), f"track_status IN ({_STATUSES})")
        batch_op.create_index(
            batch_op.f("ix_labels_warehouse_id_track_due_at"), ["warehouse_id", "track_due_at"], unique=False
        )
    _let_stand(["warehouse_id", "package_id", "way"])
    _create_tracking()


def _let_stand(columns: list[str]) -> None:
    """Let one label stand for each value of the columns."""
    standing = sa.text("status NOT IN ('refused', 'voided')")
    op.drop_index("uq_labels_standing", table_name="labels")
    op.create_index(
        "uq_labels_standing", "labels", columns, unique=True, sqlite_where=standing, postgresql_where=standing
    )


def _create_manifests() -> None:
    op.create_table(
        "manifests",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("carrier", sa.String(length=24), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("boxes", sa.BigInteger(), nullable=False),
        sa.Column("prepared", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("external_id", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('wanted', 'sending', 'unsettled', 'making', 'made', 'refused')",
            name=op.f("ck_manifests_status"),
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_manifests")),
    )
    op.create_index(op.f("ix_manifests_warehouse_id_asked_at"), "manifests", ["warehouse_id", "asked_at"])
    op.create_table(
        "manifest_documents",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("manifest_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        _refers("manifest_documents", "manifest_id", "manifests"),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_manifest_documents")),
    )
    op.create_index(
        op.f("ix_manifest_documents_warehouse_id_manifest_id"), "manifest_documents", ["warehouse_id", "manifest_id"]
    )


def _create_tracking() -> None:
    op.create_table(
        "tracking_messages",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("carrier", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.CheckConstraint("source IN ('hook', 'poll')", name=op.f("ck_tracking_messages_source")),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_tracking_messages")),
        sa.UniqueConstraint("warehouse_id", "digest", name=op.f("uq_tracking_messages_warehouse_id_digest")),
    )
    op.create_table(
        "tracking_events",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("label_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("details", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"status IN ({_STATUSES})", name=op.f("ck_tracking_events_status")),
        _refers("tracking_events", "label_id", "labels"),
        _refers("tracking_events", "message_id", "tracking_messages"),
        sa.PrimaryKeyConstraint("warehouse_id", "id", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint(
            "warehouse_id", "label_id", "at", "status", "details", "place", name="uq_tracking_events_said"
        ),
    )
    with op.batch_alter_table("tracking_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tracking_events_warehouse_id_label_id_at"), ["warehouse_id", "label_id", "at"], unique=False
        )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["warehouse_id", column],
        [f"{to}.warehouse_id", f"{to}.id"],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )


def downgrade() -> None:
    op.drop_table("tracking_events")
    op.execute("DELETE FROM print_jobs WHERE label_id IN (SELECT id FROM labels WHERE way = 'return')")
    op.execute("DELETE FROM labels WHERE way = 'return'")
    _let_stand(["warehouse_id", "package_id"])
    op.drop_table("tracking_messages")
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_labels_warehouse_id_track_due_at"))
        batch_op.drop_constraint(batch_op.f("ck_labels_track_status"), type_="check")
        batch_op.drop_index(batch_op.f("ix_labels_warehouse_id_manifest_id"))
        batch_op.drop_constraint(batch_op.f("fk_labels_manifest_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_labels_return_of_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_labels_way"), type_="check")
        for name in ("track_status", "manifest_id", "return_of_id", "way", *_MOMENTS):
            batch_op.drop_column(name)
    op.drop_table("manifest_documents")
    op.drop_table("manifests")
    op.execute("DELETE FROM jobs WHERE kind IN ('read tracking', 'track', 'make manifest')")
    _allow_jobs(_JOBS)
