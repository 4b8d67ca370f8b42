import datetime as dt

from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms.domain.catalog import Product
from wms.domain.orders import Hold, HoldKind, OrderStatus
from wms.domain.stock import Stock
from wms.simulator import expectation
from wms.simulator.expectation import Expectation

_LATER = NOW + dt.timedelta(hours=3)


def stocked(session: Session, units: int) -> Product:
    """A product with units on a shelf, in a hall with a cart and a tote."""
    _ = builders.cart(session)
    _ = builders.tote(session)
    product = builders.product(session)
    builders.stock(session, builders.location(session), product, units)
    return product


def expect(session: Session) -> Expectation:
    session.flush()
    return expectation.expect(session, WAREHOUSE, NOW)


def test_an_order_that_the_locations_can_fill_must_ship(session: Session) -> None:
    product = stocked(session, 3)
    order = builders.order(session, (product, 3))
    assert expect(session).must_ship == {order.id}


def test_nobody_must_ship_of_those_who_want_more_than_there_is(session: Session) -> None:
    product = stocked(session, 3)
    _ = builders.order(session, (product, 2)), builders.order(session, (product, 2))
    assert expect(session).must_ship == set()


def test_a_held_order_need_not_ship_and_wants_nothing(session: Session) -> None:
    product = stocked(session, 3)
    order, held = builders.order(session, (product, 2)), builders.order(session, (product, 2))
    session.add(
        Hold(warehouse_id=WAREHOUSE, order_id=held.id, kind=HoldKind.OPERATOR, reason="wait", at=NOW, until=_LATER)
    )
    found = expect(session)
    assert found.must_ship == {order.id}
    assert found.held == {held.id}


def test_an_order_too_large_for_a_tote_need_not_ship(session: Session) -> None:
    product = stocked(session, 200)
    _ = builders.order(session, (product, 100))  # 40 litres, and a tote takes 30
    assert expect(session).must_ship == set()


def test_an_order_left_behind_although_its_units_are_there_has_no_excuse(session: Session) -> None:
    product = stocked(session, 3)
    order = builders.order(session, (product, 3))
    missing = expectation.missing(session, WAREHOUSE, NOW, expect(session), {product.id})
    assert missing.left == {order.id}


def test_an_order_is_excused_only_for_units_that_pickers_did_not_find(session: Session) -> None:
    product = stocked(session, 3)
    order = builders.order(session, (product, 3))
    before = expect(session)
    order.status = OrderStatus.SHORT
    _ = session.query(Stock).update({"on_hand": 0})
    assert expectation.missing(session, WAREHOUSE, NOW, before, {product.id}).gone == {order.id}
    assert expectation.missing(session, WAREHOUSE, NOW, before, set()).left == {order.id}
