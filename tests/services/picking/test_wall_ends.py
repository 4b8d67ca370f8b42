"""The end of a tote at the put wall, sorted or found empty; and UNDO, which takes back either, step by step."""

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.services.picking.sorters import Sorter, Wall, make_wall
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import OrderStatus
from wms.domain.people import ShortPolicy, Warehouse, WorkerSession
from wms.domain.putbacks import PutBack
from wms.domain.totes import ToteStatus
from wms.services.orders import cancelling
from wms.services.planning import again as planning_again
from wms.services.signing_in import IDLE_LIMIT
from wms.services.stock import putting_back


@pytest.fixture
def wall(session: Session) -> Wall:
    """Two orders that share a tote, and a wall with three places."""
    return make_wall(session)


def test_undo_takes_one_after_another_out_of_its_place_the_last_first(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Take 1 out of A2"
    assert [place.status for place in wall.places] == [ToteStatus.PICKING, ToteStatus.FREE, ToteStatus.FREE]
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Take 2 out of A1"
    assert [place.status for place in wall.places] == [ToteStatus.FREE, ToteStatus.FREE, ToteStatus.FREE]
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Nothing to undo"
    _ = marta.scan(wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert wall.holds_up()


def test_what_is_not_in_the_tote_makes_its_orders_short_and_is_picked_again(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert planning_again.missing(wall.session, builders.actor(), [order.id for order in wall.orders]) == {}
    assert marta.scan("SHORT", wall.tote.barcode) == "home"
    assert marta.said == "2 orders are short"
    assert [order.status for order in wall.orders] == [OrderStatus.SHORT, OrderStatus.SHORT]
    lacking = planning_again.missing(wall.session, builders.actor(), [order.id for order in wall.orders])
    assert {order: sum(need.quantity for need in needs) for order, needs in lacking.items()} == {
        order.id: 1 for order in wall.orders
    }
    assert wall.session.query(ExceptionItem).count() == 2
    assert wall.tote.status is ToteStatus.FREE
    assert wall.holds_up()


def test_the_half_filled_place_of_a_cancelled_order_is_put_back_and_free_again(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    assert marta.scan("UNDO") == "sort_item"
    assert marta.feedback.tone == "wrong"
    for row in wall.session.query(PutBack).all():
        _ = putting_back.done(wall.session, builders.actor(), row.id)
    assert wall.places[0].status is ToteStatus.FREE
    assert wall.holds_up()


def test_undo_leaves_a_place_that_is_another_orders_by_now(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    wall.places[0].order_id = wall.orders[1].id
    wall.session.flush()
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Too late. A1 has left"


def sorted_all(wall: Wall) -> None:
    """All is sorted: the pen last, into A1."""
    mug, pen, first, second = wall.mug, wall.pen, wall.places[0].barcode, wall.places[1].barcode
    assert wall.pick().scan(wall.tote.barcode, mug, first, mug, second, pen, first) == "home"


def test_the_last_put_is_undone_from_home_and_the_tote_stands_in_its_lane_again(wall: Wall) -> None:
    sorted_all(wall)
    assert wall.marta.scan("UNDO") == "sort_item"
    assert wall.marta.said == "Take 1 out of A1"
    assert (wall.tote.status, wall.tote.lane_id) == (ToteStatus.STAGED, wall.lane.id)
    assert [place.status for place in wall.places] == [ToteStatus.PICKING, ToteStatus.STAGED, ToteStatus.FREE]
    assert wall.holds_up()
    assert wall.marta.scan("UNDO") == "sort_item"
    assert wall.marta.said == "Take 1 out of A2"
    assert wall.marta.scan(wall.pen, wall.places[0].barcode, wall.mug, wall.places[1].barcode) == "home"
    assert wall.marta.said == "A2 is ready to pack"
    assert wall.holds_up()


def test_the_last_put_stays_where_its_tote_is_used_anew_or_its_place_is_packed(wall: Wall) -> None:
    sorted_all(wall)
    wall.tote.take(None)
    wall.session.flush()
    assert wall.marta.scan("UNDO") == "home"
    assert wall.marta.said == f"Too late. {wall.tote.barcode} is in use"
    wall.tote.free()
    wall.session.flush()
    packer = packers.packer(wall.session, builders.station(wall.session))
    assert packer.scan(wall.places[0].barcode).tone == "ok"
    assert wall.marta.scan("UNDO") == "home"
    assert wall.marta.said == "Too late. A1 has left"
    assert wall.holds_up()


def test_home_undoes_nothing_from_before_the_workers_last_walk(wall: Wall) -> None:
    sorted_all(wall)
    _ = builders.waiting_batch(wall.session, builders.order(wall.session, (builders.product(wall.session), 1)))
    assert wall.marta.scan(wall.cart.barcode, "UNDO") == "home"
    assert wall.marta.scan("UNDO") == "home"
    assert wall.marta.said == "UNDO means nothing here. Scan the CART"


def test_a_short_is_confirmed_by_the_totes_own_scan(wall: Wall) -> None:
    marta = wall.pick()
    assert marta.scan(wall.tote.barcode, "SHORT") == "is_tote_empty"
    assert marta.said == f"SHORT. Then scan {wall.tote.barcode}"
    assert marta.scan(wall.spare.barcode) == "is_tote_empty"
    assert marta.said == f"That is not {wall.tote.barcode}"
    assert marta.scan("SHORT", wall.lane.barcode) == "is_tote_empty"
    assert wall.session.query(ExceptionItem).count() == 0
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "SHORT taken back"
    assert {order.status for order in wall.orders} == {OrderStatus.PICKED}


def test_an_item_found_in_a_tote_said_to_be_empty_is_sorted(wall: Wall) -> None:
    marta = wall.pick()
    assert marta.scan(wall.tote.barcode, "SHORT", wall.pen) == "put_in_slot"
    assert marta.scan(wall.places[0].barcode) == "sort_item"


def test_undo_takes_a_confirmed_short_back_and_then_what_was_sorted_before(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert marta.scan("SHORT", wall.tote.barcode, "UNDO") == "sort_item"
    assert marta.said == "SHORT taken back"
    assert {order.status for order in wall.orders} == {OrderStatus.PICKED}
    assert wall.session.query(ExceptionItem).filter_by(settled_at=None).count() == 0
    assert (wall.tote.status, wall.tote.lane_id) == (ToteStatus.STAGED, wall.lane.id)
    assert wall.holds_up()
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == "Take 2 out of A1"
    _ = marta.scan(wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert wall.holds_up()


@pytest.mark.parametrize("policy", [ShortPolicy.SPLIT, ShortPolicy.CANCEL])
def test_a_short_that_was_decided_is_not_taken_back(wall: Wall, policy: ShortPolicy) -> None:
    wall.session.get_one(Warehouse, builders.WAREHOUSE).when_short = policy
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert marta.scan("SHORT", wall.tote.barcode, "UNDO") == "home"
    assert marta.said == "Too late. It is decided"
    assert wall.holds_up()


def test_a_short_whose_order_is_picked_again_is_not_taken_back(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, "SHORT", wall.tote.barcode)
    assert planning_again.pick_again(wall.session, builders.actor(), wall.orders[0].id).batch
    assert marta.scan("UNDO") == "home"
    assert marta.said == "Too late. It is decided"
    assert wall.holds_up()


def test_what_is_in_hand_of_an_order_cancelled_meanwhile_goes_back_into_its_tote(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    token = marta.screen.token
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    assert marta.scan(wall.places[0].barcode, token=token) == "sort_item"
    assert (marta.said, marta.feedback.tone) == (f"Order cancelled. Put it back into {wall.tote.barcode}", "info")
    assert marta.scan(wall.mug, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert {back.from_place_id for back in wall.session.query(PutBack)} == {wall.tote.id}
    assert wall.holds_up()


def test_it_is_said_too_where_nothing_else_is_left_in_the_tote(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode, wall.pen)
    token = marta.screen.token
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    assert marta.scan(wall.places[0].barcode, token=token) == "home"
    assert marta.said == f"Order cancelled. Put it back into {wall.tote.barcode}"
    assert marta.scan(wall.places[0].barcode, token=token.replace("-", "-x", 1)) == "home"
    assert marta.said == "Not counted. Look at the screen"


def test_what_another_sorter_has_in_hand_is_not_missing(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = tom.scan(wall.tote.barcode, wall.pen)
    assert marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, "SHORT", wall.tote.barcode) == "home"
    assert marta.said == "1 order is short"
    assert [order.status for order in wall.orders] == [OrderStatus.PICKED, OrderStatus.SHORT]
    assert tom.scan(wall.places[0].barcode) == "home"
    assert tom.said == "A1 is ready to pack"
    assert wall.tote.status is ToteStatus.FREE
    assert wall.holds_up()


def test_nothing_is_missing_where_another_sorter_has_the_rest_in_hand(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    _ = tom.scan(wall.tote.barcode, wall.pen)
    assert marta.scan("SHORT", wall.tote.barcode) == "home"
    assert marta.said == "The rest is in another's hands"
    assert tom.scan(wall.places[0].barcode) == "home"
    assert {order.status for order in wall.orders} == {OrderStatus.PICKED}


def test_what_somebody_had_in_hand_who_is_long_away_is_missing(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = tom.scan(wall.tote.barcode, wall.pen)
    wall.session.get_one(WorkerSession, (builders.WAREHOUSE, tom.actor.session_id)).seen_at -= IDLE_LIMIT
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    assert marta.scan("SHORT", wall.tote.barcode) == "home"
    assert marta.said == "1 order is short"
    assert wall.tote.status is ToteStatus.FREE
    assert wall.holds_up()


def test_undo_leaves_an_order_short_that_lacks_something_by_anothers_word(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, "DAMAGED", wall.mug, "DAMAGED", wall.mug)
    _ = tom.scan(wall.tote.barcode, "DAMAGED", wall.pen)
    assert marta.scan("UNDO") == "sort_item"
    assert marta.said == f"Put it back into {wall.tote.barcode}"
    assert [order.status for order in wall.orders] == [OrderStatus.SHORT, OrderStatus.SHORT]
    assert tom.scan("UNDO") == "sort_item"
    _ = marta.scan(*[wall.mug, wall.places[0].barcode] * 2)
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert wall.orders[0].status is OrderStatus.PICKED
    assert wall.holds_up()
