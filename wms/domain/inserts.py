"""What is put in beside the goods: rules for cards and samples, and what each order was asked to get and got."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event


class InsertFor(StrEnum):
    """Which orders get an insert: all, gifts, or those of one channel, carrier or product."""

    ALL = "all"
    GIFT = "gift"
    CHANNEL = "channel"
    CARRIER = "carrier"
    PRODUCT = "product"


NEEDS_VALUE = frozenset({InsertFor.CHANNEL, InsertFor.CARRIER, InsertFor.PRODUCT})


@dataclass(frozen=True, kw_only=True)
class InsertConfirmed(Event):
    """The packer has put an insert into a box: its code was `scanned`, or YES was said."""

    package: str
    name: str
    scanned: bool


class Insert(Row, Base, kw_only=True):
    """A rule: `name` goes with orders of `applies` and `value` (the channel, carrier or SKU).

    `code` is the barcode on it; without one it is confirmed by YES alone. `weight_g` is 0 where it is not known.
    """

    __tablename__ = "inserts"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "name"),
        CheckConstraint("weight_g >= 0", name="weight"),
        one_of("applies", InsertFor),
    )

    name: Mapped[str] = mapped_column(String(60))
    applies: Mapped[InsertFor] = mapped_column(EnumText(InsertFor))
    value: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str] = mapped_column(String(80), default="")
    weight_g: Mapped[int] = mapped_column(default=0)


class OrderInsert(Row, Base, kw_only=True):
    """What an order was to get when its packing began, whatever becomes of the rule; `words` are a gift's own.

    `package_id` is the box it went into, None while nobody has confirmed it.
    """

    __tablename__ = "order_inserts"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "order_id", "name"),
        CheckConstraint("weight_g >= 0", name="weight"),
        Index(None, "warehouse_id", "package_id"),
        refers("order_id", "orders"),
        refers("package_id", "packages"),
    )

    order_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text, default="")
    weight_g: Mapped[int] = mapped_column(default=0)
    package_id: Mapped[int | None] = mapped_column(default=None)
    worker_id: Mapped[int | None] = mapped_column(default=None)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
