"""What the bench's parts do to one another: full boxes, counts, scales' weights, inserts and boxes that have left."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.codes import Command
from wms.domain.inserts import Insert, InsertFor
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.packing import Package
from wms.domain.people import ShortPolicy, Warehouse
from wms.domain.weighing import WeightSample
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, CountAgain, PutIn, ScanTote
from wms.services.shipping.departures import hand_over
from wms.services.verifying import verify

_NOT_FOR_THIS_BOX = "Not for this box. Take it out"


def _in_the_box(session: Session, floor: Floor) -> tuple[int, bool]:
    screen = floor.packer.sees()
    bench = getattr(screen, "bench")  # noqa: B009 - any screen of a box
    return bench.here, bench.full


def _seal(session: Session, floor: Floor, tracking: str) -> Package:
    label = packers.buy(session, floor.order, tracking)
    assert floor.packer.scan(tracking).tone == "ok"
    return session.get_one(Package, (builders.WAREHOUSE, label.package_id))


def test_a_unit_of_the_next_box_does_not_go_into_a_full_one(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, Command.SPLIT)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan(floor.mug_code).words == _NOT_FOR_THIS_BOX
    assert floor.packer.scan(floor.towel_code).words == _NOT_FOR_THIS_BOX
    assert _in_the_box(session, floor) == (1, True)
    assert verify(session, builders.WAREHOUSE) == []


def test_a_unit_of_the_next_box_does_not_go_into_a_full_one_that_waits_for_its_insert(session: Session) -> None:
    floor = packers.bench(session)
    session.add(Insert(warehouse_id=builders.WAREHOUSE, name="Flyer", applies=InsertFor.ALL))
    session.flush()
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, Command.SPLIT)
    assert isinstance(floor.packer.sees(), PutIn)
    assert floor.packer.scan(floor.towel_code).words == _NOT_FOR_THIS_BOX
    assert _in_the_box(session, floor) == (1, True)


def test_a_count_again_finds_a_unit_of_the_next_box_and_does_not_pack_it(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, Command.SPLIT, "N720")
    assert isinstance(floor.packer.sees(), CountAgain)
    assert floor.packer.scan(floor.mug_code).words == "All 1 counted. Weigh again"
    assert floor.packer.scan(floor.mug_code).words == _NOT_FOR_THIS_BOX
    assert _in_the_box(session, floor) == (1, True)
    assert floor.packer.scan("N420").tone == "ok"
    assert isinstance(floor.packer.sees(), BuyingLabel)


def test_the_other_product_of_the_order_is_no_part_of_a_full_boxs_count(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, Command.SPLIT, "N900")
    assert floor.packer.scan(floor.towel_code).words == _NOT_FOR_THIS_BOX
    assert floor.packer.scan(floor.towel_code).words == _NOT_FOR_THIS_BOX
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert (screen.done, screen.total, screen.bench.here) == (0, 2, 2)


def test_nothing_is_put_beside_a_unit_that_ships_in_its_own_box(session: Session) -> None:
    floor = packers.bench(session)
    floor.mug.ships_in_own_box = True
    session.flush()
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    label = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan("VOID", "VOID")
    packers.take_back(session, floor.order, label)
    assert floor.packer.scan(floor.towel_code).words == _NOT_FOR_THIS_BOX
    assert _in_the_box(session, floor) == (1, True)


@pytest.mark.parametrize("rule", [ShortPolicy.SPLIT, ShortPolicy.CANCEL])
def test_what_is_missing_after_a_box_has_left_keeps_nobody_at_the_bench(session: Session, rule: ShortPolicy) -> None:
    floor = packers.bench(session)
    session.query(Warehouse).one().when_short = rule
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, Command.SPLIT, "WEIGH")
    box = _seal(session, floor, "OFF0001")
    _ = hand_over(session, builders.actor(), box.id)
    assert floor.packer.scan(Command.SHORT).words == "SHORT. The lead is told"
    # A box that has left cannot be taken back, so that the lead decides; a split order has nothing left to send.
    then = {ShortPolicy.SPLIT: OrderStatus.SHIPPED, ShortPolicy.CANCEL: OrderStatus.SHORT}[rule]
    assert floor.order.status is then
    assert (floor.order.shipped_at is not None) == (then is OrderStatus.SHIPPED)
    assert isinstance(floor.packer.sees(), ScanTote)
    assert verify(session, builders.WAREHOUSE) == []


@pytest.mark.parametrize(("gift_note", "learns"), [("", False), ("For you", True)])
def test_a_box_with_more_than_goods_and_words_in_it_teaches_no_weight(
    session: Session, gift_note: str, *, learns: bool
) -> None:
    floor = packers.bench(session)
    floor.order = builders.order(session, (floor.mug, 1))
    floor.order.gift_note = gift_note
    tote = packers.staged(session, floor.order, (floor.mug, 1))
    if not gift_note:
        session.add(Insert(warehouse_id=builders.WAREHOUSE, name="Catalog", applies=InsertFor.ALL))
        session.flush()
    _ = floor.packer.scan(tote.barcode, floor.mug_code, "YES", "N325")
    _ = _seal(session, floor, "OFF0001")
    assert bool(session.scalars(select(WeightSample)).all()) == learns


def test_a_box_with_an_insert_that_weighs_more_is_weighed_twice_and_not_counted(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    session.add(Insert(warehouse_id=builders.WAREHOUSE, name="Catalog", applies=InsertFor.ALL))
    session.flush()
    _ = floor.packer.scan(*floor.codes, "YES", "N1170")
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.doubted_g == 1170
    assert floor.packer.scan("N1171").tone == "ok"


def _gs1(code: str, lot: str = "") -> str:
    return f"01{code.zfill(14)}" + (f"10{lot}" if lot else "")


def test_a_gs1_code_counts_its_unit_again(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    _ = floor.packer.scan(*floor.codes, "N500")
    assert floor.packer.scan(_gs1(floor.mug_code, "A1")).words == "1 of 3"
    assert floor.packer.scan(floor.mug.sku).words == "2 of 3"


@pytest.mark.parametrize("has_insert", [False, True])
def test_a_unit_too_many_is_caught_by_its_gs1_code_after_the_last(session: Session, *, has_insert: bool) -> None:
    floor = packers.bench(session)
    if has_insert:
        session.add(Insert(warehouse_id=builders.WAREHOUSE, name="Flyer", applies=InsertFor.ALL))
        session.flush()
    _ = floor.packer.scan(*floor.codes)
    assert isinstance(floor.packer.sees(), PutIn if has_insert else BoxAndWeigh)
    assert floor.packer.scan(_gs1(floor.mug_code)).words == "EXTRA. PUT IN RED TOTE"
    caught = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "WrongUnitCaught")).one()
    assert caught["cause"] == "extra"
