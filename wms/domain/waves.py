"""Allocations and waves: stock set aside for lines, and orders released together against a carrier's cutoff."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, InWarehouse, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle


class Allocation(Row, Base, kw_only=True):
    """Stock set aside for an order line in a location. `quantity` is still open: it shrinks as units are picked."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        Index(None, "warehouse_id", "order_id"),
        Index(None, "warehouse_id", "place_id", "product_id"),
        refers("order_id", "orders"),
        refers("line_id", "order_lines"),
        refers("place_id", "locations"),
        refers("product_id", "products"),
    )

    order_id: Mapped[int]
    line_id: Mapped[int]
    place_id: Mapped[int]
    product_id: Mapped[int]
    lot: Mapped[str] = mapped_column(String(40), default="")
    serial: Mapped[str] = mapped_column(String(60), default="")
    quantity: Mapped[int]


class WaveStatus(StrEnum):
    """Where a wave stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    RELEASED = "released"
    PICKING = "picking"
    DONE = "done"
    TAKEN_BACK = "taken back"


_S = WaveStatus
WAVE_LIFECYCLE = Lifecycle(
    "wave",
    {
        # A draft whose planner died gives its orders back.
        _S.DRAFT: {_S.PLANNED, _S.TAKEN_BACK},
        _S.PLANNED: {_S.RELEASED, _S.TAKEN_BACK},
        _S.RELEASED: {_S.PICKING, _S.TAKEN_BACK},
        _S.PICKING: {_S.DONE, _S.TAKEN_BACK},
        _S.DONE: set(),
        _S.TAKEN_BACK: set(),
    },
)


@dataclass(frozen=True, kw_only=True)
class WaveMoved(Event):
    """A wave went from one status to another."""

    wave: int
    now: str
    then: str
    orders: int = 0


class Wave(Row, Base, kw_only=True):
    """Orders released together against one collection. `number` counts up in the warehouse."""

    __tablename__ = "waves"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "number"),
        Index(None, "warehouse_id", "status"),
        one_of("status", WaveStatus),
    )

    number: Mapped[int]
    carrier: Mapped[str] = mapped_column(String(24))
    cutoff_at: Mapped[dt.datetime]
    ship_by_at: Mapped[dt.datetime]
    planned_at: Mapped[dt.datetime]
    status: Mapped[WaveStatus] = mapped_column(EnumText(WaveStatus), default=WaveStatus.DRAFT)
    metres: Mapped[float] = mapped_column(default=0.0)
    metres_one_by_one: Mapped[float] = mapped_column(default=0.0)
    metres_first_come: Mapped[float] = mapped_column(default=0.0)
    # A length that no plan of the wave can beat; None where none is known.
    lower_bound_m: Mapped[float | None] = mapped_column(default=None)
    # Whether orders of one unit share totes, and whether the others do, to be sorted at a put wall.
    shares_singles: Mapped[bool] = mapped_column(default=False)
    sorts_at_wall: Mapped[bool] = mapped_column(default=False)
    late: Mapped[int] = mapped_column(default=0)
    work_s: Mapped[float] = mapped_column(default=0.0)
    released_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    released_by: Mapped[int | None] = mapped_column(default=None)
    # Recalled while it was picked: what is begun is finished, and no order joins it any more.
    recalled_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def move_to(self, then: WaveStatus, orders: int = 0) -> WaveMoved:
        """Change the status; IllegalMoveError where the lifecycle forbids it."""
        event = WaveMoved(wave=self.number, now=self.status, then=then, orders=orders)
        self.status = WAVE_LIFECYCLE.check(self.status, then)
        return event


class WaveOrder(InWarehouse, Base, kw_only=True):
    """An order's membership of a wave, why it is there, and whether it is known to be late.

    The rows go when a wave is taken back.
    """

    __tablename__ = "wave_orders"
    __table_args__ = (
        Index(None, "warehouse_id", "wave_id"),
        refers("wave_id", "waves"),
        refers("order_id", "orders"),
    )

    order_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wave_id: Mapped[int]
    why: Mapped[str] = mapped_column(String(200), default="")
    is_late: Mapped[bool] = mapped_column(default=False)
