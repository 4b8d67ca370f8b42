"""A unit whose code names a serial is one that was picked for the order, and is packed once; another is caught."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from tests.services.picking.spot import two_phones
from wms.domain.codes import Command
from wms.domain.floor import LocationKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, Method, PickTask, Proof
from wms.domain.totes import Tote
from wms.services import watching
from wms.services.packing.screens import BoxAndWeigh, RedTote, ScanItems
from wms.services.packing.tote import totes
from wms.services.packing.unit import serials


def _pick(session: Session, floor: Floor, order: Order, tote: Tote, *numbers: str, lot: str = "") -> None:
    """Write down that mugs with these serials were picked for an order ('' for one that was not noted)."""
    task = session.scalars(select(PickTask).where(PickTask.order_id == order.id)).one()
    for serial in numbers:
        session.add(
            PickedUnits(
                warehouse_id=builders.WAREHOUSE,
                task_id=task.id,
                product_id=floor.mug.id,
                quantity=1,
                at=builders.NOW,
                worker_id=floor.packer.actor.worker_id,
                location_proof=Proof.GS1,
                product_proof=Proof.GS1,
                lot=lot,
                serial=serial,
                tote_id=tote.id,
            )
        )
    session.flush()


def _bench(session: Session, *numbers: str, lot: str = "") -> Floor:
    """A bench whose order is of mugs picked with these serials, of one lot, in one open tote."""
    floor = packers.bench(session)
    floor.order = builders.order(session, (floor.mug, len(numbers)))
    _ = builders.waiting_batch(session, floor.order)
    floor.tote = packers.staged(session, floor.order)
    floor.order.status = OrderStatus.PICKED
    builders.stock(session, floor.tote, floor.mug, len(numbers), lot=lot)
    _pick(session, floor, floor.order, floor.tote, *numbers, lot=lot)
    _ = floor.packer.scan(floor.tote.barcode)
    return floor


def _gs1(floor: Floor, serial: str, lot: str = "") -> str:
    """What a DataMatrix on a mug says."""
    of_lot = f"10{lot}\x1d" if lot else ""
    return f"]d201{floor.mug_code.zfill(14)}{of_lot}21{serial}"


def _packed(session: Session) -> list[str]:
    """The serials in the journal's packed units, in their sequence."""
    told = select(JournalEntry.data).where(JournalEntry.event == "UnitPacked").order_by(JournalEntry.at)
    return [data["serial"] for data in session.scalars(told)]


def test_units_are_packed_by_the_serials_that_were_picked(session: Session) -> None:
    floor = _bench(session, "SN-1", "SN-2", lot="A1")
    assert floor.packer.scan(_gs1(floor, "SN-2", "A1")).words == "1 of 2"
    assert floor.packer.scan(_gs1(floor, "sn-1", "A1")).words == "All 2 scanned"
    assert _packed(session) == ["SN-2", "SN-1"]
    assert isinstance(floor.packer.sees(), BoxAndWeigh)


def test_what_was_picked_by_its_serials_is_packed_by_them(session: Session) -> None:
    phones = two_phones(session)
    code = f"]d201{phones.code}21"
    _ = phones.marta.scan(f"{code}SN-1", phones.code, "SN-2", phones.tote.barcode)
    _ = phones.marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    packer = packers.packer(session, builders.station(session))
    _ = packer.scan(phones.tote.barcode)
    assert packer.scan(f"{code}SN-3").words == "WRONG SERIAL. PUT IN RED TOTE"
    assert packer.scan(f"{code}SN-2").words == "1 of 2"
    assert packer.scan(f"{code}SN-2").words == "Serial ...SN-2 was scanned before"
    assert packer.scan(Command.UNDO, f"{code}SN-2", f"{code}SN-1").words == "All 2 scanned"
    assert phones.holds_up()


def test_a_serial_that_was_not_picked_is_a_wrong_unit(session: Session) -> None:
    floor = _bench(session, "SN-1", "SN-2", lot="A1")
    verdict = floor.packer.scan(_gs1(floor, "SN-9", "A1"))
    assert (verdict.tone, verdict.words) == ("wrong", "WRONG SERIAL. PUT IN RED TOTE")
    assert verdict.have is not None
    assert verdict.need is not None
    assert (verdict.have.detail, verdict.need.detail) == ("Serial ...SN-9", "2 to scan")
    caught = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "WrongUnitCaught")).one()
    assert (caught["cause"], caught["sku"]) == ("wrong serial", "MUG")
    assert watching.board(session, builders.WAREHOUSE, floor.packer.at).caught == 1
    assert floor.packer.scan("WRONG PICK").words == "Noted: WRONG PICK"
    _ = floor.packer.scan(_gs1(floor, "SN-2", "A1"))
    verdict = floor.packer.scan(_gs1(floor, "SN-9", "A1"))
    assert verdict.need is not None
    assert verdict.need.detail == "Serial ...SN-1"
    assert _packed(session) == ["SN-2"]


def test_a_wrong_serial_goes_into_the_red_tote_where_there_is_one(session: Session) -> None:
    red = builders.tote(session)
    red.is_red = True
    floor = _bench(session, "SN-1")
    assert floor.packer.scan(_gs1(floor, "SN-9")).words == "WRONG SERIAL. PUT IN RED TOTE, SCAN TOTE"
    assert isinstance(floor.packer.sees(), RedTote)
    assert floor.packer.scan(red.barcode, _gs1(floor, "SN-1")).words == "All 1 scanned"


def test_a_picked_serial_of_another_lot_is_caught_by_its_lot(session: Session) -> None:
    floor = _bench(session, "SN-1", lot="A1")
    assert floor.packer.scan(_gs1(floor, "SN-1", "B2")).words == "WRONG LOT. PUT IN RED TOTE"
    assert _packed(session) == []


def test_one_unit_scanned_twice_counts_once_and_again_after_it_was_taken_out(session: Session) -> None:
    floor = _bench(session, "SN-1", "SN-2")
    _ = floor.packer.scan(_gs1(floor, "SN-1"))
    verdict = floor.packer.scan(_gs1(floor, "SN-1"))
    assert (verdict.tone, verdict.words) == ("warn", "Serial ...SN-1 was scanned before")
    assert floor.packer.scan(Command.UNDO).words.startswith("UNDO. ")
    assert floor.packer.scan(_gs1(floor, "SN-1")).words == "1 of 2"
    _ = floor.packer.scan(_gs1(floor, "SN-2"))
    assert floor.packer.scan(_gs1(floor, "SN-2")).words == "Serial ...SN-2 was scanned before"


def _known(session: Session, floor: Floor) -> serials.Known:
    return serials.of(session, floor.packer.actor, floor.order.id, floor.mug.id, [])


def test_the_serials_of_a_box_given_up_lie_in_no_box(session: Session) -> None:
    floor = _bench(session, "SN-1", "SN-2")
    _ = floor.packer.scan(_gs1(floor, "SN-1"))
    assert _known(session, floor).left == {"SN-2"}
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems)
    totes.give_up(session, floor.packer.actor, screen.bench, "set aside")
    assert _known(session, floor).left == {"SN-1", "SN-2"}


def test_a_damaged_units_serial_is_no_right_one_any_more(session: Session) -> None:
    floor = _bench(session, "SN-1", "SN-2")
    _ = builders.location(session, "HOSPITAL", kind=LocationKind.HOSPITAL)
    _ = floor.packer.scan(_gs1(floor, "SN-2"), _gs1(floor, "SN-1"), Command.DAMAGED)
    assert floor.packer.said[-1].words == "DAMAGED. Put it in HOSPITAL"
    assert _known(session, floor) == serials.Known(picked=frozenset({"SN-2"}))


@pytest.mark.parametrize("code", ["21SN-1\x1d10A1", "21SN-110A1", "10A121SN-1"])
def test_a_serial_is_known_where_its_separator_is_lost(session: Session, code: str) -> None:
    floor = _bench(session, "SN-1", "SN-2", lot="A1")
    assert floor.packer.scan(f"]d201{floor.mug_code.zfill(14)}{code}").words == "1 of 2"
    assert _packed(session) == ["SN-1"]


def test_a_unit_whose_serial_was_not_noted_may_have_any(session: Session) -> None:
    floor = _bench(session, "SN-1", "")
    assert floor.packer.scan(_gs1(floor, "SN-9")).words == "1 of 2"
    assert floor.packer.scan(_gs1(floor, "SN-9")).words == "Serial ...SN-9 was scanned before"


def test_units_sorted_at_a_put_wall_may_have_the_serial_of_any_of_their_walk(session: Session) -> None:
    floor = packers.bench(session)
    mine, other = (builders.order(session, (floor.mug, 1)) for _ in range(2))
    _ = builders.waiting_batch(session, mine, other)
    for row in session.scalars(select(BatchOrder)):
        row.method = Method.PUT_WALL
    tote = packers.staged(session, mine)
    mine.status = OrderStatus.PICKED
    builders.stock(session, tote, floor.mug, 1)
    _pick(session, floor, mine, tote, "SN-1")
    _pick(session, floor, other, tote, "SN-2")
    _ = floor.packer.scan(tote.barcode)
    assert floor.packer.scan(_gs1(floor, "SN-9")).words == "WRONG SERIAL. PUT IN RED TOTE"
    assert floor.packer.scan(_gs1(floor, "SN-2")).words == "All 1 scanned"
