"""When a walk does not go as planned: short, none here, damaged, skip, undo, an order cancelled on the way."""

import pytest
from sqlalchemy import update

from tests import builders
from tests.services.conftest import Walk
from wms.domain.floor import SCRAP_ID, LocationKind
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.stock import StockMove
from wms.domain.totes import ToteStatus
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


def holds_up(walk: Walk) -> bool:
    walk.session.flush()
    return verifying.verify(walk.session, builders.WAREHOUSE) == []


def test_a_short_order_waits_in_the_hold_lane_with_the_units_found(walk: Walk) -> None:
    marta = walk.at_location()
    location = marta.stop.location_code
    assert marta.scan(walk.mug_code, "SHORT") == "short"
    assert marta.scan(location) == "put_in_tote"
    assert marta.scan(walk.totes[0].barcode) == "go_to"
    assert walk.tasks()[0].status is TaskStatus.SHORT
    _ = marta.pick()
    assert marta.screen.accept == (walk.hold.barcode,)
    assert marta.scan(walk.lane.barcode) == "drop_cart"
    assert marta.said == f"{walk.lane.code} is wrong. Scan a HOLD lane"
    assert marta.scan(walk.hold.barcode) == "drop_cart"
    assert marta.screen.accept == (walk.lane.barcode,)
    assert marta.scan(walk.lane.barcode) == "home"
    assert [order.status for order in walk.orders] == [OrderStatus.SHORT, OrderStatus.SHORT]
    assert walk.totes[0].lane_id == walk.hold.id
    assert walk.units(walk.totes[0], walk.mug) == 1
    assert holds_up(walk)


def test_none_here_is_confirmed_by_the_location_and_the_empty_tote_is_free_again(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan("NONE HERE", marta.stop.location_code) == "go_to"
    _ = marta.pick()
    assert marta.scan(walk.hold.barcode, walk.lane.barcode) == "home"
    assert walk.orders[1].status is OrderStatus.SHORT
    assert (walk.totes[1].status, walk.totes[1].order_id) == (ToteStatus.FREE, None)
    assert holds_up(walk)


def test_none_here_means_no_more_than_is_in_hand(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan(walk.mug_code, "NONE HERE", marta.stop.location_code) == "put_in_tote"
    assert marta.said == "Put 1 in the tote"
    _ = marta.scan(walk.totes[0].barcode)
    assert walk.units(walk.totes[0], walk.mug) == 1
    assert holds_up(walk)


def test_damaged_units_go_to_scrap(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan("DAMAGED", "N1") == "short"
    assert marta.scan(marta.stop.location_code) == "scan_item"
    assert marta.stop.wanted == 1
    assert marta.scan(walk.mug_code, walk.totes[0].barcode) == "go_to"
    assert walk.session.query(StockMove).filter_by(to_place_id=SCRAP_ID).one().reason == "damaged"
    assert holds_up(walk)


def test_a_damaged_unit_in_hand_is_not_sent_back_to_its_location(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan(walk.mug_code, walk.mug_code, "DAMAGED", marta.stop.location_code) == "put_in_tote"
    assert marta.said == "DAMAGED. Throw it away"
    assert marta.stop.in_hand == 1


@pytest.mark.parametrize("found", [0, 1])
def test_damaged_units_go_to_the_hospital_and_undo_brings_them_back(walk: Walk, found: int) -> None:
    hospital = builders.location(walk.session, kind=LocationKind.HOSPITAL)
    marta = walk.at_location()
    _ = marta.scan("DAMAGED", f"N{found}", marta.stop.location_code)
    assert marta.said == f"DAMAGED. Put it in {hospital.code}"
    assert walk.units(hospital, walk.mug) == 2 - found
    assert holds_up(walk)
    assert marta.scan("UNDO") == "short"
    assert walk.units(hospital, walk.mug) == 0
    assert holds_up(walk)


def test_what_was_damaged_and_has_left_the_hospital_is_not_undone(walk: Walk) -> None:
    hospital = builders.location(walk.session, kind=LocationKind.HOSPITAL)
    marta = walk.at_location()
    _ = marta.scan("DAMAGED", "N1", marta.stop.location_code)
    thrown = Goods(product_id=walk.mug.id, quantity=1)
    stocking.move(
        walk.session, builders.actor(), thrown, from_place_id=hospital.id, to_place_id=SCRAP_ID, reason="thrown away"
    )
    assert marta.scan("UNDO") == "scan_item"
    assert marta.said == f"Too late. It has left {hospital.code}"
    assert holds_up(walk)


@pytest.mark.parametrize(
    ("codes", "screen", "words"),
    [
        (("N3",), "short", "Only 2 asked"),
        (("N2",), "scan_item", "All found. Nothing is missing"),
        (("N1",), "short", "1 found. Scan the shelf"),
        (("mug",), "short", "1 found. Scan the shelf"),
        (("mug", "mug"), "put_in_tote", "All found. Nothing is missing"),
        (("pen",), "short", "PUT IT BACK"),
        (("UNDO",), "scan_item", "SHORT taken back"),
        (("T000000",), "short", "That is a TOTE. Scan the SHELF"),
    ],
)
def test_how_many_were_found_is_said_by_card_or_by_scanning(
    walk: Walk, codes: tuple[str, ...], screen: str, words: str
) -> None:
    marta = walk.at_location()
    _ = marta.scan("SHORT")
    products = {"mug": walk.mug_code, "pen": walk.pen_code}
    assert marta.scan(*(products.get(code, code) for code in codes)) == screen
    assert marta.said == words


def test_units_found_by_a_card_are_still_scanned_and_spare_ones_put_back(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan(walk.mug_code, "SHORT", "N0", marta.stop.location_code) == "go_to"
    assert marta.said == "Put 1 back"
    assert walk.units(walk.totes[0], walk.mug) == 0
    assert walk.tasks()[0].status is TaskStatus.SHORT


def test_skip_puts_a_line_to_the_end(walk: Walk) -> None:
    marta = walk.begin()
    first = marta.stop.task_id
    assert marta.scan("SKIP") == "go_to"
    assert marta.stop.task_id != first
    assert marta.said == "Skipped. It comes last"
    _ = marta.scan("SKIP", "SKIP")
    assert marta.stop.task_id == first


def test_skip_is_refused_with_units_in_hand_and_on_the_last_line(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, "SKIP")
    assert marta.said == "UNDO first, then SKIP"
    _ = marta.scan(walk.mug_code, walk.totes[0].barcode)
    _ = marta.pick()
    assert marta.scan("SKIP") == "go_to"
    assert marta.said == "Last line. It cannot wait"


def test_undo_after_skip_brings_the_skipped_line_back_and_no_line_done_before(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    here = marta.stop.task_id
    assert marta.scan("SKIP", "UNDO") == "go_to"
    assert (marta.said, marta.stop.task_id) == ("SKIP taken back", here)
    assert marta.scan("UNDO") == "put_in_tote"
    assert marta.said == f"Take 2 out of {walk.totes[0].barcode}"


def test_undo_after_a_line_done_since_the_skip_takes_that_line_back(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.scan("SKIP")
    done = marta.stop.task_id
    _ = marta.pick()
    assert marta.scan("UNDO") == "put_in_tote"
    assert marta.stop.task_id == done


def test_undo_takes_back_unit_by_unit_then_the_location(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan(walk.mug_code, walk.mug_code, "UNDO") == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("Put 1 back on the shelf", 1)
    assert marta.scan("UNDO") == "scan_item"
    assert marta.stop.in_hand == 0
    assert marta.scan("UNDO") == "go_to"
    assert marta.scan("UNDO") == "go_to"
    assert marta.said == "Nothing to undo"


def test_undo_takes_a_case_back_whole(walk: Walk) -> None:
    walk.asks_for(14)
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, builders.barcode(walk.session, walk.mug, 12), walk.mug_code)
    assert marta.scan("UNDO", "UNDO") == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("Put 12 back on the shelf", 1)


def test_undo_of_a_put_gives_the_units_back_to_the_location(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    assert marta.scan("UNDO") == "put_in_tote"
    assert marta.said == f"Take 2 out of {walk.totes[0].barcode}"
    assert walk.units(walk.totes[0], walk.mug) == 0
    assert walk.tasks()[0].status is TaskStatus.OPEN
    assert holds_up(walk)
    assert marta.scan(walk.totes[0].barcode) == "go_to"
    assert walk.units(walk.totes[0], walk.mug) == 2
    assert holds_up(walk)


def test_undo_of_a_short_gives_the_missing_units_back(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan("NONE HERE", marta.stop.location_code, "UNDO") == "short"
    assert marta.said == "Say again how many"
    assert marta.scan("UNDO") == "scan_item"
    assert marta.said == "SHORT taken back"
    assert marta.stop.left == 2
    assert {item.settled_at is not None for item in walk.session.query(ExceptionItem)} == {True}
    assert holds_up(walk)


def test_undo_works_at_the_lane_until_the_tote_has_left(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan("SHORT", "N1", marta.stop.location_code, walk.mug_code, walk.totes[0].barcode)
    _ = marta.pick()
    assert marta.scan("UNDO") == "put_in_tote"
    assert marta.scan(marta.stop.tote) == "drop_cart"
    _ = marta.scan("SKIP")
    assert marta.feedback.tone == "wrong"
    assert marta.scan(walk.hold.barcode, "UNDO") == "drop_cart"
    assert marta.said == f"Too late. {walk.totes[0].barcode} has left"
    assert holds_up(walk)


def cancel(walk: Walk, order: int) -> None:
    """Cancel an order's open lines as the orders desk does."""
    _ = walk.session.execute(
        update(PickTask)
        .where(PickTask.order_id == walk.orders[order].id, PickTask.status == TaskStatus.OPEN)
        .values(status=TaskStatus.CANCELLED)
    )
    _ = walk.orders[order].move_to(OrderStatus.CANCELLED)
    walk.session.flush()


def test_units_in_hand_of_a_cancelled_order_go_back_to_the_location(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    token = marta.screen.token
    cancel(walk, 0)
    assert marta.scan(walk.mug_code, token=token) == "put_back"
    assert marta.scan("SKIP") == "put_back"
    assert marta.scan(walk.totes[0].barcode) == "put_back"
    assert marta.said == "Order cancelled. Put it back first"
    assert marta.scan(walk.mug_code) == "put_back"
    assert marta.scan(marta.stop.location_code) == "scan_item"
    assert marta.stop.order_id == walk.orders[1].id


def test_the_tote_of_a_cancelled_order_goes_to_the_hold_lane(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    cancel(walk, 0)
    _ = marta.pick()
    assert marta.screen.accept == (walk.hold.barcode,)
    assert marta.scan(walk.hold.barcode, walk.lane.barcode) == "home"
    assert walk.totes[0].status is ToteStatus.STAGED
    assert walk.orders[0].status is OrderStatus.CANCELLED


def test_undo_cannot_bring_a_cancelled_order_back(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    cancel(walk, 0)
    _ = marta.scan("UNDO")
    assert marta.said == "Too late. That order is cancelled"


def test_undo_passes_over_the_steps_of_a_cancelled_order(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    _ = marta.pick()
    _ = marta.reach()
    cancel(walk, 1)
    assert marta.scan("UNDO") == "put_in_tote"
    assert marta.said == f"Take 1 out of {walk.totes[0].barcode}"


def test_each_step_is_in_the_journal_with_its_scan(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    _ = marta.scan("UNDO")
    entries = walk.session.query(JournalEntry).filter(JournalEntry.order_id == walk.orders[0].id)
    events = [entry.event for entry in entries.order_by(JournalEntry.at, JournalEntry.id)]
    assert events == [
        "OrderMoved",
        "ToteBound",
        "LocationReached",
        "ItemPicked",
        "ItemPicked",
        "UnitsPut",
        "ScanUndone",
    ]
    assert all(entry.scan for entry in entries)


def test_a_scan_for_a_line_whose_order_was_cancelled_meanwhile_is_told_so(walk: Walk) -> None:
    marta = walk.at_location()
    token = marta.screen.token
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "changed their mind")
    assert marta.scan(walk.mug_code, token=token) == "scan_item"
    assert (marta.said, marta.feedback.tone, marta.feedback.cue) == ("Order cancelled. Next line", "info", "moved")
    assert (marta.stop.order_id, marta.stop.in_hand) == (walk.orders[1].id, 0)
    assert marta.screen.token != token


def test_a_scan_for_the_last_line_cancelled_meanwhile_names_no_next_line(walk: Walk) -> None:
    marta = walk.begin()
    while walk.orders[1].id != marta.stop.order_id:
        _ = marta.pick()
    token = marta.screen.token
    cancelling.cancel(walk.session, builders.actor(), walk.orders[1], "changed their mind")
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(walk.mug_code, token=token) == "drop_cart"
    assert marta.said == "Order cancelled"
