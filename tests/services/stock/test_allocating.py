"""Allocation: whole orders, earliest date first, few places, a reason for each order left out."""

import datetime as dt
import functools

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders, together
from tests.builders import NOW, WAREHOUSE
from wms.database import transaction
from wms.domain.catalog import Product
from wms.domain.floor import SUPPLIER_ID, Location, LocationKind
from wms.domain.orders import Hold, HoldKind, Order, OrderStatus
from wms.domain.stock import Lot, Stock
from wms.domain.waves import Allocation
from wms.services.stock import allocating, stocking
from wms.services.stock.stocking import Goods


def _lot(session: Session, location: Location, product: Product, quantity: int, lot: str, expiry: dt.date) -> None:
    _ = session.merge(Lot(warehouse_id=WAREHOUSE, product_id=product.id, lot=lot, expiry=expiry))
    goods = Goods(product_id=product.id, quantity=quantity, lot=lot)
    stocking.move(
        session, builders.actor(), goods, from_place_id=SUPPLIER_ID, to_place_id=location.id, reason="received"
    )


def _allocate(session: Session, *orders: Order) -> list[str]:
    reasons = allocating.allocate(session, builders.actor(), orders)
    session.flush()
    return [reasons[order.id] for order in orders]


def _places(session: Session, order: Order) -> list[tuple[int, str, int]]:
    rows = session.query(Allocation).filter_by(order_id=order.id).order_by(Allocation.id)
    return [(row.place_id, row.lot, row.quantity) for row in rows]


def _reserved(session: Session) -> int:
    return sum(reserved for (reserved,) in session.query(Stock.reserved))


def _hold(session: Session, order: Order, until: dt.datetime | None = None) -> Hold:
    hold = Hold(
        warehouse_id=WAREHOUSE, order_id=order.id, kind=HoldKind.PAYMENT, reason="Not paid", at=NOW, until=until
    )
    session.add(hold)
    session.flush()
    return hold


def test_an_order_gets_its_stock_reserved_line_by_line(session: Session) -> None:
    location, mug, cap = builders.location(session), builders.product(session), builders.product(session)
    builders.stock(session, location, mug, 5)
    builders.stock(session, location, cap, 5)
    order = builders.order(session, (mug, 2), (cap, 1))
    assert _allocate(session, order) == [""]
    assert order.status is OrderStatus.ALLOCATED
    assert sorted(quantity for _, _, quantity in _places(session, order)) == [1, 2]
    assert _reserved(session) == 3


def test_an_order_gets_all_or_nothing(session: Session) -> None:
    location, mug, cap = builders.location(session), builders.product(session), builders.product(session, "MUG-BLU")
    builders.stock(session, location, mug, 5)
    builders.stock(session, location, cap, 1)
    order = builders.order(session, (mug, 2), (cap, 3))
    assert _allocate(session, order) == ["2 of MUG-BLU missing: 1 free, 3 asked."]
    assert (order.status, order.reason) == (OrderStatus.BACKORDERED, "2 of MUG-BLU missing: 1 free, 3 asked.")
    assert (_reserved(session), _places(session, order)) == (0, [])


def test_what_an_order_could_not_have_goes_to_the_next(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 2)
    first, second = builders.order(session, (mug, 3)), builders.order(session, (mug, 2))
    assert _allocate(session, first, second)[1] == ""
    assert _reserved(session) == 2


def test_a_backordered_order_is_allocated_once_stock_has_come(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    order = builders.order(session, (mug, 1))
    _ = _allocate(session, order)
    builders.stock(session, location, mug, 1)
    assert _allocate(session, order) == [""]
    assert (order.status, order.reason) == (OrderStatus.ALLOCATED, "")


def test_the_lot_that_expires_first_goes_first(session: Session) -> None:
    near, far, milk = builders.location(session), builders.location(session), builders.product(session)
    _lot(session, far, milk, 9, "LATE", dt.date(2027, 6, 1))
    _lot(session, near, milk, 2, "SOON", dt.date(2026, 12, 1))
    order = builders.order(session, (milk, 3))
    _ = _allocate(session, order)
    assert _places(session, order) == [(near.id, "SOON", 2), (far.id, "LATE", 1)]


def test_a_lot_past_its_date_is_not_picked(session: Session) -> None:
    location, milk = builders.location(session), builders.product(session, "MILK")
    _lot(session, location, milk, 5, "OLD", dt.date(2026, 11, 23))
    order = builders.order(session, (milk, 1))
    assert _allocate(session, order) == ["1 of MILK missing: 0 free, 1 asked."]


def test_a_place_that_has_it_all_is_preferred(session: Session) -> None:
    small, whole, mug = builders.location(session), builders.location(session), builders.product(session)
    builders.stock(session, small, mug, 2)
    builders.stock(session, whole, mug, 3)
    order = builders.order(session, (mug, 3))
    _ = _allocate(session, order)
    assert _places(session, order) == [(whole.id, "", 3)]


def test_otherwise_as_few_places_as_possible(session: Session) -> None:
    mug = builders.product(session)
    locations = [builders.location(session) for _ in range(3)]
    for location, quantity in zip(locations, (1, 4, 2), strict=True):
        builders.stock(session, location, mug, quantity)
    order = builders.order(session, (mug, 6))
    _ = _allocate(session, order)
    assert {place for place, _, _ in _places(session, order)} == {locations[1].id, locations[2].id}


def test_reserve_stock_is_not_picked_from(session: Session) -> None:
    attic, mug = builders.location(session, kind=LocationKind.RESERVE), builders.product(session, "MUG")
    builders.stock(session, attic, mug, 5)
    assert _allocate(session, builders.order(session, (mug, 1))) == ["1 of MUG missing: 0 free, 1 asked."]


def test_an_order_on_hold_is_not_touched(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 5)
    order = builders.order(session, (mug, 1))
    _ = _hold(session, order)
    assert _allocate(session, order) == ["On hold (payment): Not paid"]
    assert (order.status, _reserved(session)) == (OrderStatus.RECEIVED, 0)


def test_a_hold_ends_by_itself_when_its_time_has_come(session: Session) -> None:
    order = builders.order(session)
    hold = _hold(session, order, until=NOW)
    _ = order.move_to(OrderStatus.HELD)
    session.flush()
    assert allocating.release_ended_holds(session, builders.actor(at=NOW - dt.timedelta(minutes=1))) == 0
    assert allocating.release_ended_holds(session, builders.actor()) == 1
    assert (order.status, hold.released_at) == (OrderStatus.RECEIVED, NOW)


def test_an_order_with_a_second_hold_stays_held(session: Session) -> None:
    order = builders.order(session)
    _ = _hold(session, order, until=NOW)
    _ = _hold(session, order)
    _ = order.move_to(OrderStatus.HELD)
    session.flush()
    assert allocating.release_ended_holds(session, builders.actor()) == 1
    assert order.status is OrderStatus.HELD


def test_releasing_gives_everything_back(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 5)
    order = builders.order(session, (mug, 4))
    _ = _allocate(session, order)
    assert allocating.release(session, builders.actor(), order, "changed my mind") == 4
    session.flush()
    assert (order.status, _reserved(session)) == (OrderStatus.RECEIVED, 0)
    assert [quantity for _, _, quantity in _places(session, order)] == [0]


def test_two_planners_at_once_never_reserve_a_unit_twice(engine: Engine) -> None:
    with transaction(engine) as session:
        mugs = [builders.product(session) for _ in range(4)]
        for mug in mugs:
            builders.stock(session, builders.location(session), mug, 5)
        # Half of the orders ask for the products the other way round: locks taken in their order would deadlock.
        ids = [builders.order(session, *((mug, 1) for mug in mugs[:: (-1) ** n])).id for n in range(12)]

    def plan(mine: list[int]) -> None:
        for order_id in mine:
            with transaction(engine) as session:
                order = session.query(Order).filter_by(warehouse_id=WAREHOUSE, id=order_id).one()
                _ = allocating.allocate(session, builders.actor(), [order])

    _ = together.at_once(*(functools.partial(plan, ids[half::2]) for half in (0, 1)))
    with transaction(engine) as session:
        assert [(row.on_hand, row.reserved) for row in session.query(Stock)] == [(5, 5)] * 4
        allocated = session.query(Order).filter_by(status=OrderStatus.ALLOCATED).count()
        assert (allocated, sum(row.quantity for row in session.query(Allocation))) == (5, 20)
