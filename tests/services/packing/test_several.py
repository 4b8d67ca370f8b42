"""An order in several boxes: told what goes in which, SPLIT when one is full, each weighed, labelled and sealed."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.floor import CartonType
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import NotAllScannedError, Package, PackageStatus
from wms.domain.people import ShortPolicy, Warehouse
from wms.domain.putbacks import PutBack
from wms.domain.shipping import Label, LabelStatus
from wms.domain.totes import ToteStatus
from wms.services.carriers import boxing, labelling
from wms.services.carriers.boxing import BoxPlace
from wms.services.orders import cancelling
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, HoldTote, NextTote, ScanItems, ScanLabel, ScanTote
from wms.services.planning import again
from wms.services.printing import slips
from wms.services.shipping.departures import hand_over
from wms.services.verifying import verify

SPLIT = Command.SPLIT.value


def _boxes(session: Session, order: Order) -> list[Package]:
    found = select(Package).where(Package.order_id == order.id).order_by(Package.number)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _status(session: Session, floor: Floor) -> OrderStatus:
    return session.scalars(select(Order.status).where(Order.id == floor.order.id)).one()


def _standing(session: Session, order: Order) -> list[PackageStatus]:
    return [box.status for box in _boxes(session, order)]


def _small_cartons(session: Session, floor: Floor) -> None:
    """Let one carton take two units of 100 x 80 x 50 mm and no third."""
    floor.carton.length_mm, floor.carton.width_mm, floor.carton.height_mm = 100, 80, 100
    session.flush()


def _seal(session: Session, floor: Floor, tracking: str) -> str:
    """Weigh the box on the bench and let its label be bought, printed and scanned."""
    assert floor.packer.scan("K161").tone == "ok"
    assert isinstance(floor.packer.sees(), BuyingLabel)
    _ = packers.buy(session, floor.order, tracking)
    return floor.packer.scan(tracking).words


def test_an_order_in_three_boxes_is_packed_to_the_end(session: Session) -> None:
    floor = packers.bench(session)
    codes = (floor.mug_code, floor.towel_code, floor.mug_code)
    _ = floor.packer.scan(floor.tote.barcode)
    for number, code in enumerate(codes[:2], 1):
        assert floor.packer.scan(code, SPLIT).words == f"Box {number} is full. Weigh it"
        screen = floor.packer.sees()
        assert isinstance(screen, BoxAndWeigh)
        assert (screen.expected_g, screen.bench.box, screen.bench.boxes) == (320, number, 0)
        assert _seal(session, floor, f"OFF000{number}") == f"Box {number} sealed. Now box {number + 1}"
        assert floor.order.status is OrderStatus.PICKED
        assert isinstance(floor.packer.sees(), ScanItems)
    _ = floor.packer.scan(codes[2])
    last = floor.packer.sees()
    assert isinstance(last, BoxAndWeigh)
    assert (last.bench.box, last.bench.boxes) == (3, 3)
    assert _seal(session, floor, "OFF0003") == f"{floor.order.number} sealed. CONVEYOR"
    assert isinstance(floor.packer.sees(), ScanTote)
    assert (floor.order.status, floor.tote.status) == (OrderStatus.PACKED, ToteStatus.FREE)
    assert _standing(session, floor.order) == [PackageStatus.SEALED] * 3
    assert [box.weight_g for box in _boxes(session, floor.order)] == [320, 320, 320]
    said = slips.of_order(session, builders.actor(), floor.order.id)
    assert [slip.which for slip in said] == ["Box 1 of 3", "Box 2 of 3", "Box 3 of 3"]
    assert [[line.sku for line in slip.lines] for slip in said] == [["MUG"], ["TOWEL"], ["MUG"]]
    assert verify(session, builders.WAREHOUSE) == []


def test_the_carrier_is_told_how_many_boxes_once_it_is_known(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, SPLIT)
    (box,) = _boxes(session, floor.order)
    assert boxing.place_of(session, builders.actor(), box) == BoxPlace(number=1, count=0)
    _ = _seal(session, floor, "OFF0001")
    _ = floor.packer.scan(floor.mug_code, floor.towel_code)
    first, second = _boxes(session, floor.order)
    assert boxing.place_of(session, builders.actor(), first) == BoxPlace(number=1, count=2)
    assert boxing.place_of(session, builders.actor(), second) == BoxPlace(number=2, count=2)


def test_an_order_that_fits_no_carton_is_told_what_goes_into_which_box(session: Session) -> None:
    floor = packers.bench(session)
    _small_cartons(session, floor)
    _ = floor.packer.scan(floor.tote.barcode)
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems)
    assert (sum(take.quantity for take in screen.takes), screen.more_boxes) == (2, 1)
    assert screen.carton is not None
    codes = {"MUG": floor.mug_code, "TOWEL": floor.towel_code}
    for take in screen.takes:
        _ = floor.packer.scan(*[codes[take.sku]] * take.quantity)
    full = floor.packer.sees()
    assert isinstance(full, ScanItems)
    assert full.has_all_it_takes
    assert full.accept == (SPLIT,)
    _ = floor.packer.scan(SPLIT)
    _ = _seal(session, floor, "OFF0001")
    rest = floor.packer.sees()
    assert isinstance(rest, ScanItems)
    assert (rest.takes, rest.more_boxes) == ((), 0)
    assert rest.accept is not None
    _ = floor.packer.scan(*rest.accept[:1])
    assert _seal(session, floor, "OFF0002").endswith("CONVEYOR")
    assert floor.order.status is OrderStatus.PACKED


def test_a_packer_who_fills_the_boxes_otherwise_is_let(session: Session) -> None:
    floor = packers.bench(session)
    _small_cartons(session, floor)
    large = builders.carton_type(session, "L")
    large.length_mm, large.width_mm, large.height_mm = 99, 79, 49  # no unit goes in
    _ = floor.packer.scan(*floor.codes)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.carton is None
    assert floor.packer.scan(SPLIT).tone == "wrong"
    _ = floor.packer.scan(Command.UNDO, SPLIT)
    assert _seal(session, floor, "OFF0001") == "Box 1 sealed. Now box 2"


def test_a_carton_for_a_part_may_be_chosen_where_the_order_needs_several(session: Session) -> None:
    floor = packers.bench(session)
    _small_cartons(session, floor)
    tiny: CartonType = builders.carton_type(session, "TINY")
    tiny.length_mm, tiny.width_mm, tiny.height_mm = 100, 80, 50
    _ = floor.packer.scan(floor.tote.barcode)
    assert floor.packer.scan(tiny.barcode).words == "Box TINY"
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems)
    assert (screen.carton and screen.carton.name, sum(take.quantity for take in screen.takes)) == ("TINY", 1)
    assert screen.more_boxes == 2


def test_an_empty_box_is_not_full(session: Session) -> None:
    floor = packers.bench(session)
    assert floor.packer.scan(floor.tote.barcode, SPLIT).words == "The box is empty. Scan items first"


def test_a_box_that_is_full_by_word_but_empty_gets_no_label(session: Session) -> None:
    floor = packers.opened(session)
    (box,) = _boxes(session, floor.order)
    box.full, box.carton_type_id, box.weight_g = True, floor.carton.id, 100
    session.flush()
    with pytest.raises(NotAllScannedError):
        _ = labelling.want(session, builders.actor(), box.id)
    box.full = False
    session.flush()
    _ = floor.packer.scan(floor.mug_code)
    box.carton_type_id, box.weight_g = floor.carton.id, 100
    session.flush()
    with pytest.raises(NotAllScannedError):
        _ = labelling.want(session, builders.actor(), box.id)


def test_undo_takes_back_the_split_then_the_units_and_never_what_is_sealed(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, SPLIT)
    assert floor.packer.scan(Command.UNDO).words == "UNDO. Box 1 takes items again"
    assert isinstance(floor.packer.sees(), ScanItems)
    assert floor.packer.scan(Command.UNDO).words == "UNDO. Thing MUG is out"
    _ = floor.packer.scan(floor.mug_code, SPLIT)
    _ = _seal(session, floor, "OFF0001")
    assert floor.packer.scan(Command.UNDO).words == "Nothing to undo. The box is empty"
    _ = floor.packer.scan(floor.mug_code, floor.towel_code)
    assert floor.packer.scan(Command.UNDO).words == "UNDO. Thing TOWEL is out"
    assert _standing(session, floor.order) == [PackageStatus.SEALED, PackageStatus.OPEN]
    assert verify(session, builders.WAREHOUSE) == []


def test_a_voided_label_of_the_second_box_leaves_the_first(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, SPLIT)
    _ = _seal(session, floor, "OFF0001")
    _ = floor.packer.scan(floor.mug_code, SPLIT, "K161")
    label = packers.buy(session, floor.order, "OFF0002")
    assert isinstance(floor.packer.sees(), ScanLabel)
    _ = floor.packer.scan("VOID", "VOID")
    packers.take_back(session, floor.order, label)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert (screen.bench.box, screen.bench.boxes) == (2, 0)
    assert _seal(session, floor, "OFF0003") == "Box 2 sealed. Now box 3"
    _ = floor.packer.scan(floor.towel_code)
    assert _seal(session, floor, "OFF0004").endswith("CONVEYOR")
    standing = session.scalars(select(Label.tracking_number).where(Label.status == LabelStatus.BOUGHT))
    assert sorted(standing) == ["OFF0001", "OFF0003", "OFF0004"]
    assert verify(session, builders.WAREHOUSE) == []


def test_an_order_cancelled_between_its_boxes_is_put_back_from_all(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, SPLIT)
    _ = _seal(session, floor, "OFF0001")
    _ = floor.packer.scan(floor.mug_code)
    cancelling.cancel(session, builders.actor(), floor.order, "changed their mind")
    screen = floor.packer.sees()
    assert isinstance(screen, HoldTote)
    assert screen.why == "cancelled"
    _ = floor.packer.scan(floor.hold.barcode)
    assert isinstance(floor.packer.sees(), ScanTote)
    assert _standing(session, floor.order) == [PackageStatus.CANCELLED] * 2
    assert sum(session.scalars(select(PutBack.quantity))) == 3
    assert session.scalars(select(Label.status)).all() == [LabelStatus.VOIDING]
    assert verify(session, builders.WAREHOUSE) == []


def test_a_box_set_aside_does_not_count_among_the_boxes(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, SPLIT, "K161")
    packers.refuse(session, floor.order, "no")
    _ = floor.packer.scan("NO", floor.hold.barcode, floor.tote.barcode, floor.mug_code, floor.mug_code)
    _ = floor.packer.scan(floor.towel_code)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert (screen.bench.box, screen.bench.boxes) == (1, 1)


@pytest.mark.parametrize("has_left", [False, True])
def test_what_is_missing_after_a_sealed_box_is_asked_for_once(session: Session, *, has_left: bool) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, SPLIT)
    _ = _seal(session, floor, "OFF0001")
    if has_left:
        _ = hand_over(session, builders.actor(), _boxes(session, floor.order)[0].id)
    assert floor.packer.scan(Command.SHORT).words == "SHORT. The lead is told"
    assert floor.order.status is OrderStatus.SHORT
    (need,) = again.missing(session, builders.actor(), [floor.order.id])[floor.order.id]
    assert (need.sku, need.quantity) == ("TOWEL", 1)


def test_a_short_order_whose_rest_becomes_a_backorder_is_packed_with_its_sealed_box(session: Session) -> None:
    floor = packers.bench(session)
    session.query(Warehouse).one().when_short = ShortPolicy.SPLIT
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, SPLIT)
    _ = _seal(session, floor, "OFF0001")
    _ = floor.packer.scan(Command.SHORT)
    assert floor.order.status is OrderStatus.PACKED
    assert isinstance(floor.packer.sees(), ScanTote)
    assert [slip.which for slip in slips.of_order(session, builders.actor(), floor.order.id)] == ["Box 1 of 1"]
    assert verify(session, builders.WAREHOUSE) == []


def test_a_further_tote_is_asked_for_in_the_next_box(session: Session) -> None:
    floor = packers.bench(session)
    other = packers.staged(session, builders.order(session, (floor.mug, 1)))
    other.order_id = floor.order.id
    builders.stock(session, other, floor.towel, 1)
    line = session.query(OrderLine).filter_by(order_id=floor.order.id, sku="TOWEL").one()
    line.quantity = line.to_pick = 2
    session.flush()
    _ = floor.packer.scan(*floor.codes)
    assert isinstance(floor.packer.sees(), NextTote)
    _ = floor.packer.scan(SPLIT)
    assert _seal(session, floor, "OFF0001") == "Box 1 sealed. Now box 2"
    assert isinstance(floor.packer.sees(), NextTote)
    _ = floor.packer.scan(other.barcode, floor.towel_code)
    assert _seal(session, floor, "OFF0002").endswith("CONVEYOR")
    assert floor.order.status is OrderStatus.PACKED


def test_shipped_when_its_last_box_has_left(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, SPLIT)
    _ = _seal(session, floor, "OFF0001")
    _ = hand_over(session, builders.actor(), _boxes(session, floor.order)[0].id)
    assert _status(session, floor) is OrderStatus.PICKED
    _ = floor.packer.scan(floor.mug_code, floor.towel_code)
    _ = _seal(session, floor, "OFF0002")
    _ = hand_over(session, builders.actor(), _boxes(session, floor.order)[1].id)
    assert _status(session, floor) is OrderStatus.SHIPPED
    with pytest.raises(DomainError):
        cancelling.cancel(session, builders.actor(), floor.order, "late")
    assert verify(session, builders.WAREHOUSE) == []
