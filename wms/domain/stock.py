"""Stock is a ledger: moves between places, and balances that the database itself keeps from going negative."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, InWarehouse, Row, refers
from wms.domain.journal import Event


@dataclass(frozen=True, kw_only=True)
class StockAdjusted(Event):
    """A person corrected what a location holds, and said why."""

    sku: str
    place_id: int
    change: int
    reason: str


class Lot(InWarehouse, Base, kw_only=True):
    """A production group of a product, with its use-by date."""

    __tablename__ = "lots"
    __table_args__ = (refers("product_id", "products"),)

    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot: Mapped[str] = mapped_column(String(40), primary_key=True)
    expiry: Mapped[dt.date | None] = mapped_column(Date)


class Stock(InWarehouse, Base, kw_only=True):
    """The balance of a product (lot, serial; '' = none) in an inside place: on hand, and of it reserved."""

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        CheckConstraint("place_id > 4", name="inside"),
        Index(None, "warehouse_id", "product_id"),
        refers("place_id", "places"),
        refers("product_id", "products"),
    )

    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    serial: Mapped[str] = mapped_column(String(60), primary_key=True, default="")
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)

    @property
    def available(self) -> int:
        """On hand less reserved."""
        return self.on_hand - self.reserved


class StockMove(Row, Base, kw_only=True):
    """One ledger row: so many of a product went from one place to another, why, by whom and when."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
        Index(None, "warehouse_id", "product_id", "at"),
        refers("from_place_id", "places"),
        refers("to_place_id", "places"),
        refers("product_id", "products"),
    )

    at: Mapped[dt.datetime]
    product_id: Mapped[int]
    lot: Mapped[str] = mapped_column(String(40))
    serial: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int]
    from_place_id: Mapped[int]
    to_place_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(80))
    worker_id: Mapped[int | None]
