"""DAMAGED at the put wall: the broken unit goes to the hospital, its order is short of it, and UNDO takes it back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.builders import NOW
from tests.services.picking.sorters import Sorter, Wall, make_wall
from wms.domain.catalog import Product
from wms.domain.floor import SCRAP_ID, Location, LocationKind
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import ShortPolicy, Warehouse
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.putbacks import PutBack
from wms.domain.stock import Stock, StockMove
from wms.domain.totes import ToteStatus
from wms.services.ordering.page import order_page
from wms.services.picking.wall import desks
from wms.services.planning import again as planning_again
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


@pytest.fixture
def wall(session: Session) -> Wall:
    """Two orders that share a tote, of two mugs and a pen and of a mug, and a wall with three places."""
    return make_wall(session)


@pytest.fixture
def hospital(session: Session) -> Location:
    """Where damaged units are kept."""
    return builders.location(session, "HOSPITAL", kind=LocationKind.HOSPITAL)


def lacking(wall: Wall) -> list[int]:
    """How many units each order lacks."""
    needs = planning_again.missing(wall.session, builders.actor(), [order.id for order in wall.orders])
    return [sum(need.quantity for need in needs.get(order.id, ())) for order in wall.orders]


def held(wall: Wall, place: Location) -> int:
    return sum(wall.session.scalars(select(Stock.on_hand).where(Stock.place_id == place.id)))


@pytest.mark.parametrize("is_card_first", [True, False], ids=["card, then unit", "unit, then card"])
def test_a_damaged_unit_goes_to_the_hospital_and_the_order_due_last_lacks_it(
    wall: Wall, hospital: Location, *, is_card_first: bool
) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode)
    if is_card_first:
        assert marta.scan("DAMAGED") == "scan_damaged"
        assert marta.said == "DAMAGED. Then scan the item"
        assert marta.scan(wall.mug) == "sort_item"
    else:
        assert marta.scan(wall.mug, "DAMAGED") == "sort_item"
    assert (marta.feedback.tone, marta.said) == ("info", "DAMAGED. Put it in HOSPITAL")
    move = wall.session.scalars(select(StockMove).where(StockMove.reason == "damaged")).one()
    assert (move.quantity, move.from_place_id, move.to_place_id) == (1, wall.tote.id, hospital.id)
    assert [order.status for order in wall.orders] == [OrderStatus.PICKED, OrderStatus.SHORT]
    assert lacking(wall) == [0, 1]
    (item,) = wall.session.query(ExceptionItem).all()
    assert item.order_id == wall.orders[1].id
    assert item.text.endswith("damaged at the put wall, in HOSPITAL")
    assert marta.scan(wall.mug, wall.places[0].barcode) == "sort_item"
    assert marta.said == "2 in A1"
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert wall.tote.status is ToteStatus.FREE
    assert wall.holds_up()


def test_one_of_two_in_hand_is_damaged_and_the_other_is_sorted(wall: Wall, hospital: Location) -> None:
    marta = wall.pick()
    wall.orders[1].cutoff_at = NOW
    wall.session.flush()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert marta.said == "A1 is ready to pack"
    _ = marta.scan(wall.mug)
    assert marta.scan("DAMAGED") == "sort_item"
    assert lacking(wall) == [1, 0]
    assert marta.scan(wall.mug) == "put_in_slot"
    assert marta.scan(wall.places[1].barcode) == "sort_item"
    assert marta.said == "1 in A2"
    assert marta.scan(wall.pen, wall.places[1].barcode) == "home"
    assert marta.said == "A2 is short. The lead knows"
    assert held(wall, hospital) == 1
    assert wall.holds_up()


def test_the_journal_knows_the_pick_that_took_the_damaged_unit(wall: Wall, hospital: Location) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.pen, "DAMAGED")
    entry = wall.session.scalars(select(JournalEntry).where(JournalEntry.event == "DamagedAtWall")).one()
    task = wall.session.get_one(PickTask, (builders.WAREHOUSE, entry.data["task_id"]))
    location = wall.session.get_one(Location, (builders.WAREHOUSE, task.location_id))
    pen = wall.session.get_one(Product, (builders.WAREHOUSE, task.product_id))
    assert (entry.order_id, task.order_id) == (wall.orders[0].id, wall.orders[0].id)
    told = [moment.words for moment in order_page(wall.session, builders.actor(), wall.orders[0].id).life]
    assert f"1 x {pen.sku} from {location.code} damaged at the put wall, in {hospital.code}" in told


def test_without_a_hospital_it_is_thrown_away(wall: Wall) -> None:
    marta = wall.pick()
    assert marta.scan(wall.tote.barcode, wall.pen, "DAMAGED") == "sort_item"
    assert marta.said == "DAMAGED. Throw it away"
    move = wall.session.scalars(select(StockMove).where(StockMove.reason == "damaged")).one()
    assert move.to_place_id == SCRAP_ID
    assert wall.holds_up()


@pytest.mark.usefixtures("hospital")
def test_the_last_unit_of_a_tote_being_damaged_ends_the_tote_and_undo_brings_it_back(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    assert marta.scan(wall.pen, "DAMAGED") == "home"
    assert (wall.tote.status, wall.places[0].status) == (ToteStatus.FREE, ToteStatus.STAGED)
    assert wall.holds_up()
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == f"Put it back into {wall.tote.barcode}"
    assert (wall.tote.status, wall.tote.lane_id) == (ToteStatus.STAGED, wall.lane.id)
    assert wall.places[0].status is ToteStatus.PICKING
    assert {order.status for order in wall.orders} == {OrderStatus.PICKED}
    assert wall.session.query(ExceptionItem).filter_by(settled_at=None).count() == 0
    assert lacking(wall) == [0, 0]
    assert wall.holds_up()
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert wall.holds_up()


@pytest.mark.usefixtures("hospital")
def test_undo_takes_back_two_damaged_units_one_after_another_and_then_what_was_sorted(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.pen, wall.places[0].barcode)
    _ = marta.scan("DAMAGED", wall.mug, "DAMAGED", wall.mug)
    assert lacking(wall) == [1, 1]
    assert marta.scan("UNDO") == "sort_item"
    assert (lacking(wall), wall.orders[0].status) == ([0, 1], OrderStatus.PICKED)
    assert marta.scan("UNDO") == "sort_item"
    assert (lacking(wall), wall.orders[1].status) == ([0, 0], OrderStatus.PICKED)
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Take 1 out of A1"
    assert wall.holds_up()


def test_undo_and_no_take_the_card_back(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode)
    for card in ("UNDO", "NO"):
        assert marta.scan("DAMAGED", card) == "sort_item"
        assert marta.said == "DAMAGED taken back"
    assert lacking(wall) == [0, 0]
    assert wall.session.query(ExceptionItem).count() == 0


def test_what_was_damaged_and_is_gone_from_the_hospital_is_not_undone(wall: Wall, hospital: Location) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.pen, "DAMAGED")
    goods = wall.session.query(Stock).filter_by(place_id=hospital.id).one()
    thrown = Goods(product_id=goods.product_id, quantity=1)
    stocking.move(
        wall.session, builders.actor(), thrown, from_place_id=hospital.id, to_place_id=SCRAP_ID, reason="thrown away"
    )
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Too late. It has left HOSPITAL"
    assert wall.orders[0].status is OrderStatus.SHORT
    assert wall.holds_up()


@pytest.mark.usefixtures("hospital")
@pytest.mark.parametrize("policy", list(ShortPolicy))
def test_the_order_goes_the_way_that_the_warehouse_has_decided(wall: Wall, policy: ShortPolicy) -> None:
    wall.session.get_one(Warehouse, builders.WAREHOUSE).when_short = policy
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert marta.scan(wall.pen, "DAMAGED") == "sort_item"
    then = {
        ShortPolicy.WAIT: OrderStatus.SHORT,
        ShortPolicy.SPLIT: OrderStatus.PICKED,
        ShortPolicy.CANCEL: OrderStatus.CANCELLED,
    }
    assert wall.orders[0].status is then[policy]
    backorders = wall.session.query(Order).filter_by(split_from_id=wall.orders[0].id).count()
    assert backorders == (policy is ShortPolicy.SPLIT)
    assert (wall.session.query(PutBack).count() > 0) is (policy is ShortPolicy.CANCEL)
    assert wall.holds_up()
    assert marta.scan("UNDO") == "sort_item"
    assert (marta.said == "Too late. It is decided") is (policy is not ShortPolicy.WAIT)
    assert marta.scan(wall.mug, wall.places[1].barcode) == ("sort_item" if policy is ShortPolicy.WAIT else "home")
    assert wall.holds_up()


@pytest.mark.usefixtures("hospital")
def test_the_damaged_unit_is_picked_again_and_meets_the_rest_at_packing(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    _ = marta.scan(wall.pen, "DAMAGED")
    assert planning_again.pick_again(wall.session, builders.actor(), wall.orders[0].id).batch
    assert marta.scan("UNDO") == "home"
    assert marta.said == "Too late. It is decided"
    _ = marta.scan(wall.cart.barcode, wall.spare.barcode)
    _ = marta.pick()
    assert marta.scan(wall.lane.barcode) == "home"
    packer = packers.packer(wall.session, builders.station(wall.session))
    _ = packer.scan(wall.spare.barcode, wall.pen)
    assert packer.scan(wall.places[0].barcode, wall.mug, wall.mug).words == "All 3 scanned"
    assert wall.holds_up()


@pytest.mark.usefixtures("hospital")
def test_what_another_sorter_has_in_hand_stays_theirs(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    of_the_last = select(PickedUnits.id).join(PickTask, PickTask.id == PickedUnits.task_id)
    held_id = wall.session.scalars(of_the_last.where(PickTask.order_id == wall.orders[1].id)).one()
    desks.take(wall.session, tom.actor, wall.tote.id, held_id)
    _ = marta.scan(wall.tote.barcode, "DAMAGED", wall.mug)
    assert lacking(wall) == [1, 0]
    assert tom.scan(wall.places[0].barcode) == "sort_item"
    assert tom.said == "A1 is ready to pack"
    assert wall.holds_up()
