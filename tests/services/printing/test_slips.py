"""A box's packing slip, read from the books; printed by card, or with the label where the rule says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.codes import Command
from wms.domain.orders import OrderLine, OrderStatus
from wms.domain.people import SlipRule, Warehouse
from wms.domain.printing import PrintJob, PrintStatus
from wms.labels.slips import SlipLine
from wms.services.orders import cancelling, splitting
from wms.services.printing import slips

MUGS, TOWEL = SlipLine(quantity=2, sku="MUG", name="Thing MUG"), SlipLine(quantity=1, sku="TOWEL", name="Thing TOWEL")


def _jobs(session: Session) -> list[PrintJob]:
    return list(session.scalars(select(PrintJob).where(PrintJob.slip_of_id.is_not(None)).order_by(PrintJob.id)))


def test_a_slip_tells_what_is_in_the_box(session: Session) -> None:
    floor = packers.scanned(session)
    (slip,) = slips.of_order(session, builders.actor(), floor.order.id)
    assert (slip.code, slip.number, slip.which) == (floor.order.barcode, floor.order.number, "Box 1 of 1")
    assert (slip.lines, slip.elsewhere, slip.later) == ((MUGS, TOWEL), (), ())
    assert slip.ship_to == ("Ada Buyer", "1 Main St", "62701 Springfield IL", "US")


def test_before_there_is_a_box_a_slip_tells_all_that_the_order_owes(session: Session) -> None:
    floor = packers.bench(session)
    (slip,) = slips.of_order(session, builders.actor(), floor.order.id)
    assert (slip.which, slip.lines) == ("", (MUGS, TOWEL))


def test_units_not_in_the_box_are_in_other_boxes_and_how_many_is_not_known(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    (slip,) = slips.of_order(session, builders.actor(), floor.order.id)
    assert slip.which == "Box 1"
    assert [(line.quantity, line.sku) for line in slip.lines] == [(1, "MUG")]
    assert [(line.quantity, line.sku) for line in slip.elsewhere] == [(1, "MUG"), (1, "TOWEL")]


def test_what_became_a_backorder_comes_later(session: Session) -> None:
    floor = packers.bench(session)
    floor.order.status = OrderStatus.SHORT
    session.query(OrderLine).filter_by(order_id=floor.order.id, sku="MUG").one().quantity = 5
    session.query(OrderLine).filter_by(order_id=floor.order.id, sku="MUG").one().to_pick = 5
    session.flush()
    backorder = splitting.split(session, builders.actor(), floor.order)
    _ = floor.packer.scan(*floor.codes)
    (slip,) = slips.of_order(session, builders.actor(), floor.order.id)
    assert [(line.quantity, line.sku) for line in slip.later] == [(3, "MUG")]
    (later,) = slips.of_order(session, builders.actor(), backorder.id)
    assert [(line.quantity, line.sku) for line in later.lines] == [(3, "MUG")]
    assert [(line.quantity, line.sku) for line in later.later] == [(2, "MUG"), (1, "TOWEL")]


def test_prices_stand_in_the_orders_currency_with_its_decimals(session: Session) -> None:
    floor = packers.scanned(session)
    session.query(OrderLine).filter_by(order_id=floor.order.id, sku="MUG").one().price_cents = 1250
    for currency, price in (("USD", "12.50 USD"), ("JPY", "1250 JPY"), ("KWD", "1.250 KWD"), ("", "")):
        floor.order.currency = currency
        session.flush()
        (slip,) = slips.of_order(session, builders.actor(), floor.order.id)
        assert [line.price for line in slip.lines] == [price, ""]


def test_the_card_prints_the_slip_of_a_full_box_and_of_the_one_sealed_last(session: Session) -> None:
    floor = packers.bench(session)
    assert floor.packer.scan("PACKING SLIP").words == "No sealed box here. Nothing to print"
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code)
    assert floor.packer.scan(Command.PACKING_SLIP).words == "Scan all items first"
    _ = floor.packer.scan(floor.towel_code)
    assert floor.packer.scan(Command.PACKING_SLIP).words == "PACKING SLIP. Copy 1"
    _ = floor.packer.scan("N720")
    assert floor.packer.scan(Command.PACKING_SLIP).words == "PACKING SLIP. Copy 2"
    _ = packers.buy(session, floor.order, "OFF0001")
    assert floor.packer.scan("OFF0001").cue == "complete"
    assert floor.packer.scan(Command.PACKING_SLIP).words == "PACKING SLIP. Copy 3"
    (first, *_) = _jobs(session)
    assert first.what == f"packing slip {floor.order.number}, box 1 of 1"
    assert (first.printer_id, first.labels, first.label_id) == (floor.station.printer_id, 1, None)


def test_the_rule_prints_one_slip_a_box_with_its_label(session: Session) -> None:
    floor = packers.scanned(session)
    box = packers.package_of(session, floor.order)
    slips.print_with_label(session, builders.actor(), box.id)
    assert _jobs(session) == []
    session.query(Warehouse).one().slips = SlipRule.EACH_BOX
    session.flush()
    for _ in range(2):
        slips.print_with_label(session, builders.actor(), box.id)
    assert len(_jobs(session)) == 1


def test_a_slip_that_waits_for_the_printer_is_dropped_with_its_order(session: Session) -> None:
    floor = packers.scanned(session)
    _ = floor.packer.scan(Command.PACKING_SLIP)
    cancelling.cancel(session, builders.actor(), floor.order, "changed their mind")
    assert [job.status for job in _jobs(session)] == [PrintStatus.DROPPED]
