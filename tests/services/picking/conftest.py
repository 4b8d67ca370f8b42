"""What only picking tests ask for: a picker before a location with lots, and before one with serial numbers."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.picker import Picker
from tests.services.picking.spot import SOON, Spot
from wms.domain.catalog import Product
from wms.domain.floor import Location
from wms.domain.stock import Lot


@pytest.fixture
def spot(session: Session) -> Spot:
    """Milk in lots A (use by January), B (February) and OLD (past its date); an order of 2 from lot A."""
    milk, place = builders.product(session, "MILK"), builders.location(session)
    for name, expiry in (("A", SOON), ("B", SOON + dt.timedelta(days=28)), ("OLD", dt.date(2026, 11, 1))):
        session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=milk.id, lot=name, expiry=expiry))
        builders.stock(session, place, milk, 5, lot=name)
    return _reached(session, milk, place, lot="A")


@pytest.fixture
def phones(session: Session) -> Spot:
    """Two phones of an order, each with a serial number to be scanned, in a zone that takes a line by one scan."""
    phone, place = builders.product(session, "PHONE"), builders.location(session)
    phone.has_serials = True
    builders.zone(session)
    builders.stock(session, place, phone, 9)
    return _reached(session, phone, place)


def _reached(session: Session, product: Product, place: Location, lot: str = "") -> Spot:
    """The picker of an order of two units of a product has scanned its location."""
    order = builders.order(session, (product, 2))
    _ = builders.waiting_batch(session, order, locations={product.id: place}, lots={product.id: lot})
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session), tote)
    _ = marta.scan(place.barcode)
    return Spot(session=session, marta=marta, milk=product, place=place, tote=tote, order=order)
