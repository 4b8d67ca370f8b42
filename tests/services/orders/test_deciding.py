"""A short order waits for stock, is split or is cancelled, as a person or the warehouse's rule says."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from tests.services.conftest import Walk
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.outbox import Job, JobKind
from wms.domain.people import ShortPolicy, Warehouse
from wms.domain.putbacks import PutBack
from wms.domain.totes import ToteStatus
from wms.domain.waves import Wave, WaveStatus
from wms.services import verifying
from wms.services.orders import deciding
from wms.services.orders.splitting import NothingPickedError
from wms.services.planning import keeping
from wms.services.stock import counting

LEAD = builders.actor(at=NOW + dt.timedelta(hours=1))


def _short_of_pens(walk: Walk) -> Order:
    """Pick all but the first order's pen, which is not there."""
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        if marta.stop.product_id == walk.pen.id:
            _ = marta.reach()
            _ = marta.scan(Command.NONE_HERE, marta.stop.location_code)
        else:
            _ = marta.pick()
    return walk.orders[0]


def _put_down(walk: Walk) -> None:
    _ = walk.marta.scan(walk.hold.barcode)
    _ = walk.marta.scan(walk.lane.barcode)
    assert walk.marta.screen.name == "home"


def _waiting(session: Session) -> list[ExceptionItem]:
    return session.query(ExceptionItem).filter_by(kind=ExceptionKind.SHORT, settled_at=None).all()


def _rule(session: Session, policy: ShortPolicy) -> None:
    session.query(Warehouse).one().when_short = policy
    session.flush()


def _books_are_right(session: Session) -> bool:
    session.flush()
    return verifying.verify(session, WAREHOUSE) == []


def _events(session: Session, event: str) -> list[dict[str, object]]:
    return [row.data for row in session.query(JournalEntry).filter_by(event=event)]


def test_a_split_order_goes_on_as_picked_and_its_rest_is_a_backorder(walk: Walk) -> None:
    order = _short_of_pens(walk)
    _put_down(walk)
    words = deciding.decide(walk.session, LEAD, order.id, ShortPolicy.SPLIT)
    backorder = walk.session.query(Order).filter_by(split_from_id=order.id).one()
    assert (order.status, backorder.status) == (OrderStatus.PICKED, OrderStatus.BACKORDERED)
    assert words == f"{order.number} goes on as picked. The rest is {order.number}-2, backordered."
    lines = walk.session.query(OrderLine).filter_by(order_id=order.id).order_by(OrderLine.position)
    assert [(line.quantity, line.to_pick) for line in lines] == [(2, 2), (1, 0)]
    rest = walk.session.query(OrderLine).filter_by(order_id=backorder.id).one()
    assert (rest.sku, rest.quantity, rest.to_pick) == (walk.pen.sku, 1, 1)
    assert (backorder.ship_name, backorder.cutoff_at) == (order.ship_name, order.cutoff_at)
    assert _waiting(walk.session) == []
    assert _events(walk.session, "OrderSplit") == [{"number": order.number, "backorder": backorder.number, "units": 1}]
    assert _books_are_right(walk.session)


def test_a_second_split_counts_on_from_the_order_the_customer_placed(walk: Walk) -> None:
    order = _short_of_pens(walk)
    _put_down(walk)
    order.split_from_id = walk.orders[1].id
    _ = deciding.decide(walk.session, LEAD, order.id, ShortPolicy.SPLIT)
    numbers = {row.number for row in walk.session.query(Order).filter_by(split_from_id=walk.orders[1].id)}
    assert numbers == {order.number, f"{walk.orders[1].number}-3"}


def test_what_is_decided_while_the_cart_is_walked_is_done_when_its_totes_are_down(walk: Walk) -> None:
    order = _short_of_pens(walk)
    assert deciding.decide(walk.session, LEAD, order.id, ShortPolicy.SPLIT).endswith("is split when its tote is down.")
    assert (order.status, _waiting(walk.session)) == (OrderStatus.PICKING, [])
    _put_down(walk)
    assert order.status is OrderStatus.PICKED
    assert walk.orders[1].status is OrderStatus.PICKED
    assert _books_are_right(walk.session)


@pytest.mark.parametrize(
    ("policy", "status", "asked"),
    [
        (ShortPolicy.SPLIT, OrderStatus.PICKED, 0),
        (ShortPolicy.CANCEL, OrderStatus.CANCELLED, 2),
        (ShortPolicy.WAIT, OrderStatus.SHORT, 0),
    ],
)
def test_the_warehouses_rule_is_followed_at_once(
    walk: Walk, policy: ShortPolicy, status: OrderStatus, asked: int
) -> None:
    _rule(walk.session, policy)
    order = _short_of_pens(walk)
    _put_down(walk)
    assert order.status is status
    assert sum(row.quantity for row in walk.session.query(PutBack)) == asked
    assert len(_waiting(walk.session)) == (policy is ShortPolicy.WAIT)
    assert walk.orders[1].status is OrderStatus.PICKED
    assert walk.session.query(Wave).one().status is WaveStatus.DONE
    assert _books_are_right(walk.session)


def test_an_order_of_which_nothing_is_picked_is_not_split(walk: Walk) -> None:
    _rule(walk.session, ShortPolicy.SPLIT)
    marta = walk.begin()
    _ = marta.reach()
    _ = marta.scan(Command.NONE_HERE, marta.stop.location_code)  # no mugs, for both orders
    _ = marta.reach()
    _ = marta.scan(Command.NONE_HERE, marta.stop.location_code)  # and no pens
    _ = marta.scan(walk.lane.barcode)
    assert [order.status for order in walk.orders] == [OrderStatus.SHORT, OrderStatus.SHORT]
    assert len(_waiting(walk.session)) == 3
    with pytest.raises(NothingPickedError):
        _ = deciding.decide(walk.session, LEAD, walk.orders[0].id, ShortPolicy.SPLIT)
    assert [tote.status for tote in walk.totes] == [ToteStatus.FREE, ToteStatus.FREE]


def test_an_order_that_is_not_short_is_left_alone(session: Session) -> None:
    order = builders.order(session, (builders.product(session), 1))
    with pytest.raises(DomainError, match="not short"):
        _ = deciding.decide(session, LEAD, order.id, ShortPolicy.CANCEL)


def test_a_waiting_order_is_looked_after_until_its_units_lie_on_a_location_that_can_be_trusted(walk: Walk) -> None:
    order = _short_of_pens(walk)
    _put_down(walk)
    _ = deciding.decide(walk.session, LEAD, order.id, ShortPolicy.WAIT)
    wave = walk.session.query(Wave).one()
    assert walk.session.query(Job).filter_by(kind=JobKind.KEEP_WAVE).one().payload == {"wave_id": wave.id}
    news = keeping.news(walk.session, LEAD, wave.id)
    assert (news.is_over, news.waits, news.short) == (True, True, ())
    count = counting.open_counts(walk.session, LEAD)[0]
    counted = {(walk.pen.id, "", ""): 3}
    _ = counting.close(walk.session, LEAD, int(count.key, 16), counted, LEAD.at)
    assert keeping.news(walk.session, LEAD, wave.id).short == (order.id,)
