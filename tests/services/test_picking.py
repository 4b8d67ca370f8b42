"""Picking: cart, totes, location, item, tote, lane; each wrong thing named and never counted."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picker import Picker
from wms.domain.floor import LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation, Wave, WaveStatus


def test_a_walk_goes_from_cart_to_lane(session: Session) -> None:
    mug, pen = builders.product(session), builders.product(session)
    orders = [builders.order(session, (mug, 2)), builders.order(session, (mug, 1), (pen, 1))]
    batch = builders.waiting_batch(session, *orders)
    cart, totes = builders.cart(session), [builders.tote(session), builders.tote(session)]
    lane = builders.location(session, kind=LocationKind.LANE)
    marta = Picker(session)
    names = [marta.screen.name, marta.begin(cart).name, marta.scan(*(tote.barcode for tote in totes)).name]
    assert names == ["home", "build_cart", "go_to"]
    for _ in range(3):
        _ = marta.pick()
    assert marta.screen.name == "drop_cart"
    assert marta.screen.accept == (lane.barcode,)
    assert marta.scan(lane.barcode).name == "home"
    assert batch.status is BatchStatus.DONE
    assert session.query(Wave).one().status is WaveStatus.DONE
    assert {order.status for order in orders} == {OrderStatus.PICKED}
    assert [(tote.status, tote.lane_id) for tote in totes] == [(ToteStatus.STAGED, lane.id)] * 2
    held = {(row.place_id, row.product_id): (row.on_hand, row.reserved) for row in session.query(Stock)}
    assert held[totes[0].id, mug.id] == (2, 0)
    assert held[totes[1].id, pen.id] == (1, 0)
    assert all(reserved == 0 for _, reserved in held.values())
    assert {row.quantity for row in session.query(Allocation)} == {0}
