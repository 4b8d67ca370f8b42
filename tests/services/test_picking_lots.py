"""Lots, use-by dates and serial numbers: proved while picking, changed by scanning another open one, never twice."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picker import Picker
from wms.domain.catalog import Product
from wms.domain.floor import Location, LocationKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.putbacks import PutBack
from wms.domain.stock import Lot, Stock
from wms.domain.totes import Tote
from wms.services import allocating, cancelling, putting_back, verifying

SOON = dt.date(2027, 1, 31)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Milk in lots A (use by January), B (February) and OLD (past its date) on one shelf; an order of 2 from lot A."""

    session: Session
    marta: Picker
    milk: Product
    place: Location
    tote: Tote
    order: Order

    @property
    def code(self) -> str:
        return builders.barcode(self.session, self.milk)

    def task(self) -> PickTask:
        return self.session.query(PickTask).filter_by(order_id=self.order.id).populate_existing().one()

    def reserved(self, lot: str) -> int:
        row = self.session.get(
            Stock, (builders.WAREHOUSE, self.place.id, self.milk.id, lot, ""), populate_existing=True
        )
        return row.reserved if row else 0

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


@pytest.fixture
def shelf(session: Session) -> Shelf:
    milk, place = builders.product(session, "MILK"), builders.location(session)
    for name, expiry in (("A", SOON), ("B", SOON + dt.timedelta(days=28)), ("OLD", dt.date(2026, 11, 1))):
        session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=milk.id, lot=name, expiry=expiry))
        builders.stock(session, place, milk, 5, lot=name)
    order = builders.order(session, (milk, 2))
    _ = builders.waiting_batch(session, order, shelves={milk.id: place}, lots={milk.id: "A"})
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session), tote)
    _ = marta.scan(place.barcode)
    return Shelf(session=session, marta=marta, milk=milk, place=place, tote=tote, order=order)


def gs1(shelf: Shelf, lot: str, *, expiry: str = "270131", serial: str = "") -> str:
    tail = f"\x1d21{serial}" if serial else ""
    return f"]d201{shelf.code}17{expiry}10{lot}{tail}"


def test_the_lot_that_is_used_by_first_is_set_aside_and_asked_for(shelf: Shelf) -> None:
    assert (shelf.marta.stop.lot, shelf.marta.stop.expiry) == ("A", SOON)
    assert shelf.marta.scan(shelf.code, shelf.code) == "scan_lot"
    assert shelf.marta.screen.accept == ("A",)
    assert shelf.marta.scan("a") == "put_in_tote"
    assert shelf.marta.scan(shelf.tote.barcode) == "drop_cart"
    units = shelf.session.query(PickedUnits).filter_by(task_id=shelf.task().id)
    assert {(row.lot, row.quantity, row.product_proof) for row in units} == {("A", 1, "barcode")}
    assert shelf.holds_up()


def test_a_gs1_code_fills_item_and_lot_in_one_scan(shelf: Shelf) -> None:
    assert shelf.marta.scan(gs1(shelf, "A")) == "scan_item"
    assert shelf.marta.scan(gs1(shelf, "A")) == "put_in_tote"
    assert shelf.task().lot_proved


def test_another_open_lot_is_taken_by_scanning_it(shelf: Shelf) -> None:
    assert shelf.marta.scan(shelf.code, shelf.code, "B") == "put_in_tote"
    assert (shelf.reserved("A"), shelf.reserved("B")) == (0, 2)
    assert shelf.marta.scan(shelf.tote.barcode) == "drop_cart"
    held = shelf.session.query(Stock).filter_by(place_id=shelf.tote.id).one()
    assert (held.lot, held.on_hand) == ("B", 2)
    changed = shelf.session.query(JournalEntry).filter_by(event="LotChanged").one()
    assert (changed.data["before"], changed.data["after"]) == ("A", "B")
    assert shelf.holds_up()


def test_a_lot_set_aside_for_another_order_is_exchanged_with_it(shelf: Shelf) -> None:
    builders.stock(shelf.session, shelf.place, shelf.milk, 2, lot="C")
    other = builders.order(shelf.session, (shelf.milk, 2))
    shelves = {shelf.milk.id: shelf.place}
    _ = builders.waiting_batch(shelf.session, other, shelves=shelves, lots={shelf.milk.id: "C"})
    assert shelf.marta.scan(shelf.code, shelf.code, "C") == "put_in_tote"
    theirs = shelf.session.query(PickTask).filter_by(order_id=other.id).populate_existing().one()
    assert (shelf.task().lot, theirs.lot) == ("C", "A")
    assert shelf.holds_up()


def test_a_lot_in_somebody_elses_hands_is_refused(shelf: Shelf) -> None:
    builders.stock(shelf.session, shelf.place, shelf.milk, 2, lot="C")
    other = builders.order(shelf.session, (shelf.milk, 2))
    shelves = {shelf.milk.id: shelf.place}
    _ = builders.waiting_batch(shelf.session, other, shelves=shelves, lots={shelf.milk.id: "C"})
    tom = Picker(shelf.session, device="2")
    _ = tom.begin(builders.cart(shelf.session), builders.tote(shelf.session))
    _ = tom.scan(shelf.place.barcode, shelf.code)
    assert shelf.marta.scan(shelf.code, shelf.code, "C") == "scan_lot"
    assert shelf.marta.said == "Lot C is taken. Scan A"
    assert shelf.holds_up()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("OLD", "Lot OLD is not open here. Scan A"),
        ("NO-SUCH", "Lot NO-SUCH is not open here. Scan A"),
        ("item", "Scan the LOT, not the item"),
    ],
)
def test_what_is_no_open_lot_is_named(shelf: Shelf, code: str, words: str) -> None:
    _ = shelf.marta.scan(shelf.code, shelf.code)
    assert shelf.marta.scan(shelf.code if code == "item" else code) == "scan_lot"
    assert (shelf.marta.said, shelf.marta.feedback.tone) == (words, "wrong")


def test_a_first_unit_of_another_open_lot_changes_the_lot_with_its_date(shelf: Shelf) -> None:
    assert shelf.marta.scan(gs1(shelf, "b")) == "scan_item"
    assert (shelf.marta.stop.lot, shelf.marta.stop.expiry) == ("B", SOON + dt.timedelta(days=28))


def test_a_unit_of_another_open_lot_found_after_all_changes_the_lot(shelf: Shelf) -> None:
    assert shelf.marta.scan("NONE HERE", gs1(shelf, "B")) == "short"
    assert shelf.marta.said == "1 found. Scan the shelf"
    assert (shelf.marta.stop.lot, shelf.marta.stop.in_hand) == ("B", 1)
    assert shelf.marta.scan(gs1(shelf, "A")) == "short"
    assert shelf.marta.said == "OTHER LOT. PUT IT BACK, TAKE B"
    assert shelf.holds_up()


def test_a_unit_past_its_own_date_stops(shelf: Shelf) -> None:
    assert shelf.marta.scan(gs1(shelf, "A", expiry="261101")) == "scan_item"
    assert shelf.marta.said == "PAST ITS DATE 2026-11-01. PUT IT BACK"
    assert shelf.marta.stop.in_hand == 0


def test_a_unit_of_another_lot_than_the_first_stops(shelf: Shelf) -> None:
    _ = shelf.marta.scan(gs1(shelf, "A"))
    assert shelf.marta.scan(gs1(shelf, "B")) == "scan_item"
    assert shelf.marta.said == "OTHER LOT. PUT IT BACK, TAKE A"
    assert shelf.marta.stop.in_hand == 1


def test_a_lost_separator_is_seen_by_the_lots_known_and_said(shelf: Shelf) -> None:
    run_together = f"01{shelf.code}1727013110A21SN77"
    assert shelf.marta.scan(run_together) == "scan_item"
    assert shelf.marta.said == "1 of 2. Scanner loses FNC1"
    assert (shelf.marta.stop.lot, shelf.marta.stop.lot_proved) == ("A", True)


def test_undo_changes_the_lot_back(shelf: Shelf) -> None:
    _ = shelf.marta.scan(shelf.code, shelf.code, "B")
    assert shelf.marta.scan("UNDO") == "scan_lot"
    assert (shelf.reserved("A"), shelf.reserved("B"), shelf.task().lot) == (2, 0, "A")
    assert shelf.holds_up()


def test_lots_past_their_date_are_never_set_aside(shelf: Shelf) -> None:
    order = builders.order(shelf.session, (shelf.milk, 9))
    reasons = allocating.allocate(shelf.session, builders.actor(), [order])
    assert reasons[order.id] == "1 of MILK missing: 8 free, 9 asked."


@pytest.fixture
def phones(session: Session) -> Shelf:
    """Two phones of an order, each with a serial number to be scanned, in a zone that takes a line by one scan."""
    phone, place = builders.product(session, "PHONE"), builders.location(session)
    phone.has_serials = True
    builders.zone(session)
    builders.stock(session, place, phone, 9)
    order = builders.order(session, (phone, 2))
    _ = builders.waiting_batch(session, order, shelves={phone.id: place})
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session), tote)
    _ = marta.scan(place.barcode)
    return Shelf(session=session, marta=marta, milk=phone, place=place, tote=tote, order=order)


def serials(shelf: Shelf) -> list[str]:
    rows = shelf.session.query(PickedUnits).filter_by(task_id=shelf.task().id).order_by(PickedUnits.id)
    return [row.serial for row in rows.populate_existing()]


def test_each_unit_with_a_serial_is_scanned_with_it(phones: Shelf) -> None:
    assert phones.marta.scan(phones.code) == "scan_serial"
    assert phones.marta.scan("SN-1") == "scan_item"
    assert phones.marta.scan(phones.code, "SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-1", "SN-2"]
    assert phones.marta.scan(phones.tote.barcode) == "drop_cart"
    assert phones.holds_up()


def test_a_gs1_code_brings_the_serial_with_it(phones: Shelf) -> None:
    assert phones.marta.scan(f"]d201{phones.code}21SN-1") == "scan_item"
    assert phones.marta.scan(f"]d201{phones.code}21SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-1", "SN-2"]


def test_a_serial_counts_once_in_the_house(phones: Shelf) -> None:
    assert phones.marta.scan(phones.code, "SN-1", phones.code, "SN-1") == "scan_serial"
    assert (phones.marta.said, phones.marta.feedback.tone) == ("Serial ...SN-1 was scanned before", "warn")
    assert phones.marta.scan(phones.code) == "scan_serial"
    assert phones.marta.said == "Scan the SERIAL, not the item"
    assert phones.marta.scan(f"]d201{phones.code}21SN-1") == "scan_serial"


@pytest.mark.parametrize("how", ["SN-1", "]d201{gtin}21SN-1"])
def test_a_unit_put_back_for_a_cancelled_order_is_picked_by_its_serial_again(phones: Shelf, how: str) -> None:
    session, marta = phones.session, phones.marta
    _ = marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    cancelling.cancel(session, builders.actor(), phones.order, "customer")
    for back in session.query(PutBack).all():
        _ = putting_back.done(session, builders.actor(), back.id)
    order = builders.order(session, (phones.milk, 1))
    _ = builders.waiting_batch(session, order, shelves={phones.milk.id: phones.place})
    _ = marta.scan(builders.cart(session).barcode, phones.tote.barcode)
    _ = marta.reach()
    codes = [how.format(gtin=phones.code)] if how.startswith("]") else [phones.code, how]
    assert marta.scan(*codes) == "put_in_tote"
    assert marta.scan(phones.tote.barcode) == "drop_cart"
    assert phones.holds_up()


def test_undo_takes_the_serial_back_and_then_its_unit(phones: Shelf) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    assert phones.marta.scan("UNDO") == "scan_serial"
    assert serials(phones) == [""]
    assert phones.marta.scan("UNDO") == "scan_item"
    assert (serials(phones), phones.marta.stop.in_hand) == ([], 0)


def test_a_serial_that_was_undone_may_be_scanned_again(phones: Shelf) -> None:
    assert phones.marta.scan(phones.code, "SN-1", "UNDO", "SN-1") == "scan_item"


def test_a_quantity_card_never_stands_for_serials(phones: Shelf) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    assert phones.marta.scan("N2") == "scan_item"
    assert phones.marta.said == "Scan each serial"
