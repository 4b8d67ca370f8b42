"""Products that ship in their own box: no carton, a box a unit, and their own sizes and weight for the carrier."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.codes import Command
from wms.domain.orders import OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.services.carriers import parcels
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, ScanItems, ScanTote
from wms.services.verifying import verify


def _bench(session: Session) -> Floor:
    """A bench with an order of 2 mugs, which ship as they are, and a towel."""
    floor = packers.bench(session)
    floor.mug.ships_in_own_box, floor.mug.weight_g, floor.mug.length_mm = True, 7400, 610
    session.flush()
    return floor


def _boxes(session: Session, floor: Floor) -> list[Package]:
    return list(session.scalars(select(Package).where(Package.order_id == floor.order.id).order_by(Package.number)))


def _take_label(session: Session, floor: Floor, tracking: str) -> str:
    assert isinstance(floor.packer.sees(), BuyingLabel)
    _ = packers.buy(session, floor.order, tracking)
    return floor.packer.scan(tracking).words


def test_a_unit_in_its_own_box_gets_its_label_at_once_with_its_own_sizes(session: Session) -> None:
    floor = _bench(session)
    verdict = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert (verdict.cue, verdict.words) == ("complete", "No box: label on the item")
    (box,) = _boxes(session, floor)
    assert (box.own_box, box.weight_g, box.weighed, box.carton_type_id) == (True, 7400, False, None)
    assert parcels.sizes_mm(session, builders.actor(), box) == (610, 80, 50)
    assert _take_label(session, floor, "OFF0001") == "Box 1 sealed. Now box 2"


def test_each_unit_is_a_box_and_the_rest_goes_into_a_carton(session: Session) -> None:
    floor = _bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    _ = _take_label(session, floor, "OFF0001")
    _ = floor.packer.scan(floor.towel_code)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)  # no SPLIT is asked for where nothing else may go in
    assert (screen.carton and screen.carton.name, screen.expected_g) == ("M2", 320)
    _ = floor.packer.scan("N320")
    _ = _take_label(session, floor, "OFF0002")
    _ = floor.packer.scan(floor.mug_code)
    assert _take_label(session, floor, "OFF0003").endswith("CONVEYOR")
    assert isinstance(floor.packer.sees(), ScanTote)
    assert floor.order.status is OrderStatus.PACKED
    assert [(box.own_box, box.status) for box in _boxes(session, floor)] == [
        (True, PackageStatus.SEALED), (False, PackageStatus.SEALED), (True, PackageStatus.SEALED)
    ]  # fmt: skip
    assert verify(session, builders.WAREHOUSE) == []


def test_an_own_box_does_not_go_into_a_carton(session: Session) -> None:
    floor = _bench(session)
    floor.order = builders.order(session, (floor.mug, 1), (floor.towel, 2))
    tote = packers.staged(session, floor.order, (floor.mug, 1), (floor.towel, 2))
    _ = floor.packer.scan(tote.barcode)
    both = floor.packer.sees()
    assert isinstance(both, ScanItems)
    assert both.accept is not None
    assert floor.mug_code in both.accept
    _ = floor.packer.scan(floor.towel_code)
    towels = floor.packer.sees()
    assert isinstance(towels, ScanItems)
    assert towels.accept is not None
    assert floor.mug_code not in towels.accept
    assert floor.packer.scan(floor.mug_code).words == "Thing MUG needs no box. Finish this one"
    _ = floor.packer.scan(floor.towel_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan(Command.UNDO).words == "UNDO. Thing TOWEL is out"
    assert isinstance(floor.packer.sees(), ScanItems)


def test_a_voided_label_is_bought_again_for_the_item_or_the_item_taken_out(session: Session) -> None:
    floor = _bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    label = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan("VOID", "VOID")
    packers.take_back(session, floor.order, label)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert (screen.carton, screen.expected_g) == (None, 7400)
    assert floor.packer.scan(floor.carton.barcode).words == "No box: label on the item"
    assert floor.packer.scan(Command.UNDO).words == "UNDO. Thing MUG is out"
    (box,) = _boxes(session, floor)
    assert (box.own_box, box.full, box.weight_g) == (False, False, 0)
    _ = floor.packer.scan(floor.mug_code)
    _ = packers.buy(session, floor.order, "OFF0002")
    assert floor.packer.scan("OFF0002").words == "Box 1 sealed. Now box 2"


def test_an_order_of_units_in_their_own_boxes_takes_two_scans_a_unit(session: Session) -> None:
    floor = _bench(session)
    floor.order = builders.order(session, (floor.mug, 2))
    tote = packers.staged(session, floor.order, (floor.mug, 2))
    _ = floor.packer.scan(tote.barcode)
    for number in (1, 2):
        _ = floor.packer.scan(floor.mug_code)
        _ = _take_label(session, floor, f"OFF000{number}")
    assert len(floor.packer.said) == 1 + 2 * 2
    assert floor.order.status is OrderStatus.PACKED


def test_a_product_without_sizes_is_put_into_a_carton(session: Session) -> None:
    floor = _bench(session)
    floor.mug.height_mm = 0
    session.flush()
    _ = floor.packer.scan(*floor.codes)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
