"""The put wall: orders share totes on the cart, and each item is sorted into its order's place."""

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.builders import NOW
from tests.services.picking.sorters import Sorter, Wall, make_wall, places_of
from wms.domain.catalog import Product
from wms.domain.floor import Location
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import OrderLine, OrderStatus
from wms.domain.people import ShortPolicy, Warehouse, WorkerSession
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, Method, PickTask
from wms.domain.putbacks import PutBack
from wms.domain.totes import ToteStatus
from wms.services import planning
from wms.services.orders import cancelling
from wms.services.packing.screens import ScanItems, ScanTote
from wms.services.picking.screens import Home, PutInSlot
from wms.services.planning import OpenTransaction, parting
from wms.services.planning import again as planning_again
from wms.services.planning.preview import preview
from wms.services.planning.selection import CollectionKey, Rules
from wms.services.signing_in import IDLE_LIMIT

KEY = CollectionKey(carrier="usps", cutoff_at=NOW.replace(hour=14, minute=30))


@pytest.fixture
def wall(session: Session) -> Wall:
    """Two orders that share a tote, and a wall with three places."""
    return make_wall(session)


def test_each_item_goes_into_its_orders_place_until_the_order_is_whole(wall: Wall) -> None:
    marta = wall.pick()
    assert marta.scan(wall.tote.barcode) == "sort_item"
    assert marta.said == "4 units to sort"
    assert marta.scan(wall.mug) == "put_in_slot"
    assert marta.screen.accept == (wall.places[0].barcode,)
    assert marta.scan(wall.places[0].barcode) == "sort_item"
    assert marta.said == "2 in A1"
    assert marta.scan(wall.mug, wall.places[1].barcode) == "sort_item"
    assert marta.said == "A2 is ready to pack"
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert [place.status for place in wall.places] == [ToteStatus.STAGED, ToteStatus.STAGED, ToteStatus.FREE]
    assert wall.tote.status is ToteStatus.FREE
    assert wall.holds_up()


def test_packing_opens_an_order_by_its_place_and_frees_it(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    packer = packers.packer(wall.session, builders.station(wall.session))
    assert packer.scan(wall.places[0].barcode).words == "Empty tote"
    _ = marta.scan(wall.places[0].barcode, wall.pen, wall.places[0].barcode)
    assert packer.scan(wall.places[0].barcode).words == f"Order {wall.orders[0].number}"
    assert isinstance(packer.sees(), ScanItems)
    assert packer.scan(wall.mug, wall.mug, wall.pen).words == "All 3 scanned"
    assert wall.holds_up()


def test_each_put_tells_how_far_its_order_is_sorted(wall: Wall) -> None:
    marta, far = wall.pick(), []
    _ = marta.scan(wall.tote.barcode)
    for code, place in ((wall.mug, 0), (wall.mug, 1), (wall.pen, 0)):
        _ = marta.scan(code)
        screen = marta.screen
        assert isinstance(screen, PutInSlot)
        far.append((screen.sorted_units, screen.order_units))
        _ = marta.scan(wall.places[place].barcode)
    assert far == [(2, 3), (1, 1), (3, 3)]


def test_two_who_sort_a_tote_are_given_units_and_places_of_their_own(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, wall.mug), tom.scan(wall.tote.barcode, wall.mug)
    assert [marta.screen.accept, tom.screen.accept] == [(place.barcode,) for place in wall.places[:2]]
    assert tom.scan(wall.places[1].barcode) == marta.scan(wall.places[0].barcode) == "sort_item"
    assert wall.holds_up()


def test_two_with_units_of_one_order_are_sent_to_the_same_place(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, wall.mug), tom.scan(wall.tote.barcode, wall.pen)
    assert marta.screen.accept == tom.screen.accept == (wall.places[0].barcode,)
    assert tom.scan(wall.places[0].barcode) == marta.scan(wall.places[0].barcode) == "sort_item"
    assert wall.holds_up()


def test_the_place_named_for_units_in_hand_stays_when_a_nearer_one_is_free(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, wall.mug), tom.scan(wall.tote.barcode, wall.mug)
    assert marta.scan("UNDO") == "sort_item"
    assert tom.scan(wall.places[1].barcode) == "sort_item"
    assert marta.scan(wall.mug, wall.places[0].barcode) == "sort_item"
    assert wall.holds_up()


def test_a_place_named_for_somebody_long_away_is_named_again(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, wall.mug)
    wall.session.get_one(WorkerSession, (builders.WAREHOUSE, marta.actor.session_id)).seen_at -= IDLE_LIMIT
    _ = tom.scan(wall.tote.barcode, wall.mug)
    assert tom.screen.accept == (wall.places[0].barcode,)


def test_a_wrong_place_stops_and_undo_lays_the_item_back(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    assert marta.scan(wall.places[2].barcode) == "put_in_slot"
    assert marta.said == "TAKE IT OUT OF A3, PUT IN A1"
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == f"Put it back into {wall.tote.barcode}"
    assert wall.places[0].status is ToteStatus.FREE


def test_an_item_that_is_not_for_the_wall_is_named(wall: Wall) -> None:
    marta = wall.pick()
    other = builders.product(wall.session)
    assert marta.scan(wall.tote.barcode, builders.barcode(wall.session, other)) == "sort_item"
    assert marta.said == "NOT FOR THIS WALL. PUT IT ASIDE"
    assert marta.scan(wall.lane.barcode) == "sort_item"
    assert marta.feedback.tone == "wrong"


def test_a_full_wall_says_so_until_a_place_is_free(wall: Wall) -> None:
    for place in wall.places:
        place.take(wall.orders[1].id if place is wall.places[0] else None)
    wall.session.flush()
    marta = wall.pick()
    assert marta.scan(wall.tote.barcode, wall.pen) == "put_in_slot"
    assert marta.scan(wall.places[1].barcode) == "put_in_slot"
    assert marta.said == "The wall is full. Pack some first"
    wall.places[1].free()
    wall.session.flush()
    assert marta.scan(wall.places[1].barcode) == "sort_item"


def test_a_tote_left_half_sorted_goes_on_where_it_was(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert marta.scan("DONE") == "home"
    assert marta.scan(wall.tote.barcode) == "sort_item"
    assert marta.said == "2 units to sort"


def test_units_of_an_order_cancelled_meanwhile_stay_in_the_tote_for_their_put_back(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    rows = wall.session.query(PutBack).order_by(PutBack.quantity).all()
    assert [(row.from_place_id, row.quantity) for row in rows] == [(wall.tote.id, 1), (wall.places[0].id, 2)]
    assert marta.scan(wall.pen) == "sort_item"
    assert marta.feedback.tone == "wrong"
    assert marta.scan(wall.mug, wall.places[1].barcode) == "home"
    assert wall.tote.status is ToteStatus.STAGED
    assert wall.holds_up()


def test_a_full_tote_goes_on_in_another_and_both_are_sorted(wall: Wall) -> None:
    marta = wall.marta
    _ = marta.begin(wall.cart, wall.tote)
    _ = marta.pick()
    assert marta.scan("TOTE FULL", wall.spare.barcode) in {"go_to", "scan_item"}
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(wall.lane.barcode) == "home"
    assert marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode) == "home"
    assert marta.said == "2 in A1"
    assert marta.scan(wall.spare.barcode, wall.pen, wall.places[0].barcode) == "sort_item"
    assert marta.said == "A1 is ready to pack"
    assert {row.tote_proof.value for row in wall.session.query(PickedUnits).filter_by(tote_id=wall.places[0].id)} == {
        "slot"
    }
    assert wall.holds_up()


@pytest.mark.parametrize(("places", "batches"), [(6, 1), (5, 3)], ids=["all find a place", "one does not"])
def test_a_wave_of_many_small_orders_goes_to_a_wall_with_room_for_all(
    open_transaction: OpenTransaction, places: int, batches: int
) -> None:
    with open_transaction() as session:
        _ = builders.cart(session, slots=2)
        mug, location = builders.product(session), builders.location(session)
        builders.stock(session, location, mug, 30)
        for _ in range(6):
            _ = builders.order(session, (mug, 2))
        _ = places_of(session, places)
    seen = preview(open_transaction, builders.actor(), KEY, Rules())
    assert seen.others.startswith(
        "6 orders share totes" if batches == 1 else "Each has a tote of its own: the put wall"
    )
    done = planning.plan_wave(open_transaction, builders.actor(), KEY, Rules())
    assert (done.orders, done.batches) == (6, batches)
    refused = preview(open_transaction, builders.actor(), KEY, Rules(sorts_at_wall=False))
    assert refused.orders == 0


def test_a_place_left_short_at_the_wall_is_packed_with_what_is_picked_again(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    _ = marta.scan("SHORT", wall.tote.barcode)
    assert wall.places[0].status is ToteStatus.STAGED
    again = planning_again.pick_again(wall.session, builders.actor(), wall.orders[0].id)
    assert again.batch
    _ = marta.scan(wall.cart.barcode, wall.spare.barcode)
    _ = marta.pick()
    assert marta.scan(wall.lane.barcode) == "home"
    packer = packers.packer(wall.session, builders.station(wall.session))
    assert packer.scan(wall.spare.barcode).words == f"Order {wall.orders[0].number}"
    assert packer.scan(wall.pen).tone == "ok"
    assert packer.scan(wall.places[0].barcode, wall.mug, wall.mug).words == "All 3 scanned"
    assert wall.holds_up()


def test_a_short_order_picked_again_waits_at_packing_until_its_shared_tote_is_sorted(wall: Wall) -> None:
    marta = wall.marta
    _ = marta.begin(wall.cart, wall.tote)
    while marta.screen.name != "drop_cart":
        _ = marta.reach()
        is_pen = wall.pen in [code for code, _ in marta.stop.codes]
        _ = marta.scan("NONE HERE", marta.stop.location_code) if is_pen else marta.pick()
    _ = marta.scan(wall.lane.barcode)
    assert wall.orders[0].status is OrderStatus.SHORT
    pen = wall.session.query(Product).filter_by(sku=pen_sku(wall)).one()
    builders.stock(wall.session, builders.location(wall.session), pen, 5)
    assert planning_again.pick_again(wall.session, builders.actor(), wall.orders[0].id).batch
    _ = marta.scan(wall.cart.barcode, wall.spare.barcode)
    _ = marta.pick()
    assert marta.scan(wall.lane.barcode) == "home"
    packer = packers.packer(wall.session, builders.station(wall.session))
    assert packer.scan(wall.spare.barcode).words == "Not sorted yet: 2 units"
    screen = packer.sees()
    assert isinstance(screen, ScanTote)
    assert (screen.accept, screen.waiting, screen.unsorted) == ((), 0, 1)
    assert marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode) == "sort_item"
    assert wall.spare.barcode in (packer.sees().accept or ())
    assert packer.scan(wall.spare.barcode).words == f"Order {wall.orders[0].number}"
    assert wall.holds_up()


def pen_sku(wall: Wall) -> str:
    """The pen's SKU."""
    return wall.session.query(OrderLine).filter_by(order_id=wall.orders[0].id, quantity=1).one().sku


def test_orders_of_lots_or_serials_keep_a_tote_of_their_own(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = builders.cart(session, slots=8)
        phone, location = builders.product(session), builders.location(session)
        phone.has_serials = True
        builders.stock(session, location, phone, 30)
        for _ in range(5):
            _ = builders.order(session, (phone, 1))
    _ = planning.plan_wave(open_transaction, builders.actor(), KEY, Rules(shares_singles=True))
    with open_transaction() as session:
        assert {row.method for row in session.query(BatchOrder)} == {Method.CLUSTER}


def test_home_names_what_is_to_be_sorted_and_a_place_of_the_wall_goes_on_no_cart(wall: Wall) -> None:
    home = wall.pick().screen
    assert isinstance(home, Home)
    assert [(tote.code, tote.lane) for tote in home.to_sort] == [(wall.tote.barcode, wall.lane.code)]
    _ = builders.waiting_batch(wall.session, builders.order(wall.session, (builders.product(wall.session), 1)))
    assert wall.marta.begin(wall.cart, wall.places[0]) == "build_cart"
    assert wall.marta.said == f"{wall.places[0].wall_slot} is a place of the put wall"


@pytest.mark.parametrize("policy", list(ShortPolicy))
def test_what_is_missing_at_the_wall_is_decided_when_the_last_part_of_its_order_is_down(
    wall: Wall, policy: ShortPolicy
) -> None:
    session, order = wall.session, wall.orders[0]
    session.get_one(Warehouse, builders.WAREHOUSE).when_short = policy
    mug_id = session.query(PickTask).filter_by(order_id=wall.orders[1].id).one().product_id
    for task in session.query(PickTask):
        session.get_one(Location, (builders.WAREHOUSE, task.location_id)).zone = (
            "A" if task.product_id == mug_id else "B"
        )
    _ = parting.split_by_zone(session, builders.actor(), session.query(Batch).one().id)
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, "SHORT", wall.tote.barcode)
    assert order.status is OrderStatus.PICKING
    assert session.query(ExceptionItem).filter_by(order_id=order.id).count() == 1
    assert wall.holds_up()
    piotr = Sorter(session, device="2")
    _ = piotr.begin(builders.cart(session), wall.spare)
    while piotr.screen.name != "drop_cart":
        _ = piotr.pick()
    _ = piotr.scan(wall.lane.barcode)
    then = {
        ShortPolicy.WAIT: OrderStatus.SHORT,
        ShortPolicy.SPLIT: OrderStatus.PICKED,
        ShortPolicy.CANCEL: OrderStatus.CANCELLED,
    }
    assert order.status is then[policy]
    assert wall.holds_up()
