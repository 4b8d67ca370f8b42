"""Scans that broke the program stand in the inbox under a kind of their own, no longer as unknown barcodes."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KINDS = (
    "'short', 'mismatch', 'label', 'print', 'channel', 'unknown barcode', 'wave', 'help', 'skip', 'scale', 'customs',"
    " 'address'"
)


def _allow_kinds(kinds: str) -> None:
    with op.batch_alter_table("exceptions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_exceptions_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_exceptions_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow_kinds(f"{_KINDS}, 'program fault'")
    # A product without a barcode, the other thing told under that kind, is named by its row; a broken scan names none.
    op.execute(
        "UPDATE exceptions SET kind = 'program fault' WHERE kind = 'unknown barcode'"
        " AND subject_id IS NULL AND text LIKE '% scanned % in the program. %'"
    )


def downgrade() -> None:
    op.execute("UPDATE exceptions SET kind = 'unknown barcode' WHERE kind = 'program fault'")
    _allow_kinds(_KINDS)
