"""Single-unit orders that are not packed at once: damaged and picked again, or set aside."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Packer
from tests.services.packing.test_single_units import Shared, bench, walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import Label, LabelStatus
from wms.domain.totes import Tote, ToteStatus
from wms.jobs import purchases
from wms.services import settling
from wms.services.carriers import labelling
from wms.services.packing.screens import LabelFailed, ScanTote
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


def test_a_single_that_customs_lack_something_of_waits_until_somebody_settles_it(shared: Shared) -> None:
    shared.pick_all()
    shared.orders[1].ship_country = "CA"
    _ = builders.carton_type(shared.session)
    shared.session.flush()
    packer = bench(shared)
    _ = packer.scan(shared.mug, "N320")
    assert isinstance(packer.sees(), LabelFailed)
    assert packer.scan(Command.NO).words.startswith("Set aside.")
    assert packer.scan(shared.mug).words == f"Order {shared.orders[2].number}"
    assert [row.kind for row in _inbox(shared.session)] == [ExceptionKind.CUSTOMS]
    _settled_all(shared.session)
    _ = packer.scan(Command.UNDO)
    assert packer.scan(shared.mug).words == f"Order {shared.orders[1].number}"
    assert shared.holds_up()


def test_a_single_whose_carrier_does_not_answer_waits_until_somebody_settles_it(shared: Shared) -> None:
    shared.pick_all()
    _ = builders.carton_type(shared.session)
    packer, number = bench(shared), shared.orders[1].number
    _ = packer.scan(shared.mug, "N320")
    packer.at += dt.timedelta(seconds=30)
    assert packer.scan(Command.NO).words.startswith("Set aside.")
    screen = packer.sees()
    assert isinstance(screen, ScanTote)
    assert screen.singles == 3
    assert packer.scan(shared.mug).words == f"Order {shared.orders[2].number}"
    (row,) = _inbox(shared.session)
    assert row.kind is ExceptionKind.LABEL
    assert row.text.startswith(f"{number} is set aside at ")
    assert row.text.endswith(": the carrier did not answer")
    _settled_all(shared.session)
    _ = packer.scan(Command.UNDO)
    assert packer.scan(shared.mug).words == f"Order {number}"
    assert shared.holds_up()


def test_a_single_set_aside_that_the_carrier_refuses_later_stands_in_the_inbox_once(shared: Shared) -> None:
    shared.pick_all()
    _ = builders.carton_type(shared.session)
    packer, number = bench(shared), shared.orders[1].number
    _ = packer.scan(shared.mug, "N320")
    packer.at += dt.timedelta(seconds=30)
    _ = packer.scan(Command.NO)
    _ = purchases.give_up(shared.session, {"label_id": shared.session.query(Label).one().id}, "no such street")
    assert [row.text for row in _inbox(shared.session)] == [f"{number}: no such street"]
    assert packer.scan(shared.mug).words == f"Order {shared.orders[2].number}"


def test_a_single_set_aside_whose_customs_lack_something_stands_in_the_inbox_once(shared: Shared) -> None:
    shared.pick_all()
    _ = builders.carton_type(shared.session)
    packer, order = bench(shared), shared.orders[1]
    _ = packer.scan(shared.mug, "N320")
    packer.at += dt.timedelta(seconds=30)
    _ = packer.scan(Command.NO)
    label, package = shared.session.query(Label).one(), packers.package_of(shared.session, order)
    labelling.refuse_undeclared(shared.session, builders.actor(), label, package, order, "no customs code")
    assert [row.kind for row in _inbox(shared.session)] == [ExceptionKind.CUSTOMS]


def test_a_single_that_the_carrier_refused_is_set_aside_by_that_alone(shared: Shared) -> None:
    shared.pick_all()
    _ = builders.carton_type(shared.session)
    packer, order = bench(shared), shared.orders[1]
    _ = packer.scan(shared.mug, "N320")
    label, package = shared.session.query(Label).one(), packers.package_of(shared.session, order)
    for then in (LabelStatus.BUYING, LabelStatus.REFUSED):
        _ = label.move_to(then, package=package.barcode, order_id=order.id, reason="no such street")
    settling.tell(
        shared.session,
        builders.actor(),
        ExceptionKind.LABEL,
        "no such street",
        order_id=order.id,
        subject_id=label.id,
    )
    shared.session.flush()
    _ = packer.scan(Command.NO)
    assert [row.text for row in _inbox(shared.session)] == ["no such street"]
    assert packer.scan(shared.mug).words == f"Order {shared.orders[2].number}"


def _inbox(session: Session) -> list[ExceptionItem]:
    return session.query(ExceptionItem).filter(ExceptionItem.settled_at.is_(None)).all()


def _settled_all(session: Session) -> None:
    for row in _inbox(session):
        _ = settling.settle(session, builders.actor(), row.id)
