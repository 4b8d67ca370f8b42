"""Lots, use-by dates and serial numbers: proved while picking, changed by scanning another open one, never twice."""

import datetime as dt

import pytest

from tests import builders
from tests.services.picker import Picker
from tests.services.shelf import SOON, Shelf, gs1
from wms.domain.journal import JournalEntry
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.stock import Stock
from wms.services import allocating


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
