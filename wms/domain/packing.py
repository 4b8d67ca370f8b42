"""Packages: a box that is filled unit by unit, weighed, labelled and sealed by its own label's scan."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, InWarehouse, Row, one_of, refers
from wms.domain.errors import DomainError
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle
from wms.domain.saying import say_some


class PackageStatus(StrEnum):
    """Where a package stands. CANCELLED: opened for an order that was cancelled before it was sealed."""

    OPEN = "open"
    SEALED = "sealed"
    HANDED_OVER = "handed over"
    CANCELLED = "cancelled"


_S = PackageStatus
PACKAGE_LIFECYCLE = Lifecycle(
    "package",
    {
        _S.OPEN: {_S.SEALED, _S.CANCELLED},
        _S.SEALED: {_S.HANDED_OVER, _S.OPEN},
        _S.HANDED_OVER: set(),
        _S.CANCELLED: set(),
    },
)


class NotAllScannedError(DomainError):
    """A label was asked for a package whose units are not all scanned: refused whatever is posted."""

    def __init__(self, *, missing: int) -> None:
        super().__init__(
            say_some("{n} unit is not scanned. Scan it first", "{n} units are not scanned. Scan them first", missing)
        )
        self.missing = missing


@dataclass(frozen=True, kw_only=True)
class PackingStarted(Event):
    """A packer opened an order's package at a station."""

    package: str
    station: str


@dataclass(frozen=True, kw_only=True)
class UnitPacked(Event):
    """A unit was scanned at the packing station and put in the box; `serial` is what its code said, '' for nothing."""

    package: str
    sku: str
    quantity: int
    serial: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitTakenOut(Event):
    """A unit packed by mistake was taken out of the box again."""

    package: str
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class BoxFilled(Event):
    """A box takes no more although its order has more: the rest goes into other boxes."""

    package: str
    units: int


@dataclass(frozen=True, kw_only=True)
class BoxReopened(Event):
    """A box that was said to be full takes units again."""

    package: str


FOREIGN, EXTRA, WRONG_LOT, WRONG_SERIAL = "foreign", "extra", "wrong lot", "wrong serial"
# A cause said that lies in no pick: the goods were labelled wrong before they came.
LABEL_WAS_WRONG = "wrong label on item"


@dataclass(frozen=True, kw_only=True)
class WrongUnitCaught(Event):
    """A unit that does not belong to the order was found while packing: a pick error that did not leave the house.

    `cause` is foreign (not in this order), extra (more than ordered), wrong lot or wrong serial (one that was not
    picked for it); `sku` is '' for a barcode nobody knows.
    """

    package: str
    sku: str
    cause: str
    code: str


@dataclass(frozen=True, kw_only=True)
class WrongUnitPutAside(Event):
    """A wrong unit went into a red tote; `tote` is '' where the lead let the packing go on without."""

    package: str
    sku: str
    code: str
    tote: str


@dataclass(frozen=True, kw_only=True)
class CauseSaid(Event):
    """The packer said why a wrong unit was there; it is charged to the pick `task_id`, None where none caused it."""

    package: str
    sku: str
    code: str
    cause: str
    picker: str
    location: str
    task_id: int | None


@dataclass(frozen=True, kw_only=True)
class UnitDamaged(Event):
    """A unit found damaged while packing went to the hospital (`place`) or was scrapped."""

    package: str
    sku: str
    quantity: int
    place: str


@dataclass(frozen=True, kw_only=True)
class PackageWeighed(Event):
    """The package's weight was taken (`weighed`) or computed from its contents."""

    package: str
    weight_g: int
    expected_g: int
    weighed: bool


@dataclass(frozen=True, kw_only=True)
class PackageMoved(Event):
    """A package went from one status to another."""

    package: str
    now: str
    then: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class BoxTaken(Event):
    """A sealed box was scanned to be put into the carrier's dock."""

    package: str
    package_id: int


@dataclass(frozen=True, kw_only=True)
class BoxPutDown(Event):
    """The box scanned last is no longer in hand: it is in the dock, or was put down again."""

    package: str
    dock: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderShipped(Event):
    """The carrier has all boxes of an order. `cycle_s` counts from its receipt, `wave` is 0 for none."""

    number: str
    carrier: str
    wave: int
    boxes: int
    cycle_s: int


class Package(Row, Base, kw_only=True):
    """A box: a place. `barcode` is our own `P` code; `weight_g` is 0 until it is weighed or computed.

    `caught` is the code of a wrong unit whose cause nobody has said yet, `wrong_unit` of one not yet in a red tote.
    `full`: nothing more goes in although its order has more. `own_box`: one unit that ships as it is, in no carton.
    """

    __tablename__ = "packages"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "barcode"),
        UniqueConstraint("warehouse_id", "order_id", "number"),
        Index(None, "warehouse_id", "status"),
        Index(None, "warehouse_id", "station_id", "status"),
        one_of("status", PackageStatus),
        refers("id", "places"),
        refers("order_id", "orders"),
        refers("station_id", "stations"),
        refers("carton_type_id", "carton_types"),
    )

    barcode: Mapped[str] = mapped_column(String(16))
    order_id: Mapped[int]
    number: Mapped[int]
    station_id: Mapped[int]
    opened_at: Mapped[dt.datetime]
    worker_id: Mapped[int | None]
    carton_type_id: Mapped[int | None] = mapped_column(default=None)
    status: Mapped[PackageStatus] = mapped_column(EnumText(PackageStatus), default=PackageStatus.OPEN)
    full: Mapped[bool] = mapped_column(default=False)
    own_box: Mapped[bool] = mapped_column(default=False)
    caught: Mapped[str] = mapped_column(String(80), default="")
    wrong_unit: Mapped[str] = mapped_column(String(80), default="", server_default="")
    weight_g: Mapped[int] = mapped_column(default=0)
    weighed: Mapped[bool] = mapped_column(default=False)
    sealed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    handed_over_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def move_to(self, then: PackageStatus, reason: str = "") -> PackageMoved:
        """Change the status; IllegalMoveError where the lifecycle forbids it."""
        event = PackageMoved(order_id=self.order_id, package=self.barcode, now=self.status, then=then, reason=reason)
        self.status = PACKAGE_LIFECYCLE.check(self.status, then)
        return event


class PackageLine(InWarehouse, Base, kw_only=True):
    """How many units of an order line were scanned into a package."""

    __tablename__ = "package_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        refers("package_id", "packages"),
        refers("line_id", "order_lines"),
        refers("product_id", "products"),
    )

    package_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    serial: Mapped[str] = mapped_column(String(60), primary_key=True, default="")
    product_id: Mapped[int]
    quantity: Mapped[int]
