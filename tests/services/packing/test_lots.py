"""A unit whose code names a lot is packed as that lot; one of a lot that was not picked for the order is caught."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.journal import JournalEntry
from wms.domain.packing import PackageLine
from wms.domain.totes import Tote
from wms.services import watching
from wms.services.packing.screens import BoxAndWeigh
from wms.services.verifying import verify


def _bench(session: Session, *lots: str) -> tuple[Floor, Tote]:
    """A bench with an order of a mug of each of these lots, in one tote."""
    floor = packers.bench(session)
    floor.order = builders.order(session, (floor.mug, len(lots)))
    tote = packers.staged(session, floor.order)
    for lot in lots:
        builders.stock(session, tote, floor.mug, 1, lot=lot)
    _ = floor.packer.scan(tote.barcode)
    return floor, tote


def _gs1(floor: Floor, lot: str) -> str:
    return f"01{floor.mug_code.zfill(14)}10{lot}"


def _packed_lots(session: Session) -> list[str]:
    return sorted(session.scalars(select(PackageLine.lot)))


def test_a_lot_that_was_not_picked_for_the_order_is_caught_and_named(session: Session) -> None:
    floor, _ = _bench(session, "A1", "B2")
    verdict = floor.packer.scan(_gs1(floor, "C3"))
    assert (verdict.tone, verdict.words) == ("wrong", "WRONG LOT. PUT IN RED TOTE")
    assert verdict.have is not None
    assert verdict.need is not None
    assert (verdict.have.detail, verdict.need.detail) == ("Lot C3", "Lot A1, B2")
    caught = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "WrongUnitCaught")).one()
    assert (caught["cause"], caught["sku"]) == ("wrong lot", "MUG")
    assert watching.board(session, builders.WAREHOUSE, floor.packer.at).caught == 1
    assert _packed_lots(session) == []
    assert floor.packer.scan("WRONG PICK").words == "Noted: WRONG PICK"


def test_the_lot_scanned_is_the_lot_packed(session: Session) -> None:
    floor, _ = _bench(session, "A1", "B2")
    _ = floor.packer.scan(_gs1(floor, "B2"))
    assert _packed_lots(session) == ["B2"]
    assert floor.packer.scan(_gs1(floor, "B2")).words == "WRONG LOT. PUT IN RED TOTE"
    _ = floor.packer.scan(_gs1(floor, "A1"))
    assert _packed_lots(session) == ["A1", "B2"]
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert verify(session, builders.WAREHOUSE) == []


@pytest.mark.parametrize("lot", ["a1", "A121SERIAL7"])
def test_a_lot_is_known_in_any_case_and_where_its_separator_is_lost(session: Session, lot: str) -> None:
    floor, _ = _bench(session, "a1")
    _ = floor.packer.scan(_gs1(floor, lot))
    assert _packed_lots(session) == ["a1"]


def test_a_unit_whose_lot_the_books_do_not_know_is_packed(session: Session) -> None:
    floor, _ = _bench(session, "")
    assert floor.packer.scan(_gs1(floor, "C3")).words == "All 1 scanned"


def test_a_lot_in_another_tote_of_the_order_is_fetched_first(session: Session) -> None:
    floor, _ = _bench(session, "A1")
    other = packers.staged(session, builders.order(session, (floor.mug, 1)))
    other.order_id = floor.order.id
    builders.stock(session, other, floor.mug, 1, lot="B2")
    assert floor.packer.scan(_gs1(floor, "B2")).words == f"Scan its tote first: {other.barcode}"
    assert _packed_lots(session) == []
