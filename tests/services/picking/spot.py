"""A shelf of goods in lots or with serial numbers, and the picker who stands before it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.picker import Picker
from wms.domain.catalog import Product
from wms.domain.floor import Location
from wms.domain.orders import Order
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.services import verifying

SOON = dt.date(2027, 1, 31)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A product on one shelf, and an order of 2 of it."""

    session: Session
    marta: Picker
    milk: Product
    place: Location
    tote: Tote
    order: Order

    @property
    def code(self) -> str:
        return builders.barcode(self.session, self.milk)

    def task(self) -> PickTask:
        return self.session.query(PickTask).filter_by(order_id=self.order.id).populate_existing().one()

    def reserved(self, lot: str) -> int:
        row = self.session.get(
            Stock, (builders.WAREHOUSE, self.place.id, self.milk.id, lot, ""), populate_existing=True
        )
        return row.reserved if row else 0

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def gs1(spot: Spot, lot: str, *, expiry: str = "270131", serial: str = "") -> str:
    tail = f"\x1d21{serial}" if serial else ""
    return f"]d201{spot.code}17{expiry}10{lot}{tail}"


def serials(spot: Spot) -> list[str]:
    rows = spot.session.query(PickedUnits).filter_by(task_id=spot.task().id).order_by(PickedUnits.id)
    return [row.serial for row in rows.populate_existing()]


def reached(session: Session, product: Product, place: Location, lot: str = "") -> Spot:
    """The picker of an order of two units of a product has scanned its location."""
    order = builders.order(session, (product, 2))
    _ = builders.waiting_batch(session, order, locations={product.id: place}, lots={product.id: lot})
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session), tote)
    _ = marta.scan(place.barcode)
    return Spot(session=session, marta=marta, milk=product, place=place, tote=tote, order=order)


def two_phones(session: Session) -> Spot:
    """Two phones of an order, each with a serial number to be scanned, in a zone that takes a line by one scan."""
    phone, place = builders.product(session, "PHONE"), builders.location(session)
    phone.has_serials = True
    builders.zone(session)
    builders.stock(session, place, phone, 9)
    return reached(session, phone, place)
