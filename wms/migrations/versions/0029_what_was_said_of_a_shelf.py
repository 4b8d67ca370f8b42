"""What a picker said of a shelf that should be empty is a step of its own, which UNDO takes back."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_STEPS = "'location', 'units', 'lot', 'serial', 'tote', 'said', 'short', 'skip', 'full'"


def _allow_steps(kinds: str) -> None:
    with op.batch_alter_table("pick_steps", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_pick_steps_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_pick_steps_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _allow_steps(f"{_STEPS}, 'looked', 'wrong'")


def downgrade() -> None:
    op.execute("DELETE FROM pick_steps WHERE kind = 'looked'")
    _allow_steps(f"{_STEPS}, 'wrong'")
