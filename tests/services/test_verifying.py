"""The books: right after ordinary work, and each kind of breach is named."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.services.picking.picker import Picker
from wms.domain.floor import CUSTOMER_ID, SCRAP_ID, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.outbox import Job, JobStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.picking import BatchOrder, Method
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.domain.waves import Allocation
from wms.services import verifying
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


def checks(session: Session) -> list[str]:
    """The names of the checks that found something."""
    session.flush()
    return [breach.check for breach in verifying.verify(session, builders.WAREHOUSE)]


def stocked(session: Session) -> tuple[int, int]:
    """A shelf with five mugs: (place, product)."""
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 5)
    return location.id, mug.id


def test_an_empty_warehouse_is_right(session: Session) -> None:
    assert checks(session) == []


def test_received_and_sold_stock_is_right(session: Session) -> None:
    place_id, product_id = stocked(session)
    goods = Goods(product_id=product_id, quantity=2)
    stocking.move(session, builders.actor(), goods, from_place_id=place_id, to_place_id=CUSTOMER_ID, reason="sold")
    assert checks(session) == []


def test_a_balance_changed_behind_the_ledger_is_named(session: Session) -> None:
    _ = stocked(session)
    _ = session.execute(update(Stock).values(on_hand=7))
    assert checks(session) == ["moves_add_up_to_balances"]


def test_a_move_without_its_balance_is_named(session: Session) -> None:
    _ = stocked(session)
    _ = session.execute(text("DELETE FROM stock"))
    assert checks(session) == ["moves_add_up_to_balances"]


def test_a_reservation_nobody_holds_is_named(session: Session) -> None:
    place_id, product_id = stocked(session)
    stocking.reserve(session, builders.actor(), place_id, Goods(product_id=product_id, quantity=1))
    assert checks(session) == ["reserved_equals_open_allocations"]


def test_a_cancelled_order_that_holds_stock_is_named(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 5)
    order = builders.order(session, (mug, 1))
    line_id = session.execute(text("SELECT id FROM order_lines")).scalar_one()
    stocking.reserve(session, builders.actor(), location.id, Goods(product_id=mug.id, quantity=1))
    session.add(
        Allocation(
            warehouse_id=builders.WAREHOUSE,
            order_id=order.id,
            line_id=line_id,
            place_id=location.id,
            product_id=mug.id,
            quantity=1,
        )
    )
    _ = order.move_to(OrderStatus.CANCELLED)
    assert checks(session) == ["ended_orders_hold_no_stock"]


def test_a_shipped_order_that_was_never_packed_is_named(session: Session) -> None:
    order = builders.order(session, (builders.product(session), 1))
    _ = session.execute(update(Order).where(Order.id == order.id).values(status=OrderStatus.SHIPPED))
    assert checks(session) == ["shipped_units_are_the_ordered_units"]


def test_a_sealed_box_without_a_label_is_named(session: Session) -> None:
    order = builders.order(session, (builders.product(session), 1))
    station = builders.station(session)
    box = Package(
        warehouse_id=builders.WAREHOUSE,
        barcode="P000000017",
        order_id=order.id,
        number=1,
        station_id=station.id,
        opened_at=builders.NOW,
        worker_id=None,
    )
    session.add(box)
    session.flush()
    _ = box.move_to(PackageStatus.SEALED)
    assert checks(session) == ["sealed_packages_have_one_standing_label"]


@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.DEAD])
def test_what_waits_for_a_carrier_or_a_printer_in_nobodys_hands_is_named(session: Session, status: JobStatus) -> None:
    floor = packers.weighed(session)
    assert checks(session) == []
    _ = session.execute(update(Job).values(status=status))
    assert checks(session) == ["what_waits_for_a_carrier_or_a_printer_is_somebodys_work"]
    _ = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.QUEUED)
    assert checks(session) == []
    _ = session.execute(update(Job).values(status=status))
    assert checks(session) == ["what_waits_for_a_carrier_or_a_printer_is_somebodys_work"]
    _ = session.execute(update(PrintJob).values(status=PrintStatus.NOT_PRINTED))
    assert checks(session) == []


def test_a_bought_label_whose_box_is_given_up_is_named(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001")
    _ = session.execute(update(Package).values(status=PackageStatus.CANCELLED))
    assert "a_box_given_up_has_no_bought_label" in checks(session)


def test_a_free_tote_with_units_in_it_is_named(session: Session) -> None:
    tote: Tote = builders.tote(session)
    builders.stock(session, tote, builders.product(session), 1)
    assert checks(session) == ["free_totes_are_empty"]


def test_a_shared_tote_without_a_unit_that_an_order_waits_for_is_named(session: Session) -> None:
    mug = builders.product(session)
    batch = builders.waiting_batch(session, builders.order(session, (mug, 1)))
    session.query(BatchOrder).filter_by(batch_id=batch.id).one().method = Method.SINGLE_UNIT
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session), tote)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    assert checks(session) == []
    unit = Goods(product_id=mug.id, quantity=1)
    stocking.move(session, builders.actor(), unit, from_place_id=tote.id, to_place_id=SCRAP_ID, reason="broken")
    assert checks(session) == ["shared_totes_hold_what_waits_in_them"]
