"""Batches and pick tasks: what one picker takes on one walk with one cart, line by line."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, InWarehouse, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle


class BatchStatus(StrEnum):
    """Where a batch stands."""

    WAITING = "waiting"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


_B = BatchStatus
# CANCELLED is for a wave taken back before its first scan, and for a batch whose orders were all cancelled.
BATCH_LIFECYCLE = Lifecycle(
    "batch",
    {
        _B.WAITING: {_B.STARTED, _B.CANCELLED},
        _B.STARTED: {_B.DONE, _B.WAITING, _B.CANCELLED},
        _B.DONE: set(),
        _B.CANCELLED: set(),
    },
)


class Method(StrEnum):
    """How an order's units are told from the others of its walk.

    By a tote of its own; or only after the walk, from a tote that several share: at a put wall, where each order gets
    a place, or when it is packed, if it is of one unit.
    """

    CLUSTER = "cluster"
    PUT_WALL = "put wall"
    SINGLE_UNIT = "single unit"

    @property
    def shares(self) -> bool:
        """Whether orders share a tote."""
        return self is not Method.CLUSTER


class Proof(StrEnum):
    """How a location, a product or a tote was proved."""

    NONE = ""
    LABEL = "label"
    TYPED = "typed"
    CHECK_STRING = "check string"
    BY_ITEM = "by item"
    BARCODE = "barcode"
    CASE = "case"
    GS1 = "gs1"
    SKU = "sku"
    SLOT = "slot"
    SAME_TOTE = "same tote"
    ONE_TOTE = "one tote"


class TaskStatus(StrEnum):
    """Where a pick task stands."""

    OPEN = "open"
    PICKED = "picked"
    SHORT = "short"
    CANCELLED = "cancelled"


_T = TaskStatus
TASK_LIFECYCLE = Lifecycle(
    "pick task",
    {
        _T.OPEN: {_T.PICKED, _T.SHORT, _T.CANCELLED},
        _T.PICKED: {_T.OPEN},
        _T.SHORT: {_T.OPEN},
        _T.CANCELLED: set(),
    },
)


@dataclass(frozen=True, kw_only=True)
class BatchMoved(Event):
    """A batch went from one status, worker or device to another."""

    batch: str
    then: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ToteBound(Event):
    """A tote was bound to a slot of the cart for an order."""

    batch: str
    tote: str
    slot: int


@dataclass(frozen=True, kw_only=True)
class ToteUnbound(Event):
    """A tote was taken off the cart again before the walk began."""

    batch: str
    tote: str
    slot: int


@dataclass(frozen=True, kw_only=True)
class ToteFilled(Event):
    """A tote was full: the order goes on in another one."""

    batch: str
    tote: str
    slot: int


@dataclass(frozen=True, kw_only=True)
class LocationReached(Event):
    """The right location was scanned."""

    task_id: int
    location: str


@dataclass(frozen=True, kw_only=True)
class ItemPicked(Event):
    """An item was scanned into the picker's hands: `quantity` units at once (a case counts several)."""

    task_id: int
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class UnitsPut(Event):
    """The units in hand went into the order's tote: these are the picked units."""

    task_id: int
    sku: str
    quantity: int
    tote: str
    location: str


@dataclass(frozen=True, kw_only=True)
class LotChanged(Event):
    """The picker took another open lot than the one set aside."""

    task_id: int
    sku: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class TaskShorted(Event):
    """Less was found than asked."""

    task_id: int
    sku: str
    location: str
    asked: int
    found: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class TaskSkipped(Event):
    """A line was put to the end of the walk, for the n-th time; the reason is asked from the second time on."""

    task_id: int
    times: int = 1
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class LocationLookedAt(Event):
    """The picker said whether a location that the books have as empty is so."""

    location: str
    is_empty: bool


@dataclass(frozen=True, kw_only=True)
class TotesDropped(Event):
    """Totes were put down in a lane."""

    batch: str
    lane: str
    totes: int


class Batch(Row, Base, kw_only=True):
    """One walk. `name` is what people read ('W31-2'); times and metres are the plan's."""

    __tablename__ = "batches"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "name"),
        Index(None, "warehouse_id", "status"),
        Index(None, "warehouse_id", "wave_id"),
        Index(
            "uq_batches_cart_started",
            "warehouse_id",
            "cart_id",
            unique=True,
            sqlite_where=text("status = 'started'"),
            postgresql_where=text("status = 'started'"),
        ),
        one_of("status", BatchStatus),
        one_of("location_proof", Proof),
        refers("wave_id", "waves"),
        refers("cart_id", "carts"),
        refers("worker_id", "workers"),
    )

    name: Mapped[str] = mapped_column(String(24))
    wave_id: Mapped[int]
    cutoff_at: Mapped[dt.datetime]
    status: Mapped[BatchStatus] = mapped_column(EnumText(BatchStatus), default=BatchStatus.WAITING)
    position: Mapped[int] = mapped_column(default=0)
    metres: Mapped[float] = mapped_column(default=0.0)
    work_s: Mapped[float] = mapped_column(default=0.0)
    # A waiting walk has a cart where it was given back half done: its totes stand on it.
    cart_id: Mapped[int | None] = mapped_column(default=None)
    worker_id: Mapped[int | None] = mapped_column(default=None)
    device: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    # The location the picker stands at, as last proved by a scan, and how it was proved.
    location_id: Mapped[int | None] = mapped_column(default=None)
    location_proof: Mapped[Proof] = mapped_column(EnumText(Proof), default=Proof.NONE)
    # The tote that was scanned last while standing there.
    put_tote_id: Mapped[int | None] = mapped_column(default=None)
    # The location about which the picker is asked whether it is empty, as the books say.
    asked_empty_id: Mapped[int | None] = mapped_column(default=None)
    # The tote that goes down by itself at the next lane; None where all that are due go down together.
    drop_tote_id: Mapped[int | None] = mapped_column(default=None)

    def _move_to(self, then: BatchStatus, reason: str = "") -> BatchMoved:
        self.status = BATCH_LIFECYCLE.check(self.status, then)
        return BatchMoved(batch=self.name, then=then, reason=reason)

    def start(self, *, cart_id: int, worker_id: int, device: str, at: dt.datetime) -> BatchMoved:
        """Give the walk to a worker with a cart on a device."""
        event = self._move_to(BatchStatus.STARTED)
        self.cart_id, self.worker_id, self.device = cart_id, worker_id, device
        self.started_at = self.started_at or at
        return event

    def take_over(self, *, worker_id: int, device: str) -> BatchMoved:
        """Move a started walk to another worker or device; the other one sees that it has moved."""
        self.worker_id, self.device = worker_id, device
        return BatchMoved(batch=self.name, then="taken over")

    def hand_back(self, reason: str = "", *, keep_cart: bool = False) -> BatchMoved:
        """Put a started walk back into the queue; one with totes on its cart keeps it: no other cart gets that walk."""
        event = self._move_to(BatchStatus.WAITING, reason)
        self.worker_id = self.location_id = self.put_tote_id = self.drop_tote_id = None
        self.device, self.location_proof = "", Proof.NONE
        if not keep_cart:  # what was asked about a location waits there for whoever goes on
            self.cart_id = self.asked_empty_id = None
        return event

    def finish(self, at: dt.datetime) -> BatchMoved:
        """End the walk: every tote is in a lane."""
        self.done_at = at
        return self._move_to(BatchStatus.DONE)

    def cancel(self, reason: str) -> BatchMoved:
        """Take the walk out of the queue for good."""
        return self._move_to(BatchStatus.CANCELLED, reason)


class BatchOrder(InWarehouse, Base, kw_only=True):
    """An order's place in a batch: its slot on the cart, and its tote once one is bound (before it: `FullTote`).

    Orders whose method shares totes have one slot and one tote together; such a tote is no single order's. `is_part`:
    the walk was split, and the order's other lines are on other walks.
    """

    __tablename__ = "batch_orders"
    __table_args__ = (
        Index(
            "uq_batch_orders_own_slot",
            "warehouse_id",
            "batch_id",
            "slot",
            unique=True,
            sqlite_where=text("method = 'cluster'"),
            postgresql_where=text("method = 'cluster'"),
        ),
        Index(None, "warehouse_id", "order_id"),
        Index(None, "warehouse_id", "tote_id"),
        one_of("method", Method),
        refers("batch_id", "batches"),
        refers("order_id", "orders"),
        refers("tote_id", "totes"),
    )

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int]
    method: Mapped[Method] = mapped_column(EnumText(Method), default=Method.CLUSTER)
    is_part: Mapped[bool] = mapped_column(default=False)
    tote_id: Mapped[int | None] = mapped_column(default=None)
    dropped_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class FullTote(InWarehouse, Base, kw_only=True):
    """A tote of an order that was full before the walk's end: the order goes on in another, and both reach packing."""

    __tablename__ = "full_totes"
    __table_args__ = (refers("batch_id", "batches"), refers("order_id", "orders"), refers("tote_id", "totes"))

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tote_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int]


class PickTask(Row, Base, kw_only=True):
    """Take `quantity` of a product from a location for an order. `in_hand` is scanned, `picked` is in the tote."""

    __tablename__ = "pick_tasks"
    __table_args__ = (
        Index(None, "warehouse_id", "batch_id", "sequence"),
        Index(None, "warehouse_id", "order_id"),
        CheckConstraint("quantity > 0 AND in_hand >= 0 AND picked >= 0", name="quantity"),
        CheckConstraint("picked + in_hand <= quantity", name="never_over"),
        one_of("status", TaskStatus),
        refers("batch_id", "batches"),
        refers("order_id", "orders"),
        refers("line_id", "order_lines"),
        refers("allocation_id", "allocations"),
        refers("product_id", "products"),
        refers("location_id", "locations"),
    )

    batch_id: Mapped[int]
    order_id: Mapped[int]
    line_id: Mapped[int]
    allocation_id: Mapped[int]
    product_id: Mapped[int]
    location_id: Mapped[int]
    quantity: Mapped[int]
    sequence: Mapped[int]
    lot: Mapped[str] = mapped_column(String(40), default="")
    serial: Mapped[str] = mapped_column(String(60), default="")
    # Whether a scan has proved that the units in hand are of the lot.
    lot_proved: Mapped[bool] = mapped_column(default=False)
    status: Mapped[TaskStatus] = mapped_column(EnumText(TaskStatus), default=TaskStatus.OPEN)
    in_hand: Mapped[int] = mapped_column(default=0)
    picked: Mapped[int] = mapped_column(default=0)
    skips: Mapped[int] = mapped_column(default=0)
    # Whether the picker was asked why the line is skipped again, and has not said it yet.
    skip_asked: Mapped[bool] = mapped_column(default=False)
    # Less is there than asked: how many the picker found (None: nothing missed), why, and whether the shelf's own
    # scan has confirmed it yet.
    found: Mapped[int | None] = mapped_column(default=None)
    short_reason: Mapped[str] = mapped_column(String(24), default="")
    short_confirmed: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    @property
    def is_begun(self) -> bool:
        """Units of it are in hand, or something is being said of it."""
        return self.in_hand > 0 or self.skip_asked or (self.found is not None and not self.short_confirmed)

    def forget_short(self) -> None:
        """Take back that units are missing."""
        self.found, self.short_reason, self.short_confirmed = None, "", False

    def move_to(self, then: TaskStatus, at: dt.datetime | None = None) -> None:
        """Change the status; IllegalMoveError where the lifecycle forbids it."""
        self.status = TASK_LIFECYCLE.check(self.status, then)
        self.done_at = at


OF_TASK = and_(
    BatchOrder.warehouse_id == PickTask.warehouse_id,
    BatchOrder.batch_id == PickTask.batch_id,
    BatchOrder.order_id == PickTask.order_id,
)
"""Joins a pick task to the row of its order on its walk."""
