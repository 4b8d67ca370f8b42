"""Picking from cart to lane: which batch a cart gets, the totes on it, and where they go."""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import slot_code
from wms.domain.journal import record
from wms.domain.orders import OrderStatus
from wms.domain.packing import WrongUnitCaught
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.totes import ToteStatus
from wms.domain.waves import Allocation, Wave, WaveStatus
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.picking.screens import BuildCart, DropCart, Home
from wms.services.scans.feedback import NOT_COUNTED


def test_a_walk_goes_from_cart_to_lane(walk: Walk) -> None:
    marta = walk.marta
    assert marta.screen.name == "home"
    assert marta.begin(walk.cart) == "build_cart"
    assert marta.scan(*(tote.barcode for tote in walk.totes)) == "go_to"
    for _ in range(3):
        _ = marta.pick()
    assert marta.screen.accept == (walk.lane.barcode,)
    assert marta.scan(walk.lane.barcode) == "home"
    assert walk.batch.status is BatchStatus.DONE
    assert walk.session.query(Wave).one().status is WaveStatus.DONE
    assert {order.status for order in walk.orders} == {OrderStatus.PICKED}
    assert [(tote.status, tote.lane_id) for tote in walk.totes] == [(ToteStatus.STAGED, walk.lane.id)] * 2
    assert [walk.units(tote, walk.mug) for tote in walk.totes] == [2, 1]
    assert walk.units(walk.totes[0], walk.pen) == 1
    assert {row.reserved for row in walk.session.query(Stock)} == {0}
    assert {row.quantity for row in walk.session.query(Allocation)} == {0}
    assert verifying.verify(walk.session, builders.WAREHOUSE) == []


def test_a_cart_starts_its_batch_and_its_orders(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart)
    assert (walk.batch.status, walk.batch.cart_id, walk.batch.device) == (BatchStatus.STARTED, walk.cart.id, "1")
    assert walk.session.query(Wave).one().status is WaveStatus.PICKING
    assert {order.status for order in walk.orders} == {OrderStatus.PICKING}


def test_a_cart_gets_the_batch_that_is_due_first_and_fits(session: Session) -> None:
    mug = builders.product(session)
    big = builders.waiting_batch(session, *(builders.order(session, (mug, 1)) for _ in range(3)))
    later = builders.waiting_batch(session, builders.order(session, (mug, 1)))
    later.cutoff_at = builders.NOW.replace(hour=16)
    first = builders.waiting_batch(session, builders.order(session, (mug, 1)))
    big.cutoff_at = builders.NOW.replace(hour=10)
    _ = Picker(session).begin(builders.cart(session, slots=2))
    assert (big.status, later.status, first.status) == (BatchStatus.WAITING, BatchStatus.WAITING, BatchStatus.STARTED)


def test_a_cart_that_is_too_small_is_told_so(walk: Walk) -> None:
    assert walk.marta.begin(builders.cart(walk.session, slots=1)) == "home"
    assert walk.marta.said == "Cart too small. 2 slots needed, 1 here"


def test_with_nothing_to_pick_the_cart_stays_free(session: Session) -> None:
    marta = Picker(session)
    assert marta.begin(builders.cart(session)) == "home"
    assert marta.said == "Nothing to pick"


def test_home_says_what_waits_and_what_was_done_today(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    _ = marta.scan("UNDO", marta.stop.tote)
    tom = Picker(walk.session, device="2")
    walk.session.add(Batch(warehouse_id=1, name="W9-9", wave_id=walk.batch.wave_id, cutoff_at=walk.batch.cutoff_at))
    walk.session.flush()
    home = _home(tom)
    assert (home.waiting.batches, home.waiting.due, home.units_today) == (1, "14:30", 0)
    for _ in range(2):
        _ = marta.pick()
    _ = marta.scan(walk.lane.barcode)
    assert _home(marta).units_today == 4


def test_home_tells_a_picker_how_much_of_their_own_was_right_today(walk: Walk) -> None:
    marta, tom = walk.begin(), Picker(walk.session, device="2")
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.lane.barcode)
    assert (_home(marta).right, _home(tom).right) == ("100.0", "")
    at = builders.NOW + dt.timedelta(hours=1)
    wrong = WrongUnitCaught(order_id=walk.orders[0].id, package="B000000018", sku="PEN", cause="foreign", code="1")
    record(walk.session, builders.actor(at=at), wrong)
    walk.session.flush()
    assert (_home(marta).right, _home(tom).right) == ("75.0", "")


def test_a_wrong_unit_of_an_order_that_two_have_picked_is_neithers(walk: Walk) -> None:
    marta, tom = walk.begin(), Picker(walk.session, device="2")
    _ = marta.pick()
    _ = tom.scan(walk.cart.barcode, "YES")
    while tom.screen.name != "drop_cart":
        _ = tom.pick()
    _ = tom.scan(walk.lane.barcode)
    at = builders.NOW + dt.timedelta(hours=1)
    wrong = WrongUnitCaught(order_id=walk.orders[0].id, package="B000000018", sku="PEN", cause="foreign", code="1")
    record(walk.session, builders.actor(at=at), wrong)
    walk.session.flush()
    assert _home(tom).right == "100.0"


def test_home_without_a_walk_names_what_the_next_wave_may_take(walk: Walk) -> None:
    for minutes, status in ((30, OrderStatus.RECEIVED), (0, OrderStatus.ALLOCATED), (-90, OrderStatus.BACKORDERED)):
        order = builders.order(walk.session, (walk.mug, 1))
        order.status, order.cutoff_at = status, NOW.replace(hour=14) + dt.timedelta(minutes=minutes)
    walk.session.flush()
    waiting = _home(walk.marta).waiting
    assert (waiting.batches, waiting.next_orders, waiting.next_due) == (1, 0, "")
    _ = walk.begin()
    waiting = _home(Picker(walk.session, device="2")).waiting
    assert (waiting.batches, waiting.next_orders, waiting.next_due) == (0, 2, "14:00")


def _home(picker: Picker) -> Home:
    screen = picker.screen
    assert isinstance(screen, Home)
    return screen


def test_a_tote_scanned_twice_takes_one_slot(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart, walk.totes[0])
    assert marta.scan(walk.totes[0].barcode) == "build_cart"
    assert marta.feedback.tone == "warn"
    assert marta.said == f"{walk.totes[0].barcode} is in slot 1"


def test_a_tote_in_use_elsewhere_is_named_with_its_place(walk: Walk) -> None:
    _ = walk.begin()
    other = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    tom = Picker(walk.session, device="2")
    assert tom.begin(builders.cart(walk.session), walk.totes[1]) == "build_cart"
    assert tom.said == f"{walk.totes[1].barcode} is on {walk.cart.name}"
    assert other.status is BatchStatus.STARTED


def test_a_tote_with_forgotten_units_is_refused(walk: Walk) -> None:
    builders.stock(walk.session, walk.totes[0], walk.pen, 1)
    assert walk.marta.begin(walk.cart, walk.totes[0]) == "build_cart"
    assert walk.marta.said == f"{walk.totes[0].barcode} is not empty. Take another"


def test_a_red_tote_goes_on_no_cart(walk: Walk) -> None:
    walk.totes[0].is_red = True
    assert walk.marta.begin(walk.cart, walk.totes[0]) == "build_cart"
    assert walk.marta.said == f"{walk.totes[0].barcode} is a red tote"
    assert walk.totes[0].status is ToteStatus.FREE


def test_a_slot_code_chooses_the_slot(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart)
    for slot in (2, 5):
        _ = marta.scan(f"{walk.cart.barcode}{slot:02d}", walk.totes[slot // 3].barcode)
    slots = {row.slot: row.tote_id for row in walk.session.query(BatchOrder)}
    assert slots == {2: walk.totes[0].id, 5: walk.totes[1].id}


def test_a_slot_code_chooses_the_slot_of_an_order_cancelled_before_its_tote(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart)
    cancelling.cancel(walk.session, builders.actor(), walk.orders[1], "changed their mind")
    assert marta.scan(slot_code(walk.cart.barcode, 2)) == "build_cart"
    assert marta.said == "Slot 2. Scan its tote"
    assert marta.scan(walk.totes[0].barcode) == "go_to"
    assert (marta.stop.tote, marta.stop.slot) == (walk.totes[0].barcode, 2)


def test_a_slot_of_another_cart_or_beyond_this_one_is_refused(walk: Walk) -> None:
    other = builders.cart(walk.session)
    _ = walk.marta.begin(walk.cart)
    _ = walk.marta.scan(f"{other.barcode}01")
    assert walk.marta.said == f"That slot is not on {walk.cart.name}"
    _ = walk.marta.scan(f"{walk.cart.barcode}09")
    assert walk.marta.said == f"{walk.cart.name} has 8 slots"


def test_undo_takes_the_last_tote_off_and_then_frees_the_cart(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart, walk.totes[0])
    assert marta.scan("K062") == "build_cart"
    assert walk.totes[0].status is ToteStatus.FREE
    assert marta.scan("K062") == "home"
    assert (walk.batch.status, walk.batch.cart_id) == (BatchStatus.WAITING, None)


def test_done_starts_with_the_totes_there_and_leaves_the_rest_waiting(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart)
    assert marta.scan("K086") == "build_cart"
    assert marta.said == "Scan a tote first"
    assert marta.scan(walk.totes[0].barcode, "K086") == "go_to"
    assert marta.said == "1 order waits for another cart"
    rest = walk.session.query(Batch).filter_by(name=f"{walk.batch.name}/2").one()
    assert rest.status is BatchStatus.WAITING
    tom = Picker(walk.session, device="2")
    assert tom.begin(builders.cart(walk.session), walk.totes[1]) == "go_to"
    assert tom.stop.order_id == walk.orders[1].id
    assert {task.batch_id for task in walk.tasks()} == {walk.batch.id, rest.id}


def test_an_order_cancelled_before_its_tote_needs_none(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart, walk.totes[0])
    _ = walk.session.execute(
        update(PickTask).where(PickTask.order_id == walk.orders[1].id).values(status=TaskStatus.CANCELLED)
    )
    assert marta.screen.name == "go_to"


def test_a_tote_scanned_for_an_order_cancelled_meanwhile_goes_into_no_other_slot(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart)
    token = marta.screen.token
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "changed their mind")
    assert marta.scan(walk.totes[0].barcode, token=token) == "build_cart"
    assert marta.said == "Order cancelled"
    assert walk.totes[0].status is ToteStatus.FREE
    assert marta.scan(walk.totes[0].barcode) == "go_to"
    assert (marta.stop.tote, marta.stop.slot) == (walk.totes[0].barcode, 2)


def test_totes_are_scanned_ahead_for_one_slot_after_the_other(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart)
    assert walk.marta.scan(*(tote.barcode for tote in walk.totes), token=walk.marta.screen.token) == "go_to"
    assert walk.marta.said == "Cart is ready. Go"


def test_a_tote_scanned_for_a_cart_that_is_ready_is_not_counted(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart, walk.totes[0])
    token = walk.marta.screen.token
    assert walk.marta.scan(walk.totes[1].barcode, builders.tote(walk.session).barcode, token=token) == "go_to"
    assert walk.marta.feedback == NOT_COUNTED


def test_only_totes_and_lanes_do_what_they_are_asked_for(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart, walk.lane)  # type: ignore[arg-type] # a lane is no tote, that is the point
    assert marta.said == "That is a LANE. Scan the TOTE"
    _ = marta.scan(*(tote.barcode for tote in walk.totes))
    for _ in range(3):
        _ = marta.pick()
    _ = marta.scan(walk.mug_code)
    assert marta.said == "That is a PRODUCT. Scan the LANE"
    assert isinstance(marta.screen, DropCart)
    assert marta.scan(walk.hold.barcode) == "drop_cart"
    assert marta.said == f"{walk.hold.code} is wrong. Scan a lane for packing"


def test_the_build_screen_shows_each_slot_with_its_tote(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart, walk.totes[0])
    screen = walk.marta.screen
    assert isinstance(screen, BuildCart)
    assert [(slot.number, slot.code, slot.here) for slot in screen.slots] == [
        (1, walk.totes[0].barcode, False),
        (2, "", True),
    ]
