"""Pick by product: one scan takes the units of several totes, and each tote's scan deals some of them out."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.picker import Picker
from wms.domain.floor import SCRAP_ID, Location, LocationKind, Profile
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.stock import StockMove
from wms.domain.totes import Tote
from wms.services import verifying
from wms.services.orders import cancelling


@dataclass(frozen=True, kw_only=True)
class Deal:
    """Three orders of three mugs each, all on one shelf, where the picker stands."""

    session: Session
    marta: Picker
    orders: list[Order]
    totes: list[Tote]
    location: Location
    mug: str
    case: str
    hold: Location
    lane: Location

    def in_hand(self) -> list[int]:
        rows = self.session.query(PickTask).order_by(PickTask.order_id).populate_existing()
        return [task.in_hand for task in rows]

    def outcome(self) -> list[tuple[int, TaskStatus]]:
        """What was picked for each order, and how its line ended."""
        rows = self.session.query(PickTask).order_by(PickTask.order_id).populate_existing()
        return [(task.picked, task.status) for task in rows]

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def dealt(session: Session, profile: Profile = Profile.STANDARD) -> Deal:
    builders.zone(session, profile=profile)
    mug, location = builders.product(session, case_of=6), builders.location(session)
    builders.stock(session, location, mug, 9)
    orders = [builders.order(session, (mug, 3)) for _ in range(3)]
    _ = builders.waiting_batch(session, *orders, locations={mug.id: location})
    deal = Deal(
        session=session,
        marta=Picker(session),
        orders=orders,
        totes=[builders.tote(session) for _ in orders],
        location=location,
        mug=builders.barcode(session, mug),
        case=builders.barcode(session, mug, 6),
        hold=builders.location(session, kind=LocationKind.HOLD),
        lane=builders.location(session, kind=LocationKind.LANE),
    )
    _ = deal.marta.begin(builders.cart(session), *deal.totes)
    _ = deal.marta.reach()
    return deal


@pytest.fixture
def deal(session: Session) -> Deal:
    """The three orders in a zone where one scan takes a line."""
    return dealt(session)


def test_one_scan_takes_nine_and_a_scan_of_each_tote_deals_out_three(deal: Deal) -> None:
    assert deal.marta.stop.to_take == 9
    assert deal.marta.scan(deal.mug) == "put_in_tote"
    assert (deal.marta.said, deal.in_hand()) == ("9 of 9", [3, 3, 3])
    assert deal.marta.scan(deal.totes[1].barcode) == "put_in_tote"
    assert deal.marta.said == f"TAKE IT OUT OF {deal.totes[1].barcode}, PUT IN {deal.totes[0].barcode}"
    assert deal.marta.scan(*(tote.barcode for tote in deal.totes)) == "drop_cart"
    rows = deal.session.query(PickedUnits).populate_existing().all()
    assert sorted((row.quantity, row.tote_proof.value) for row in rows) == [(3, "label")] * 3
    assert deal.holds_up()


def test_undo_lays_all_nine_down_and_then_takes_a_put_back(deal: Deal) -> None:
    assert deal.marta.scan(deal.mug, "UNDO") == "scan_item"
    assert (deal.marta.said, deal.in_hand()) == ("Put 9 back on the shelf", [0, 0, 0])
    assert deal.marta.scan(deal.mug, deal.totes[0].barcode, "UNDO") == "put_in_tote"
    assert deal.in_hand() == [3, 3, 3]
    assert deal.marta.scan(*(tote.barcode for tote in deal.totes)) == "drop_cart"
    assert deal.holds_up()


def test_a_case_takes_what_it_counts_and_the_rest_follows(deal: Deal) -> None:
    assert deal.marta.scan(deal.case) == "put_in_tote"
    assert deal.in_hand() == [3, 3, 0]
    assert deal.marta.scan(deal.totes[0].barcode, deal.totes[1].barcode) == "scan_item"
    assert deal.marta.scan(deal.case) == "scan_item"
    assert deal.marta.said == "Case of 6, take 3 loose"
    assert deal.marta.scan(deal.mug, deal.totes[2].barcode) == "drop_cart"
    assert deal.holds_up()


def test_a_quantity_card_counts_no_more_than_it_says_of_a_tote_that_a_case_began(session: Session) -> None:
    builders.zone(session)
    soap = builders.product(session, case_of=3)
    orders = [builders.order(session, (soap, 4)), builders.order(session, (soap, 4))]
    _ = builders.waiting_batch(session, *orders)
    marta, totes, case = Picker(session), [builders.tote(session) for _ in orders], builders.barcode(session, soap, 3)
    _ = marta.begin(builders.cart(session), *totes)
    _ = marta.reach()
    assert marta.scan(case, case, totes[0].barcode) == "scan_item"
    assert marta.stop.in_hand == 2
    assert marta.scan("N3") == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("3 of 4", 3)


def test_units_that_run_out_while_they_are_dealt_leave_the_later_totes_short(deal: Deal) -> None:
    _ = deal.marta.scan(deal.mug, deal.totes[0].barcode)
    assert deal.marta.scan("SHORT", "N1") == "short"
    assert deal.marta.scan(deal.location.barcode) == "put_in_tote"
    assert (deal.marta.said, deal.in_hand()) == ("Put 1 in the tote", [0, 1, 0])
    assert deal.marta.scan(deal.totes[1].barcode) == "drop_cart"
    tasks = deal.session.query(PickTask).order_by(PickTask.order_id).populate_existing().all()
    assert [(task.picked, task.status) for task in tasks] == [
        (3, TaskStatus.PICKED),
        (1, TaskStatus.SHORT),
        (0, TaskStatus.SHORT),
    ]
    _ = deal.marta.scan(deal.hold.barcode, deal.lane.barcode)
    assert [order.status for order in deal.orders] == [OrderStatus.PICKED, OrderStatus.SHORT, OrderStatus.SHORT]
    assert deal.holds_up()


def test_a_damaged_unit_leaves_the_later_totes_what_is_in_hand(deal: Deal) -> None:
    _ = deal.marta.scan(deal.mug, deal.totes[0].barcode)
    _ = deal.marta.scan("DAMAGED", "N2", deal.location.barcode)
    assert deal.in_hand() == [0, 2, 3]
    assert deal.marta.scan(deal.totes[1].barcode, deal.totes[2].barcode) == "drop_cart"
    assert deal.holds_up()


def test_what_was_found_of_nine_is_dealt_out_and_the_line_where_it_ends_is_short(deal: Deal) -> None:
    assert deal.marta.scan("SHORT") == "short"
    assert deal.marta.stop.asked == 9
    assert deal.marta.scan("N10") == "short"
    assert deal.marta.said == "Only 9 asked"
    assert deal.marta.scan("N4") == "short"
    assert deal.marta.said == "4 found. Scan the shelf"
    assert deal.marta.scan(deal.location.barcode) == "scan_item"
    assert (deal.marta.said, deal.marta.stop.to_take) == ("Take 4", 4)
    assert deal.marta.scan(deal.mug) == "put_in_tote"
    assert deal.in_hand() == [3, 1, 0]
    assert deal.marta.scan(deal.totes[0].barcode, deal.totes[1].barcode) == "drop_cart"
    assert deal.outcome() == [(3, TaskStatus.PICKED), (1, TaskStatus.SHORT), (0, TaskStatus.SHORT)]
    assert deal.holds_up()


@pytest.mark.parametrize(("found", "picked"), [(3, [3, 0, 0]), (6, [3, 3, 0]), (8, [3, 3, 2])])
def test_a_short_said_of_nine_is_taken_back_and_said_again(deal: Deal, found: int, picked: list[int]) -> None:
    _ = deal.marta.scan("SHORT", f"N{found}", deal.location.barcode)
    assert deal.marta.scan("UNDO") == "short"
    assert (deal.marta.said, deal.marta.stop.found, deal.marta.stop.asked) == ("Say again how many", found, 9)
    assert deal.holds_up()
    assert deal.marta.scan("UNDO", "UNDO") == "scan_item"
    assert (deal.marta.said, deal.marta.stop.to_take) == ("SHORT taken back", 9)
    _ = deal.marta.scan("SHORT", f"N{found}", deal.location.barcode, deal.mug)
    while deal.marta.screen.name == "put_in_tote":
        _ = deal.marta.scan(deal.marta.stop.tote)
    assert sorted(units for units, _ in deal.outcome()) == sorted(picked)
    assert deal.holds_up()


def test_all_nine_found_after_all_are_taken(deal: Deal) -> None:
    assert deal.marta.scan("SHORT", "N5", "N9") == "scan_item"
    assert (deal.marta.said, deal.marta.stop.to_take) == ("All found. Nothing is missing", 9)


def test_broken_ones_among_nine_leave_the_others_to_be_dealt_out(deal: Deal) -> None:
    assert deal.marta.scan("DAMAGED", "N8", deal.location.barcode, deal.mug) == "put_in_tote"
    assert deal.in_hand() == [3, 3, 2]
    scrapped = {(move.reason, move.quantity) for move in deal.session.query(StockMove) if move.to_place_id == SCRAP_ID}
    assert scrapped == {("damaged", 1)}
    assert deal.holds_up()


def test_what_is_found_for_several_totes_is_told_by_its_number(deal: Deal) -> None:
    assert deal.marta.scan("SHORT", deal.mug, deal.mug, deal.mug) == "short"
    assert deal.marta.said == "3 found. Scan the shelf"
    assert deal.marta.scan(deal.mug) == "short"
    assert deal.marta.said == "Say how many in all"
    assert deal.marta.scan("N4", deal.location.barcode) == "put_in_tote"
    assert deal.marta.scan(deal.totes[0].barcode, deal.mug, deal.totes[1].barcode) == "drop_cart"
    assert deal.outcome() == [(3, TaskStatus.PICKED), (1, TaskStatus.SHORT), (0, TaskStatus.SHORT)]
    assert deal.holds_up()


def test_units_found_for_orders_that_are_cancelled_by_then_are_not_missing(deal: Deal) -> None:
    _ = deal.marta.scan("SHORT", "N4")
    for order in deal.orders[1:]:
        cancelling.cancel(deal.session, builders.actor(), order, "no longer wanted")
    assert deal.marta.scan(deal.location.barcode) == "scan_item"
    assert deal.marta.said == "All found. Nothing is missing"
    assert deal.holds_up()


def test_a_skip_skips_all_that_is_taken_at_once(session: Session) -> None:
    builders.zone(session, profile=Profile.STANDARD)
    mug, pen = builders.product(session, "MUG"), builders.product(session, "PEN")
    orders = [builders.order(session, (mug, 3)), builders.order(session, (mug, 2)), builders.order(session, (pen, 1))]
    locations = {one.id: builders.location(session) for one in (mug, pen)}
    for one in (mug, pen):
        builders.stock(session, locations[one.id], one, 9)
    _ = builders.waiting_batch(session, *orders, locations=locations)
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), *(builders.tote(session) for _ in orders))
    assert marta.stop.to_take == 5
    assert marta.scan("SKIP") == "go_to"
    assert (marta.stop.sku, marta.said) == ("PEN", "Skipped. It comes last")
    assert marta.scan("UNDO") == "go_to"
    assert (marta.stop.sku, marta.stop.to_take) == ("MUG", 5)
    _ = marta.scan("SKIP")
    _ = marta.pick()
    assert (marta.stop.sku, marta.stop.to_take) == ("MUG", 5)
    assert marta.scan("SKIP") == "go_to"
    assert marta.said == "Last line. It cannot wait"


def test_the_units_of_an_order_cancelled_meanwhile_go_back_and_the_others_are_dealt_on(deal: Deal) -> None:
    _ = deal.marta.scan(deal.mug)
    cancelling.cancel(deal.session, builders.actor(), deal.orders[1], "no longer wanted")
    assert deal.marta.scan(deal.totes[0].barcode) == "put_back"
    assert deal.marta.scan(deal.location.barcode) == "put_in_tote"
    assert deal.marta.scan(deal.totes[2].barcode) == "drop_cart"
    assert deal.holds_up()


def test_undo_lays_down_what_was_taken_with_the_units_of_an_order_cancelled_since(deal: Deal) -> None:
    _ = deal.marta.scan(deal.mug)
    cancelling.cancel(deal.session, builders.actor(), deal.orders[0], "no longer wanted")
    assert deal.marta.scan(deal.location.barcode) == "put_in_tote"
    assert deal.marta.scan("UNDO") == "scan_item"
    assert (deal.marta.said, deal.in_hand()) == ("Put 6 back on the shelf", [0, 0, 0])
    assert deal.marta.stop.to_take == 6
    assert deal.holds_up()


def test_a_strict_zone_takes_one_tote_after_another(session: Session) -> None:
    deal = dealt(session, Profile.STRICT)
    assert deal.marta.scan(deal.mug) == "put_in_tote"
    assert deal.in_hand() == [3, 0, 0]
    assert deal.marta.scan(deal.totes[0].barcode) == "scan_item"


def test_a_case_that_is_one_orders_leaves_the_others_to_be_taken_after_it(session: Session) -> None:
    builders.zone(session, profile=Profile.STANDARD)
    mug = builders.product(session, case_of=3)
    _ = builders.waiting_batch(session, builders.order(session, (mug, 3)), builders.order(session, (mug, 2)))
    marta, totes = Picker(session), [builders.tote(session) for _ in range(2)]
    _ = marta.begin(builders.cart(session), *totes)
    _ = marta.reach()
    assert marta.stop.to_take == 5
    assert marta.scan(builders.barcode(session, mug, 3)) == "put_in_tote"
    assert marta.stop.to_take == 0
    assert marta.scan(totes[0].barcode) == "scan_item"
    assert marta.stop.to_take == 2
