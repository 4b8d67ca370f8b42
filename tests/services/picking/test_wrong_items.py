"""WRONG ITEM: it comes out of its tote and goes back to its shelf; the line it was taken for is picked anew."""

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from tests.packers import packer
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.catalog import Product
from wms.domain.codes import Command
from wms.domain.floor import Location, LocationKind
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.picking import BatchOrder, Method, PickTask, TaskStatus
from wms.domain.putbacks import PutBack
from wms.domain.totes import ToteStatus
from wms.services import accuracy, verifying
from wms.services.picking.screens import IsItThere
from wms.services.stock import putting_back


def _question(picker: Picker) -> IsItThere:
    """The screen, which asks what is in a tote."""
    screen = picker.screen
    assert isinstance(screen, IsItThere)
    return screen


def _holds_up(session: Session) -> bool:
    session.flush()
    return verifying.verify(session, WAREHOUSE) == []


def _picked(walk: Walk) -> Picker:
    """All lines are picked; the first order's tote holds two mugs and a pen, the pen put in last."""
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    return marta


def _cup(session: Session, units: int = 4) -> tuple[Product, Location]:
    """A product that is in no order, and its shelf."""
    cup, location = builders.product(session, "CUP"), builders.location(session)
    if units:
        builders.stock(session, location, cup, units)
    return cup, location


def _put_down(walk: Walk, *lanes: Location) -> None:
    for lane in lanes:
        _ = walk.marta.scan(lane.barcode)
    assert walk.marta.screen.name == "home"


def test_a_foreign_item_comes_out_and_is_asked_back_to_the_location_whose_it_is(walk: Walk) -> None:
    marta, (cup, location) = _picked(walk), _cup(walk.session)
    hospital = builders.location(walk.session, kind=LocationKind.HOSPITAL)
    assert marta.scan(Command.WRONG_ITEM) == "wrong_item"
    assert marta.scan(walk.totes[0].barcode) == "wrong_item"
    assert marta.scan(builders.barcode(walk.session, cup)) == "is_it_there"
    assert marta.said == f"Out. Bring it to {hospital.code}"
    assert (walk.units(location, cup), walk.units(hospital, cup)) == (3, 1)
    back = walk.session.query(PutBack).one()
    assert (back.order_id, back.from_place_id, back.to_location_id) == (walk.orders[0].id, hospital.id, location.id)
    assert _holds_up(walk.session)
    (open_one,) = putting_back.open_put_backs(walk.session, builders.actor())
    assert (open_one.place, open_one.location) == (hospital.code, location.code)
    _ = putting_back.done(walk.session, builders.actor(), back.id)
    assert walk.units(location, cup) == 4
    assert _holds_up(walk.session)


def test_the_line_that_it_was_taken_for_is_open_again_and_picked_anew(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup))
    assert (_question(marta).sku, _question(marta).units) == (walk.pen.sku, 1)
    assert marta.scan(Command.NO) == "go_to"
    assert marta.said == f"{walk.pen.name} is to pick again"
    assert (marta.stop.product_id, marta.stop.to_take) == (walk.pen.id, 1)
    assert walk.units(walk.totes[0], walk.pen) == 0
    assert _holds_up(walk.session)
    entry = walk.session.query(JournalEntry).filter_by(event="LineReopened").one()
    assert (entry.data["sku"], entry.data["task_id"]) == (walk.pen.sku, marta.stop.task_id)
    assert marta.scan(Command.UNDO) == "go_to"
    assert marta.said == "A wrong item cannot be undone"
    _ = marta.pick()
    _put_down(walk, walk.lane)
    assert {order.status for order in walk.orders} == {OrderStatus.PICKED}
    assert _holds_up(walk.session)


def test_of_several_units_of_a_line_only_the_missing_one_is_picked_anew(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup))
    assert marta.scan(Command.YES) == "is_it_there"
    assert marta.scan(Command.NO) == "go_to"
    assert (marta.stop.product_id, marta.stop.to_take) == (walk.mug.id, 1)
    rows = walk.session.query(PickTask).filter_by(order_id=walk.orders[0].id, product_id=walk.mug.id)
    tasks = sorted((task.status, task.quantity, task.picked) for task in rows.populate_existing())
    assert tasks == [(TaskStatus.OPEN, 1, 0), (TaskStatus.PICKED, 1, 1)]
    _ = marta.pick()
    assert walk.units(walk.totes[0], walk.mug) == 2
    _put_down(walk, walk.lane)
    assert _holds_up(walk.session)


def test_where_all_is_there_nothing_is_picked_anew(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup))
    assert marta.scan(Command.YES, Command.YES) == "drop_cart"
    assert marta.said == "It is there"
    assert _holds_up(walk.session)


def test_one_too_many_of_what_belongs_there_goes_back_to_where_it_was_picked(walk: Walk) -> None:
    marta = _picked(walk)
    location = walk.session.query(PickTask).filter_by(order_id=walk.orders[0].id, product_id=walk.mug.id).one()
    before = walk.session.get_one(Location, (WAREHOUSE, location.location_id))
    on_location = walk.units(before, walk.mug)
    assert marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, walk.mug_code) == "is_it_there"
    assert _question(marta).sku == walk.pen.sku
    assert marta.scan(Command.DONE) == "drop_cart"
    assert (walk.units(before, walk.mug), walk.units(walk.totes[0], walk.mug)) == (on_location - 1, 2)
    entry = walk.session.query(JournalEntry).filter_by(event="WrongItemFound").one()
    assert (entry.data["cause"], entry.data["task_id"]) == ("extra", location.id)
    assert walk.session.query(PutBack).one().to_location_id == before.id
    assert _holds_up(walk.session)


def test_what_no_location_misses_is_told_to_the_lead(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session, units=0)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup))
    item = walk.session.query(ExceptionItem).one()
    assert (item.kind, item.order_id) == (ExceptionKind.MISMATCH, walk.orders[0].id)
    assert item.text.startswith(f"1 CUP in {walk.totes[0].barcode} by mistake: no shelf's books miss it.")
    assert walk.units(walk.hold, cup) == 1
    assert _holds_up(walk.session)


def test_of_the_lot_that_its_code_names_it_goes_back_to_its_location(walk: Walk) -> None:
    marta, (cup, location) = _picked(walk), _cup(walk.session, units=0)
    for lot, units in (("A7", 9), ("B7", 2)):
        builders.stock(walk.session, location, cup, units, lot=lot)
    code = f"01{builders.barcode(walk.session, cup).zfill(14)}10b7"
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, code)
    back = walk.session.query(PutBack).one()
    assert (back.lot, back.to_location_id) == ("B7", location.id)
    assert _holds_up(walk.session)


def test_a_wrong_item_counts_against_the_picks_of_its_order(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup))
    (wrong,) = accuracy.wrong_units(walk.session, WAREHOUSE, builders.NOW)
    assert (wrong.order_id, wrong.sku, wrong.cause) == (walk.orders[0].id, "CUP", "foreign")


def test_a_product_that_nobody_knows_is_for_the_lead(walk: Walk) -> None:
    marta = _picked(walk)
    assert marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, "04099999999992") == "wrong_item"
    assert marta.said == "Not known: ...99999992. HELP card"
    assert marta.scan(Command.UNDO) == "drop_cart"
    assert _holds_up(walk.session)


def test_in_a_tote_that_orders_share_the_line_is_open_again_too(walk: Walk) -> None:
    for row in walk.session.query(BatchOrder):
        row.method, row.slot = Method.PUT_WALL, 1
    marta, (cup, _) = walk.marta, _cup(walk.session)
    _ = marta.begin(walk.cart, walk.totes[0])
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup), Command.NO)
    assert marta.screen.name == "go_to"
    _ = marta.pick()
    _put_down(walk, walk.lane)
    assert _holds_up(walk.session)


def test_in_a_lane_the_order_of_the_missing_unit_is_short(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _put_down(walk, walk.lane)
    assert marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode) == "wrong_item"
    _ = marta.scan(builders.barcode(walk.session, cup))
    assert marta.scan(Command.NO) == "home"
    assert marta.said == f"{walk.pen.name} is missing. The lead knows"
    assert walk.orders[0].status is OrderStatus.SHORT
    item = walk.session.query(ExceptionItem).filter_by(kind=ExceptionKind.SHORT).one()
    assert item.order_id == walk.orders[0].id
    assert walk.units(walk.totes[0], walk.pen) == 0
    assert _holds_up(walk.session)


def test_in_a_lane_what_packing_missed_already_is_not_asked_about(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _put_down(walk, walk.lane)
    tote = walk.totes[0].barcode
    _ = packer(walk.session, builders.station(walk.session)).scan(
        tote, walk.mug_code, walk.mug_code, Command.SHORT, walk.hold.barcode
    )
    assert (walk.units(walk.totes[0], walk.mug), walk.units(walk.totes[0], walk.pen)) == (2, 0)
    _ = marta.scan(Command.WRONG_ITEM, tote, builders.barcode(walk.session, cup))
    assert (_question(marta).sku, _question(marta).units) == (walk.mug.sku, 2)
    assert marta.scan(Command.NO) == "home"
    assert walk.units(walk.totes[0], walk.mug) == 1
    assert _holds_up(walk.session)


def test_in_a_tote_that_was_another_orders_before_only_its_own_picks_are_asked_about(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _put_down(walk, walk.lane)
    short, tote = walk.orders[0], walk.totes[0]
    _ = packer(walk.session, builders.station(walk.session)).scan(tote.barcode, Command.SHORT)
    assert (short.status, tote.status) == (OrderStatus.SHORT, ToteStatus.FREE)
    _ = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    _ = marta.scan(walk.cart.barcode, tote.barcode)
    _ = marta.pick()
    _put_down(walk, walk.lane)
    _ = marta.scan(Command.WRONG_ITEM, tote.barcode, builders.barcode(walk.session, cup))
    assert marta.scan(Command.YES) == "home"
    assert _holds_up(walk.session)


def test_the_last_unit_of_a_tote_in_a_lane_leaves_it_free(walk: Walk) -> None:
    marta, (cup, _) = _picked(walk), _cup(walk.session)
    _put_down(walk, walk.lane)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[1].barcode, builders.barcode(walk.session, cup), Command.NO)
    assert walk.totes[1].status is ToteStatus.FREE
    assert _holds_up(walk.session)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("first", "{order}: 0 units, on {cart}"),
        ("free", "{free} is free"),
        ("none", "Not known: ...T999997. HELP card"),
    ],
)
def test_between_walks_only_a_tote_in_a_lane_is_looked_into(walk: Walk, which: str, words: str) -> None:
    _ = walk.begin()
    tom, free = Picker(walk.session, device="2"), builders.tote(walk.session)
    code = {"first": walk.totes[0].barcode, "free": free.barcode, "none": "T999997"}[which]
    assert tom.scan(Command.WRONG_ITEM, code) == "wrong_item"
    said = words.format(order=walk.orders[0].number, cart=walk.cart.name, free=free.barcode)
    assert (tom.feedback.tone, tom.said) == ("wrong", said)
