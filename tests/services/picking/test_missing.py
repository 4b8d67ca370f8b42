"""A confirmed short: the shelf is put right and counted, and its units are fetched elsewhere or the order waits."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.picker import Picker
from wms.domain.catalog import Product
from wms.domain.counting import CountStatus, CountTask
from wms.domain.floor import ADJUSTMENT_ID, Location, LocationKind
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickStep, StepKind
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.stock import Lot, Stock, StockMove
from wms.domain.totes import Tote
from wms.domain.waves import Allocation
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.planning import again
from wms.services.stock import allocating, counting, stocking
from wms.services.stock.stocking import Goods


@dataclass(frozen=True, kw_only=True)
class Spots:
    """Three orders of 2, 1 and 1 mugs and one pen each in the first two; mugs stand at `first` and, spare, `second`."""

    session: Session
    marta: Picker
    mug: Product
    first: Location
    second: Location
    orders: list[Order]
    totes: list[Tote]
    lane: Location
    hold: Location

    def balance(self, place: Location) -> tuple[int, int]:
        """Mugs on hand and reserved in a location."""
        row = self.session.get(Stock, (builders.WAREHOUSE, place.id, self.mug.id, "", ""), populate_existing=True)
        return (row.on_hand, row.reserved) if row else (0, 0)

    def tasks(self) -> list[PickTask]:
        rows = self.session.query(PickTask).order_by(PickTask.sequence, PickTask.id)
        return rows.populate_existing().all()

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def made(session: Session, *, spare: int, there: int = 10) -> Spots:
    """The orders on one cart; `spare` mugs at the second shelf, a pen's shelf between the two."""
    mug, pen = builders.product(session, "MUG"), builders.product(session, "PEN")
    first, between, second = places = [builders.location(session) for _ in range(3)]
    for number, place in enumerate(places):
        place.aisle, place.x_m, place.y_m = "77", 0.0, float(number)
    builders.stock(session, first, mug, there)
    builders.stock(session, between, pen, 10)
    orders = [
        builders.order(session, (mug, 2), (pen, 1)),
        builders.order(session, (mug, 1), (pen, 1)),
        builders.order(session, (mug, 1)),
    ]
    _ = builders.waiting_batch(session, *orders, locations={mug.id: first, pen.id: between})
    if spare:
        builders.stock(session, second, mug, spare)
    marta, totes = Picker(session), [builders.tote(session) for _ in orders]
    _ = marta.begin(builders.cart(session), *totes)
    lanes = [builders.location(session, kind=kind) for kind in (LocationKind.LANE, LocationKind.HOLD)]
    for lane in lanes:
        lane.aisle, lane.x_m, lane.y_m = "78", 5.0, 2.0  # past the shelves, whatever their numbers
    return Spots(
        session=session,
        marta=marta,
        mug=mug,
        first=first,
        second=second,
        orders=orders,
        totes=totes,
        lane=lanes[0],
        hold=lanes[1],
    )


def test_missing_units_are_fetched_from_another_location_on_the_way(session: Session) -> None:
    floor = made(session, spare=20)
    assert floor.marta.scan("NONE HERE", floor.first.barcode) == "go_to"
    assert floor.marta.said == "None here. Fetch it elsewhere"
    visited = []
    while floor.marta.screen.name != "drop_cart":
        visited.append((floor.marta.stop.sku, floor.marta.stop.location))
        _ = floor.marta.pick()
    assert {place for sku, place in visited if sku == "MUG"} == {floor.second.code}
    assert [sku for sku, _ in visited] == ["PEN", "PEN", "MUG", "MUG", "MUG"]
    assert floor.marta.scan(floor.lane.barcode) == "home"
    assert {order.status for order in floor.orders} == {OrderStatus.PICKED}
    assert floor.session.query(ExceptionItem).count() == 0
    assert floor.holds_up()


def test_the_locations_books_say_what_is_there_and_it_is_counted(session: Session) -> None:
    floor = made(session, spare=20)
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    assert floor.balance(floor.first) == (0, 0)
    assert floor.balance(floor.second) == (20, 4)
    written_off = floor.session.query(StockMove).filter_by(to_place_id=ADJUSTMENT_ID)
    assert sorted(move.quantity for move in written_off) == [2, 8]
    count = floor.session.query(CountTask).one()
    assert (count.location_id, count.status, count.reason) == (floor.first.id, CountStatus.OPEN, "MUG none here")
    assert floor.holds_up()


def test_nothing_is_set_aside_from_a_location_under_count(session: Session) -> None:
    floor = made(session, spare=0)
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    builders.stock(session, floor.first, floor.mug, 5)
    order = builders.order(session, (floor.mug, 1))
    reasons = allocating.allocate(session, builders.actor(), [order])
    assert reasons[order.id] == "1 of MUG missing: 0 free, 1 asked."


def test_what_other_walks_have_set_aside_stays_theirs(session: Session) -> None:
    floor = made(session, spare=20)
    other = builders.order(session, (floor.mug, 3))
    _ = builders.waiting_batch(session, other, locations={floor.mug.id: floor.first})
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    assert floor.balance(floor.first) == (3, 3)
    assert floor.holds_up()


def test_units_found_stay_with_the_line_and_only_the_rest_is_fetched(session: Session) -> None:
    floor = made(session, spare=20)
    assert floor.marta.scan(floor.first.barcode, "SHORT", "N1", floor.first.barcode) == "scan_item"
    assert (floor.marta.stop.left, floor.balance(floor.first)) == (1, (1, 1))
    tail = [(task.location_id, task.quantity, task.status) for task in floor.tasks() if task.product_id == floor.mug.id]
    assert tail == [(floor.first.id, 1, TaskStatus.OPEN), *[(floor.second.id, 1, TaskStatus.OPEN)] * 3]
    while floor.marta.screen.name != "drop_cart":
        _ = floor.marta.pick()
    assert floor.marta.scan(floor.lane.barcode) == "home"
    assert {order.status for order in floor.orders} == {OrderStatus.PICKED}
    assert floor.holds_up()


def test_an_order_that_no_location_can_fill_waits_in_the_inbox_and_holds_nobody_up(session: Session) -> None:
    floor = made(session, spare=2)
    assert floor.marta.scan("NONE HERE", floor.first.barcode) == "go_to"
    shorts = floor.session.query(ExceptionItem).order_by(ExceptionItem.id).all()
    assert [(item.order_id, item.text) for item in shorts] == [
        (order.id, f"1 of 1 MUG none here at {floor.first.code}") for order in floor.orders[1:]
    ]
    while floor.marta.screen.name != "drop_cart":
        _ = floor.marta.pick()
    assert floor.marta.scan(floor.hold.barcode, floor.lane.barcode) == "home"
    assert [order.status for order in floor.orders] == [OrderStatus.PICKED, OrderStatus.SHORT, OrderStatus.SHORT]
    assert floor.holds_up()


@pytest.mark.parametrize("spare", [0, 2, 20])
@pytest.mark.parametrize("said", [("NONE HERE",), ("SHORT", "N1"), ("DAMAGED",), ("OTHER ITEM HERE",)])
def test_undo_puts_the_location_the_walk_and_the_books_back(
    session: Session, spare: int, said: tuple[str, ...]
) -> None:
    floor = made(session, spare=spare)
    _ = floor.marta.scan(floor.first.barcode)

    def state() -> object:
        tasks = [(task.id, task.location_id, task.quantity, task.status) for task in floor.tasks()]
        open_tasks = [task for task in tasks if task[3] is TaskStatus.OPEN]
        return sorted(open_tasks), floor.balance(floor.first), floor.balance(floor.second)

    before = state()
    _ = floor.marta.scan(*said, floor.first.barcode)
    assert state() != before
    assert floor.marta.scan("UNDO") == "short"
    assert floor.marta.said == "Say again how many"
    assert state() == before
    assert floor.session.query(CountTask).one().status is CountStatus.CANCELLED
    assert floor.session.query(ExceptionItem).filter_by(settled_at=None).count() == 0
    assert floor.holds_up()
    for _ in said:
        _ = floor.marta.scan("UNDO")
    assert (floor.marta.screen.name, floor.marta.said) == ("scan_item", "SHORT taken back")


def test_undo_of_a_short_shows_its_line_however_far_it_was_sent(session: Session) -> None:
    products = [builders.product(session, sku) for sku in ("MUG", "PEN", "CUP", "TIN")]
    spots = [builders.location(session) for _ in range(5)]
    for number, location in enumerate(spots):
        location.aisle, location.x_m, location.y_m = "77", 0.0, float(number)
        builders.stock(session, location, products[number % 4], 5)
    order = builders.order(session, *((product, 1) for product in products))
    places = {product.id: location for product, location in zip(products, spots[:4], strict=True)}
    _ = builders.waiting_batch(session, order, locations=places)
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    assert marta.scan("NONE HERE", spots[0].barcode) == "go_to"
    assert marta.scan("UNDO") == "short"
    assert (marta.stop.sku, marta.said) == ("MUG", "Say again how many")


@pytest.mark.parametrize("spare", [0, 20])
def test_a_line_that_was_short_can_be_short_again(session: Session, spare: int) -> None:
    floor = made(session, spare=0)
    _ = floor.marta.scan(floor.first.barcode, "SHORT", "N1", floor.first.barcode)
    if spare:
        builders.stock(session, floor.second, floor.mug, spare)
    assert floor.marta.scan("DAMAGED") == "short"
    assert floor.marta.stop.wanted == 1
    assert floor.marta.scan("N2") == "short"
    assert floor.marta.said == "Only 1 asked"
    assert floor.marta.scan("N1") == "scan_item"
    assert floor.marta.scan("DAMAGED", "N0", floor.first.barcode, "UNDO", "UNDO") == "short"
    assert floor.marta.scan("UNDO") == "scan_item"
    assert (floor.marta.said, floor.marta.stop.wanted) == ("SHORT taken back", 1)
    _ = floor.marta.scan("DAMAGED", "N0", floor.first.barcode)
    assert floor.marta.said == ("None here. Fetch it elsewhere" if spare else "None found. Go on")
    assert floor.holds_up()
    while floor.marta.screen.name != "drop_cart":
        _ = floor.marta.pick()
    assert floor.marta.scan(floor.hold.barcode, floor.lane.barcode) == "home"
    tasks = [task for task in floor.tasks() if task.status is not TaskStatus.CANCELLED]
    first = [(task.quantity, task.picked) for task in tasks if task.order_id == floor.orders[0].id]
    assert sorted(first) == ([(1, 0), (1, 1), (1, 1)] if spare else [(1, 1), (2, 0)])
    assert floor.orders[0].status is OrderStatus.SHORT
    assert floor.holds_up()


@pytest.mark.parametrize("spare", [0, 20])
def test_a_short_is_not_taken_back_when_an_order_of_it_was_cancelled(session: Session, spare: int) -> None:
    floor = made(session, spare=spare)
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    cancelling.cancel(session, builders.actor(), floor.orders[2], "customer")
    _ = floor.marta.scan("UNDO")
    assert floor.marta.said == "Too late. That order is cancelled"
    assert floor.holds_up()


def test_a_short_is_not_taken_back_when_its_location_was_counted_since(session: Session) -> None:
    floor = made(session, spare=20)
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    count = session.query(CountTask).one()
    found = {(floor.mug.id, "", ""): 7}
    _ = counting.close(session, replace(builders.actor(), at=floor.marta.actor.at), count.id, found, count.opened_at)
    assert floor.marta.scan("UNDO") == "go_to"
    assert floor.marta.said == "Too late. That shelf was counted"
    assert floor.balance(floor.first) == (7, 0)
    assert floor.holds_up()


def test_a_short_is_not_taken_back_when_its_lot_was_given_away_since(session: Session) -> None:
    milk, location = builders.product(session, "MILK"), builders.location(session)
    pickers = []
    for device, lot, units in (("1", "A", 2), ("2", "B", 1)):
        session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=milk.id, lot=lot, expiry=None))
        builders.stock(session, location, milk, units, lot=lot)
        order = builders.order(session, (milk, units))
        _ = builders.waiting_batch(session, order, locations={milk.id: location}, lots={milk.id: lot})
        picker = Picker(session, device=device)
        _ = picker.begin(builders.cart(session), builders.tote(session))
        _ = picker.scan(location.barcode)
        pickers.append(picker)
    builders.stock(session, builders.location(session), milk, 5, lot="A")
    marta, tom = pickers
    _ = marta.scan("SHORT", "N1", location.barcode)
    assert tom.scan(builders.barcode(session, milk), "A") == "put_in_tote"
    _ = marta.scan("UNDO")
    assert marta.said == "Lot A is taken. Go on"
    assert (marta.screen.name, marta.stop.lot) == ("scan_item", "B")
    assert verifying.verify(session, builders.WAREHOUSE) == []


@dataclass(frozen=True, kw_only=True)
class Lots:
    """Two orders of one milk each from one shelf with five of each lot: one is of lot A, the other of lot B."""

    session: Session
    marta: Picker
    milk: Product
    place: Location

    def balances(self) -> dict[str, tuple[int, int]]:
        """What is on hand and reserved of each lot on the shelf."""
        rows = self.session.query(Stock).filter_by(place_id=self.place.id).populate_existing()
        return {row.lot: (row.on_hand, row.reserved) for row in rows}


def in_two_lots(session: Session) -> Lots:
    milk, place = builders.product(session, "MILK"), builders.location(session)
    orders = [builders.order(session, (milk, 1)) for _ in "AB"]
    for lot in "AB":
        session.add(Lot(warehouse_id=builders.WAREHOUSE, product_id=milk.id, lot=lot, expiry=None))
        builders.stock(session, place, milk, 5, lot=lot)
    _ = builders.waiting_batch(session, *orders, locations={milk.id: place}, lots={milk.id: "A"})
    stocking.unreserve(session, builders.actor(), place.id, Goods(product_id=milk.id, quantity=1, lot="A"))
    stocking.reserve(session, builders.actor(), place.id, Goods(product_id=milk.id, quantity=1, lot="B"))
    task = session.query(PickTask).filter_by(order_id=orders[1].id).one()
    task.lot = session.get_one(Allocation, (builders.WAREHOUSE, task.allocation_id)).lot = "B"
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), *(builders.tote(session) for _ in orders))
    return Lots(session=session, marta=marta, milk=milk, place=place)


def test_none_here_goes_for_every_lot_of_the_product(session: Session) -> None:
    floor = in_two_lots(session)
    assert floor.marta.scan("NONE HERE", floor.place.barcode) == "drop_cart"
    assert floor.balances() == {"A": (0, 0), "B": (0, 0)}
    assert verifying.verify(session, builders.WAREHOUSE) == []
    assert floor.marta.scan("UNDO") == "short"
    assert floor.balances() == {"A": (5, 1), "B": (5, 1)}
    assert verifying.verify(session, builders.WAREHOUSE) == []


def test_a_short_keeps_to_the_lot_that_was_asked_for(session: Session) -> None:
    floor = in_two_lots(session)
    assert floor.marta.scan("SHORT", floor.place.barcode) == "scan_item"
    assert floor.marta.stop.lot == "B"
    assert floor.balances() == {"A": (0, 0), "B": (5, 1)}


def test_a_short_noted_before_lots_were_written_off_is_taken_back_all_the_same(session: Session) -> None:
    floor = made(session, spare=0)
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    step = session.query(PickStep).filter_by(kind=StepKind.SHORT).one()
    step.before = {**step.before, "written_off": 8}
    session.flush()
    assert floor.marta.scan("UNDO") == "short"
    assert floor.balance(floor.first) == (10, 4)
    assert floor.holds_up()


def test_an_order_is_called_full_when_what_it_lacked_was_picked_again(session: Session) -> None:
    floor = made(session, spare=0)
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    while floor.marta.screen.name != "drop_cart":
        _ = floor.marta.pick()
        assert floor.marta.feedback.cue == "line"
    _ = floor.marta.scan(floor.hold.barcode, floor.lane.barcode)
    builders.stock(session, floor.second, floor.mug, 20)
    assert again.pick_again(session, builders.actor(), floor.orders[0].id).reason == ""
    tote = builders.tote(session)
    _ = floor.marta.begin(builders.cart(session), tote)
    _ = floor.marta.pick()
    assert floor.marta.said == f"{tote.barcode} FULL ORDER"


def test_only_the_broken_units_leave_the_books_for_the_good_ones_stand_on_the_location(session: Session) -> None:
    """The rest was written off as with a short, though nobody had said that it was not there."""
    floor = made(session, spare=20)
    assert floor.marta.scan("DAMAGED", "N1", floor.first.barcode) == "scan_item"
    moves = {(move.reason, move.quantity) for move in floor.session.query(StockMove) if move.to_place_id < 5}
    assert moves == {("damaged", 1)}
    assert floor.balance(floor.first) == (9, 3)
    assert floor.session.query(CountTask).one().reason == "MUG damaged"
    assert floor.holds_up()


def test_other_lines_still_take_good_units_from_a_location_where_some_were_broken(session: Session) -> None:
    floor = made(session, spare=0)
    _ = floor.marta.scan("DAMAGED", "N1", floor.first.barcode)
    assert [item.order_id for item in floor.session.query(ExceptionItem)] == [floor.orders[0].id]
    while floor.marta.screen.name != "drop_cart":
        _ = floor.marta.pick()
    assert floor.marta.scan(floor.hold.barcode, floor.lane.barcode) == "home"
    statuses = [order.status for order in floor.orders]
    assert statuses == [OrderStatus.SHORT, OrderStatus.PICKED, OrderStatus.PICKED]
    assert floor.balance(floor.first) == (6, 0)
    assert floor.holds_up()


def test_the_good_units_of_a_location_with_broken_ones_wait_for_its_count(session: Session) -> None:
    floor = made(session, spare=0)
    _ = floor.marta.scan("DAMAGED", "N1", floor.first.barcode)
    order = builders.order(session, (floor.mug, 1))
    reasons = allocating.allocate(session, builders.actor(), [order])
    assert reasons[order.id] == "1 of MUG missing: 0 free, 1 asked."


def test_a_location_short_again_is_counted_once(session: Session) -> None:
    floor = made(session, spare=20)
    other = builders.order(session, (floor.mug, 3))
    _ = builders.waiting_batch(session, other, locations={floor.mug.id: floor.first})
    _ = floor.marta.scan("NONE HERE", floor.first.barcode)
    tom = Picker(session, device="2")
    _ = tom.begin(builders.cart(session), builders.tote(session))
    _ = tom.scan("NONE HERE", floor.first.barcode, "UNDO")
    assert floor.session.query(CountTask).one().status is CountStatus.OPEN
    assert floor.holds_up()
