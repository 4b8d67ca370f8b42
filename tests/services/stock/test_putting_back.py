"""Put-backs: the units of a cancelled order go back to their shelves, each once, and the tote is free."""

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from tests.services.conftest import Walk
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.orders import OrderStatus
from wms.domain.stock import Stock
from wms.domain.totes import ToteStatus
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.stock import putting_back

ACTOR = builders.actor()


def _cancelled(walk: Walk, *, dropped: bool = True) -> None:
    marta = walk.at_location()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    if dropped:
        _ = marta.scan(walk.lane.barcode)
    cancelling.cancel(walk.session, ACTOR, walk.orders[0], "customer called")


def test_the_list_says_what_goes_where(walk: Walk) -> None:
    _cancelled(walk)
    rows = putting_back.open_put_backs(walk.session, ACTOR)
    assert {(row.sku, row.quantity, row.place, row.lane, row.number) for row in rows} == {
        (walk.mug.sku, 2, walk.totes[0].barcode, walk.lane.code, walk.orders[0].number),
        (walk.pen.sku, 1, walk.totes[0].barcode, walk.lane.code, walk.orders[0].number),
    }
    assert len({row.location for row in rows}) == 2


def test_units_put_back_are_free_again_and_so_is_the_tote(walk: Walk) -> None:
    _cancelled(walk)
    for row in putting_back.open_put_backs(walk.session, ACTOR):
        assert walk.totes[0].status is ToteStatus.STAGED
        _ = putting_back.done(walk.session, ACTOR, row.id)
    assert walk.totes[0].status is ToteStatus.FREE
    assert putting_back.open_put_backs(walk.session, ACTOR) == ()
    on_hand = {row.product_id: row.on_hand for row in walk.session.query(Stock).populate_existing() if row.on_hand > 1}
    assert on_hand == {walk.mug.id: 9, walk.pen.id: 10}
    assert verifying.verify(walk.session, WAREHOUSE) == []


def test_units_are_put_back_once(walk: Walk) -> None:
    _cancelled(walk)
    first = putting_back.open_put_backs(walk.session, ACTOR)[0]
    _ = putting_back.done(walk.session, ACTOR, first.id)
    with pytest.raises(DomainError, match="put back already"):
        _ = putting_back.done(walk.session, ACTOR, first.id)


def test_a_tote_on_a_cart_is_waited_for(walk: Walk) -> None:
    _cancelled(walk, dropped=False)
    first = putting_back.open_put_backs(walk.session, ACTOR)[0]
    with pytest.raises(DomainError, match="still on a cart"):
        _ = putting_back.done(walk.session, ACTOR, first.id)
    _ = walk.marta.scan(walk.hold.barcode, walk.lane.barcode)
    assert walk.orders[1].status is OrderStatus.PICKED
    _ = putting_back.done(walk.session, ACTOR, first.id)


def test_units_of_no_known_location_go_where_most_of_them_are(session: Session) -> None:
    mug, tote = builders.product(session), builders.tote(session)
    few, most = builders.location(session), builders.location(session)
    builders.stock(session, few, mug, 1)
    builders.stock(session, most, mug, 5)
    builders.stock(session, tote, mug, 2)
    order = builders.order(session, (mug, 2))
    tote.take(order.id)
    order.status = OrderStatus.PICKED
    session.flush()
    cancelling.cancel(session, ACTOR, order, "customer called")
    assert [row.location for row in putting_back.open_put_backs(session, ACTOR)] == [most.code]


def test_a_put_back_that_is_none_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        _ = putting_back.done(session, ACTOR, 7)
