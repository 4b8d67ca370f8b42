"""Totes: barcoded containers that carry units from the shelf to the packing station, of one order or of several."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.errors import DomainError
from wms.domain.lifecycle import Lifecycle
from wms.domain.saying import say

# What a tote holds where nobody has said; an order is planned by it while there is no tote at all.
USUAL_TOTE_ML = 30_000


class ToteStatus(StrEnum):
    """Where a tote stands."""

    FREE = "free"
    PICKING = "picking"
    STAGED = "staged"
    PACKING = "packing"
    LOST = "lost"


_S = ToteStatus
TOTE_LIFECYCLE = Lifecycle(
    "tote",
    {
        _S.FREE: {_S.PICKING, _S.LOST},
        _S.PICKING: {_S.STAGED, _S.FREE, _S.LOST},
        _S.STAGED: {_S.PACKING, _S.FREE, _S.LOST},
        _S.PACKING: {_S.FREE, _S.STAGED, _S.LOST},
        _S.LOST: {_S.FREE},
    },
)


class ToteTakenError(DomainError):
    """The tote is in use for another order."""

    def __init__(self, barcode: str) -> None:
        super().__init__(say("{tote} is in use", tote=barcode))
        self.barcode = barcode


class RedToteError(DomainError):
    """The tote takes wrong units at packing, and no order."""

    def __init__(self, barcode: str) -> None:
        super().__init__(say("{tote} is a red tote", tote=barcode))
        self.barcode = barcode


class Tote(Row, Base, kw_only=True):
    """A tote: a place. While it is not free it belongs to one order, or (`order_id` None) several of one walk share it.

    `lane_id` says where it stands when staged. One that `is_red` stands at packing, for wrong units: no order has it.
    """

    @property
    def name(self) -> str:
        """What people call it: a place of a wall by its own name."""
        return self.wall_slot or self.barcode

    __tablename__ = "totes"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "barcode"),
        Index(None, "warehouse_id", "order_id"),
        one_of("status", ToteStatus),
        refers("id", "places"),
        refers("order_id", "orders"),
        refers("lane_id", "locations"),
    )

    barcode: Mapped[str] = mapped_column(String(16))
    # A place of a put wall is a tote that stays where it is: the wall's name, and the place's in it ('W1', 'B4').
    wall: Mapped[str] = mapped_column(String(16), default="")
    wall_slot: Mapped[str] = mapped_column(String(8), default="")
    is_red: Mapped[bool] = mapped_column(default=False, server_default=false())
    volume_ml: Mapped[int] = mapped_column(default=USUAL_TOTE_ML)
    status: Mapped[ToteStatus] = mapped_column(EnumText(ToteStatus), default=ToteStatus.FREE)
    order_id: Mapped[int | None] = mapped_column(default=None)
    lane_id: Mapped[int | None] = mapped_column(default=None)
    staged_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def _move_to(self, then: ToteStatus) -> None:
        self.status = TOTE_LIFECYCLE.check(self.status, then)

    def take(self, order_id: int | None) -> None:
        """Bind a free tote to an order (None: to several) at the start of a pick; ToteTakenError, RedToteError."""
        if self.is_red:
            raise RedToteError(self.barcode)
        if self.status is not ToteStatus.FREE:
            raise ToteTakenError(self.barcode)
        self._move_to(ToteStatus.PICKING)
        self.order_id = order_id

    def stage(self, lane_id: int | None, at: dt.datetime) -> None:
        """Put the tote down in a lane (None: it is a place of a wall)."""
        self._move_to(ToteStatus.STAGED)
        self.lane_id = lane_id
        self.staged_at = at

    def open(self) -> None:
        """Take the tote up at a packing station."""
        self._move_to(ToteStatus.PACKING)

    def free(self) -> None:
        """Give the tote back for use; the caller has seen that it is empty."""
        self._move_to(ToteStatus.FREE)
        self.order_id = None
        self.lane_id = None
        self.staged_at = None

    def lose(self) -> None:
        """Take the tote out of use, broken or not to be found; the caller has seen that nothing is in it."""
        self._move_to(ToteStatus.LOST)
        self.order_id = None
        self.lane_id = None
        self.staged_at = None
