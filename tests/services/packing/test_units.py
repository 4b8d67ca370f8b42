"""Units at the bench: each wrong scan is named and never counted, cases count several, UNDO takes the last one out."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.codes import Command
from wms.domain.floor import SUPPLIER_ID
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderLine
from wms.domain.packing import PackageLine
from wms.domain.stock import Lot
from wms.services.packing.screens import BoxAndWeigh, NextTote, ScanItems
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods
from wms.services.verifying import verify


def _packed(session: Session) -> list[int]:
    return list(session.scalars(select(PackageLine.quantity).order_by(PackageLine.line_id)))


def _caught(session: Session) -> list[dict[str, object]]:
    return list(session.scalars(select(JournalEntry.data).where(JournalEntry.event == "WrongUnitCaught")))


def test_an_extra_unit_stops_and_is_not_counted(session: Session) -> None:
    floor = packers.opened(session)
    verdict = floor.packer.scan(floor.towel_code, floor.towel_code)
    assert (verdict.tone, verdict.cue) == ("wrong", "stop")
    assert verdict.have is not None
    assert (verdict.have.sku, verdict.have.detail) == ("TOWEL", "1 of 1 in already")
    assert verdict.need is not None
    assert verdict.need.sku == "MUG"
    assert _packed(session) == [1]
    assert [(row["sku"], row["cause"]) for row in _caught(session)] == [("TOWEL", "extra")]


def test_a_foreign_unit_stops_and_is_not_counted(session: Session) -> None:
    floor = packers.opened(session)
    vase = builders.product(session, "VASE")
    verdict = floor.packer.scan(builders.barcode(session, vase))
    assert verdict.cue == "stop"
    assert verdict.words == "NOT IN THIS ORDER. PUT IN RED TOTE"
    assert _packed(session) == []
    assert [(row["sku"], row["cause"]) for row in _caught(session)] == [("VASE", "foreign")]


def test_a_product_code_that_nobody_knows_is_a_foreign_unit_too(session: Session) -> None:
    floor = packers.opened(session)
    assert floor.packer.scan(builders.gtin(999_999)).cue == "stop"
    assert [row["sku"] for row in _caught(session)] == [""]


def test_a_unit_too_many_is_caught_after_the_last_one_too(session: Session) -> None:
    floor = packers.opened(session)
    _ = floor.packer.scan(floor.mug_code, floor.mug_code, floor.towel_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan(floor.towel_code).cue == "stop"
    assert sum(_packed(session)) == 3


def test_codes_of_another_type_are_named(session: Session) -> None:
    floor = packers.opened(session)
    assert floor.packer.scan(floor.hold.barcode).words == "That is a LANE. Scan the ITEM"
    assert floor.packer.scan(floor.order.barcode).words == "That is an ORDER. Scan the ITEM"
    assert floor.packer.scan("HELLO-WORLD-77").words == "Not known: ...WORLD-77. HELP card"
    assert _caught(session) == []


def test_a_right_unit_is_counted_by_its_typed_sku_too(session: Session) -> None:
    floor = packers.opened(session)
    assert floor.packer.scan("towel").tone == "ok"


def test_a_case_counts_its_units_when_so_many_are_left(session: Session) -> None:
    pen = builders.product(session, "PEN", case_of=12)
    floor = packers.bench(session)
    order = builders.order(session, (pen, 13))
    tote = packers.staged(session, order, (pen, 13))
    _ = floor.packer.scan(tote.barcode)
    case = builders.barcode(session, pen, 12)
    assert case in (floor.packer.sees().accept or ())
    assert floor.packer.scan(case).words == "12 of 13"
    assert case not in (floor.packer.sees().accept or ())
    assert floor.packer.scan(case).words == "Case of 12, 1 wanted. Scan singles"
    assert _packed(session) == [12]


def test_one_scan_fills_two_lines_of_the_same_product(session: Session) -> None:
    pen = builders.product(session, "PEN", case_of=3)
    floor = packers.bench(session)
    order = builders.order(session, (pen, 2), (pen, 1))
    tote = packers.staged(session, order, (pen, 3))
    _ = floor.packer.scan(tote.barcode, builders.barcode(session, pen, 3))
    lines = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id).order_by(OrderLine.position))
    packed = {row.line_id: row.quantity for row in session.scalars(select(PackageLine))}
    assert [packed[line] for line in lines] == [2, 1]
    assert floor.packer.scan(Command.UNDO).tone == "info"
    assert _packed(session) == []
    assert verify(session, builders.WAREHOUSE) == []


def test_units_of_two_lots_keep_their_lots_in_the_box(session: Session) -> None:
    floor = packers.bench(session)
    order = builders.order(session, (floor.mug, 2))
    tote = packers.staged(session, order)
    for lot in ("A", "B"):
        session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=floor.mug.id, lot=lot, expiry=None))
        goods = Goods(product_id=floor.mug.id, quantity=1, lot=lot)
        stocking.move(
            session,
            builders.actor(),
            goods,
            from_place_id=SUPPLIER_ID,
            to_place_id=tote.id,
            reason="received",
        )
    _ = floor.packer.scan(tote.barcode, floor.mug_code, floor.mug_code)
    assert sorted(session.scalars(select(PackageLine.lot))) == ["A", "B"]
    assert verify(session, builders.WAREHOUSE) == []


def test_undo_takes_the_last_unit_out_and_then_the_one_before(session: Session) -> None:
    floor = packers.opened(session)
    _ = floor.packer.scan(floor.mug_code, floor.towel_code)
    assert floor.packer.scan("UNDO").words == "UNDO. Thing TOWEL is out"
    assert floor.packer.scan(floor.towel_code).tone == "ok"
    assert floor.packer.scan("UNDO").words == "UNDO. Thing TOWEL is out"
    assert floor.packer.scan("UNDO").words == "UNDO. Thing MUG is out"
    assert floor.packer.scan("UNDO").tone == "wrong"
    assert _packed(session) == []
    assert verify(session, builders.WAREHOUSE) == []


def test_undo_after_the_last_unit_goes_back_to_scanning_items(session: Session) -> None:
    floor = packers.opened(session)
    _ = floor.packer.scan(floor.mug_code, floor.mug_code, floor.towel_code, Command.UNDO)
    assert isinstance(floor.packer.sees(), ScanItems)
    assert floor.packer.sees().done == 2


def test_an_order_in_two_totes_is_packed_from_both(session: Session) -> None:
    floor = packers.bench(session)
    cup, tray = builders.product(session, "CUP"), builders.product(session, "TRAY")
    order = builders.order(session, (cup, 1), (tray, 1))
    first, second = packers.staged(session, order, (cup, 1)), packers.staged(session, order, (tray, 1))
    _ = floor.packer.scan(first.barcode)
    assert floor.packer.scan(builders.barcode(session, tray)).words == f"Scan its tote first: {second.barcode}"
    _ = floor.packer.scan(builders.barcode(session, cup))
    assert isinstance(floor.packer.sees(), NextTote)
    assert floor.packer.sees().accept == (second.barcode,)
    assert floor.packer.scan(second.barcode).words == "2 of 2 totes"
    assert floor.packer.scan(second.barcode).words == f"{second.barcode} is open already"
    _ = floor.packer.scan(builders.barcode(session, tray))
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert _caught(session) == []


def test_the_tote_of_another_order_is_named(session: Session) -> None:
    floor = packers.opened(session)
    vase = builders.product(session, "VASE")
    other = builders.order(session, (vase, 1))
    tote = packers.staged(session, other, (vase, 1))
    assert floor.packer.scan(tote.barcode).words == f"That tote is order {other.number}. Finish {floor.order.number}"


def test_a_second_window_of_the_station_shows_the_same_box(session: Session) -> None:
    floor = packers.opened(session)
    second = packers.packer(session, floor.station, name="Ben")
    assert second.sees() == floor.packer.sees()
    assert second.scan(floor.mug_code).words == "1 of 2"
    assert floor.packer.sees().done == 1
