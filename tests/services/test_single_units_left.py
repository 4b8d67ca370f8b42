"""Single-unit orders that are not packed at once: damaged and picked again."""

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Packer
from tests.services.picking.picker import Picker
from tests.services.test_single_units import Shared, bench, walk
from wms.domain.codes import Command
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.totes import Tote, ToteStatus
from wms.services.packing.screens import ScanTote
from wms.services.planning import again


@pytest.fixture
def shared(session: Session) -> Shared:
    return walk(session)


def _picked_again(shared: Shared, order: Order) -> Tote:
    """Pick the unit that an order lacks, into a tote of its own."""
    session = shared.session
    session.flush()
    assert again.pick_again(session, builders.actor(), order.id).reason == ""
    session.flush()
    otto, tote = Picker(session), builders.tote(session)
    _ = otto.begin(builders.cart(session, slots=2), tote)
    while otto.screen.name != "drop_cart":
        _ = otto.pick()
    _ = otto.scan(shared.lane.barcode)
    return tote


def _pack(packer: Packer, session: Session, *codes: str) -> int:
    """Pack the order that the codes open, to its sealed box; return its id."""
    _ = packer.scan(*codes, "N320")
    package = session.query(Package).filter_by(status=PackageStatus.OPEN).populate_existing().one()
    tracking = f"OFF{package.id}"
    _ = packers.buy(session, session.get_one(Order, (builders.WAREHOUSE, package.order_id)), tracking)
    assert packer.scan(tracking).words.endswith("sealed. CONVEYOR")
    return package.order_id


def test_a_damaged_single_that_is_picked_again_is_packed_from_its_own_tote(shared: Shared) -> None:
    shared.pick_all()
    _ = builders.carton_type(shared.session)
    packer, order = bench(shared), shared.orders[1]
    _ = packer.scan(shared.mug, Command.DAMAGED)
    assert order.status is OrderStatus.SHORT
    tote = _picked_again(shared, order)
    screen = packer.sees()
    assert isinstance(screen, ScanTote)
    assert (screen.waiting, screen.singles) == (2, 3)
    assert shared.holds_up()
    packed = [_pack(packer, shared.session, shared.mug) for _ in range(2)]
    assert packed == [shared.orders[2].id, shared.orders[3].id]
    assert _pack(packer, shared.session, tote.barcode, shared.mug) == order.id
    assert tote.status is ToteStatus.FREE
    assert shared.holds_up()


def test_a_shared_tote_whose_last_unit_is_damaged_is_free(shared: Shared) -> None:
    shared.pick_all()
    packer = bench(shared)
    for code in (shared.mug, shared.mug, shared.mug, shared.pen):
        _ = packer.scan(code, Command.DAMAGED)
    assert [order.status for order in shared.orders[1:]] == [OrderStatus.SHORT] * 4
    assert shared.totes[1].status is ToteStatus.FREE
    assert shared.holds_up()
