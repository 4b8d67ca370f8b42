"""Put-backs: units of a cancelled order, or wrong items, that wait in a tote, a box or a place to go to a shelf."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, Row, refers
from wms.domain.journal import Event


@dataclass(frozen=True, kw_only=True)
class PutBackAsked(Event):
    """Units are to go back to a shelf; `place` is the tote, box or location they are in."""

    sku: str
    quantity: int
    place: str
    location: str


@dataclass(frozen=True, kw_only=True)
class PutBackDone(Event):
    """Units are on the shelf again."""

    sku: str
    quantity: int
    place: str
    location: str


class PutBack(Row, Base, kw_only=True):
    """Bring `quantity` of a product from a place back to a location; done when `done_at` is set."""

    __tablename__ = "put_backs"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "warehouse_id", "done_at"),
        Index(None, "warehouse_id", "order_id"),
        refers("order_id", "orders"),
        refers("product_id", "products"),
        refers("from_place_id", "places"),
        refers("to_location_id", "locations"),
    )

    order_id: Mapped[int]
    product_id: Mapped[int]
    from_place_id: Mapped[int]
    to_location_id: Mapped[int]
    quantity: Mapped[int]
    at: Mapped[dt.datetime]
    lot: Mapped[str] = mapped_column(String(40), default="")
    serial: Mapped[str] = mapped_column(String(60), default="")
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    done_by: Mapped[int | None] = mapped_column(default=None)
