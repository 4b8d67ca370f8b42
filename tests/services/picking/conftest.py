"""What only picking tests ask for: a picker before a location with lots, and before one with serial numbers."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.spot import SOON, Spot, reached, two_phones
from wms.domain.stock import Lot


@pytest.fixture
def spot(session: Session) -> Spot:
    """Milk in lots A (use by January), B (February) and OLD (past its date); an order of 2 from lot A."""
    milk, place = builders.product(session, "MILK"), builders.location(session)
    for name, expiry in (("A", SOON), ("B", SOON + dt.timedelta(days=28)), ("OLD", dt.date(2026, 11, 1))):
        session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=milk.id, lot=name, expiry=expiry))
        builders.stock(session, place, milk, 5, lot=name)
    return reached(session, milk, place, lot="A")


@pytest.fixture
def phones(session: Session) -> Spot:
    """Two phones with serial numbers, as `two_phones` makes them."""
    return two_phones(session)
