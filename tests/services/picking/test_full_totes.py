"""TOTE FULL: the order goes on in a second tote, and packing asks for both."""

from sqlalchemy.orm import Session

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import parse
from wms.domain.floor import Profile
from wms.domain.orders import OrderStatus
from wms.domain.picked import PickStep
from wms.domain.picking import FullTote
from wms.domain.totes import Tote, ToteStatus
from wms.services import verifying
from wms.services.orders import cancelling


def holds_up(walk: Walk) -> bool:
    walk.session.flush()
    return verifying.verify(walk.session, builders.WAREHOUSE) == []


def filled(walk: Walk) -> Tote:
    """Marta has put two mugs into the first tote and says that it is full; returns a fresh tote."""
    marta = walk.begin()
    _ = marta.pick()
    while marta.stop.order_id != walk.orders[0].id:
        _ = marta.pick()
    assert marta.scan("TOTE FULL") == "build_cart"
    assert marta.said == f"{walk.totes[0].barcode} is full. Scan another tote"
    return builders.tote(walk.session)


def test_the_order_goes_on_in_a_second_tote_in_the_same_slot(walk: Walk) -> None:
    second = filled(walk)
    marta = walk.marta
    assert marta.scan(second.barcode) == "go_to"
    assert marta.said == f"{second.barcode} in slot 1"
    assert (marta.stop.tote, marta.stop.slot) == (second.barcode, 1)
    _ = marta.pick()
    assert (walk.units(walk.totes[0], walk.mug), walk.units(second, walk.pen)) == (2, 1)
    assert holds_up(walk)


def test_a_second_tote_is_scanned_though_the_walk_began_with_one(session: Session) -> None:
    builders.zone(session, profile=Profile.SINGLE)
    mug, pen = builders.product(session), builders.product(session)
    _ = builders.waiting_batch(session, builders.order(session, (mug, 1), (pen, 1)))
    marta, totes = Picker(session), [builders.tote(session) for _ in range(2)]
    _ = marta.begin(builders.cart(session), totes[0])
    _ = marta.reach()
    assert marta.scan(builders.barcode(session, mug)) == "go_to"
    assert marta.scan("TOTE FULL", totes[1].barcode) == "go_to"
    _ = marta.reach()
    assert marta.scan(builders.barcode(session, pen)) == "put_in_tote"
    assert marta.stop.tote == totes[1].barcode


def test_a_second_tote_for_an_order_cancelled_meanwhile_is_told_so(walk: Walk) -> None:
    second, token = filled(walk), walk.marta.screen.token
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "changed their mind")
    _ = walk.marta.scan(second.barcode, token=token)
    assert walk.marta.said.startswith("Order cancelled")
    assert second.status is ToteStatus.FREE
    assert holds_up(walk)


def test_both_totes_are_put_down_for_packing(walk: Walk) -> None:
    second = filled(walk)
    _ = walk.marta.scan(second.barcode)
    while walk.marta.screen.name != "drop_cart":
        _ = walk.marta.pick()
    assert walk.marta.scan(walk.lane.barcode) == "home"
    assert walk.orders[0].status is OrderStatus.PICKED
    for tote in (walk.totes[0], second):
        assert (tote.status, tote.order_id, tote.lane_id) == (ToteStatus.STAGED, walk.orders[0].id, walk.lane.id)
    assert holds_up(walk)


def test_a_full_tote_with_units_in_hand_leaves_them_in_hand(walk: Walk) -> None:
    second = filled(walk)
    marta = walk.marta
    _ = marta.scan("UNDO")
    _ = marta.scan(marta.stop.location_code, walk.pen_code)
    assert marta.screen.name == "put_in_tote"
    assert marta.scan("TOTE FULL", second.barcode) == "put_in_tote"
    assert (marta.stop.in_hand, marta.stop.tote) == (1, second.barcode)
    assert marta.scan(walk.totes[0].barcode) == "put_in_tote"
    assert marta.feedback.tone == "wrong"
    assert marta.scan(second.barcode) == "go_to"


def test_undo_takes_the_full_tote_again_before_and_after_the_second(walk: Walk) -> None:
    second = filled(walk)
    marta = walk.marta
    assert marta.scan("UNDO") == "go_to"
    assert marta.said == f"{walk.totes[0].barcode} is not full"
    _ = marta.scan("TOTE FULL", second.barcode)
    assert marta.scan("UNDO") == "go_to"
    assert (marta.stop.tote, second.status, second.order_id) == (walk.totes[0].barcode, ToteStatus.FREE, None)
    assert walk.session.query(FullTote).count() == 0


def test_an_empty_tote_is_not_full(walk: Walk) -> None:
    assert walk.begin().scan("TOTE FULL") == "go_to"
    assert walk.marta.said == f"{walk.totes[0].barcode} is empty. Use it"


def test_an_order_with_a_full_tote_cannot_be_left_for_another_cart(walk: Walk) -> None:
    _ = filled(walk)
    assert walk.marta.scan("DONE") == "build_cart"
    assert walk.marta.said == "Scan a tote first"


def test_a_full_tote_of_a_cancelled_order_goes_on_hold_with_the_other(walk: Walk) -> None:
    second = filled(walk)
    marta = walk.marta
    _ = marta.scan(second.barcode)
    _ = marta.pick()
    walk.orders[0].status = OrderStatus.CANCELLED
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(walk.hold.barcode, walk.lane.barcode) == "home"
    assert {tote.lane_id for tote in (walk.totes[0], second)} == {walk.hold.id}


def test_the_empty_second_tote_of_a_short_order_is_free_again(walk: Walk) -> None:
    second = filled(walk)
    marta = walk.marta
    _ = marta.scan(second.barcode, "NONE HERE")
    _ = marta.scan(marta.stop.location_code)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(walk.hold.barcode, walk.lane.barcode) == "home"
    assert (walk.totes[0].status, second.status) == (ToteStatus.STAGED, ToteStatus.FREE)


def test_a_walk_that_is_over_keeps_no_steps(walk: Walk) -> None:
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert walk.session.query(PickStep).count() > 0
    _ = marta.scan(parse(walk.lane.barcode).text)
    assert walk.session.query(PickStep).count() == 0
