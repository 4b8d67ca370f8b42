"""Orders and their lines: what a customer bought, and the life of it from received to shipped."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle
from wms.domain.people import ShortPolicy


class OrderStatus(StrEnum):
    """Where an order stands."""

    RECEIVED = "received"
    ALLOCATED = "allocated"
    BACKORDERED = "backordered"
    HELD = "held"
    WAVED = "waved"
    PICKING = "picking"
    PICKED = "picked"
    SHORT = "short"
    PACKED = "packed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


_S = OrderStatus
ORDER_LIFECYCLE = Lifecycle(
    "order",
    {
        _S.RECEIVED: {_S.ALLOCATED, _S.BACKORDERED, _S.HELD, _S.CANCELLED},
        _S.ALLOCATED: {_S.WAVED, _S.RECEIVED, _S.HELD, _S.CANCELLED},
        _S.BACKORDERED: {_S.ALLOCATED, _S.HELD, _S.CANCELLED},
        _S.HELD: {_S.RECEIVED, _S.CANCELLED},
        _S.WAVED: {_S.ALLOCATED, _S.PICKING, _S.CANCELLED},
        # Allocated again where its wave is recalled before a unit of it was picked.
        _S.PICKING: {_S.PICKED, _S.SHORT, _S.ALLOCATED, _S.CANCELLED},
        _S.SHORT: {_S.PICKING, _S.PICKED, _S.CANCELLED},
        _S.PICKED: {_S.PACKED, _S.SHORT, _S.CANCELLED},
        _S.PACKED: {_S.SHIPPED, _S.PICKED, _S.CANCELLED},
        _S.SHIPPED: set(),
        _S.CANCELLED: set(),
    },
)
# Where cancelling still means stock in somebody's hands: it makes put-back tasks.
TOUCHED = frozenset({_S.PICKING, _S.PICKED, _S.SHORT, _S.PACKED})
OPEN = frozenset(OrderStatus) - ORDER_LIFECYCLE.ends


@dataclass(frozen=True, kw_only=True)
class OrderReceived(Event):
    """An order came in from a channel."""

    number: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class OrderMoved(Event):
    """An order went from one status to another; `reason` says why where a person decided."""

    number: str
    now: str
    then: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderHeld(Event):
    """A hold was put on an order."""

    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Event):
    """A hold was taken off an order."""

    kind: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Event):
    """The channel changed what an open order wants; `taken` says whether the floor follows it."""

    number: str
    channel: str
    taken: bool


@dataclass(frozen=True, kw_only=True)
class AddressCorrected(Event):
    """The ship-to address was changed; `before` is the old one in one line."""

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PriorityChanged(Event):
    """An order was put before or behind others of its collection."""

    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class ShortDecided(Event):
    """It was said what is to become of a short order, by a person or (`by_default`) by the warehouse's own rule."""

    number: str
    policy: str
    by_default: bool


@dataclass(frozen=True, kw_only=True)
class OrderSplit(Event):
    """A short order goes on as picked; the `units` it lacks are the order `backorder` now."""

    number: str
    backorder: str
    units: int


@dataclass(frozen=True, kw_only=True)
class ProductSubstituted(Event):
    """Units of a line that no shelf has are sent as another product, which the customer accepts."""

    sku: str
    substitute: str
    quantity: int


class Order(Row, Base, kw_only=True):
    """What a customer bought. `external_id` is the channel's identity; money is in minor units of `currency`.

    A backorder is an order of its own: `split_from_id` is the one that the customer placed.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "channel", "external_id"),
        UniqueConstraint("warehouse_id", "barcode"),
        Index(None, "warehouse_id", "status", "cutoff_at"),
        Index(None, "warehouse_id", "number"),
        Index(None, "warehouse_id", "external_id"),
        Index(None, "warehouse_id", "email"),
        Index(None, "warehouse_id", "ship_zip"),
        Index(None, "warehouse_id", "split_from_id"),
        one_of("status", OrderStatus),
        one_of("when_short", ShortPolicy),
        refers("carrier_service_id", "carrier_services"),
        refers("split_from_id", "orders"),
    )

    channel: Mapped[str] = mapped_column(String(24))
    external_id: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(40))
    barcode: Mapped[str] = mapped_column(String(16))
    placed_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime]
    carrier_service_id: Mapped[int | None]
    status: Mapped[OrderStatus] = mapped_column(EnumText(OrderStatus), default=OrderStatus.RECEIVED)
    # The collection promised: its pickup (the calendar's id), latest ready moment and the van's moment.
    pickup_id: Mapped[int | None] = mapped_column(default=None)
    cutoff_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    ship_by_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    shipped_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    priority: Mapped[int] = mapped_column(default=0)
    # Why the order cannot be waved now, as allocation last said it; '' when it can.
    reason: Mapped[str] = mapped_column(String(200), default="")
    shipping_method: Mapped[str] = mapped_column(String(120), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    total_cents: Mapped[int] = mapped_column(default=0)
    email: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # What the customer writes to the one who gets it; an order with such words is a gift.
    gift_note: Mapped[str] = mapped_column(Text, default="")
    ship_name: Mapped[str] = mapped_column(String(200), default="")
    ship_company: Mapped[str] = mapped_column(String(200), default="")
    ship_street1: Mapped[str] = mapped_column(String(200), default="")
    ship_street2: Mapped[str] = mapped_column(String(200), default="")
    ship_city: Mapped[str] = mapped_column(String(120), default="")
    ship_state: Mapped[str] = mapped_column(String(60), default="")
    ship_zip: Mapped[str] = mapped_column(String(20), default="")
    ship_country: Mapped[str] = mapped_column(String(2), default="")
    ship_phone: Mapped[str] = mapped_column(String(40), default="")
    # SHA-256 of what the channel last said of lines and address, so that a changed file is seen.
    digest: Mapped[str] = mapped_column(String(64), default="")
    shipped_elsewhere: Mapped[bool] = mapped_column(Boolean, default=False)
    # What a person said is to become of it while it is short; None: what the warehouse's rule says.
    when_short: Mapped[ShortPolicy | None] = mapped_column(EnumText(ShortPolicy), default=None)
    split_from_id: Mapped[int | None] = mapped_column(default=None)
    # The customer takes a product that the shop allows instead of one that is missing.
    accepts_substitutes: Mapped[bool] = mapped_column(Boolean, default=False)

    @property
    def address_line(self) -> str:
        """The ship-to address in one line."""
        parts = (
            self.ship_name,
            self.ship_company,
            self.ship_street1,
            self.ship_street2,
            self.ship_zip,
            self.ship_city,
            self.ship_state,
            self.ship_country,
        )
        return ", ".join(part for part in parts if part)

    @property
    def address_missing(self) -> tuple[str, ...]:
        """The names of the address parts a carrier cannot do without and that are blank."""
        needed = {
            "name": self.ship_name or self.ship_company,
            "street": self.ship_street1,
            "city": self.ship_city,
            "zip": self.ship_zip,
            "country": self.ship_country,
        }
        return tuple(part for part, value in needed.items() if not value.strip())

    def move_to(self, then: OrderStatus, reason: str = "") -> OrderMoved:
        """Change the status; IllegalMoveError where the lifecycle forbids it. The one place that assigns it."""
        event = OrderMoved(order_id=self.id, number=self.number, now=self.status, then=then, reason=reason)
        self.status = ORDER_LIFECYCLE.check(self.status, then)
        return event


class OrderLine(Row, Base, kw_only=True):
    """One line: so many of a product. `quantity` was bought; `to_pick` is what this warehouse owes of it.

    One that stands in for another (`replaces_id`) was not bought: the other owes so much less, and its price holds.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        Index(None, "warehouse_id", "order_id"),
        Index(None, "warehouse_id", "sku"),
        CheckConstraint("quantity > 0 AND to_pick BETWEEN 0 AND quantity", name="quantity"),
        refers("order_id", "orders"),
        refers("product_id", "products"),
        refers("replaces_id", "order_lines"),
    )

    order_id: Mapped[int]
    position: Mapped[int]
    product_id: Mapped[int | None]
    sku: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(255))
    quantity: Mapped[int]
    to_pick: Mapped[int]
    price_cents: Mapped[int] = mapped_column(default=0)
    replaces_id: Mapped[int | None] = mapped_column(default=None)


class HoldKind(StrEnum):
    """Why an order may not be released; the first three are made and released by themselves."""

    ADDRESS = "address"
    PAYMENT = "payment"
    FRAUD = "fraud"
    OPERATOR = "operator"
    CUSTOMER = "customer"


class Hold(Row, Base, kw_only=True):
    """What stops an order from being released, until a moment or until a person (or a later file) lifts it."""

    __tablename__ = "holds"
    __table_args__ = (
        Index(None, "warehouse_id", "order_id"),
        one_of("kind", HoldKind),
        refers("order_id", "orders"),
    )

    order_id: Mapped[int]
    kind: Mapped[HoldKind] = mapped_column(EnumText(HoldKind))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[dt.datetime]
    worker_id: Mapped[int | None] = mapped_column(default=None)
    until: Mapped[dt.datetime | None] = mapped_column(default=None)
    released_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    released_by: Mapped[int | None] = mapped_column(default=None)
