"""Lots and use-by dates: proved while picking, changed by scanning another open lot, taken back by UNDO."""

import datetime as dt
import itertools

import pytest

from tests import builders
from tests.services.picker import Picker
from tests.services.shelf import SOON, Shelf, gs1
from wms.domain.codes import CodeKind, check_digit, own_code
from wms.domain.journal import JournalEntry
from wms.domain.people import Warehouse
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.stock import Lot, Stock
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


@pytest.mark.parametrize("lot", [f"2026101{check_digit('2026101')}", "N12345", own_code(CodeKind.TOTE, 999), "12-10A"])
def test_a_lot_may_read_like_any_other_code(shelf: Shelf, lot: str) -> None:
    builders.stock(shelf.session, shelf.place, shelf.milk, 5, lot=lot)
    assert shelf.marta.scan(shelf.code, shelf.code, lot) == "put_in_tote"
    assert (shelf.marta.said, shelf.task().lot) == (f"Lot {lot}", lot)
    assert shelf.holds_up()


@pytest.mark.parametrize("lot", [f"2026101{check_digit('2026101')}", "N12345", own_code(CodeKind.TOTE, 999), "2026"])
def test_what_only_reads_like_a_code_is_named_as_a_lot(shelf: Shelf, lot: str) -> None:
    assert shelf.marta.scan(shelf.code, shelf.code, lot) == "scan_lot"
    assert shelf.marta.said == f"Lot {lot} is not open here. Scan A"


@pytest.mark.parametrize(
    "how", ["10B", "]C11727022810B", "1727022810B", "1727022810B\x1d01{code}", "10B\x1d17270228", "]d210B17270228"]
)
def test_a_gs1_code_names_the_lot_in_whatever_sequence(shelf: Shelf, how: str) -> None:
    assert shelf.marta.scan(shelf.code, shelf.code, how.format(code=shelf.code)) == "put_in_tote"
    assert (shelf.marta.said, shelf.task().lot) == ("Lot B", "B")


def test_a_gs1_code_names_the_item_in_whatever_sequence(shelf: Shelf) -> None:
    assert shelf.marta.scan(f"1727013110A\x1d01{shelf.code}") == "scan_item"
    assert (shelf.marta.said, shelf.marta.stop.lot_proved) == ("1 of 2", True)


def test_a_gs1_code_of_the_lot_alone_says_that_its_units_are_past_their_date(shelf: Shelf) -> None:
    assert shelf.marta.scan(shelf.code, shelf.code, "1726110110A") == "scan_lot"
    assert shelf.marta.said == "PAST ITS DATE 2026-11-01. PUT IT BACK"


def test_a_lot_of_its_own_is_never_read_as_a_gs1_code_of_another(shelf: Shelf) -> None:
    builders.stock(shelf.session, shelf.place, shelf.milk, 5, lot="10B")
    shelf.session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=shelf.milk.id, lot="10A", expiry=None))
    assert shelf.marta.scan(shelf.code, shelf.code, "10A") == "scan_lot"
    assert shelf.marta.said == "Lot 10A is not open here. Scan A"
    assert shelf.marta.scan("10B") == "put_in_tote"
    assert shelf.task().lot == "10B"


def test_undo_takes_a_unit_back_with_the_lot_that_its_scan_has_changed(shelf: Shelf) -> None:
    assert shelf.marta.scan(shelf.code, gs1(shelf, "B", expiry="270228")) == "put_in_tote"
    assert (shelf.reserved("A"), shelf.reserved("B")) == (0, 2)
    assert shelf.marta.scan("UNDO") == "scan_item"
    assert (shelf.marta.said, shelf.marta.stop.in_hand) == ("Put 1 back on the shelf", 1)
    assert (shelf.reserved("A"), shelf.reserved("B"), shelf.task().lot, shelf.task().lot_proved) == (2, 0, "A", False)
    assert [row.lot for row in shelf.session.query(PickedUnits).populate_existing()] == [""]
    assert shelf.marta.scan(gs1(shelf, "A")) == "put_in_tote"
    assert shelf.holds_up()


def test_undo_takes_nothing_back_where_the_first_lot_is_gone(shelf: Shelf) -> None:
    assert shelf.marta.scan(shelf.code, gs1(shelf, "B", expiry="270228")) == "put_in_tote"
    other = builders.order(shelf.session, (shelf.milk, 5))
    _ = builders.waiting_batch(shelf.session, other, shelves={shelf.milk.id: shelf.place}, lots={shelf.milk.id: "A"})
    assert shelf.marta.scan("UNDO") == "put_in_tote"
    assert (shelf.marta.said, shelf.marta.stop.in_hand, shelf.task().lot) == ("Lot A is taken. Go on", 2, "B")


@pytest.fixture
def evening(shelf: Shelf) -> Shelf:
    """It is five in the afternoon of the 24th in Los Angeles: in Greenwich it is the 25th."""
    shelf.session.get_one(Warehouse, builders.WAREHOUSE).time_zone = "America/Los_Angeles"
    shelf.session.add(
        Lot(warehouse_id=builders.WAREHOUSE, product_id=shelf.milk.id, lot="TODAY", expiry=dt.date(2026, 11, 24))
    )
    builders.stock(shelf.session, shelf.place, shelf.milk, 5, lot="TODAY")
    shelf.marta.seconds = itertools.count(16 * 3600)
    return shelf


def test_units_are_good_until_the_warehouses_own_day_is_over(evening: Shelf) -> None:
    assert evening.marta.scan(gs1(evening, "TODAY", expiry="261124")) == "scan_item"
    assert evening.marta.said == "1 of 2"
    assert evening.marta.scan(gs1(evening, "TODAY", expiry="261123")) == "scan_item"
    assert evening.marta.said == "PAST ITS DATE 2026-11-23. PUT IT BACK"


def test_lots_are_set_aside_until_the_warehouses_own_day_is_over(evening: Shelf) -> None:
    order = builders.order(evening.session, (evening.milk, 13))
    assert allocating.allocate(evening.session, evening.marta.actor, [order]) == {order.id: ""}
