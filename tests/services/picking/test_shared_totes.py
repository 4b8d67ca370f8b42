"""A tote shared by orders of one unit is free when all of it is packed or put back, and no sooner."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Packer
from tests.services.picking.picker import Picker
from wms.domain.floor import LocationKind
from wms.domain.orders import Order
from wms.domain.picking import BatchOrder, Method
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.stock import putting_back


@dataclass(kw_only=True)
class Shared:
    """Two orders, each of a mug, whose tote stands in a lane; a packer scans the first out of it."""

    session: Session
    orders: list[Order]
    tote: Tote
    packer: Packer

    def cancel(self, order: Order) -> None:
        """The customer does not want it any more."""
        cancelling.cancel(self.session, builders.actor(), order, "changed their mind")

    def put_all_back(self) -> None:
        """All that waits for it is put back."""
        for row in self.session.query(PutBack).filter_by(done_at=None).all():
            _ = putting_back.done(self.session, builders.actor(), row.id)

    @property
    def status(self) -> ToteStatus:
        """How the tote stands now."""
        return self.tote.status

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


@pytest.fixture
def shared(session: Session) -> Shared:
    """The tote is down, and the unit of the first order is in its box."""
    mug, lane = builders.product(session), builders.location(session, kind=LocationKind.LANE)
    orders = [builders.order(session, (mug, 1)) for _ in range(2)]
    _ = builders.waiting_batch(session, *orders)
    for row in session.query(BatchOrder):
        row.method, row.slot = Method.SINGLE_UNIT, 1
    session.flush()
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session, slots=1), tote)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(lane.barcode)
    packer = packers.packer(session, builders.station(session))
    assert packer.scan(builders.barcode(session, mug)).words == f"Order {orders[0].number}"
    return Shared(session=session, orders=orders, tote=tote, packer=packer)


def test_a_tote_emptied_by_a_put_back_waits_for_the_unit_that_is_in_a_box(shared: Shared) -> None:
    shared.cancel(shared.orders[1])
    shared.put_all_back()
    assert shared.status is ToteStatus.STAGED
    assert shared.packer.scan("UNDO").tone == "info"
    assert shared.holds_up()


def test_a_tote_is_free_when_the_order_is_cancelled_whose_box_has_its_last_unit(shared: Shared) -> None:
    shared.cancel(shared.orders[1])
    shared.put_all_back()
    shared.cancel(shared.orders[0])
    assert shared.status is ToteStatus.FREE
    shared.put_all_back()
    assert shared.holds_up()


def test_a_tote_with_units_of_others_stays_when_an_order_is_cancelled_at_the_bench(shared: Shared) -> None:
    shared.cancel(shared.orders[0])
    after = [shared.status]
    shared.put_all_back()
    after += [shared.status]
    shared.cancel(shared.orders[1])
    shared.put_all_back()
    after += [shared.status]
    assert after == [ToteStatus.STAGED, ToteStatus.STAGED, ToteStatus.FREE]
    assert shared.holds_up()
