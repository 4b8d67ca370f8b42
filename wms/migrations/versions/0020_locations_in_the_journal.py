"""The journal calls a location a location: two events are named as the rest of the words are."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NAMES = (("ShelfReached", "LocationReached"), ("ShelfLookedAt", "LocationLookedAt"))


def _rename(before: str, after: str) -> None:
    op.execute(
        sa.text("UPDATE journal SET event = :after WHERE event = :before").bindparams(before=before, after=after)
    )


def upgrade() -> None:
    for before, after in _NAMES:
        _rename(before, after)


def downgrade() -> None:
    for before, after in _NAMES:
        _rename(after, before)
