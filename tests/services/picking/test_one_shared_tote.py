"""Units of several orders that go into one tote are put there together: by one scan of it, or by none."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.picker import Picker
from wms.domain.floor import LocationKind
from wms.domain.orders import Order
from wms.domain.picking import BatchOrder, Method, PickTask, TaskStatus
from wms.domain.totes import Tote
from wms.services import verifying
from wms.services.orders import cancelling


@dataclass(kw_only=True)
class Shared:
    """Five orders of a mug share the first tote of a cart; whoever else wants a mug has a tote alone."""

    session: Session
    marta: Picker
    orders: list[Order]
    totes: list[Tote]
    mug: str
    shelf: str

    def statuses(self) -> list[TaskStatus]:
        tasks = self.session.query(PickTask).order_by(PickTask.order_id).populate_existing()
        return [task.status for task in tasks]

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def shared(session: Session, *, alone: int = 0, method: Method = Method.SINGLE_UNIT) -> Shared:
    """The picker stands before the mugs; so many more orders want one, each `alone` in a tote."""
    builders.zone(session)
    mug, location = builders.product(session), builders.location(session)
    builders.stock(session, location, mug, 20)
    _ = builders.location(session, kind=LocationKind.LANE)
    orders = [builders.order(session, (mug, 1)) for _ in range(5 + alone)]
    _ = builders.waiting_batch(session, *orders, locations={mug.id: location})
    rows = session.query(BatchOrder).order_by(BatchOrder.order_id).all()
    for row in rows[:5]:
        row.method, row.slot = method, 1
    for slot, row in enumerate(rows[5:], 2):
        row.slot = slot
    session.flush()
    marta, totes = Picker(session), [builders.tote(session) for _ in range(1 + alone)]
    _ = marta.begin(builders.cart(session), *totes)
    _ = marta.reach()
    code = builders.barcode(session, mug)
    return Shared(session=session, marta=marta, orders=orders, totes=totes, mug=code, shelf=location.barcode)


@pytest.mark.parametrize("method", [Method.SINGLE_UNIT, Method.PUT_WALL])
def test_the_only_tote_of_five_orders_is_not_scanned(session: Session, method: Method) -> None:
    floor = shared(session, method=method)
    assert floor.marta.scan(floor.mug) == "drop_cart"
    assert floor.marta.said == f"5 in {floor.totes[0].barcode}. 5 of 5"
    assert floor.holds_up()


def test_undo_takes_all_five_out_and_then_lays_them_down(session: Session) -> None:
    floor = shared(session)
    assert floor.marta.scan(floor.mug, "UNDO") == "put_in_tote"
    assert floor.marta.said == f"Take 5 out of {floor.totes[0].barcode}"
    assert floor.holds_up()
    assert floor.marta.scan("UNDO") == "scan_item"
    assert floor.marta.said == "Put 5 back on the shelf"
    assert floor.marta.scan(floor.mug) == "drop_cart"
    assert floor.holds_up()


def test_a_scan_of_a_shared_tote_puts_all_that_goes_into_it_and_no_more(session: Session) -> None:
    floor = shared(session, alone=1)
    assert floor.marta.scan(floor.mug) == "put_in_tote"
    assert floor.marta.scan(floor.totes[0].barcode) == "put_in_tote"
    assert (floor.marta.said, floor.marta.stop.tote) == ("5 of 6", floor.totes[1].barcode)
    assert floor.marta.scan("UNDO", floor.totes[0].barcode, floor.totes[1].barcode) == "drop_cart"
    assert floor.holds_up()


def test_undo_leaves_in_the_tote_what_is_a_cancelled_orders(session: Session) -> None:
    floor = shared(session)
    _ = floor.marta.scan(floor.mug)
    cancelling.cancel(session, builders.actor(), floor.orders[0], "no longer wanted")
    assert floor.marta.scan("UNDO") == "put_in_tote"
    assert floor.marta.said == f"Take 4 out of {floor.totes[0].barcode}"
    assert floor.marta.scan(floor.totes[0].barcode) == "drop_cart"
    assert floor.holds_up()


def test_fewer_than_five_are_said_at_the_tote_that_they_share(session: Session) -> None:
    floor = shared(session, alone=1)
    assert floor.marta.scan(floor.mug, "SHORT") == "short"
    assert (floor.marta.stop.found, floor.marta.stop.asked) == (5, 6)
    assert floor.marta.scan("UNDO") == "scan_item"
    assert floor.marta.stop.to_take == 6
    assert floor.marta.scan(floor.mug, "SHORT", "N3", floor.shelf, floor.mug) == "put_in_tote"
    assert floor.marta.scan(floor.totes[0].barcode) == "drop_cart"
    assert sorted(floor.statuses()) == [TaskStatus.PICKED] * 3 + [TaskStatus.SHORT] * 3
    assert floor.holds_up()
