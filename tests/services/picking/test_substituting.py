"""What no shelf has is sent as another product, where the order accepts that and the shop allows it."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from tests.packers import packer
from tests.services.picking.picker import Picker
from wms.domain.catalog import Product
from wms.domain.codes import Command
from wms.domain.floor import Location, LocationKind
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.people import ShortPolicy
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.putbacks import PutBack
from wms.domain.stock import Stock
from wms.domain.waves import Wave
from wms.services import verifying
from wms.services.orders import cancelling, deciding
from wms.services.planning import again, recalling
from wms.services.printing import slips
from wms.services.stock import allocating, counting

Lines = list[tuple[str, int, int]]
"""SKU, units bought and units owed."""


@dataclass(frozen=True, kw_only=True)
class Hall:
    """An order of 2 blue mugs and a pen under way; red mugs, which may stand in for blue ones, lie on a shelf."""

    session: Session
    marta: Picker
    blue: Product
    red: Product
    order: Order
    blues: Location
    reds: Location
    lane: Location

    def lines(self) -> Lines:
        rows = self.session.query(OrderLine).filter_by(order_id=self.order.id).order_by(OrderLine.position)
        return [(line.sku, line.quantity, line.to_pick) for line in rows.populate_existing()]

    def goes_on_to_the_end(self) -> None:
        while self.marta.screen.name != "drop_cart":
            _ = self.marta.pick()

    def goes_on_without_blues_and_reds(self) -> None:
        """The walk is put down without its mugs: neither shelf has any."""
        _ = self.marta.scan(Command.NONE_HERE, self.blues.barcode)
        while self.marta.screen.name != "drop_cart":
            if self.marta.stop.sku == "MUG-RED":
                _ = self.marta.scan(Command.NONE_HERE, self.reds.barcode)
            else:
                _ = self.marta.pick()
        _ = self.marta.scan(self.lane.barcode)

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, WAREHOUSE) == []


def made(session: Session, *, accepts: bool = True, allowed: bool = True, reds: int = 5) -> Hall:
    blue, red, pen = (builders.product(session, sku) for sku in ("MUG-BLU", "MUG-RED", "PEN"))
    places = [builders.location(session) for _ in range(3)]
    builders.stock(session, places[0], blue, 2)
    builders.stock(session, places[1], pen, 5)
    if reds:
        builders.stock(session, places[2], red, reds)
    if allowed:
        builders.substitute(session, blue, red)
    order = builders.order(session, (blue, 2), (pen, 1))
    order.accepts_substitutes = accepts
    _ = builders.waiting_batch(session, order, locations={blue.id: places[0], pen.id: places[1]})
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    return Hall(
        session=session,
        marta=marta,
        blue=blue,
        red=red,
        order=order,
        blues=places[0],
        reds=places[2],
        lane=builders.location(session, kind=LocationKind.LANE),
    )


def test_a_substitute_is_picked_on_the_same_walk_and_named(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    assert hall.marta.said == "None here. Take MUG-RED instead"
    assert hall.lines() == [("MUG-BLU", 2, 0), ("PEN", 1, 1), ("MUG-RED", 2, 2)]
    told = [(hall.marta.stop.sku, hall.marta.stop.replaces)]
    _ = hall.marta.pick()
    told.append((hall.marta.stop.sku, hall.marta.stop.replaces))
    assert sorted(told) == [("MUG-RED", "MUG-BLU"), ("PEN", "")]
    hall.goes_on_to_the_end()
    assert hall.marta.scan(hall.lane.barcode) == "home"
    assert hall.order.status is OrderStatus.PICKED
    assert session.query(ExceptionItem).count() == 0
    entry = session.query(JournalEntry).filter_by(event="ProductSubstituted").one()
    assert (entry.order_id, entry.data) == (
        hall.order.id,
        {"sku": "MUG-BLU", "substitute": "MUG-RED", "quantity": 2},
    )
    assert hall.holds_up()


def test_a_substitutes_scan_is_verified_like_any(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    while hall.marta.stop.sku != "MUG-RED":
        _ = hall.marta.pick()
    _ = hall.marta.reach()
    assert hall.marta.scan(builders.barcode(session, hall.blue)) == "scan_item"
    assert hall.marta.said == "PUT IT BACK"


def test_units_found_stay_and_only_the_missing_ones_are_substituted(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.SHORT, "N1", hall.blues.barcode)
    assert hall.lines() == [("MUG-BLU", 2, 1), ("PEN", 1, 1), ("MUG-RED", 1, 1)]
    hall.goes_on_to_the_end()
    picked = session.query(PickTask).filter_by(status=TaskStatus.PICKED)
    assert sorted(task.picked for task in picked) == [1, 1, 1]
    assert hall.marta.scan(hall.lane.barcode) == "home"
    assert hall.order.status is OrderStatus.PICKED
    assert hall.holds_up()


@pytest.mark.parametrize(
    ("accepts", "allowed", "reds"), [(False, True, 5), (True, False, 5), (True, True, 0), (True, True, 1)]
)
def test_without_one_that_is_accepted_allowed_and_there_the_order_is_short(
    session: Session, *, accepts: bool, allowed: bool, reds: int
) -> None:
    hall = made(session, accepts=accepts, allowed=allowed, reds=reds)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    assert hall.marta.said == "None found. Go on"
    assert hall.lines() == [("MUG-BLU", 2, 2), ("PEN", 1, 1)]
    assert session.query(ExceptionItem).one().kind is ExceptionKind.SHORT
    assert hall.holds_up()


def test_another_location_of_the_product_goes_before_its_substitute(session: Session) -> None:
    hall = made(session)
    elsewhere = builders.location(session)
    builders.stock(session, elsewhere, hall.blue, 2)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    assert hall.marta.said == "None here. Fetch it elsewhere"
    assert hall.lines() == [("MUG-BLU", 2, 2), ("PEN", 1, 1)]


def test_of_several_substitutes_the_first_with_enough_units_is_taken(session: Session) -> None:
    hall = made(session, reds=1)
    green, grey = builders.product(session, "MUG-GRN"), builders.product(session, "MUG-GRY")
    for rank, product in ((3, green), (2, grey)):
        builders.substitute(session, hall.blue, product, rank)
        builders.stock(session, builders.location(session), product, 9)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    assert hall.marta.said == "None here. Take MUG-GRY instead"


def test_a_substitute_that_is_missing_too_gives_way_to_the_next_one(session: Session) -> None:
    hall = made(session)
    green = builders.product(session, "MUG-GRN")
    builders.substitute(session, hall.blue, green, 2)
    builders.stock(session, builders.location(session), green, 9)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    while hall.marta.stop.sku != "MUG-RED":
        _ = hall.marta.pick()
    _ = hall.marta.scan(Command.NONE_HERE, hall.reds.barcode)
    assert hall.marta.said == "None here. Take MUG-GRN instead"
    assert hall.lines() == [("MUG-BLU", 2, 0), ("PEN", 1, 1), ("MUG-RED", 2, 0), ("MUG-GRN", 2, 2)]
    assert hall.holds_up()


def test_undo_of_the_short_asks_for_the_first_product_again(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    assert hall.marta.scan(Command.UNDO) == "short"
    assert (hall.marta.stop.sku, hall.marta.stop.replaces) == ("MUG-BLU", "")
    assert hall.lines() == [("MUG-BLU", 2, 2), ("PEN", 1, 1), ("MUG-RED", 2, 0)]
    reds = session.get_one(Stock, (WAREHOUSE, hall.reds.id, hall.red.id, "", ""), populate_existing=True)
    assert (reds.on_hand, reds.reserved) == (5, 0)
    _ = hall.marta.scan(Command.UNDO)
    hall.goes_on_to_the_end()
    assert hall.marta.scan(hall.lane.barcode) == "home"
    assert hall.order.status is OrderStatus.PICKED
    assert hall.holds_up()


def test_undo_withdraws_what_stands_in_for_a_part_of_a_line(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.SHORT, "N1", hall.blues.barcode, Command.UNDO, Command.UNDO, Command.UNDO)
    assert hall.lines() == [("MUG-BLU", 2, 2), ("PEN", 1, 1), ("MUG-RED", 1, 0)]
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    assert hall.lines() == [("MUG-BLU", 2, 0), ("PEN", 1, 1), ("MUG-RED", 2, 2)]
    hall.goes_on_to_the_end()
    assert hall.holds_up()


def test_packing_wants_the_substitute_and_not_what_it_stands_in_for(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    tote = hall.marta.stop.tote
    hall.goes_on_to_the_end()
    _ = hall.marta.scan(hall.lane.barcode)
    ana = packer(session, builders.station(session))
    blue, red = (builders.barcode(session, product) for product in (hall.blue, hall.red))
    _ = ana.scan(tote)
    assert ana.scan(blue).tone == "wrong"
    assert ana.scan(red, red).words == "Thing MUG-RED 2 of 2"
    pen = session.query(OrderLine).filter_by(sku="PEN").one().product_id
    product = session.get_one(Product, (WAREHOUSE, pen))
    assert ana.scan(builders.barcode(session, product)).words == "All 3 scanned"
    assert hall.holds_up()


def test_a_packing_slip_names_what_was_bought_beside_its_substitute(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    (slip,) = slips.of_order(session, builders.actor(), hall.order.id)
    told = [(line.quantity, line.sku, line.replaces) for line in slip.lines]
    assert told == [(1, "PEN", ""), (2, "MUG-RED", "MUG-BLU")]


def test_a_backorder_of_a_missing_substitute_is_for_what_the_customer_bought(session: Session) -> None:
    hall = made(session)
    hall.goes_on_without_blues_and_reds()
    assert hall.order.status is OrderStatus.SHORT
    _ = deciding.decide(session, builders.actor(), hall.order.id, ShortPolicy.SPLIT)
    backorder = session.query(Order).filter_by(split_from_id=hall.order.id).one()
    rest = session.query(OrderLine).filter_by(order_id=backorder.id).one()
    assert (rest.sku, rest.to_pick, rest.replaces_id) == ("MUG-BLU", 2, None)
    assert backorder.accepts_substitutes
    assert hall.holds_up()


def test_a_substitute_that_is_missing_is_picked_again_when_it_comes(session: Session) -> None:
    hall = made(session)
    hall.goes_on_without_blues_and_reds()
    builders.stock(session, builders.location(session), hall.red, 2)
    done = again.pick_again(session, builders.actor(), hall.order.id)
    assert done.reason == ""
    task = session.query(PickTask).filter_by(status=TaskStatus.OPEN).one()
    assert (task.product_id, task.quantity) == (hall.red.id, 2)
    assert hall.holds_up()


def test_what_was_bought_is_picked_where_it_comes_before_its_missing_substitute(session: Session) -> None:
    hall = made(session)
    hall.goes_on_without_blues_and_reds()
    builders.stock(session, builders.location(session), hall.blue, 2)
    (short,) = again.short_orders(session, builders.actor())
    assert short.reason == ""
    assert again.pick_again(session, builders.actor(), hall.order.id).reason == ""
    assert hall.lines() == [("MUG-BLU", 2, 2), ("PEN", 1, 1), ("MUG-RED", 2, 0)]
    task = session.query(PickTask).filter_by(status=TaskStatus.OPEN).one()
    assert (task.product_id, task.quantity) == (hall.blue.id, 2)
    _ = hall.marta.begin(builders.cart(session), builders.tote(session))
    hall.goes_on_to_the_end()
    _ = hall.marta.scan(hall.lane.barcode)
    assert hall.order.status is OrderStatus.PICKED
    assert hall.holds_up()


def test_a_cancelled_orders_substitute_goes_back_to_its_own_location(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    hall.goes_on_to_the_end()
    cancelling.cancel(session, builders.actor(), hall.order, "customer")
    back = session.query(PutBack).filter_by(product_id=hall.red.id).one()
    assert (back.quantity, back.to_location_id) == (2, hall.reds.id)
    assert hall.holds_up()


@pytest.mark.parametrize(
    ("there", "blues", "reds", "status"),
    [
        ({"blue"}, 2, 0, OrderStatus.ALLOCATED),
        ({"blue", "red"}, 2, 0, OrderStatus.ALLOCATED),
        ({"red"}, 0, 2, OrderStatus.ALLOCATED),
        (set[str](), 2, 0, OrderStatus.BACKORDERED),
    ],
    ids=["what was bought has come", "both are there", "the substitute is there", "neither is"],
)
def test_a_recalled_order_owes_what_was_bought_or_its_substitute_never_both(
    session: Session, there: set[str], blues: int, reds: int, status: OrderStatus
) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    if "blue" in there:
        builders.stock(session, builders.location(session), hall.blue, 2)
    if "red" not in there:
        _ = counting.open_count(session, builders.actor(), hall.reds.id, hall.reds.code, "odd")
    recalled = recalling.recall(session, builders.actor(), session.query(Wave).one().id)
    assert (recalled.back, recalled.finishing) == (1, 0)
    assert hall.lines() == [("MUG-BLU", 2, blues), ("PEN", 1, 1), ("MUG-RED", 2, reds)]
    assert hall.order.status is status
    set_aside = allocating.set_aside_for(session, builders.actor(), [hall.order.id]).get(hall.order.id, ())
    found = {portion.goods.product_id: portion.goods.quantity for portion in set_aside}
    is_set_aside = status is OrderStatus.ALLOCATED
    assert found.get(hall.blue.id, 0) == (blues if is_set_aside else 0)
    assert found.get(hall.red.id, 0) == (reds if is_set_aside else 0)
    assert hall.holds_up()


def test_an_order_with_a_picked_substitute_is_finished_when_its_wave_is_recalled(session: Session) -> None:
    hall = made(session)
    _ = hall.marta.scan(Command.NONE_HERE, hall.blues.barcode)
    _ = hall.marta.pick()
    recalled = recalling.recall(session, builders.actor(), session.query(Wave).one().id)
    assert (recalled.back, recalled.finishing) == (0, 1)
    hall.goes_on_to_the_end()
    assert hall.marta.scan(hall.lane.barcode) == "home"
    assert hall.order.status is OrderStatus.PICKED
    assert hall.lines() == [("MUG-BLU", 2, 0), ("PEN", 1, 1), ("MUG-RED", 2, 2)]
    assert hall.holds_up()
