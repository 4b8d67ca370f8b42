"""Totes at the bench: which may be opened, and what happens to a tote whose box is given up."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.codes import CodeKind, Command, own_code
from wms.domain.floor import ADJUSTMENT_ID, LocationKind
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import OrderStatus
from wms.domain.packing import PackageStatus
from wms.domain.people import ShortPolicy, Warehouse
from wms.domain.putbacks import PutBack
from wms.domain.stock import Stock, StockMove
from wms.domain.totes import ToteStatus
from wms.services.orders import cancelling
from wms.services.packing.screens import HoldTote, ScanItems, ScanTote
from wms.services.verifying import verify


def _units_in(session: Session, place_id: int) -> int:
    return session.scalar(select(func.coalesce(func.sum(Stock.on_hand), 0)).where(Stock.place_id == place_id)) or 0


def test_an_empty_tote_is_named(session: Session) -> None:
    floor = packers.bench(session)
    assert floor.packer.scan(builders.tote(session).barcode).words == "Empty tote"
    assert floor.packer.scan(own_code(CodeKind.TOTE, 99_999)).cue == "unknown"
    assert isinstance(floor.packer.sees(), ScanTote)


def test_a_tote_still_being_picked_says_how_many_lines_are_open(session: Session) -> None:
    floor = packers.bench(session)
    pen = builders.product(session)
    order = builders.order(session, (pen, 1), (builders.product(session), 1))
    _ = builders.waiting_batch(session, order)
    tote = builders.tote(session)
    tote.take(order.id)
    session.flush()
    assert floor.packer.scan(tote.barcode).words == "Not picked yet: 2 lines open"


def test_the_tote_of_a_short_order_goes_to_hold(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.order.move_to(OrderStatus.SHORT)
    session.flush()
    assert floor.packer.scan(floor.tote.barcode).words == "Order is short. Take it to hold"


def test_the_tote_of_a_cancelled_order_is_put_back(session: Session) -> None:
    floor = packers.bench(session)
    cancelling.cancel(session, builders.actor(), floor.order, "changed their mind")
    assert floor.packer.scan(floor.tote.barcode).words == "Order cancelled. Put back"


def test_a_tote_open_at_another_station_names_it(session: Session) -> None:
    floor = packers.opened(session)
    other = packers.packer(session, builders.station(session), name="Ben")
    assert other.scan(floor.tote.barcode).words == f"{floor.order.number} is open at {floor.station.name}"
    assert isinstance(other.sees(), ScanTote)


def test_a_tote_whose_order_is_open_at_another_bench_is_not_offered(session: Session) -> None:
    floor = packers.bench(session)
    vase = builders.product(session, "VASE")
    of_open = packers.staged(session, floor.order, (vase, 1))
    other = packers.packer(session, builders.station(session), name="Ben")
    assert set(other.sees().accept or ()) == {floor.tote.barcode, of_open.barcode}
    _ = floor.packer.scan(floor.tote.barcode)
    assert other.scan(of_open.barcode).words == f"{floor.order.number} is open at {floor.station.name}"
    screen = other.sees()
    assert isinstance(screen, ScanTote)
    assert (screen.accept, screen.waiting) == ((), 0)


def test_an_order_is_opened_by_its_own_code_too(session: Session) -> None:
    floor = packers.bench(session)
    assert floor.packer.scan(floor.order.barcode).words == f"Order {floor.order.number}"
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems)
    assert [tote.code for tote in screen.bench.open_totes] == [floor.tote.barcode]


def test_an_order_scanned_by_its_code_says_why_it_cannot_be_packed(session: Session) -> None:
    floor = packers.sealed(session)
    assert floor.packer.scan(floor.order.barcode).words == f"Order {floor.order.number} is packed already"
    short = builders.order(session, (floor.mug, 1))
    assert floor.packer.scan(short.barcode).words == f"{short.number} is not ready. See the lead"
    assert floor.packer.scan(own_code(CodeKind.ORDER, 99_999_999)).cue == "unknown"


def test_the_next_tote_is_refused_while_a_box_is_open(session: Session) -> None:
    floor = packers.bench(session)
    vase = builders.product(session, "VASE")
    other = packers.staged(session, builders.order(session, (vase, 1)), (vase, 1))
    _ = floor.packer.scan(*floor.codes)
    assert floor.packer.scan(other.barcode).tone == "wrong"
    assert other.status is ToteStatus.STAGED


def test_short_gives_the_box_up_and_sends_the_tote_to_hold(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.towel_code, Command.SHORT)
    package = packers.package_of(session, floor.order)
    assert package.status is PackageStatus.CANCELLED
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.SHORT
    missing = session.execute(
        select(StockMove.quantity, StockMove.reason).where(StockMove.to_place_id == ADJUSTMENT_ID)
    ).one()
    assert tuple(missing) == (1, "missing at packing")
    assert (_units_in(session, package.id), _units_in(session, floor.tote.id)) == (0, 2)
    kinds = session.scalars(select(ExceptionItem.kind)).all()
    assert kinds == [ExceptionKind.SHORT]
    screen = floor.packer.sees()
    assert isinstance(screen, HoldTote)
    assert (screen.why, screen.tote, screen.accept) == ("short", floor.tote.barcode, (floor.hold.barcode,))
    lane = builders.location(session, kind=LocationKind.LANE)
    assert floor.packer.scan(lane.barcode).words == f"{lane.code} is no hold lane"
    assert floor.packer.scan(floor.hold.barcode).cue == "complete"
    assert isinstance(floor.packer.sees(), ScanTote)
    assert (floor.tote.status, floor.tote.lane_id) == (ToteStatus.STAGED, floor.hold.id)
    assert verify(session, builders.WAREHOUSE) == []


def test_a_rule_to_split_lets_the_bench_pack_the_rest_once_the_tote_is_on_hold(session: Session) -> None:
    session.query(Warehouse).one().when_short = ShortPolicy.SPLIT
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.towel_code, Command.SHORT, floor.hold.barcode)
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.PICKED
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.towel_code)
    assert (floor.packer.sees().done, floor.packer.sees().total) == (2, 2)
    assert verify(session, builders.WAREHOUSE) == []


def test_short_before_any_unit_frees_the_empty_tote(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, Command.SHORT)
    assert isinstance(floor.packer.sees(), ScanTote)
    assert floor.tote.status is ToteStatus.FREE
    assert verify(session, builders.WAREHOUSE) == []


def test_two_lines_of_one_product_are_short_in_whichever_lot_is_missing(session: Session) -> None:
    floor = packers.bench(session)
    cup = builders.product(session, "CUP")
    order = builders.order(session, (cup, 1), (cup, 1))
    tote = packers.staged(session, order)
    for lot in ("L1", "L2"):
        builders.stock(session, tote, cup, 1, lot=lot)
    _ = floor.packer.scan(tote.barcode, Command.SHORT)
    assert floor.packer.said[-1].words == "SHORT. The lead is told"
    gone = session.scalars(select(StockMove.lot).where(StockMove.to_place_id == ADJUSTMENT_ID).order_by(StockMove.lot))
    assert gone.all() == ["L1", "L2"]
    assert verify(session, builders.WAREHOUSE) == []


def test_short_asks_for_the_other_tote_first(session: Session) -> None:
    floor = packers.bench(session)
    cup, tray = builders.product(session, "CUP"), builders.product(session, "TRAY")
    order = builders.order(session, (cup, 1), (tray, 1))
    first, second = packers.staged(session, order, (cup, 1)), packers.staged(session, order, (tray, 1))
    _ = floor.packer.scan(first.barcode)
    assert floor.packer.scan(Command.SHORT).words == f"{second.barcode} not found? YES or SHORT again"
    assert floor.packer.scan(Command.NO).words == f"Scan tote {second.barcode} first"
    assert floor.packer.scan(Command.YES).tone == "wrong"
    _ = floor.packer.scan(builders.barcode(session, cup), second.barcode, Command.SHORT)
    screen = floor.packer.sees()
    assert isinstance(screen, HoldTote)
    assert screen.tote == first.barcode
    assert second.status is ToteStatus.FREE


def test_a_short_order_picked_again_is_packed_from_both_totes(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, Command.SHORT, floor.hold.barcode)
    session.refresh(floor.order)
    for then in (OrderStatus.PICKING, OrderStatus.PICKED):
        _ = floor.order.move_to(then)
    again = packers.staged(session, floor.order, (floor.towel, 1))
    _ = floor.packer.scan(again.barcode, floor.towel_code, floor.tote.barcode, floor.mug_code, floor.mug_code, "N720")
    _ = packers.buy(session, floor.order, "OFF0002")
    assert floor.packer.scan("OFF0002").cue == "complete"
    assert packers.package_of(session, floor.order).number == 2
    assert (floor.tote.status, again.status) == (ToteStatus.FREE, ToteStatus.FREE)
    assert verify(session, builders.WAREHOUSE) == []


def test_an_order_cancelled_on_the_bench_goes_back_into_its_tote_and_to_hold(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    cancelling.cancel(session, builders.actor(), floor.order, "changed their mind")
    screen = floor.packer.sees()
    assert isinstance(screen, HoldTote)
    assert screen.why == "cancelled"
    assert floor.packer.scan(floor.mug_code).tone == "wrong"
    assert floor.packer.scan(floor.hold.barcode).cue == "complete"
    assert _units_in(session, floor.tote.id) == 3
    assert set(session.scalars(select(PutBack.from_place_id).execution_options(populate_existing=True))) == {
        floor.tote.id
    }
    assert floor.tote.status is ToteStatus.STAGED
    assert verify(session, builders.WAREHOUSE) == []


def test_a_scan_made_before_the_cancellation_is_not_counted(session: Session) -> None:
    floor = packers.opened(session)
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems)
    cancelling.cancel(session, builders.actor(), floor.order, "changed their mind")
    assert floor.packer.sees().token != screen.token
