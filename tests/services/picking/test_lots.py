"""Lots and use-by dates: proved while picking, changed by scanning another open lot, taken back by UNDO."""

import datetime as dt
import itertools

import pytest

from tests import builders
from tests.services.picking.picker import Picker
from tests.services.picking.spot import SOON, Spot, gs1
from wms.domain.codes import CodeKind, check_digit, own_code
from wms.domain.journal import JournalEntry
from wms.domain.people import Warehouse
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.stock import Lot, Stock
from wms.services.stock import allocating


def test_the_lot_that_is_used_by_first_is_set_aside_and_asked_for(spot: Spot) -> None:
    assert (spot.marta.stop.lot, spot.marta.stop.expiry) == ("A", SOON)
    assert spot.marta.scan(spot.code, spot.code) == "scan_lot"
    assert spot.marta.screen.accept == ("A",)
    assert spot.marta.scan("a") == "put_in_tote"
    assert spot.marta.scan(spot.tote.barcode) == "drop_cart"
    units = spot.session.query(PickedUnits).filter_by(task_id=spot.task().id)
    assert {(row.lot, row.quantity, row.product_proof) for row in units} == {("A", 1, "barcode")}
    assert spot.holds_up()


def test_a_line_says_ahead_that_its_lot_comes_before_its_tote(spot: Spot) -> None:
    *_, lots, totes = spot.marta.screen.ahead
    assert (lots, spot.tote.barcode in totes) == (("A",), True)


def test_a_gs1_code_fills_item_and_lot_in_one_scan(spot: Spot) -> None:
    assert spot.marta.scan(gs1(spot, "A")) == "scan_item"
    assert spot.marta.scan(gs1(spot, "A")) == "put_in_tote"
    assert spot.task().lot_proved


def test_another_open_lot_is_taken_by_scanning_it(spot: Spot) -> None:
    assert spot.marta.scan(spot.code, spot.code, "B") == "put_in_tote"
    assert (spot.reserved("A"), spot.reserved("B")) == (0, 2)
    assert spot.marta.scan(spot.tote.barcode) == "drop_cart"
    held = spot.session.query(Stock).filter_by(place_id=spot.tote.id).one()
    assert (held.lot, held.on_hand) == ("B", 2)
    changed = spot.session.query(JournalEntry).filter_by(event="LotChanged").one()
    assert (changed.data["before"], changed.data["after"]) == ("A", "B")
    assert spot.holds_up()


def test_a_lot_set_aside_for_another_order_is_exchanged_with_it(spot: Spot) -> None:
    builders.stock(spot.session, spot.place, spot.milk, 2, lot="C")
    other = builders.order(spot.session, (spot.milk, 2))
    locations = {spot.milk.id: spot.place}
    _ = builders.waiting_batch(spot.session, other, locations=locations, lots={spot.milk.id: "C"})
    assert spot.marta.scan(spot.code, spot.code, "C") == "put_in_tote"
    theirs = spot.session.query(PickTask).filter_by(order_id=other.id).populate_existing().one()
    assert (spot.task().lot, theirs.lot) == ("C", "A")
    assert spot.holds_up()


def test_a_lot_in_somebody_elses_hands_is_refused(spot: Spot) -> None:
    builders.stock(spot.session, spot.place, spot.milk, 2, lot="C")
    other = builders.order(spot.session, (spot.milk, 2))
    locations = {spot.milk.id: spot.place}
    _ = builders.waiting_batch(spot.session, other, locations=locations, lots={spot.milk.id: "C"})
    tom = Picker(spot.session, device="2")
    _ = tom.begin(builders.cart(spot.session), builders.tote(spot.session))
    _ = tom.scan(spot.place.barcode, spot.code)
    assert spot.marta.scan(spot.code, spot.code, "C") == "scan_lot"
    assert spot.marta.said == "Lot C is taken. Scan A"
    assert spot.holds_up()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("OLD", "Lot OLD is not open here. Scan A"),
        ("NO-SUCH", "Lot NO-SUCH is not open here. Scan A"),
        ("item", "Scan the LOT, not the item"),
    ],
)
def test_what_is_no_open_lot_is_named(spot: Spot, code: str, words: str) -> None:
    _ = spot.marta.scan(spot.code, spot.code)
    assert spot.marta.scan(spot.code if code == "item" else code) == "scan_lot"
    assert (spot.marta.said, spot.marta.feedback.tone) == (words, "wrong")


def test_a_first_unit_of_another_open_lot_changes_the_lot_with_its_date(spot: Spot) -> None:
    assert spot.marta.scan(gs1(spot, "b")) == "scan_item"
    assert (spot.marta.stop.lot, spot.marta.stop.expiry) == ("B", SOON + dt.timedelta(days=28))


def test_a_unit_of_another_open_lot_found_after_all_changes_the_lot(spot: Spot) -> None:
    assert spot.marta.scan("NONE HERE", gs1(spot, "B")) == "short"
    assert spot.marta.said == "1 found. Scan the shelf"
    assert (spot.marta.stop.lot, spot.marta.stop.in_hand) == ("B", 1)
    assert spot.marta.scan(gs1(spot, "A")) == "short"
    assert spot.marta.said == "OTHER LOT. PUT IT BACK, TAKE B"
    assert spot.holds_up()


def test_a_unit_past_its_own_date_stops(spot: Spot) -> None:
    assert spot.marta.scan(gs1(spot, "A", expiry="261101")) == "scan_item"
    assert spot.marta.said == "PAST ITS DATE 2026-11-01. PUT IT BACK"
    assert spot.marta.stop.in_hand == 0


def test_a_lot_whose_date_has_passed_since_it_was_set_aside_stops(spot: Spot) -> None:
    spot.session.query(Lot).filter_by(lot="A").one().expiry = builders.NOW.date() - dt.timedelta(days=1)
    assert spot.marta.scan(spot.code, spot.code, "A") == "scan_lot"
    assert "PAST ITS DATE" in spot.marta.said
    assert spot.marta.scan("B") == "put_in_tote"


def test_a_unit_of_another_lot_than_the_first_stops(spot: Spot) -> None:
    _ = spot.marta.scan(gs1(spot, "A"))
    assert spot.marta.scan(gs1(spot, "B")) == "scan_item"
    assert spot.marta.said == "OTHER LOT. PUT IT BACK, TAKE A"
    assert spot.marta.stop.in_hand == 1


def test_a_lost_separator_is_seen_by_the_lots_known_and_said(spot: Spot) -> None:
    run_together = f"01{spot.code}1727013110A21SN77"
    assert spot.marta.scan(run_together) == "scan_item"
    assert spot.marta.said == "1 of 2. Scanner loses FNC1"
    assert (spot.marta.stop.lot, spot.marta.stop.lot_proved) == ("A", True)


def test_undo_changes_the_lot_back(spot: Spot) -> None:
    _ = spot.marta.scan(spot.code, spot.code, "B")
    assert spot.marta.scan("UNDO") == "scan_lot"
    assert (spot.reserved("A"), spot.reserved("B"), spot.task().lot) == (2, 0, "A")
    assert spot.holds_up()


def test_lots_past_their_date_are_never_set_aside(spot: Spot) -> None:
    order = builders.order(spot.session, (spot.milk, 9))
    reasons = allocating.allocate(spot.session, builders.actor(), [order])
    assert reasons[order.id] == "1 of MILK missing: 8 free, 9 asked."


@pytest.mark.parametrize("lot", [f"2026101{check_digit('2026101')}", "N12345", own_code(CodeKind.TOTE, 999), "12-10A"])
def test_a_lot_may_read_like_any_other_code(spot: Spot, lot: str) -> None:
    builders.stock(spot.session, spot.place, spot.milk, 5, lot=lot)
    assert spot.marta.scan(spot.code, spot.code, lot) == "put_in_tote"
    assert (spot.marta.said, spot.task().lot) == (f"Lot {lot}", lot)
    assert spot.holds_up()


@pytest.mark.parametrize("lot", [f"2026101{check_digit('2026101')}", "N12345", own_code(CodeKind.TOTE, 999), "2026"])
def test_what_only_reads_like_a_code_is_named_as_a_lot(spot: Spot, lot: str) -> None:
    assert spot.marta.scan(spot.code, spot.code, lot) == "scan_lot"
    assert spot.marta.said == f"Lot {lot} is not open here. Scan A"


@pytest.mark.parametrize("how", ["10B", "]C11727022810B", "1727022810B", "1727022810B\x1d01{code}", "10B\x1d17270228"])
def test_a_gs1_code_names_the_lot_in_whatever_sequence(spot: Spot, how: str) -> None:
    assert spot.marta.scan(spot.code, spot.code, how.format(code=spot.code)) == "put_in_tote"
    assert (spot.marta.said, spot.task().lot) == ("Lot B", "B")


@pytest.mark.parametrize("how", ["]d210B17270228", "01{code}10B21SN77", "01{code}21SN7710B"])
def test_a_separator_lost_before_or_behind_the_lot_is_said_where_the_lot_is_asked_for(spot: Spot, how: str) -> None:
    assert spot.marta.scan(spot.code, spot.code, how.format(code=spot.code)) == "put_in_tote"
    assert (spot.marta.said, spot.task().lot) == ("Lot B. Scanner loses FNC1", "B")


@pytest.mark.parametrize("rest", ["21SN7710A", "21SN771727013110A"])
def test_a_separator_lost_behind_a_serial_that_nobody_keeps_is_seen_by_the_lot(spot: Spot, rest: str) -> None:
    assert spot.marta.scan(f"]d201{spot.code}{rest}") == "scan_item"
    assert (spot.marta.said, spot.marta.stop.lot_proved) == ("1 of 2. Scanner loses FNC1", True)


def test_a_gs1_code_names_the_item_in_whatever_sequence(spot: Spot) -> None:
    assert spot.marta.scan(f"1727013110A\x1d01{spot.code}") == "scan_item"
    assert (spot.marta.said, spot.marta.stop.lot_proved) == ("1 of 2", True)


def test_a_gs1_code_of_the_lot_alone_says_that_its_units_are_past_their_date(spot: Spot) -> None:
    assert spot.marta.scan(spot.code, spot.code, "1726110110A") == "scan_lot"
    assert spot.marta.said == "PAST ITS DATE 2026-11-01. PUT IT BACK"


def test_a_lot_of_its_own_is_never_read_as_a_gs1_code_of_another(spot: Spot) -> None:
    builders.stock(spot.session, spot.place, spot.milk, 5, lot="10B")
    spot.session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=spot.milk.id, lot="10A", expiry=None))
    assert spot.marta.scan(spot.code, spot.code, "10A") == "scan_lot"
    assert spot.marta.said == "Lot 10A is not open here. Scan A"
    assert spot.marta.scan("10B") == "put_in_tote"
    assert spot.task().lot == "10B"


def test_undo_takes_a_unit_back_with_the_lot_that_its_scan_has_changed(spot: Spot) -> None:
    assert spot.marta.scan(spot.code, gs1(spot, "B", expiry="270228")) == "put_in_tote"
    assert (spot.reserved("A"), spot.reserved("B")) == (0, 2)
    assert spot.marta.scan("UNDO") == "scan_item"
    assert (spot.marta.said, spot.marta.stop.in_hand) == ("Put 1 back on the shelf", 1)
    assert (spot.reserved("A"), spot.reserved("B"), spot.task().lot, spot.task().lot_proved) == (2, 0, "A", False)
    assert [row.lot for row in spot.session.query(PickedUnits).populate_existing()] == [""]
    assert spot.marta.scan(gs1(spot, "A")) == "put_in_tote"
    assert spot.holds_up()


def test_undo_takes_nothing_back_where_the_first_lot_is_gone(spot: Spot) -> None:
    assert spot.marta.scan(spot.code, gs1(spot, "B", expiry="270228")) == "put_in_tote"
    other = builders.order(spot.session, (spot.milk, 5))
    _ = builders.waiting_batch(spot.session, other, locations={spot.milk.id: spot.place}, lots={spot.milk.id: "A"})
    assert spot.marta.scan("UNDO") == "put_in_tote"
    assert (spot.marta.said, spot.marta.stop.in_hand, spot.task().lot) == ("Lot A is taken. Go on", 2, "B")


@pytest.fixture
def evening(spot: Spot) -> Spot:
    """It is five in the afternoon of the 24th in Los Angeles: in Greenwich it is the 25th."""
    spot.session.get_one(Warehouse, builders.WAREHOUSE).time_zone = "America/Los_Angeles"
    spot.session.add(
        Lot(warehouse_id=builders.WAREHOUSE, product_id=spot.milk.id, lot="TODAY", expiry=dt.date(2026, 11, 24))
    )
    builders.stock(spot.session, spot.place, spot.milk, 5, lot="TODAY")
    spot.marta.seconds = itertools.count(16 * 3600)
    return spot


def test_units_are_good_until_the_warehouses_own_day_is_over(evening: Spot) -> None:
    assert evening.marta.scan(gs1(evening, "TODAY", expiry="261124")) == "scan_item"
    assert evening.marta.said == "1 of 2"
    assert evening.marta.scan(gs1(evening, "TODAY", expiry="261123")) == "scan_item"
    assert evening.marta.said == "PAST ITS DATE 2026-11-23. PUT IT BACK"


def test_lots_are_set_aside_until_the_warehouses_own_day_is_over(evening: Spot) -> None:
    order = builders.order(evening.session, (evening.milk, 13))
    assert allocating.allocate(evening.session, evening.marta.actor, [order]) == {order.id: ""}


def test_a_separator_lost_on_a_unit_found_after_a_short_is_said_too(spot: Spot) -> None:
    _ = spot.marta.scan("NONE HERE")
    assert spot.marta.scan(f"01{spot.code}1727013110A21SN77") == "short"
    assert spot.marta.said == "1 found. Scan the shelf. Scanner loses FNC1"
